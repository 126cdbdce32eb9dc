"""The harvester `oai_pmh` of this software reads a node of this software."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalogue.ingest.service import Ingest
from catalogue.settings import HarvestSettings
from catalogue.store.entries import GONE
from catalogue.store.ledger import Ledger
from catalogue.store.ontologies import Ontology
from harvesters.http import Fetcher
from harvesters.oai_pmh import OaiPmhHarvester
from tests.clients.seeded import heads, seed, titles
from tests.exchange.harvested import BASE


@pytest.mark.parametrize("prefix", ["oai_dc", "oai_datacite"])
def test_our_own_harvester_reads_every_study(prefix: str, tmp_path: Path) -> None:
    """P1: a node that harvests another one by OAI-PMH holds every study with its title, and then finds nothing new."""

    def clock() -> datetime:
        return datetime.now(UTC)

    (tmp_path / "served").mkdir()
    node = seed(tmp_path / "served", studies=100)
    private = frozenset({"127.0.0.1"})
    fetcher = Fetcher(contact="https://example.org/", allow_private=private, clock=clock, pause_s=(0.0, 0.0))
    with node.served() as address, Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        ledger.add_source(
            "node", harvester="oai_pmh", location=f"{address}/oai", owners=("biostudies",), options={"prefix": prefix}
        )
        harvesters = {"oai_pmh": OaiPmhHarvester(fetcher)}
        ingest = Ingest(ledger, harvesters, Ontology.load(), "f" * 64, "0", HarvestSettings(), clock)
        ingest.harvest("node")
        expected = {
            entry.curie: titles(node)[BASE + entry.curie]
            for entry in heads(node)
            if entry.kind == "study" and entry.status not in GONE
            if prefix == "oai_dc" or {"authors", "date_published"} <= entry.record.keys()
        }
        assert {entry.curie: entry.record["title"] for entry in ledger.heads()} == expected
        last = ledger.last_position()
        ingest.harvest("node")
        assert ledger.last_position() == last
