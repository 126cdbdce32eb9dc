"""Nodes whose studies clients read: a few invented ones with images, and all real crates that partners gave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.model.payload import canonical
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services
from harvesters.gide import GideHarvester
from tests.clients.served_node import served_node
from tests.web.studies_for_pages import MOMENT, clock, seed

Records = dict[str, dict[str, Any]]


@contextmanager
def invented_studies(home: Path) -> Iterator[tuple[str, Ledger]]:
    """Address and ledger of a node with the studies that pages are tested with."""
    with Ledger(f"sqlite:///{home / 'ledger.db'}", clock) as ledger:
        seed(ledger)
        with served_node(Services(ledger, Resolver(ledger))) as address:
            yield address, ledger


@contextmanager
def real_studies(home: Path, partners: Path) -> Iterator[tuple[str, Records]]:
    """Address of a node with the studies of all real GIDE crates, and their records as the ledger has them."""
    harvester, spec = GideHarvester(None), SourceSpec("real", "gide", "/")  # type: ignore[arg-type]
    with Ledger(f"sqlite:///{home / 'ledger.db'}", clock) as ledger:
        ledger.add_source("real", harvester="gide", location="https://partner.example.org/")
        with ledger.transaction() as writer:
            for path in sorted(partners.glob("gide-*/crates/**/*.json")):
                document = SourceDocument(path.name, "https://partner.example.org/", path.read_bytes())
                for record in harvester.map(document, spec).records:
                    writer.append(
                        curie=record["id"],
                        owner=record["owner"],
                        kind="study",
                        parent=None,
                        status="public",
                        payload=canonical(record),
                        source="real",
                        source_url=None,
                        harvester="gide/1",
                        retrieved_at=MOMENT,
                        aliases=(),
                    )
        records = {entry.curie: entry.record for entry in ledger.heads(limit=10_000)}
        assert len(records) >= 871
        with served_node(Services(ledger, Resolver(ledger))) as address:
            yield address, records


def sample(records: Records, count: int) -> Records:
    """So many of the records, spread evenly over their names."""
    step = max(1, len(records) // count)
    return {curie: records[curie] for curie in sorted(records)[::step]}


def listed(addresses: list[str], folder: Path) -> str:
    """Path of a file with the addresses, for a client's script."""
    path = folder / "addresses.json"
    path.write_text(json.dumps(addresses))
    return str(path)
