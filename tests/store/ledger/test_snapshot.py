"""One state of the ledger, read while others write."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from catalogue.store.ledger import Entry, Ledger
from catalogue.store.snapshot import last_withdrawal, snapshot


def test_a_snapshot_does_not_see_what_is_written_meanwhile(ledger: Ledger, study: Callable[..., Entry]) -> None:
    """Heads, entries, counts, digests and positions of a snapshot stay, while the ledger goes on."""
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001")
    with snapshot(ledger) as state:
        before = (state.last_position(), state.counts(), state.digests.node(), state.entries(), state.heads())
        with ledger.transaction() as writer:
            study(writer, "idr:idr0001", title="changed")
            study(writer, "idr:idr0002")
        after = (state.last_position(), state.counts(), state.digests.node(), state.entries(), state.heads())
        assert after == before
        assert state.head("idr:idr0002") is None
        assert state.log.entries() == []
        assert ledger.last_position() == 3
    with snapshot(ledger) as state:
        assert state.last_position() == 3


def test_nothing_is_written_through_a_snapshot(ledger: Ledger, study: Callable[..., Entry]) -> None:
    """A snapshot is for reading; a transaction on it is refused, and the ledger goes on working."""
    with snapshot(ledger) as state, pytest.raises(RuntimeError, match="read-only"), state.transaction() as writer:
        study(writer, "idr:idr0001")
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001")


def test_the_last_withdrawal_is_found(
    ledger: Ledger, study: Callable[..., Entry], payload: Callable[..., bytes]
) -> None:
    """P18: copies made before a deletion are told from those made after it; coming back is no deletion."""
    assert last_withdrawal(ledger) == 0
    stone = payload("idr:idr0001", type="Tombstone", reason="gone")
    for arguments in ({}, {"status": "withdrawn", "payload": stone}, {}):
        with ledger.transaction() as writer:
            study(writer, "idr:idr0001", **arguments)
    with ledger.transaction() as writer:
        study(writer, "idr:idr0002", status="suppressed")
    assert last_withdrawal(ledger) == 2
