"""Terms of an ontology in Turtle, N-Triples or RDF/XML, read as a stream.

The parser aborts its process on entity bombs (reliability.md section 2): only catalogue.store.ontologies.installing
calls this on files of unknown origin, in a child process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Final

import pyoxigraph as px

from catalogue.store.ontologies.term import (
    CONSIDER,
    DEFINITION,
    DEPRECATED,
    LABEL,
    OBO,
    OIO,
    OWL,
    PARENT,
    REPLACED_BY,
    TYPE,
    Scope,
    Term,
    canonical,
)

FORMATS: Final = {
    ".ttl": px.RdfFormat.TURTLE,
    ".nt": px.RdfFormat.N_TRIPLES,
    ".owl": px.RdfFormat.RDF_XML,
    ".rdf": px.RdfFormat.RDF_XML,
}

_DWC: Final = "http://rs.tdwg.org/dwc/terms/"
_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
_CLASSES: Final = frozenset([OWL + "Class", _DWC + "Taxon"])
_THING: Final = OWL + "Thing"

# IAO_0000118, "alternative term", is what FBbi's editors used beside oboInOwl; EDAM defines by oboInOwl.
_TEXTS: Final[dict[str, Callable[[Term, str], None]]] = {
    LABEL.value: Term.add_label,
    DEFINITION.value: Term.add_definition,
    OIO + "hasDefinition": Term.add_definition,
    _SKOS + "definition": Term.add_definition,
}
_SYNONYMS: Final = {
    **{scope.predicate.value: scope for scope in Scope},
    OBO + "IAO_0000118": Scope.EXACT,
    _DWC + "scientificName": Scope.EXACT,
    _SKOS + "altLabel": Scope.RELATED,
}
_LINKS: Final[dict[str, Callable[[Term, str], None]]] = {
    REPLACED_BY.value: Term.add_replacement,
    OIO + "replacedBy": Term.add_replacement,
    CONSIDER.value: Term.add_candidate,
}


def read_rdf(stream: IO[bytes], suffix: str) -> Iterator[Term]:
    """The named things of the file, classes or not; one whose statements lie apart comes in several pieces.

    Args:
        suffix: a key of FORMATS.
    Raises:
        SyntaxError: the content is not of that format.
    """
    term: Term | None = None
    iri = ""
    for quad in px.parse(stream, FORMATS[suffix], base_iri=OBO):
        subject = quad.subject
        if not isinstance(subject, px.NamedNode):
            continue
        if term is None or subject.value != iri:
            if term is not None:
                yield term
            iri = subject.value
            term = Term(canonical(iri) or iri)
        _note(term, quad.predicate.value, quad.object)
    if term is not None:
        yield term


def _note(term: Term, predicate: str, value: px.NamedNode | px.BlankNode | px.Literal | px.Triple) -> None:
    if isinstance(value, px.Literal):
        _note_literal(term, predicate, value)
    elif isinstance(value, px.NamedNode):
        _note_node(term, predicate, value.value)


def _note_literal(term: Term, predicate: str, value: px.Literal) -> None:
    if value.language is not None and value.language.partition("-")[0].lower() != "en":
        return
    if predicate in _TEXTS:
        _TEXTS[predicate](term, value.value)
    elif predicate in _SYNONYMS:
        if value.value != term.label:
            term.add_synonym(_SYNONYMS[predicate], value.value)
    elif predicate == DEPRECATED.value:
        term.obsolete = term.obsolete or value.value in ("true", "1")
    elif predicate in _LINKS and (other := canonical(value.value.strip())):
        _LINKS[predicate](term, other)


def _note_node(term: Term, predicate: str, iri: str) -> None:
    if predicate == TYPE.value:
        term.is_class = term.is_class or iri in _CLASSES
    elif predicate == PARENT.value:
        if iri != _THING and (other := canonical(iri)):
            term.add_parent(other)
    elif predicate in _LINKS and (other := canonical(iri)):
        _LINKS[predicate](term, other)
