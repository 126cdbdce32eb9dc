"""N-Triples: the emitter's triples of a record and its provenance, sorted."""

from __future__ import annotations

from catalogue.exchange.base import PERSISTENCE, Document
from catalogue.model import rdf
from catalogue.model.namespaces import BASE

ALL_TYPES = frozenset({"Study", "Image", "Tombstone"})


def sorted_triples(document: Document) -> bytes:
    """The distinct N-Triples lines of record and provenance in code-point order."""
    lines = set(rdf.triples(dict(document.record), version=document.schema_version).splitlines(keepends=True))
    if document.provenance is not None:
        lines.update(rdf.triples(dict(document.provenance)).splitlines(keepends=True))
        lines.add(policy_line(document.record["id"]))
    return b"".join(sorted(lines))


def policy_line(curie: str) -> bytes:
    """The triple by which assessors find what is promised of the metadata of a record in the long run."""
    predicate, policy = PERSISTENCE
    return f"<{BASE}{curie}/record> <{predicate}> <{policy}> .\n".encode()


class NTriples:
    """One triple a line (W3C N-Triples 1.1)."""

    name = "ntriples"
    title = "N-Triples"
    suffix = ".nt"
    media_type = "application/n-triples"
    profile = None
    types = ALL_TYPES

    def render(self, document: Document) -> bytes:
        """Sorted lines, so that equal records give equal bytes."""
        return sorted_triples(document)


FORMAT = NTriples()
