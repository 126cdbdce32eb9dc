"""SHACL engines behind one seam: the Rust engine `shacl`, and pySHACL as referee in tests and as drop-in.

Both take shapes once as Turtle and data as N-Triples; engines.md section 4 has the measurements.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final, Protocol

import pyoxigraph

from catalogue.model.namespaces import contract

_SH: Final = "http://www.w3.org/ns/shacl#"


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One rule that a record breaks.

    Args:
        focus: CURIE of the thing with the fault.
        path: the field, as the payload names it (`authors[0].orcid` from the schema, `orcid` from shapes).
        value: the offending value; "" when a value is missing.
        message: what is needed, for a curator.
        severity: violation, warning or info.
        shape: IRI of the shape, or of the class's JSON Schema definition.
    """

    focus: str
    path: str
    value: str
    message: str
    severity: str
    shape: str


class ShapesEngine(Protocol):
    """Shapes, loaded once, that any number of records can be held against."""

    def validate(self, triples: bytes) -> list[Violation]:
        """What the N-Triples data break, sorted; one entry where several parts of a shape object to one value."""
        ...


def best_engine(shapes: str) -> ShapesEngine:
    """The Rust engine, or pySHACL where it is not installed.

    Args:
        shapes: shapes as Turtle.
    """
    try:
        return RustEngine(shapes)
    except ImportError:
        return PyShaclEngine(shapes)


class RustEngine:
    """`shacl`: compiled shapes, 0.24 ms a study (88 triples, hard rules; 45 ms for pySHACL in the same run).

    Raises:
        ValueError: the shapes are not well formed.
    """

    def __init__(self, shapes: str):
        import shacl

        self._shapes = shacl.Shapes.from_turtle(shapes)
        self._names = _names(shapes)

    def validate(self, triples: bytes) -> list[Violation]:
        """What the N-Triples data break, sorted; one entry where several parts of a shape object to one value."""
        report = self._shapes.validate_text(triples.decode(), format="ntriples")
        found = {
            _violation(
                self._names,
                focus=result.focus_node.strip("<>"),
                path=(result.path or "").strip("<>"),
                value=_readable(result.value_plain or "", str(result.value).endswith("#double>")),
                messages=result.messages,
                severity=result.severity_iri,
                shape=str(result.root_shape or result.source_shape).strip("<>"),
            )
            for result in report.results
        }
        return sorted(found)


class PyShaclEngine:
    """pySHACL: the reference, some hundred times slower."""

    def __init__(self, shapes: str):
        import rdflib

        logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)  # a traceback for every bad literal otherwise
        self._shapes = rdflib.Graph().parse(data=shapes, format="turtle")
        self._names = _names(shapes)

    def validate(self, triples: bytes) -> list[Violation]:
        """What the N-Triples data break, sorted; one entry where several parts of a shape object to one value."""
        import pyshacl
        import rdflib

        # rdflib's own store: over an Oxigraph-backed one, plain strings differ from xsd:string (engines.md section 4).
        data = rdflib.Graph().parse(data=triples, format="nt")
        _, report, _ = pyshacl.validate(data, shacl_graph=self._shapes, advanced=False, inplace=True)
        sh = rdflib.Namespace(_SH)
        found = {
            _violation(
                self._names,
                focus=str(report.value(result, sh.focusNode)),
                path=str(report.value(result, sh.resultPath) or ""),
                value=_term(report.value(result, sh.value)),
                messages=[str(message) for message in report.objects(result, sh.resultMessage)],
                severity=str(report.value(result, sh.resultSeverity)),
                shape=str(report.value(result, sh.sourceShape)),
            )
            for result in report.subjects(rdflib.RDF.type, sh.ValidationResult)
        }
        return sorted(found)


def _violation(
    names: dict[str, str], *, focus: str, path: str, value: str, messages: Any, severity: str, shape: str
) -> Violation:
    return Violation(
        contract(focus),
        names.get(shape) or contract(path),
        value,
        " ".join(sorted(messages)),
        severity.removeprefix(_SH).lower(),
        shape,
    )


def _names(shapes: str) -> dict[str, str]:
    """Shape IRI -> its sh:name, which is the field's name in the payload."""
    name = pyoxigraph.NamedNode(_SH + "name")
    return {
        quad.subject.value: quad.object.value
        for quad in pyoxigraph.parse(shapes, format=pyoxigraph.RdfFormat.TURTLE)
        if quad.predicate == name
        and isinstance(quad.subject, pyoxigraph.NamedNode)
        and isinstance(quad.object, pyoxigraph.Literal)
    }


def _term(value: Any) -> str:
    return "" if value is None else _readable(str(value), str(getattr(value, "datatype", "")).endswith("#double"))


def _readable(lexical: str, is_double: bool) -> str:
    """0.5 rather than 5.0E-1, whichever of the two an engine keeps."""
    try:
        return repr(float(lexical)) if is_double else lexical
    except ValueError:
        return lexical
