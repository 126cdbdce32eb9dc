"""Records that came from a member and are this node's own source's to change, or not."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from catalogue.ingest.service import Ingest
from catalogue.settings import HarvestSettings
from tests.federation.loopback_nodes import LoopbackNode, Net, settle
from tests.ingest.conftest import Bench, Clock, Partner, Terms, study

ONE, TWO = "biostudies:S-BIADTEST1", "biostudies:S-BIADTEST2"


def bench(node: LoopbackNode) -> Bench:
    """A source of the node's own, over its ledger."""
    partner, clock = Partner(), Clock()
    node.ledger.add_source("scripted", harvester="scripted", location="https://partner.example/")
    settings = HarvestSettings(absence_hours=0)
    return Bench(
        node.ledger,
        partner,
        clock,
        Ingest(node.ledger, {"scripted": partner}, Terms(), "f" * 64, "0.3.0", settings, clock),
    )


@pytest.fixture
def pair(tmp_path: Path) -> tuple[LoopbackNode, LoopbackNode, Bench, dict[str, Any]]:
    """Two members; the first has harvested two studies, both hold them."""
    net = Net()
    one, two = (LoopbackNode(net, name, tmp_path / name) for name in ("one", "two"))
    one.join(two)
    two.join(one)
    at_one = bench(one)
    at_one.partner.held = {"a": study(1), "b": study(2)}
    assert at_one.harvest().new == 2
    settle(one, two)
    return one, two, at_one, dict(at_one.partner.held)


def test_new_writer_changes_and_withdraws_what_it_took_over(pair: Any) -> None:
    """P11: after a hand-over the new writer's source goes on with the records that the former one wrote."""
    one, two, _, held = pair
    one.ownership.hand_over("biostudies", "two")
    two.ownership.take_over("biostudies")
    at_two = bench(two)
    at_two.partner.held = held | {"b": study(2, title="Described by its new writer")}
    report = at_two.harvest()
    assert (report.quarantined, report.changed, report.unchanged) == (0, 1, 1)
    del at_two.partner.held["a"]
    at_two.harvest(full=True)
    at_two.clock.pass_hours(1)
    assert at_two.harvest(full=True).withdrawn == 1
    settle(one, two)
    assert one.state() == two.state()
    assert one.ledger.head(ONE).status == "withdrawn"
    assert one.ledger.head(TWO).record["title"] == "Described by its new writer"


def test_restored_node_goes_on_with_what_it_took_back(pair: Any, tmp_path: Path) -> None:
    """R18: what a node wrote after its backup and took back from a member is its own source's to change again."""
    one, two, at_one, held = pair
    one.ledger.close()
    shutil.copy(one.folder / "ledger.db", tmp_path / "backup.db")
    one.open()
    at_one = Bench(one.ledger, at_one.partner, at_one.clock, at_one.ingest)
    at_one.ingest.ledger = one.ledger
    at_one.partner.held = held | {"c": study(3)}
    assert at_one.harvest(full=True).new == 1
    settle(one, two)
    one.ledger.close()
    for left in one.folder.glob("ledger.db*"):
        left.unlink()
    shutil.copy(tmp_path / "backup.db", one.folder / "ledger.db")
    one.open()
    at_one.ingest.ledger = one.ledger
    one.members.take_back()
    at_one.partner.held["c"] = study(3, title="Changed after the restore")
    report = at_one.harvest(full=True)
    assert (report.quarantined, report.changed, report.unchanged) == (0, 1, 2)
    settle(one, two)
    assert one.state() == two.state()


def test_who_does_not_write_an_owner_changes_nothing_of_it(pair: Any) -> None:
    """P10: a source at a node that does not write the owner neither changes nor withdraws a member's record."""
    one, two, _, held = pair
    at_two = bench(two)
    at_two.partner.held = held | {"b": study(2, title="Spoofed")}
    report = at_two.harvest()
    assert (report.quarantined, report.changed) == (1, 0)
    assert [row.reason for row in two.ledger.quarantined("scripted")] == ["not-owner"]
    settle(one, two)
    assert one.state() == two.state()


def test_former_writers_source_withdraws_nothing(pair: Any) -> None:
    """P11: what vanishes from the source of a node that handed the owner over stays as its new writer has it."""
    one, two, at_one, _ = pair
    one.ownership.hand_over("biostudies", "two")
    two.ownership.take_over("biostudies")
    settle(one, two)
    del at_one.partner.held["a"]
    at_one.harvest(full=True)
    at_one.clock.pass_hours(1)
    report = at_one.harvest(full=True)
    assert (report.withdrawn, report.state) == (0, "completed")
    assert "1 records that the source no longer has stay" in report.detail
    settle(one, two)
    assert one.state() == two.state()
    assert one.ledger.head(ONE).status == "public"
    two.ownership.hand_over("biostudies", "one")
    settle(one, two)
    one.ownership.take_over("biostudies")
    assert at_one.harvest(full=True).withdrawn == 1


def test_older_key_says_so(pair: Any) -> None:
    """P10: a node whose node.key is older than its statements is told that, not that another node writes."""
    one, _, at_one, held = pair
    old = (one.folder / "node.key").read_bytes()
    one.ownership.rotate_key()
    (one.folder / "node.key").write_bytes(old)
    one.open()
    at_one.ingest.ledger = one.ledger
    at_one.partner.held = held | {"c": study(3)}
    at_one.harvest()
    (row,) = one.ledger.quarantined("scripted")
    assert "newest copy of node.key" in row.detail
