"""Small records of our own and a short way to put them into a ledger, for tests of views."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyoxigraph as px

from catalogue.model.namespaces import BASE
from catalogue.model.payload import canonical
from catalogue.store.ledger import Entry, Ledger

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def study(number: int, **fields: Any) -> dict[str, Any]:
    """A zebrafish study `biostudies:S-BIAD{number}`."""
    curie = f"biostudies:S-BIAD{number}"
    return {
        "type": "Study",
        "id": curie,
        "accession": f"S-BIAD{number}",
        "owner": "biostudies",
        "title": f"Heart development, part {number}",
        "description": "Movies of the beating heart.",
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "date_published": "2023-03-07",
        "terms": [
            {"type": "Taxon", "id": "NCBITaxon:7955", "label": "Danio rerio"},
            {"type": "ImagingMethod", "id": "FBbi:00000369", "label": "SPIM"},
        ],
        "organisms": ["NCBITaxon:7955"],
        "methods": ["FBbi:00000369"],
        **fields,
    }


def image(number: int, of: str, **fields: Any) -> dict[str, Any]:
    """An image `idr:{number}` of the study `of`."""
    return {
        "type": "Image",
        "id": f"idr:{number}",
        "accession": str(number),
        "owner": "idr",
        "study": of,
        "title": f"Image {number}",
        **fields,
    }


def tombstone(record: dict[str, Any]) -> dict[str, Any]:
    """What stays of a record after its withdrawal."""
    return {
        "type": "Tombstone",
        "id": record["id"],
        "accession": record["accession"],
        "owner": record["owner"],
        "record_type": record["type"],
        "date_withdrawn": "2026-11-22",
        "reason": "removed-at-source",
    }


def open_ledger(folder: Path) -> Ledger:
    """The ledger of a test's data folder."""
    return Ledger(f"sqlite:///{folder / 'ledger.db'}", lambda: NOW)


def append(ledger: Ledger, *records: dict[str, Any], status: str = "public", **fields: Any) -> list[Entry]:
    """Appends records in one transaction; a Tombstone is a withdrawal."""
    entries = []
    with ledger.transaction() as writer:
        for record in records:
            kind = record.get("record_type", record["type"]).lower()
            arguments: dict[str, Any] = {
                "curie": record["id"],
                "owner": record["owner"],
                "kind": kind,
                "parent": record.get("study"),
                "status": "withdrawn" if record["type"] == "Tombstone" else status,
                "payload": canonical(record),
                "source": "test",
                "source_url": f"https://example.org/{record['accession']}.json",
                "original_digest": None,
                "harvester": "gide/1",
                "run_id": None,
                "retrieved_at": NOW,
            }
            entries.append(writer.append(**{**arguments, **fields}))
    return entries


def snapshot(folder: Path) -> px.Store:
    """What a reader of the data folder `folder` opens now."""
    return px.Store.read_only(str((folder / "graph" / "current").resolve()))


def graph_of(store: px.Store, curie: str) -> set[str]:
    """Triples of the named graph of `curie`, as text."""
    return {str(quad.triple) for quad in store.quads_for_pattern(None, None, None, px.NamedNode(BASE + curie))}


def all_of(store: px.Store) -> set[str]:
    """Every quad, as text."""
    return {str(quad) for quad in store}
