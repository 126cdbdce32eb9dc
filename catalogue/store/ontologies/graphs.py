"""What the graph view publishes of the ontologies: small ones whole, of large ones what records use, with ancestors.

Every statement lies in one graph: a term's in the graph of its home, and in a curated table's only what its home does
not say (docs/decisions/0004).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as px

from catalogue.model.namespaces import BASE, contract, expand
from catalogue.store.ontologies.ontology import Ontology
from catalogue.store.ontologies.sources import Source, files
from catalogue.store.ontologies.term import Scope, Term

# FBbi, EDAM Bioimaging, DUO, PATO lie below, so that their hierarchies can be walked; GO (50,000 terms, 0.4 million
# quads, 4 s of every rebuild) lies above.
WHOLE_TERMS: Final = 10_000


class PublishedOntologies:
    """The graphs of the ontologies that count, as they are now.

    Args:
        ontology: all of them.
    """

    def __init__(self, ontology: Ontology) -> None:
        self._ontology = ontology
        self._whole = {source for source in ontology.sources if len(source.table) <= WHOLE_TERMS}
        self.says = lru_cache(maxsize=20_000)(self._says)

    @property
    def digests(self) -> dict[str, str]:
        """Graph -> SHA-256 over all that decides what may lie in it."""
        told = self._ontology.digest
        return {
            graph_of(source): hashlib.sha256(f"{source.digest} {told}".encode()).hexdigest()
            for source in self._ontology.sources
        }

    def whole(self) -> Iterator[tuple[str, bytes]]:
        """(graph, N-Quads) of every ontology that is published whether records use it or not."""
        for source in self._ontology.sources:
            if source in self._whole:
                yield graph_of(source), _quads(self._told(source, source.table), graph_of(source))

    def used(self, iris: Iterable[str]) -> dict[str, bytes]:
        """Graph -> N-Quads that the use of these terms adds to the graphs that are not published whole."""
        curies = {contract(iri) for iri in iris}
        curies |= {ancestor for curie in curies for ancestor in self._ontology.ancestors(curie)}
        by_home: dict[Source, list[Term]] = {}
        for curie in sorted(curies):
            home = self._ontology.home(curie)
            term = home.table.find(curie) if home else None
            if home is not None and term is not None and home not in self._whole:
                by_home.setdefault(home, []).append(term)
        return {graph_of(home): _quads(self._told(home, terms), graph_of(home)) for home, terms in by_home.items()}

    def _says(self, iri: str) -> frozenset[bytes]:
        """All that the ontologies say of a term, each as `s p o`."""
        curie = contract(iri)
        term = self._ontology.term(curie)
        if term is None:
            return frozenset()
        return frozenset(line.removesuffix(b" .") for line in _lines(term.triples()))

    def _told(self, source: Source, terms: Iterable[Term]) -> Iterator[px.Triple]:
        """What the source's graph says of the terms."""
        for term in terms:
            if self._ontology.home(term.curie) is source:
                yield from term.triples()
            elif source.curated:
                beside = set(self._ontology.accepted_beside(term.curie)) & set(term.exact())
                subject = px.NamedNode(expand(term.curie))
                yield from (px.Triple(subject, Scope.EXACT.predicate, px.Literal(name)) for name in sorted(beside))


class OntologyGraphs:
    """The ontology graphs of a data folder, opened anew only when a file changed.

    Args:
        home: the data folder; None for the curated tables alone.
    """

    def __init__(self, home: Path | None) -> None:
        self._home = home
        self._seen: tuple[tuple[str, int, int], ...] | None = None
        self._published = PublishedOntologies(Ontology())

    def __call__(self) -> PublishedOntologies:
        """The graphs as the files are now; cheap when none changed."""
        seen = tuple((str(p), (told := p.stat()).st_mtime_ns, told.st_size) for p in files(self._home))
        if seen != self._seen:
            self._published = PublishedOntologies(Ontology.load(self._home))
            self._seen = seen
        return self._published


def no_ontologies() -> PublishedOntologies:
    """None at all."""
    return PublishedOntologies(Ontology())


def graph_of(source: Source) -> str:
    """The named graph of an ontology."""
    return f"{BASE}ontology/{source.name}"


def _quads(triples: Iterable[px.Triple], graph: str) -> bytes:
    name = px.NamedNode(graph)
    quads = (px.Quad(t.subject, t.predicate, t.object, name) for t in triples)
    return px.serialize(quads, format=px.RdfFormat.N_QUADS) or b""


def _lines(triples: Iterable[px.Triple]) -> list[bytes]:
    return (px.serialize(triples, format=px.RdfFormat.N_TRIPLES) or b"").splitlines()
