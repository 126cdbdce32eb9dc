"""A node harvests the loopback repository into its ledger: what goes, what stays, what is quarantined."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from catalogue.ingest.service import Ingest
from catalogue.settings import HarvestSettings
from catalogue.store.ledger import Ledger
from catalogue.store.ontologies import Ontology
from harvesters.http import Fetcher
from harvesters.oai_pmh import OaiPmhHarvester
from tests.harvesters.oai_server import OaiServer, dc, repository


class Harvesting:
    """A node whose clock goes with the repository's."""

    def __init__(self, server: OaiServer, folder: Path):
        self.server = server
        self.ledger = Ledger(f"sqlite:///{folder}/ledger.db", self.clock)
        options = {"license": "CC0-1.0"}
        self.ledger.add_source(
            "oai", harvester="oai_pmh", location=server.base, owners=("biostudies",), options=options
        )
        fetcher = Fetcher(
            contact="https://example.org/", allow_private=frozenset({"127.0.0.1"}), clock=self.clock,
            sleep=lambda _: None,
        )  # fmt: skip
        harvesters = {"oai_pmh": OaiPmhHarvester(fetcher)}
        self.ingest = Ingest(self.ledger, harvesters, Ontology.load(), "f" * 64, "0", HarvestSettings(), self.clock)

    def clock(self) -> datetime:
        """The repository's own time."""
        return self.server.now

    @property
    def live(self) -> set[str]:
        """Public records."""
        return {entry.curie for entry in self.ledger.heads(status="public")}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Harvesting]:
    """A node and its repository of twenty-five records."""
    with repository(25) as server:
        server.page = 10
        found = Harvesting(server, tmp_path)
        yield found
        found.ledger.close()


def test_first_copy_then_changes_then_tombstone(node: Harvesting) -> None:
    """R2, R4, R14: all, then only what changed, then what the repository marks as deleted; a replay appends nothing."""
    report = node.ingest.harvest("oai")
    assert (report.new, report.quarantined) == (25, 0)
    node.server.wait(days=1)
    node.server.put(3, "New")
    node.server.delete(4)
    report = node.ingest.harvest("oai")
    assert (report.read, report.changed, report.withdrawn) == (1, 1, 1)
    assert node.live == {f"biostudies:S-BIAD{n}" for n in range(1, 26) if n != 4}
    position = node.ledger.last_position()
    node.server.wait(days=1)
    node.ingest.harvest("oai")
    assert node.ledger.last_position() == position


def test_vanished_record_goes_after_two_listings(node: Harvesting) -> None:
    """R14: a repository that forgets: absent from all identifiers twice, a day apart, and not before."""
    node.server.policy = "no"
    node.ingest.harvest("oai")
    node.server.delete(4)
    for days in (10, 21):
        node.server.wait(days=days)
        node.ingest.harvest("oai")
        assert "biostudies:S-BIAD4" in node.live
    node.server.wait(days=1, hours=1)
    report = node.ingest.harvest("oai")
    assert report.withdrawn == 1
    assert "biostudies:S-BIAD4" not in node.live


def test_broken_record_is_quarantined_and_comes_back_mended(node: Harvesting) -> None:
    """R19: its bytes and reason are kept, its last good version stays, and mending it ends the quarantine."""
    node.ingest.harvest("oai")
    node.server.wait(days=1)
    node.server.put(5, metadata="<oai_dc:dc><dc:title>Cells</oai_dc:dc>")
    report = node.ingest.harvest("oai")
    assert report.reasons == {"not-parsable": 1}
    (row,) = node.ledger.quarantined("oai")
    assert row.original_digest is not None and b"Cells" in node.ledger.original(row.original_digest)
    assert "biostudies:S-BIAD5" in node.live
    node.server.wait(days=1)
    node.server.put(5, "Mended")
    report = node.ingest.harvest("oai")
    assert (report.changed, report.quarantined) == (1, 0)


def test_record_that_changes_while_it_is_listed_ends_as_its_newest(node: Harvesting) -> None:
    """R5: two copies in one list, the newer behind: the ledger ends with the newer one."""
    name = "oai:archive.example:1"
    newer = f"<record><header><identifier>{name}</identifier><datestamp>2026-03-02T11:59:00Z</datestamp></header>"
    original = node.server._record
    node.server._record = lambda item, kept: (
        original(item, kept)
        + (  # type: ignore[method-assign]
            f"{newer}<metadata>{dc(1, 'Newest')}</metadata></record>" if item.endswith(":9") else ""
        )
    )
    report = node.ingest.harvest("oai")
    assert report.quarantined == 0
    (entry,) = [entry for entry in node.ledger.heads(status="public") if entry.curie == "biostudies:S-BIAD1"]
    assert "Newest 1" in entry.payload.decode()


def test_expired_token_and_busy_server_change_nothing_of_the_result(node: Harvesting) -> None:
    """R8, R12: the same records arrive whatever happens on the way."""
    node.server.tokens_left = 1
    assert node.ingest.harvest("oai").new == 25
    assert len(node.live) == 25


def test_run_that_breaks_half_way_keeps_its_cursor(node: Harvesting) -> None:
    """R2: what came before the break is kept, the next run asks from where the last whole one began."""
    node.ingest.harvest("oai")
    cursor = json.loads(node.ledger.cursor("oai") or "")["cursor"]
    node.server.wait(days=1)
    for number in range(1, 26):
        node.server.put(number, "New")
    original = node.server._list
    node.server._list = lambda verb, query: (  # type: ignore[method-assign]
        node.server._error("badResumptionToken") if "resumptionToken" in query else original(verb, query)
    )
    report = node.ingest.harvest("oai")
    assert report.changed == 10
    assert json.loads(node.ledger.cursor("oai") or "")["cursor"] == cursor
    node.server._list = original  # type: ignore[method-assign]
    node.server.wait(hours=1)
    node.ingest.harvest("oai")
    titles = {entry.payload.decode().count("New") for entry in node.ledger.heads(status="public")}
    assert titles == {1}
