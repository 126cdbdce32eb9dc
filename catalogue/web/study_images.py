"""The images of a study, those with entries of their own and those of its list, as pages and documents show them."""

from __future__ import annotations

from typing import Any

from catalogue.exchange.base import MOST_IMAGES, MOST_TABLES, Document, Format, ImageTable, tells_images
from catalogue.resolver.service import Resolution
from catalogue.store.entries import Entry
from catalogue.store.graph_view import catalog_record
from catalogue.store.image_lists import chunks_of, list_curie
from catalogue.web.services import Services


def study_images(services: Services, curie: str, after: str, limit: int) -> list[Entry]:
    """Images of a study above `after` in the order of their names: those with entries of their own and listed ones."""
    own = [e for e in services.ledger.children(curie, after_curie=after, limit=limit + 1) if e.kind == "image"]
    listed = services.ledger.image_lists.listed(curie, after, limit)
    return sorted([*own, *listed], key=lambda entry: entry.curie)[:limit]


def image_count(services: Services, curie: str) -> int:
    """Number of a study's images here, listed or not."""
    return services.ledger.count_children(curie) + services.ledger.image_lists.count(curie)


def chunk_path(digest: str) -> str:
    """Path at which this node gives the rows of an image list."""
    return f"/chunks/{digest}.parquet"


def image_tables(services: Services, curie: str) -> tuple[list[ImageTable], int]:
    """The first files that a study's public image list is made of, and how many there are.

    Raises:
        SettingsInvalid: this node does not know an address of its own.
        StoreDamaged: a chunk is lost or damaged.
    """
    entry = services.ledger.head(list_curie(curie))
    if entry is None or entry.status != "public":
        return [], 0
    columns = services.ledger.image_lists.files.columns
    chunks = chunks_of(entry.record)
    named = [
        ImageTable(services.absolute(chunk_path(c.digest)), c.digest, c.rows, c.size_bytes, columns(c.digest))
        for c in chunks[:MOST_TABLES]
    ]
    return named, len(chunks)


def document_of(services: Services, resolution: Resolution, member: Format) -> Document:
    """What a format writes down: the record or its tombstone, where it came from, and the images if it tells them."""
    entry, curie = resolution.entry, resolution.curie or ""
    record: Any = resolution.tombstone or (entry.record if entry is not None else {})
    provenance = catalog_record(entry) if entry is not None else None
    version = entry.schema_version if entry is not None else ""
    if resolution.tombstone is not None or not tells_images(member):
        return Document(record, provenance, version)
    tables, table_count = image_tables(services, curie)
    # What stands in tables is not told a second time.
    own = [] if tables else [entry.record for entry in study_images(services, curie, "", MOST_IMAGES)]
    return Document(record, provenance, version, own, image_count(services, curie), tables, table_count)
