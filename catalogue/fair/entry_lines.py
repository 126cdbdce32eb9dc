"""What the ledger tells of an entry beside its record, as triples that facts may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as px

from catalogue.model.namespaces import BASE, TERMS
from catalogue.model.rdf import triples
from catalogue.store.entries import Entry

_PART_OF: Final = "http://purl.org/dc/terms/isPartOf"


def kept_source(entry: Entry) -> Iterator[bytes]:
    """Which document the record was made from, and by what, as the ledger knows it."""
    yield f"<{BASE}{entry.curie}> <{TERMS}harvester> {px.Literal(entry.harvester)} .\n".encode()
    if entry.original_digest:
        yield f'<{BASE}{entry.curie}> <{TERMS}sourceDigest> "{entry.original_digest}" .\n'.encode()


def listed_formats(entry: Entry) -> Iterator[bytes]:
    """Formats of the images in a list, as if each format were one image of the study."""
    if entry.status != "public":
        return
    for name in sorted(entry.record.get("formats", {})):
        part = f"{entry.curie}/format/{name}"
        yield f"<{BASE}{part}> <{_PART_OF}> <{BASE}{entry.parent}> .\n".encode()
        yield f"<{BASE}{part}> <{TERMS}representation> <{BASE}{part}/0> .\n".encode()
        yield from triples({"id": f"{part}/0", "format": name}, "ImageRepresentation").splitlines(keepends=True)
