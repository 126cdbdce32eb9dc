"""RDF of a file: its triples as one graph, what they are about, and a locator for their subjects.

Nothing is fetched: JSON-LD contexts come from catalogue.validation.contexts or the file is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn

import pyoxigraph

from catalogue.model.namespaces import contract
from catalogue.problems import RecordRejected
from catalogue.validation.jsonld_text import MARK, PreparedDocument
from catalogue.validation.locators import Locator, TextLocator
from catalogue.validation.nodes import Fault, Node
from catalogue.validation.source import SourceText
from catalogue.validation.turtle_text import find_subjects
from catalogue.validation.xml_text import check_xml, find_elements

# Relative IRIs are resolved against this, so that they can be told from absolute ones (arcp is what RO-Crate proposes
# for crates that lie nowhere).
BASE_IRI: Final = "arcp://name,file/"
MAX_TRIPLES: Final = 300_000
RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABELS: Final = (
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://purl.org/dc/terms/title",
    "http://schema.org/name",
    "https://schema.org/name",
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://xmlns.com/foaf/0.1/name",
)
_WHERE: Final = re.compile(r"^Parser error (?:at|between) line [^:]*: ")
_LINE_BASED: Final = (pyoxigraph.RdfFormat.N_TRIPLES, pyoxigraph.RdfFormat.N_QUADS)


@dataclass(frozen=True, slots=True)
class Graph:
    """The triples of a file, all its graphs taken together.

    Args:
        triples: N-Triples.
        count: number of distinct triples.
        classes: IRI of each class with an instance.
        kinds: IRI of a subject, or its label as a blank node -> CURIE of a class that it has.
        labels: the same -> a name for people.
        faults: what of the file could not become triples.
    """

    triples: bytes
    count: int
    classes: frozenset[str]
    kinds: dict[str, str]
    labels: dict[str, str]
    locator: Locator
    faults: tuple[Fault, ...] = ()


def graph_of_text(source: SourceText, form: pyoxigraph.RdfFormat) -> Graph:
    """The graph of Turtle, TriG, N-Triples, N-Quads or RDF/XML.

    Raises:
        RecordRejected: cannot be parsed, or is too large; the member `place` says where.
    """
    is_xml = form == pyoxigraph.RdfFormat.RDF_XML
    if is_xml:
        check_xml(source)
    base = None if form in _LINE_BASED else BASE_IRI
    try:
        quads = list(_bounded(source, pyoxigraph.parse(source.text, format=form, base_iri=base)))
    except SyntaxError as error:
        _refuse_syntax(source, error)
    return _graph(quads, TextLocator(source, find_elements if is_xml else find_subjects, BASE_IRI))


def graph_of_json(source: SourceText, document: Node) -> Graph:
    """The graph of a JSON-LD document, contexts taken from the bundled ones.

    Raises:
        RecordRejected: asks for a context that is not bundled, is no JSON-LD, or is too large.
    """
    prepared = PreparedDocument(source, document, BASE_IRI)
    kept = []
    try:
        parsed = pyoxigraph.parse(prepared.text, format=pyoxigraph.RdfFormat.JSON_LD, base_iri=BASE_IRI)
        for quad in _bounded(source, parsed):
            if quad.predicate.value == MARK:
                prepared.mark(quad.subject, quad.object.value)
            else:
                kept.append(quad)
    except SyntaxError as error:
        source.refuse(f"This is no JSON-LD: {error.msg}.", document.start)
    prepared.check_all_read()
    return replace(_graph(kept, prepared), faults=tuple(prepared.faults))


def _bounded(source: SourceText, quads: Iterable[Any]) -> Iterator[Any]:
    for number, quad in enumerate(quads):
        if number >= MAX_TRIPLES:
            source.refuse(f"The file has more than {MAX_TRIPLES:,} triples. Split it.", 0, "too-large")
        if isinstance(quad.object, pyoxigraph.Triple):
            source.refuse("A triple about a triple (RDF 1.2) cannot be checked.", 0)
        yield quad


def _refuse_syntax(source: SourceText, error: SyntaxError) -> NoReturn:
    place = source.at(error.lineno, error.offset or 1) if error.lineno else None
    said = _WHERE.sub("", str(error.msg)).removesuffix(f" (line {error.lineno})")
    raise RecordRejected(f"This cannot be read as RDF: {said}.", reason="not-parsable", place=place) from error


def _graph(quads: list[Any], locator: Locator) -> Graph:
    triples = {quad.triple for quad in quads}
    kinds: dict[str, str] = {}
    classes: set[str] = set()
    labels: dict[str, str] = {}
    for triple in triples:
        predicate, target = triple.predicate.value, triple.object
        if predicate == RDF_TYPE and isinstance(target, pyoxigraph.NamedNode):
            classes.add(target.value)
            _keep(kinds, _name(triple.subject), contract(target.value))
        elif predicate in _LABELS and isinstance(target, pyoxigraph.Literal):
            _keep(labels, _name(triple.subject), target.value)
    return Graph(
        triples=pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES) or b"",
        count=len(triples),
        classes=frozenset(classes),
        kinds=kinds,
        labels=labels,
        locator=locator,
    )


def _keep(known: dict[str, str], name: str, value: str) -> None:
    """The first in the order of the alphabet, so that equal files give equal reports; our own classes before others."""
    held = known.get(name)
    known[name] = value if held is None else min(held, value, key=lambda one: (not one.startswith("omm:"), one))


def _name(node: Any) -> str:
    return f"_:{node.value}" if isinstance(node, pyoxigraph.BlankNode) else str(node.value)
