"""Held batches in the books: numbered, counted, closed once, on every engine."""

from __future__ import annotations

import pytest

from catalogue.problems import Conflict, NotFound
from catalogue.store.books import HeldChange
from catalogue.store.ledger import Ledger

CHANGES = [
    HeldChange("idr:idr0001", "withdrawn", "removed-at-source", "a.json"),
    HeldChange("idr:idr0002", "renamed", "renamed-at-source", "b.json", "idr:idr0003"),
]


def hold(ledger: Ledger, kind: str = "harvest") -> int:
    """A new open batch of two changes."""
    with ledger.transaction() as writer:
        return writer.hold("idr", writer.start_run("idr"), kind, 40, CHANGES, ["b.json", "c.json"])


def test_batch_is_read_as_it_was_written(ledger: Ledger) -> None:
    """Kind, counts and every change of a batch come back, newest batch first."""
    first, second = hold(ledger), hold(ledger, "remap")
    assert [batch.id for batch in ledger.held_batches("idr")] == [second, first] == [2, 1]
    batch = ledger.held_batch(first)
    assert (batch.kind, batch.state, batch.live, batch.decided_at) == ("harvest", "open", 40, None)
    assert (batch.changes, batch.total) == ({"withdrawn": 1, "renamed": 1, "re-owned": 0}, 2)
    assert ledger.held_changes(first) == CHANGES
    assert ledger.held_documents(first) == ["b.json", "c.json"]
    assert ledger.held_changes(first, after="idr:idr0001", limit=5) == CHANGES[1:]


def test_batch_is_decided_once(ledger: Ledger) -> None:
    """A batch that was dropped cannot be accepted by somebody who looked at it earlier."""
    number = hold(ledger)
    with ledger.transaction() as writer:
        writer.decide_held(number, "dropped")
    with pytest.raises(Conflict), ledger.transaction() as writer:
        writer.decide_held(number, "accepted")
    batch = ledger.held_batch(number)
    assert batch.state == "dropped" and batch.decided_at is not None


def test_only_batches_of_the_kinds_named_are_superseded(ledger: Ledger) -> None:
    """A run closes what it decides anew and leaves the rest open, whose documents are named."""
    first, second = hold(ledger), hold(ledger, "remap")
    with ledger.transaction() as writer:
        writer.supersede_held("idr", ["remap"])
    assert [ledger.held_batch(n).state for n in (first, second)] == ["open", "superseded"]
    assert ledger.held_items("idr", ["harvest", "remap"]) == {"a.json", "b.json", "c.json"}
    assert ledger.held_items("idr", ["remap"]) == ledger.held_items("bia", ["harvest"]) == set()


def test_unknown_batch_is_not_found(ledger: Ledger) -> None:
    """A number that no batch has is a sentence."""
    with pytest.raises(NotFound, match="held list"):
        ledger.held_batch(9)
