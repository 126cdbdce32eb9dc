from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalogue.federation.partner_states import WHAT_TO_DO, partner_states
from catalogue.store.ledger import Ledger

DAY_S = 86_400.0


class Hands:
    """A clock in the test's hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def ledger(tmp_path: Path, hands: Hands) -> Iterator[Ledger]:
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", hands) as opened:
        opened.add_source("idr", harvester="gide", location="https://partner.example.org/")
        yield opened


def run(ledger: Ledger, state: str, kind: str = "harvest", **report: object) -> None:
    with ledger.transaction() as writer:
        number = writer.start_run("idr", {"kind": kind})
        if state != "running":
            writer.end_run(number, state, {"kind": kind, **report})


@pytest.mark.parametrize(
    ("runs", "refused", "hours", "state"),
    [
        ([], 0, 0, "never read"),
        (["running"], 0, 0, "reading"),
        (["completed"], 0, 1, "ok"),
        (["completed"], 1, 1, "partial"),
        (["partial"], 1, 1, "partial"),
        (["partial"], 0, 1, "ok"),
        (["completed"], 0, 37, "late"),
        (["completed", "failed"], 1, 1, "failing"),
        (["completed", "interrupted"], 0, 1, "failing"),
        (["completed", "held"], 1, 1, "partial"),
    ],
)
def test_state_is_the_gravest_that_fits(
    ledger: Ledger, hands: Hands, runs: list[str], refused: int, hours: int, state: str
) -> None:
    """Runs, refused documents and time make one word, and each word says what to do."""
    for ending in runs:
        run(ledger, ending)
    if refused:
        with ledger.transaction() as writer:
            writer.quarantine("idr", "a", reason="policy", detail="", harvester="g/1")
    (found,) = partner_states(ledger, DAY_S, hands.now + timedelta(hours=hours))
    assert (found.state, found.counts.get("rejected", 0)) == (state, refused)
    assert found.what_to_do == WHAT_TO_DO[state].replace("NAME", "idr")


def test_a_batch_that_waits_for_a_person_is_the_state(ledger: Ledger, hands: Hands) -> None:
    """R16: while a held batch is open the source is held; when it was let pass or dropped it no longer is."""
    with ledger.transaction() as writer:
        number = writer.start_run("idr", {"kind": "harvest"})
        batch = writer.hold("idr", number, "harvest", 6, [])
        writer.end_run(number, "held", {"kind": "harvest"})
    assert [state.state for state in partner_states(ledger, DAY_S, hands.now)] == ["held"]
    with ledger.transaction() as writer:
        writer.decide_held(batch, "dropped")
    assert [state.state for state in partner_states(ledger, DAY_S, hands.now)] == ["ok"]


def test_a_partner_that_forbids_reading_is_stopped(ledger: Ledger, hands: Hands) -> None:
    """R9: after a 403 the state says that a person must ask the partner, and no next reading is promised."""
    run(ledger, "completed")
    run(ledger, "failed", rule="forbidden", detail="403")
    (found,) = partner_states(ledger, DAY_S, hands.now)
    assert (found.state, found.due) == ("stopped", None) and "source resume idr" in found.what_to_do


def test_next_reading_is_told(ledger: Ledger, hands: Hands) -> None:
    """A source that was read says when it is read again, a day and at most a tenth later."""
    run(ledger, "completed")
    (found,) = partner_states(ledger, DAY_S, hands.now)
    assert found.due is not None and 1 <= (found.due - hands.now) / timedelta(days=1) <= 1.1


def test_last_success_is_the_last_harvest_read_to_its_end(ledger: Ledger, hands: Hands) -> None:
    """Failures, held batches and kept documents mapped again do not count as having read the partner."""
    run(ledger, "partial")
    read = hands.now
    for ending, kind in (("failed", "harvest"), ("held", "harvest"), ("completed", "retry"), ("completed", "remap")):
        hands.now += timedelta(hours=1)
        run(ledger, ending, kind, detail="why")
    (found,) = partner_states(ledger, DAY_S, hands.now)
    assert found.last_success == read and found.state == "ok" and found.detail == "why"


def test_last_success_is_found_behind_many_failures(ledger: Ledger, hands: Hands) -> None:
    """A partner that failed for weeks still says when it was last read well."""
    run(ledger, "completed")
    read = hands.now
    for _ in range(25):
        hands.now += timedelta(hours=1)
        run(ledger, "failed")
    (found,) = partner_states(ledger, DAY_S, hands.now)
    assert (found.last_success, found.state) == (read, "failing")
