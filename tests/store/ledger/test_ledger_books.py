"""Sources, items, quarantine, findings, runs and leases are kept as harvesting needs them."""

from __future__ import annotations

import pytest

from catalogue.model.documents import Finding, Severity
from catalogue.problems import BadRequest, Conflict, Locked, NotFound
from catalogue.store.ledger import ItemState, Lease


def finding(code: str) -> Finding:
    """A warning called `code`."""
    return Finding(code, Severity.WARNING, "Dataset.license", "cc0", "say it as a URL")


def test_sources_are_added_once(ledger):
    """The same source again is no change; another one under its name is refused."""
    same = ledger.add_source("idr", harvester="gide", location="/data/idr", owners=("idr",))
    assert ledger.sources() == [same]
    assert ledger.source("idr").spec.owners == ("idr",)
    with pytest.raises(Conflict, match="another name"):
        ledger.add_source("idr", harvester="gide", location="/elsewhere")
    with pytest.raises(BadRequest):
        ledger.add_source(" ", harvester="gide", location="/elsewhere")
    with pytest.raises(NotFound, match="source list"):
        ledger.source("bia")
    added = ledger.add_source("bia", harvester="gide", location="https://x", options={"branch": "main"})
    assert [source.name for source in ledger.sources()] == ["bia", "idr"]
    assert ledger.source("bia") == added and added.options == {"branch": "main"}


def test_books_of_an_unknown_source_are_refused(ledger):
    """A misspelt source name is an error in every verb that writes."""
    with ledger.transaction() as writer:
        for write in (
            lambda: writer.set_cursor("ird", "x"),
            lambda: writer.set_item("ird", "a", ItemState("d", "gide/1")),
            lambda: writer.start_run("ird"),
            lambda: writer.quarantine("ird", "a", reason="policy", detail="", harvester="gide/1"),
        ):
            with pytest.raises(NotFound, match="ird"):
                write()


def test_cursor_moves_and_is_forgotten(ledger):
    """The last cursor set is the one found; None asks for a full fetch."""
    assert ledger.cursor("idr") is None
    for cursor in ("one", "two", None, "three"):
        with ledger.transaction() as writer:
            writer.set_cursor("idr", cursor)
        assert ledger.cursor("idr") == cursor


def test_items_keep_their_state(ledger, clock):
    """A state is found as written, replaced by the next, and gone when dropped."""
    first = ItemState("d1", "gide/1", ("idr:idr0001", "idr:1001"), clock.now, "withdrawn")
    with ledger.transaction() as writer:
        writer.set_item("idr", "a.json", first)
        writer.set_item("idr", "b.json", ItemState("d2", "gide/1"))
        assert writer.item("idr", "a.json") == first
    assert ledger.items("idr") == {"a.json": first, "b.json": ItemState("d2", "gide/1")}
    with ledger.transaction() as writer:
        writer.drop_item("idr", "b.json")
        assert writer.item("idr", "b.json") is None
        writer.set_item("idr", "a.json", ItemState("d3", "gide/2"))
        assert writer.item("idr", "c.json") is None
    assert ledger.items("idr") == {"a.json": ItemState("d3", "gide/2")}


def test_quarantine_counts_tries_and_remembers_the_first(ledger, clock):
    """Each refusal is one more try; the newest reason stands beside the first sighting."""
    began = clock.now
    with ledger.transaction() as writer:
        digest = writer.put_original(b"<html>", "text/html")
        writer.quarantine(
            "idr",
            "a.json",
            reason="not-parsable",
            detail="line 1",
            harvester="gide/1",
            identifier="idr:idr0001",
            url="https://idr/a.json",
            original_digest=digest,
        )
    clock.move(60)
    with ledger.transaction() as writer:
        for detail in ("line 2", "line 3"):
            writer.quarantine("idr", "a.json", reason="shape-violation", detail=detail, harvester="gide/2")
    (found,) = ledger.quarantined("idr")
    assert (found.tries, found.reason, found.detail, found.harvester) == (3, "shape-violation", "line 3", "gide/2")
    assert (found.first_seen, found.last_seen, found.resolved_at) == (began, clock.now, None)
    assert ledger.quarantined("bia") == []


def test_resolved_quarantine_is_kept_and_can_return(ledger, clock):
    """An accepted document leaves the list, stays on record, and comes back with its count when refused again."""
    with ledger.transaction() as writer:
        writer.quarantine("idr", "a.json", reason="policy", detail="", harvester="gide/1")
        writer.resolve_quarantine("idr", "a.json")
        writer.resolve_quarantine("idr", "never-refused.json")
    assert ledger.quarantined() == []
    assert [found.resolved_at for found in ledger.quarantined(resolved=True)] == [clock.now]
    with ledger.transaction() as writer:
        writer.resolve_quarantine("idr", "a.json")
        writer.quarantine("idr", "a.json", reason="policy", detail="", harvester="gide/1")
    assert [(found.tries, found.resolved_at) for found in ledger.quarantined()] == [(2, None)]


def test_quarantine_reason_is_from_the_closed_list(ledger):
    """A reason of one's own making is refused."""
    with ledger.transaction() as writer, pytest.raises(BadRequest, match="closed list"):
        writer.quarantine("idr", "a.json", reason="odd", detail="", harvester="gide/1")


def test_findings_in_force_are_those_of_the_last_mapping(ledger):
    """Findings of one record are replaced as a whole and leave those of others alone."""
    with ledger.transaction() as writer:
        run = writer.start_run("idr")
        writer.replace_findings("idr", "a.json", "idr:idr0001", [finding("one"), finding("two")], run)
        writer.replace_findings("idr", "a.json", None, [finding("whole")], run)
        writer.replace_findings("idr", "b.json", "idr:idr0002", [finding("one")], run)
    with ledger.transaction() as writer:
        writer.replace_findings("idr", "a.json", "idr:idr0001", [finding("three")], run)
    assert {f.code for f in ledger.findings(curie="idr:idr0001")} == {"three"}
    assert {f.code for f in ledger.findings(item="a.json")} == {"three", "whole"}
    assert len(ledger.findings(source="idr")) == 3 and len(ledger.findings(limit=2)) == 2
    assert ledger.finding_counts("idr") == {(code, "warning"): 1 for code in ("one", "three", "whole")}
    (stored,) = ledger.findings(code="three")
    assert (stored.severity, stored.path, stored.value, stored.run_id) == ("warning", "Dataset.license", "cc0", run)


def test_findings_of_a_dropped_item_go_with_it(ledger):
    """Clearing forgets every finding of a document but what is written after it."""
    with ledger.transaction() as writer:
        writer.replace_findings("idr", "a.json", "idr:idr0001", [finding("one")])
        writer.replace_findings("idr", "a.json", None, [finding("whole")])
        writer.replace_findings("idr", "b.json", None, [finding("whole")])
    with ledger.transaction() as writer:
        writer.drop_item("idr", "a.json")
        writer.replace_findings("idr", "b.json", None, [])
        writer.clear_findings("idr", "b.json")
        writer.replace_findings("idr", "b.json", None, [finding("new")])
    assert [(f.item, f.code) for f in ledger.findings()] == [("b.json", "new")]


def test_runs_end_once_and_dead_ones_are_interrupted(ledger, clock):
    """A run that never ended is marked so by the next one, and its own process is told on its next heartbeat."""
    with ledger.transaction() as writer:
        dead = writer.start_run("idr")
    clock.move(5)
    with ledger.transaction() as writer:
        writer.heartbeat(dead)
    clock.move(5)
    with ledger.transaction() as writer:
        alive = writer.start_run("idr")
        writer.end_run(alive, "completed", {"read": 7})
    for late in (lambda w: w.heartbeat(dead), lambda w: w.end_run(alive, "failed", {})):
        with pytest.raises(NotFound, match="not running"), ledger.transaction() as writer:
            late(writer)
    with pytest.raises(BadRequest, match="cannot end"), ledger.transaction() as writer:
        writer.end_run(alive, "running", {})
    newest, oldest = ledger.runs("idr")
    assert (newest.id, newest.state, newest.report, newest.ended) == (alive, "completed", {"read": 7}, clock.now)
    assert (oldest.id, oldest.state, oldest.report) == (dead, "interrupted", {})
    assert (oldest.heartbeat - oldest.started).total_seconds() == 5
    assert ledger.runs("bia") == [] and len(ledger.runs(limit=1)) == 1


def test_lease_excludes_others_until_it_ends(ledger, clock):
    """Two holders never have one lease; releasing or expiry passes it on."""
    with ledger.lease("harvest:idr", "one", ttl_s=60) as held:
        with pytest.raises(Locked, match="another run"):
            ledger.acquire_lease("harvest:idr", "two")
        ledger.acquire_lease("harvest:bia", "two", ttl_s=30)
        assert held in ledger.leases() and len(ledger.leases()) == 2
        assert ledger.acquire_lease("harvest:idr", "one", ttl_s=90).expires > held.expires
    clock.move(31)
    assert ledger.leases() == []
    assert ledger.acquire_lease("harvest:idr", "two", ttl_s=60).holder == "two"
    clock.move(61)
    assert ledger.acquire_lease("harvest:idr", "three").holder == "three"


def test_lost_lease_cannot_be_renewed_or_released(ledger, clock):
    """A holder that slept past its lease neither prolongs nor ends that of its successor."""
    slow = ledger.acquire_lease("harvest:idr", "slow", ttl_s=60)
    clock.move(61)
    assert ledger.renew_lease(slow, ttl_s=60).expires > slow.expires
    clock.move(61)
    ledger.acquire_lease("harvest:idr", "quick", ttl_s=60)
    with pytest.raises(Locked):
        ledger.renew_lease(slow)
    ledger.release_lease(slow)
    assert [lease.holder for lease in ledger.leases()] == ["quick"]
    with pytest.raises(Locked, match="no longer held"):
        ledger.renew_lease(Lease("harvest:none", "slow", clock.now))


def test_transaction_under_a_lost_lease_writes_nothing(ledger, clock, study):
    """Work of a holder that was overtaken is refused before it begins; a lease in force is prolonged by it."""
    slow = ledger.acquire_lease("harvest:idr", "slow", ttl_s=60)
    with ledger.transaction(lease=slow, ttl_s=120) as writer:
        study(writer, "idr:idr0001")
    assert (ledger.leases()[0].expires - clock.now).total_seconds() == 120
    clock.move(121)
    ledger.acquire_lease("harvest:idr", "quick", ttl_s=60)
    with pytest.raises(Locked), ledger.transaction(lease=slow) as writer:
        study(writer, "idr:idr0002")
    assert ledger.last_position() == 1
