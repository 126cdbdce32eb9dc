"""The report as a SHACL validation report in Turtle. Source: SHACL, section 3.6."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from catalogue.model.namespaces import expand
from catalogue.validation.graphs import BASE_IRI, RDF_TYPE
from catalogue.validation.records import SHAPES
from catalogue.validation.results import Report, Result
from catalogue.validation.rules import SH, rules
from catalogue.validation.terms import term
from catalogue.validation.turtle_text import resolve

# What is wrong with a file before it is RDF, or was noticed when it was mapped, breaks no constraint of SHACL.
FILE_COMPONENT: Final = SHAPES + "FileConstraintComponent"
_SEE_ALSO: Final = "http://www.w3.org/2000/01/rdf-schema#seeAlso"
_SOURCE: Final = "http://purl.org/dc/terms/source"
_BOOLEAN: Final = NamedNode("http://www.w3.org/2001/XMLSchema#boolean")
_PREFIXES: Final = {
    "dcterms": "http://purl.org/dc/terms/",
    "omsh": SHAPES,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sh": SH,
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def render_turtle(report: Report) -> str:
    """One sh:ValidationReport over all files; each result says as dcterms:source in which file and line it stands."""
    triples = list(_report(report))
    made = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.TURTLE, prefixes=_PREFIXES)
    return (made or b"").decode()


def _report(report: Report) -> Iterator[Triple]:
    found = [(file.name, result) for file in report.files for result in file.results]
    root = BlankNode("report")
    yield Triple(root, NamedNode(RDF_TYPE), NamedNode(SH + "ValidationReport"))
    yield Triple(root, NamedNode(SH + "conforms"), Literal("false" if found else "true", datatype=_BOOLEAN))
    number = 0
    for file, result in found:
        for component in result.constraints or (FILE_COMPONENT,):
            number += 1
            node = BlankNode(f"result{number}")
            yield Triple(root, NamedNode(SH + "result"), node)
            for predicate, value in _properties(file, result, component):
                yield Triple(node, NamedNode(predicate), value)
            yield from _long_path(node, result)


def _properties(file: str, result: Result, component: str) -> Iterator[tuple[str, Any]]:
    place = f"{file}:{result.place.line}:{result.place.column}" if result.place else file
    yield RDF_TYPE, NamedNode(SH + "ValidationResult")
    yield SH + "focusNode", _focus(file, result)
    yield SH + "resultSeverity", NamedNode(SH + result.severity.capitalize())
    yield SH + "resultMessage", Literal(result.message)
    yield SH + "sourceConstraintComponent", NamedNode(component)
    yield _SOURCE, Literal(place)
    if result.rule in rules(result.profile or None):
        yield SH + "sourceShape", NamedNode(result.rule)
    else:
        yield _SEE_ALSO, NamedNode(result.rule)
    if result.predicate and rules(result.profile or None).path_node(result.rule) is None:
        yield from _named(SH + "resultPath", result.predicate)
    value = term(result.term) or (Literal(result.value) if result.value else None)
    if value is not None:
        yield SH + "value", value


def _long_path(node: BlankNode, result: Result) -> Iterator[Triple]:
    shapes = rules(result.profile or None)
    path = shapes.path_node(result.rule)
    if path is not None:
        yield Triple(node, NamedNode(SH + "resultPath"), path)
        yield from shapes.path_triples(result.rule)


def _focus(file: str, result: Result) -> Any:
    """The focus node; a blank node stands for the file itself, and for an id that is no IRI."""
    if result.focus.startswith("_:"):
        return BlankNode(result.focus[2:])
    try:
        iri = expand(result.focus)
    except ValueError:
        iri = resolve(BASE_IRI, result.focus)
    try:
        return NamedNode(iri) if result.focus else BlankNode("file")
    except ValueError:
        return BlankNode("unnamed")


def _named(predicate: str, iri: str) -> Iterator[tuple[str, Any]]:
    try:
        yield predicate, NamedNode(iri)
    except ValueError:
        return
