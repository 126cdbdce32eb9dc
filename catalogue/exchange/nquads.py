"""N-Quads: the record in the graph that it names, where it came from in a graph beside it, as in dumps."""

from __future__ import annotations

from catalogue.exchange.base import Document
from catalogue.exchange.ntriples import ALL_TYPES
from catalogue.model import rdf
from catalogue.model.namespaces import BASE


class NQuads:
    """One quad a line (W3C N-Quads 1.1)."""

    name = "nquads"
    title = "N-Quads"
    suffix = ".nq"
    media_type = "application/n-quads"
    profile = None
    types = ALL_TYPES

    def render(self, document: Document) -> bytes:
        """Sorted lines: graph `{record}`, and with provenance also `{record}/record`."""
        graph = BASE + document.record["id"]
        lines = set(rdf.quads(dict(document.record), graph, version=document.schema_version).splitlines(keepends=True))
        if document.provenance is not None:
            lines.update(rdf.quads(dict(document.provenance), f"{graph}/record").splitlines(keepends=True))
        return b"".join(sorted(lines))


FORMAT = NQuads()
