"""What the ledger tells of an entry beside its record, as triples that facts may ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pyoxigraph as px

from catalogue.model.namespaces import BASE, TERMS, expand
from catalogue.model.rdf import triples
from catalogue.store.entries import Entry

_PART_OF: Final = "http://purl.org/dc/terms/isPartOf"


def kept_source(entry: Entry) -> Iterator[bytes]:
    """Which document the record was made from, and by what, as the ledger knows it."""
    yield f"<{BASE}{entry.curie}> <{TERMS}harvester> {px.Literal(entry.harvester)} .\n".encode()
    if entry.original_digest:
        yield f'<{BASE}{entry.curie}> <{TERMS}sourceDigest> "{entry.original_digest}" .\n'.encode()


def term_lines(record: Mapping[str, Any]) -> Iterator[bytes]:
    """Which terms a study's own record labels, and for which it has its source's identifier.

    The nodes of terms are shared by all records of a graph, so that they do not tell which record said it.
    """
    for term in record.get("terms", ()):
        iri = expand(term["id"])
        if term.get("label"):
            yield f"<{BASE}{record['id']}> <{TERMS}labelledTerm> <{iri}> .\n".encode()
        # A name inside of the source's document is no identifier: idr0054 has "#term" for imaging mass cytometry.
        if not str(term.get("source_id") or "#").startswith("#"):
            yield f"<{BASE}{record['id']}> <{TERMS}sourcedTerm> <{iri}> .\n".encode()


def own_lines(curie: str, written: bytes) -> Iterator[bytes]:
    """The triples of a record without those about other records and their parts, which are not its to tell."""
    about = f"<{BASE}{curie}".encode()
    own, all_of_us = (about + b">", about + b"/"), f"<{BASE}".encode()
    for line in written.splitlines(keepends=True):
        if line.startswith(own) or not line.startswith(all_of_us):
            yield line


def listed_formats(entry: Entry) -> Iterator[bytes]:
    """Formats of the images in a list, as if each format were one image of the study."""
    if entry.status != "public":
        return
    for name in sorted(entry.record.get("formats", {})):
        part = f"{entry.curie}/format/{name}"
        yield f"<{BASE}{part}> <{_PART_OF}> <{BASE}{entry.parent}> .\n".encode()
        yield f"<{BASE}{part}> <{TERMS}representation> <{BASE}{part}/0> .\n".encode()
        yield from triples({"id": f"{part}/0", "format": name}, "ImageRepresentation").splitlines(keepends=True)
