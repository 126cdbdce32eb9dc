"""A signed ledger with studies, images, a list of images and tombstones, and what its dumps say, read without us."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from catalogue.exchange.dumps.making import make_dump
from catalogue.exchange.dumps.shelf import Dump, DumpShelf
from catalogue.ingest.service import Ingest
from catalogue.model.signing import NodeKey
from catalogue.model.table import schema_version
from catalogue.settings import HarvestSettings
from catalogue.store.ledger import Ledger
from tests.ingest.conftest import Clock, Terms
from tests.ingest.tables.conftest import ListPartner, rows
from tests.web.studies_for_pages import append, seed, study, tombstone

KEY = NodeKey(bytes(range(32)))
SUPPRESSED = "biostudies:S-BIAD90077"


class DumpingNode:
    """A small node: its ledger, its shelf of dumps, and a partner with an image list of 60 rows for idr:idr0001."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.clock = Clock()
        self.ledger = Ledger(f"sqlite:///{home}/ledger.db", self.clock, key=KEY)
        self.shelf = DumpShelf(home / "dumps")
        self.partner = ListPartner(["idr0001"], {"idr0001": rows(100_000, 60)})
        self.ledger.add_source("lists", harvester="lists", location="https://partner.example/")
        settings = HarvestSettings(absence_hours=0, guard_share=1)
        harvesters = {"lists": self.partner}
        self.ingest = Ingest(self.ledger, harvesters, Terms(), "f" * 64, schema_version(), settings, self.clock)

    def fill(self) -> DumpingNode:
        """With the records of the pages' tests, a suppressed study and the image list."""
        seed(self.ledger)
        hidden = study() | {"id": SUPPRESSED, "accession": "S-BIAD90077", "title": "Hidden"}
        hidden = {name: hidden[name] for name in ("type", "id", "accession", "owner", "title", "license")}
        append(self.ledger, hidden, status="suppressed")
        self.ingest.harvest("lists")
        return self

    def dump(self, **options: Any) -> Dump | None:
        return make_dump(self.ledger, self.shelf, title="Test node", **options)

    def withdraw(self, curie: str) -> None:
        append(self.ledger, tombstone(curie, "Study", "gone"))


def lines_of(dump: Dump) -> list[dict[str, Any]]:
    """The entries of a dump."""
    with gzip.open(dump.path / "entries.jsonl.gz", "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def quads_of(dump: Dump) -> list[str]:
    """The N-Quads of a dump, as lines."""
    return gzip.decompress((dump.path / "records.nq.gz").read_bytes()).decode().splitlines()


def table_of(dump: Dump, name: str) -> list[dict[str, Any]]:
    """The rows of a table, or of the folder `images`."""
    path = dump.path / name
    found: list[dict[str, Any]] = pq.read_table(path if path.is_dir() else f"{path}.parquet").to_pylist()
    return found


def at_each(call: int, do: Callable[[], object]) -> Callable[[str, int, int], None]:
    """A progress callback that does something at its n-th call."""
    calls = 0

    def tell(_what: str, _done: int, _total: int) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            do()

    return tell
