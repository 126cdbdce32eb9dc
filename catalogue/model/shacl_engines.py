"""SHACL engines behind one seam: here the Rust engine `shacl`; pySHACL, referee and drop-in, is in pyshacl_engine.

Both take shapes once as Turtle and data as N-Triples; engines.md section 4 has the measurements.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Protocol

import pyoxigraph

from catalogue.model.namespaces import contract

_SH: Final = "http://www.w3.org/ns/shacl#"
_SPARQL: Final = _SH + "SPARQLConstraintComponent"


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


@dataclass(frozen=True, slots=True, order=True)
class ValidationResult:
    """One sh:ValidationResult in the terms of RDF, as the engine gives it; several may become one `Violation`.

    Args:
        focus: IRI of sh:focusNode; a blank node or a literal in N-Triples syntax.
        path: IRI of sh:resultPath, or a longer path in SPARQL syntax; "" when a whole node is at fault.
        value: sh:value in N-Triples syntax; "" when a value is missing.
        component: IRI of sh:sourceConstraintComponent.
        shape: IRI of sh:sourceShape; of the nearest shape around it that has one, when it is a blank node.
        severity: IRI of sh:resultSeverity.
        messages: every sh:resultMessage, sorted.

    Source: SHACL, section 3.6.2 "Validation Result".
    """

    focus: str
    path: str
    value: str
    component: str
    shape: str
    severity: str
    messages: tuple[str, ...]


class ShapesEngine(Protocol):
    """Shapes, loaded once, that any number of records can be held against."""

    def results(self, triples: bytes) -> list[ValidationResult]:
        """The results of the report on the N-Triples data, sorted, each once."""
        ...

    def validate(self, triples: bytes) -> list[Violation]:
        """What the N-Triples data break, sorted; one entry where several parts of a shape object to one value."""
        ...

    def broken(self, triples: bytes) -> set[tuple[str, str]]:
        """(IRI of the shape, IRI of the severity) of each rule that the N-Triples data break anywhere."""
        ...


def best_engine(shapes: str) -> ShapesEngine:
    """The Rust engine, or pySHACL where it is not installed.

    Args:
        shapes: shapes as Turtle.
    """
    try:
        return RustEngine(shapes)
    except ImportError:
        from catalogue.model.pyshacl_engine import PyShaclEngine

        return PyShaclEngine(shapes)


class RustEngine:
    """`shacl`: compiled shapes, 0.24 ms a study (88 triples, hard rules; 45 ms for pySHACL in the same run).

    Raises:
        ValueError: the shapes are not well formed.
    """

    def __init__(self, shapes: str):
        import shacl

        self._shapes = shacl.Shapes.from_turtle(shapes)
        self._names = names_of(shapes)
        self._unnamed = len(_blank_nodes(shapes.encode(), pyoxigraph.RdfFormat.TURTLE))
        self._queries = _property_queries(shapes)

    def results(self, triples: bytes) -> list[ValidationResult]:
        """The results of the report on the N-Triples data, sorted, each once."""
        report = self._shapes.validate_text(triples.decode(), format="ntriples")
        label = self._labels(triples) if b"_:" in triples else {}
        found = {
            ValidationResult(
                focus=bare(label.get(result.focus_node, result.focus_node)),
                path=bare(result.path or ""),
                value="" if self._is_without_value(result, triples) else label.get(result.value, result.value) or "",
                component=result.component_iri,
                shape=bare(result.root_shape or result.source_shape or ""),
                severity=result.severity_iri,
                messages=tuple(sorted(result.messages)),
            )
            for result in report.results
        }
        return sorted(found)

    def validate(self, triples: bytes) -> list[Violation]:
        """What the N-Triples data break, sorted; one entry where several parts of a shape object to one value."""
        return violations(self.results(triples), self._names)

    def broken(self, triples: bytes) -> set[tuple[str, str]]:
        """(IRI of the shape, IRI of the severity) of each rule that the N-Triples data break anywhere."""
        report = self._shapes.validate_text(triples.decode(), format="ntriples")
        found = {(result.root_shape or result.source_shape or "", result.severity_iri) for result in report.results}
        return {(bare(shape), severity) for shape, severity in found}

    def _is_without_value(self, result: Any, triples: bytes) -> bool:
        """True where a query about a property binds no value; the engine then gives the focus node.

        That is no value of the query, unless a statement leads from the node to itself; pySHACL gives no value.

        Source: SHACL, section 5.3.2 "Mapping of Solution Bindings to Result Properties".
        """
        if result.component_iri != _SPARQL or result.value != result.focus_node:
            return False
        selects_value = self._queries.get(bare(result.root_shape or result.source_shape or ""))
        node = re.escape(result.focus_node.encode())
        itself = selects_value and re.search(rb"^%b <[^>]*> %b \." % (node, node), triples, re.MULTILINE)
        return selects_value is not None and not itself

    def _labels(self, triples: bytes) -> dict[str | None, str]:
        """The engine's labels of blank nodes -> those in the data: it numbers on from the last one of the shapes."""
        nodes = _blank_nodes(triples, pyoxigraph.RdfFormat.N_TRIPLES)
        return {f"_:0_b{number}": node for number, node in enumerate(nodes, self._unnamed)}


def violations(results: list[ValidationResult], names: dict[str, str]) -> list[Violation]:
    """Results as a curator reads them, sorted; several parts of a shape that object to one value are one.

    Args:
        names: of `names_of`.
    """
    found = {
        Violation(
            contract(result.focus.removeprefix("_:")),
            names.get(result.shape) or contract(result.path),
            _readable(result.value),
            " ".join(result.messages),
            result.severity.removeprefix(_SH).lower(),
            result.shape,
        )
        for result in results
    }
    return sorted(found)


def bare(term: str) -> str:
    """The IRI of a term that is one; other terms, and paths of several predicates, as they are."""
    return term[1:-1] if term.startswith("<") and term.find(">") == len(term) - 1 else term


def _readable(value: str) -> str:
    """A term without its syntax; 0.5 rather than 5.0E-1."""
    if not value.startswith('"'):
        return bare(value).removeprefix("_:")
    literal = next(iter(pyoxigraph.parse(f"<x:> <x:> {value} .", format=pyoxigraph.RdfFormat.N_TRIPLES))).object
    assert isinstance(literal, pyoxigraph.Literal)
    try:
        return repr(float(literal.value)) if literal.datatype.value.endswith("#double") else literal.value
    except ValueError:
        return literal.value


def names_of(shapes: str) -> dict[str, str]:
    """Shape IRI -> its sh:name, which is the field's name in the payload."""
    name = pyoxigraph.NamedNode(_SH + "name")
    return {
        quad.subject.value: quad.object.value
        for quad in pyoxigraph.parse(shapes, format=pyoxigraph.RdfFormat.TURTLE)
        if quad.predicate == name
        and isinstance(quad.subject, pyoxigraph.NamedNode)
        and isinstance(quad.object, pyoxigraph.Literal)
    }


def _property_queries(shapes: str) -> dict[str, bool]:
    """Property shapes with a SPARQL constraint -> whether one of its queries mentions `?value`."""
    parsed = list(pyoxigraph.parse(shapes, format=pyoxigraph.RdfFormat.TURTLE))
    properties = {quad.subject for quad in parsed if quad.predicate.value == _SH + "path"}
    texts = {quad.subject: str(quad.object) for quad in parsed if quad.predicate.value == _SH + "select"}
    found: dict[str, bool] = {}
    for quad in parsed:
        if quad.predicate.value == _SH + "sparql" and quad.subject in properties:
            shape = bare(str(quad.subject))
            found[shape] = found.get(shape, False) or bool(re.search(r"[?$]value\b", texts.get(quad.object, "")))
    return found


def _blank_nodes(document: bytes, syntax: pyoxigraph.RdfFormat) -> list[str]:
    """The blank nodes of a document, in the order in which they appear."""
    return list(
        dict.fromkeys(
            str(node)
            for quad in pyoxigraph.parse(document, format=syntax)
            for node in (quad.subject, quad.object)
            if isinstance(node, pyoxigraph.BlankNode)
        )
    )
