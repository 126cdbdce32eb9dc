"""A partner that gives image tables from rows in memory, and a ledger that knows their studies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from catalogue.ingest.service import Ingest
from catalogue.model.documents import BadRow, Event, ImageTable, Listed, Mapped, SourceDocument, SourceSpec, Unchanged
from catalogue.settings import HarvestSettings
from catalogue.store.ledger import Ledger
from tests.ingest.conftest import Clock, Terms


@dataclass
class ListPartner:
    """Studies of IDR and their rows; `tables` maps a study's accession to rows, `batches` replaces their reading."""

    studies: list[str] = field(default_factory=list)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    batches: Callable[[], Iterator[pa.RecordBatch | BadRow]] | None = None
    defaults: dict[str, str] = field(default_factory=dict)
    said_rows: int | None = None
    opened: int = 0
    name: str = "lists"
    version: str = "1"

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        for accession in self.studies:
            yield SourceDocument(accession, "", json.dumps(study(accession)).encode())
        for accession, rows in self.tables.items():
            digest = hashlib.sha256(repr((rows, self.defaults)).encode()).hexdigest()
            if known.get(f"{accession}/rows") == digest:
                yield Unchanged(f"{accession}/rows")
                continue
            yield ImageTable(
                f"{accession}/rows",
                f"https://partner.example/{accession}",
                f"idr:{accession}",
                digest,
                self.batches or (lambda rows=rows: self._open(rows)),
                self.defaults,
                self.said_rows,
            )
        yield Listed(cursor=None, complete=True)

    def _open(self, rows: list[dict[str, Any]]) -> Iterator[pa.RecordBatch]:
        self.opened += 1
        names = dict.fromkeys(name for row in rows for name in row)
        columns = {name: pa.array([row.get(name) for row in rows]) for name in names}
        yield from pa.table(columns).to_batches(max_chunksize=1000)

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        return Mapped([json.loads(document.content)])


def study(accession: str) -> dict[str, Any]:
    return {
        "type": "Study",
        "id": f"idr:{accession}",
        "accession": accession,
        "owner": "idr",
        "title": f"An invented study, {accession}",
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }


def rows(start: int, count: int, **more: Any) -> list[dict[str, Any]]:
    """Rows of images `start`, `start + 1` …, each a field of a plate."""
    return [
        {
            "accession": str(number),
            "title": f"plate {number // 96} [Well {number % 96}]",
            "format": "OME-TIFF",
            "size_x": 1024,
            "size_y": 1024,
            "pixel_size_x_um": 0.325,
            "total_size_bytes": 1000,
            **more,
        }
        for number in range(start, start + count)
    ]


@dataclass
class Lists:
    """A ledger, a partner of image tables, an ingest over both."""

    ledger: Ledger
    partner: ListPartner
    clock: Clock
    ingest: Ingest

    def harvest(self, **options: Any) -> Any:
        return self.ingest.harvest("lists", **options)

    def manifest(self, accession: str = "idr0001") -> dict[str, Any]:
        entry = self.ledger.head(f"idr:{accession}/images")
        assert entry is not None
        return entry.record

    def chunks(self, accession: str = "idr0001") -> list[str]:
        return [chunk["sha256"] for chunk in self.manifest(accession)["chunks"]]


@pytest.fixture
def make_lists(tmp_path: Path) -> Callable[..., Lists]:
    def make(**settings: Any) -> Lists:
        clock = Clock()
        home = tmp_path / f"home{len(list(tmp_path.iterdir()))}"
        ledger = Ledger(f"sqlite:///{home}/ledger.db", clock)
        partner = ListPartner(["idr0001"])
        ledger.add_source("lists", harvester="lists", location="https://partner.example/")
        ingest = Ingest(ledger, {"lists": partner}, Terms(), "f" * 64, "0", HarvestSettings(**settings), clock)
        return Lists(ledger, partner, clock, ingest)

    return make


@pytest.fixture
def lists(make_lists: Callable[..., Lists]) -> Lists:
    return make_lists()
