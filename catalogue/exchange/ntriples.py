"""N-Triples: the emitter's triples of a record and its provenance, sorted."""

from __future__ import annotations

from catalogue.exchange.base import Document
from catalogue.model import rdf

ALL_TYPES = frozenset({"Study", "Image", "Tombstone"})


def sorted_triples(document: Document) -> bytes:
    """The distinct N-Triples lines of record and provenance in code-point order."""
    lines = set(rdf.triples(dict(document.record), version=document.schema_version).splitlines(keepends=True))
    if document.provenance is not None:
        lines.update(rdf.triples(dict(document.provenance)).splitlines(keepends=True))
    return b"".join(sorted(lines))


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
