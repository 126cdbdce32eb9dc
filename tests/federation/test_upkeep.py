"""What a node does for its log as time passes: once an hour, whatever the clock does, and again after a crash."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from catalogue.federation.upkeep import Upkeep
from catalogue.model.payload import canonical
from catalogue.store.ledger import Ledger
from tests.store.graph.records import NOW, append, study, tombstone


class Hour:
    """A clock in hours after NOW."""

    def __init__(self) -> None:
        self.hours = 0.0

    def __call__(self) -> Any:
        return NOW + timedelta(hours=self.hours)


@pytest.fixture
def clock() -> Hour:
    """A clock at NOW."""
    return Hour()


@pytest.fixture
def ledger(tmp_path: Path, clock: Hour) -> Iterator[Ledger]:
    """A ledger with one record, withdrawn at hour 0."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as opened:
        append(opened, study(1))
        append(opened, tombstone(study(1)), status="withdrawn")
        yield opened


def content(ledger: Ledger) -> bytes:
    """What is left of the first version."""
    return ledger.history("biostudies:S-BIAD1")[0].payload


def test_content_goes_after_its_hours_and_what_was_made_of_it_with_it(ledger: Ledger, clock: Hour) -> None:
    """P18: nothing goes before the hours have passed, all of it at the next hourly look after."""
    told: list[int] = []
    upkeep = Upkeep(ledger, 24, clock, told.append)
    upkeep.tick()
    clock.hours = 23.9
    upkeep.tick()
    assert content(ledger) == canonical(study(1)) and told == []
    clock.hours = 24.5
    upkeep.tick()
    assert content(ledger) != b"" and told == []
    clock.hours = 25
    upkeep.tick()
    assert content(ledger) == b"" and told == [2]


def test_clock_that_was_set_back_puts_nothing_off(ledger: Ledger, clock: Hour) -> None:
    """A step back of the clock does not let a day pass without a look."""
    upkeep = Upkeep(ledger, 1, clock, lambda position: None)
    clock.hours = 48 - 47.5
    upkeep.tick()
    clock.hours = -5
    upkeep.tick()
    clock.hours = 2
    upkeep.tick()
    assert content(ledger) == b""


def test_what_was_cut_off_after_a_purge_is_made_up_for(ledger: Ledger, clock: Hour) -> None:
    """P18: a crash between the purge and the dropping of dumps leaves no dump with the content for ever."""
    clock.hours = 30

    def crash(position: int) -> None:
        raise OSError("killed")

    upkeep = Upkeep(ledger, 1, clock, crash)
    with pytest.raises(OSError, match="killed"):
        upkeep.tick()
    assert content(ledger) == b""
    told: list[int] = []
    Upkeep(ledger, 1, clock, told.append).tick()
    assert told == [2]


def test_hours_of_zero_mean_within_a_minute(ledger: Ledger, clock: Hour) -> None:
    """A node that keeps nothing looks every minute, not at each turn of its loop."""
    told: list[int] = []
    upkeep = Upkeep(ledger, 0, clock, told.append)
    clock.hours = 1
    upkeep.tick()
    upkeep.tick()
    assert told == [2]
    clock.hours += 0.02
    upkeep.tick()
    assert told == [2, 2]
