"""SHACL engines behind one seam: the Rust engine `shacl`, and pySHACL as referee in tests and as drop-in.

Both take shapes once as Turtle and data as N-Triples; engines.md section 4 has the measurements.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any, Final, Protocol

import pyoxigraph

from catalogue.model.namespaces import contract

_SH: Final = "http://www.w3.org/ns/shacl#"
_SPARQL: Final = _SH + "SPARQLConstraintComponent"
_STRING: Final = pyoxigraph.NamedNode("http://www.w3.org/2001/XMLSchema#string")


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
        self._unnamed = len(_blank_nodes(shapes.encode(), pyoxigraph.RdfFormat.TURTLE))
        self._queries = _property_queries(shapes)

    def results(self, triples: bytes) -> list[ValidationResult]:
        """The results of the report on the N-Triples data, sorted, each once."""
        report = self._shapes.validate_text(triples.decode(), format="ntriples")
        label = self._labels(triples) if b"_:" in triples else {}
        found = {
            ValidationResult(
                focus=_bare(label.get(result.focus_node, result.focus_node)),
                path=_bare(result.path or ""),
                value="" if self._is_without_value(result, triples) else label.get(result.value, result.value) or "",
                component=result.component_iri,
                shape=_bare(result.root_shape or result.source_shape or ""),
                severity=result.severity_iri,
                messages=tuple(sorted(result.messages)),
            )
            for result in report.results
        }
        return sorted(found)

    def validate(self, triples: bytes) -> list[Violation]:
        """What the N-Triples data break, sorted; one entry where several parts of a shape object to one value."""
        return _violations(self.results(triples), self._names)

    def broken(self, triples: bytes) -> set[tuple[str, str]]:
        """(IRI of the shape, IRI of the severity) of each rule that the N-Triples data break anywhere."""
        report = self._shapes.validate_text(triples.decode(), format="ntriples")
        found = {(result.root_shape or result.source_shape or "", result.severity_iri) for result in report.results}
        return {(_bare(shape), severity) for shape, severity in found}

    def _is_without_value(self, result: Any, triples: bytes) -> bool:
        """True where a query about a property binds no value; the engine then gives the focus node.

        That is no value node of the property, unless it leads from the node to itself; pySHACL gives no value.

        Source: SHACL, section 5.3.2 "Mapping of Solution Bindings to Result Properties".
        """
        if result.component_iri != _SPARQL or result.value != result.focus_node:
            return False
        selects_value = self._queries.get(_bare(result.root_shape or result.source_shape or ""))
        itself = f"{result.focus_node} {result.path} {result.focus_node} "
        return selects_value is False or (selects_value is True and itself.encode() not in triples)

    def _labels(self, triples: bytes) -> dict[str | None, str]:
        """The engine's labels of blank nodes -> those in the data: it numbers on from the last one of the shapes."""
        nodes = _blank_nodes(triples, pyoxigraph.RdfFormat.N_TRIPLES)
        return {f"_:0_b{number}": node for number, node in enumerate(nodes, self._unnamed)}


class PyShaclEngine:
    """pySHACL: the reference, some hundred times slower."""

    def __init__(self, shapes: str):
        import rdflib

        logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)  # a traceback for every bad literal otherwise
        self._shapes = rdflib.Graph().parse(data=shapes, format="turtle")
        for shape, pattern in list(self._shapes.subject_objects(rdflib.SH.pattern)):
            if "m" not in str(self._shapes.value(shape, rdflib.SH.flags) or ""):
                self._shapes.set((shape, rdflib.SH.pattern, rdflib.Literal(_python_pattern(str(pattern)))))
        self._names = _names(shapes)

    def results(self, triples: bytes) -> list[ValidationResult]:
        """The results of the report on the N-Triples data, sorted, each once."""
        import pyshacl
        import rdflib

        _, report, _ = pyshacl.validate(
            _verbatim_graph(triples), shacl_graph=self._shapes, advanced=False, inplace=True
        )
        sh = rdflib.Namespace(_SH)
        found = {
            ValidationResult(
                focus=_bare(report.value(result, sh.focusNode).n3()),
                path=_bare(sparql_path(self._shapes, report.value(result, sh.resultPath))),
                value=_n_triples(report.value(result, sh.value)),
                component=str(report.value(result, sh.sourceConstraintComponent)),
                shape=self._named(report.value(result, sh.sourceShape)),
                severity=str(report.value(result, sh.resultSeverity)),
                messages=tuple(sorted(str(message) for message in report.objects(result, sh.resultMessage))),
            )
            for result in report.objects(None, sh.result)
        }
        return sorted(found)

    def validate(self, triples: bytes) -> list[Violation]:
        """What the N-Triples data break, sorted; one entry where several parts of a shape object to one value."""
        return _violations(self.results(triples), self._names)

    def broken(self, triples: bytes) -> set[tuple[str, str]]:
        """(IRI of the shape, IRI of the severity) of each rule that the N-Triples data break anywhere."""
        return {(result.shape, result.severity) for result in self.results(triples)}

    def _named(self, shape: Any) -> str:
        """The shape, or the nearest one around it that has an IRI."""
        from rdflib import SH, BNode

        while isinstance(shape, BNode):
            shape = self._shapes.value(None, SH.property, shape)
        return str(shape)


def _violations(results: list[ValidationResult], names: dict[str, str]) -> list[Violation]:
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


def _bare(term: str) -> str:
    """The IRI of a term that is one; other terms, and paths of several predicates, as they are."""
    return term[1:-1] if term.startswith("<") and term.find(">") == len(term) - 1 else term


def _readable(value: str) -> str:
    """A term without its syntax; 0.5 rather than 5.0E-1."""
    if not value.startswith('"'):
        return _bare(value).removeprefix("_:")
    literal = next(iter(pyoxigraph.parse(f"<x:> <x:> {value} .", format=pyoxigraph.RdfFormat.N_TRIPLES))).object
    assert isinstance(literal, pyoxigraph.Literal)
    try:
        return repr(float(literal.value)) if literal.datatype.value.endswith("#double") else literal.value
    except ValueError:
        return literal.value


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


def _property_queries(shapes: str) -> dict[str, bool]:
    """Property shapes with a SPARQL constraint -> whether one of its queries mentions `?value`."""
    parsed = list(pyoxigraph.parse(shapes, format=pyoxigraph.RdfFormat.TURTLE))
    properties = {quad.subject for quad in parsed if quad.predicate.value == _SH + "path"}
    texts = {quad.subject: str(quad.object) for quad in parsed if quad.predicate.value == _SH + "select"}
    found: dict[str, bool] = {}
    for quad in parsed:
        if quad.predicate.value == _SH + "sparql" and quad.subject in properties:
            shape = _bare(str(quad.subject))
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


def _verbatim_graph(triples: bytes) -> Any:
    """An rdflib graph in which every literal keeps its lexical form, as rdflib's own parsers do not ("01" -> "1").

    It lies in rdflib's own store: over an Oxigraph-backed one, plain strings differ from xsd:string (engines.md
    section 4).
    """
    import rdflib

    def term(node: Any) -> Any:
        match node:
            case pyoxigraph.NamedNode():
                return rdflib.URIRef(node.value)
            case pyoxigraph.BlankNode():
                return rdflib.BNode(node.value)
        if node.language:
            return rdflib.Literal(node.value, lang=node.language, normalize=False)
        # rdflib tells a plain string from an xsd:string; in RDF 1.1 they are one.
        datatype = None if node.datatype == _STRING else node.datatype.value
        return rdflib.Literal(node.value, datatype=datatype, normalize=False)

    graph = rdflib.Graph()
    for quad in pyoxigraph.parse(triples, format=pyoxigraph.RdfFormat.N_TRIPLES):
        graph.add((term(quad.subject), term(quad.predicate), term(quad.object)))
    return graph


def _python_pattern(pattern: str) -> str:
    """The pattern as Python says it: its `$` also stands before a last line break, that of SPARQL does not."""
    escaped_or_class = r"\\.|\[(?:\\.|[^\]\\])*\]"
    return re.sub(rf"({escaped_or_class})|\$", lambda found: found.group(1) or r"\Z", pattern, flags=re.DOTALL)


def _n_triples(node: Any) -> str:
    """An rdflib term in the syntax of N-Triples."""
    import rdflib

    if node is None:
        return ""
    if not isinstance(node, rdflib.Literal):
        return str(node.n3())
    if node.language:
        return str(pyoxigraph.Literal(str(node), language=node.language))
    return str(pyoxigraph.Literal(str(node), datatype=pyoxigraph.NamedNode(node.datatype or _STRING.value)))


def sparql_path(shapes: Any, path: Any) -> str:
    """A property path of the shapes graph in the syntax of SPARQL, every step in brackets."""
    from rdflib import SH, URIRef

    if path is None:
        return ""
    if isinstance(path, URIRef):
        return path.n3()
    for predicate, sign in ((SH.zeroOrMorePath, "*"), (SH.oneOrMorePath, "+"), (SH.zeroOrOnePath, "?")):
        inner = shapes.value(path, predicate)
        if inner is not None:
            return f"({sparql_path(shapes, inner)}){sign}"
    inverse = shapes.value(path, SH.inversePath)
    if inverse is not None:
        return f"^{sparql_path(shapes, inverse)}"
    alternatives = shapes.value(path, SH.alternativePath)
    steps = [sparql_path(shapes, step) for step in shapes.items(alternatives or path)]
    return f"({('|' if alternatives else '/').join(steps)})"
