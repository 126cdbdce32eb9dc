"""What goes, goes once and for the right reason; what comes back, comes back whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from catalogue.model.documents import Removed, SourceDocument
from tests.ingest.conftest import Bench, image, study

STUDY, IMAGE = "biostudies:S-BIADTEST1", "biostudies:S-BIADTEST1.img1"


def gone(item: str) -> Removed:
    """A stated deletion."""
    return Removed(item, "deleted in commit 1")


def reasons(bench: Bench, after: int) -> dict[str, list[str]]:
    """Record -> reasons of its tombstones since a position."""
    found: dict[str, list[str]] = {}
    for entry in bench.ledger.entries(after):
        if entry.status == "withdrawn":
            found.setdefault(entry.curie, []).append(entry.record["reason"])
    return found


@pytest.mark.parametrize("items", ["ab", "ba"])
def test_study_and_image_removed_together_get_one_tombstone_each(bench: Bench, items: str) -> None:
    """An image removed beside its study was removed itself, and does not come back with the study."""
    first, second = items
    bench.partner.held = {first: study(1), second: image(1, 1)}
    bench.harvest()
    bench.harvest()
    position = bench.ledger.last_position()
    bench.partner.held = {first: gone(first), second: gone(second)}
    assert bench.harvest().withdrawn == 2
    assert reasons(bench, position) == {STUDY: ["removed-at-source"], IMAGE: ["removed-at-source"]}
    bench.partner.held = {first: study(1)}
    bench.harvest()
    assert bench.live() == {STUDY}


def test_image_removed_while_its_study_is_away_does_not_return(bench: Bench) -> None:
    """A study that comes back brings only the images that the source still has."""
    bench.partner.held = {"a": study(1), "b": image(1, 1)}
    bench.harvest()
    bench.partner.held = {"a": gone("a"), "b": image(1, 1)}
    bench.harvest()
    bench.partner.held = {"b": gone("b")}
    bench.harvest()
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    assert bench.live() == {STUDY}


@pytest.mark.parametrize("options", [{}, {"full": True}])
@pytest.mark.parametrize("changes", [{}, {"title": "Described anew"}], ids=["same", "changed"])
def test_study_returns_with_images_mapped_anew(bench: Bench, options: Any, changes: Any) -> None:
    """Images brought back by their study and read in the same run are neither doubled nor a conflict."""
    bench.partner.held = {"a": study(1), "b": image(1, 1)}
    bench.harvest()
    bench.partner.held = {"a": gone("a"), "b": image(1, 1)}
    bench.harvest()
    bench.partner.held = {"a": study(1), "b": image(1, 1, **changes)}
    report = bench.harvest(**options)
    assert (report.read, report.accepted) == (2, 2)
    head = bench.ledger.head(IMAGE)
    assert bench.live() == {STUDY, IMAGE}
    assert head is not None and head.record.get("title") == changes.get("title")


def test_image_read_before_its_study_enters_in_the_same_run(bench: Bench) -> None:
    """The order in which a source lists its documents decides nothing (R5)."""
    bench.partner.held = {"a": image(1, 1), "b": study(1)}
    report = bench.harvest()
    assert (report.new, report.quarantined) == (2, 0)


def test_quarantined_document_that_disappears_leaves_quarantine(make_bench: Callable[..., Bench]) -> None:
    """A document that never entered and is gone for good is no longer counted as absent, nor shown as refused."""
    bench = make_bench()
    bench.partner.held = {"a": b"{", "b": study(2)}
    bench.harvest()
    del bench.partner.held["a"]
    assert bench.harvest().absent == 1
    assert len(bench.ledger.quarantined()) == 1
    bench.clock.pass_hours(25)
    bench.harvest()
    assert bench.ledger.quarantined() == [] and set(bench.ledger.items("scripted")) == {"b"}


def test_retry_does_not_end_an_absence(bench: Bench) -> None:
    """Mapping kept bytes again says nothing about what the source lists."""
    bench.partner.held = {"a": study(1), "b": study(2)}
    bench.harvest()
    bench.partner.held["a"] = b"{"
    bench.harvest()
    del bench.partner.held["a"]
    bench.harvest()
    bench.clock.pass_hours(20)
    bench.ingest.retry()
    bench.clock.pass_hours(5)
    assert bench.harvest().withdrawn == 1


def test_document_seen_by_a_run_that_failed_is_not_absent(bench: Bench) -> None:
    """Two listings that lack a document prove nothing when a broken one in between had it."""
    bench.partner.held = {"a": study(1), "b": study(2)}
    bench.harvest()
    kept = bench.partner.held.pop("a")
    bench.harvest()
    bench.clock.pass_hours(12)
    bench.partner.held["a"], bench.partner.fails_after = kept, 1
    bench.harvest()
    del bench.partner.held["a"]
    bench.partner.fails_after = None
    bench.clock.pass_hours(13)
    assert bench.harvest().withdrawn == 0


def test_absence_noted_by_a_clock_that_ran_ahead_counts_from_now(bench: Bench) -> None:
    """A moment in the future does not keep a record that is gone alive for years (G17)."""
    bench.partner.held = {"a": study(1), "b": study(2)}
    bench.harvest()
    del bench.partner.held["a"]
    bench.clock.pass_hours(10_000)
    bench.harvest()
    bench.clock.pass_hours(-10_000)
    assert bench.harvest().withdrawn == 0
    bench.clock.pass_hours(25)
    assert bench.harvest().withdrawn == 1


def test_partial_retry_touches_only_the_item_asked_for(bench: Bench) -> None:
    """`quarantine retry --item` reads one document."""
    bench.partner.held = {"a": b"{", "b": b"["}
    bench.harvest()
    assert bench.ingest.retry(item="b").read == 1
    assert {row.item: row.tries for row in bench.ledger.quarantined()} == {"a": 1, "b": 2}


def test_retry_is_no_harvest_for_the_schedule(bench: Bench) -> None:
    """Mapping kept documents again does not put off the next reading of the source."""
    import threading

    from catalogue.federation.schedule import Schedule

    bench.partner.held = {"a": b"{"}
    bench.harvest()
    schedule = Schedule(bench.ledger, lambda: bench.ingest, 3600.0, bench.clock, threading.Event())
    bench.clock.pass_hours(1.2)
    bench.ingest.retry()
    assert [source.name for source in schedule.due()] == ["scripted"]


def test_kept_bytes_of_every_version_stay(bench: Bench) -> None:
    """What a record was made of can be read after it changed and went."""
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    bench.partner.held = {"a": gone("a")}
    bench.harvest()
    made, withdrawn = bench.ledger.history(STUDY)
    assert made.original_digest == withdrawn.original_digest is not None
    document = SourceDocument("a", "", bench.ledger.original(made.original_digest))
    assert bench.partner.map(document, bench.ledger.source("scripted").spec).records == [study(1)]
