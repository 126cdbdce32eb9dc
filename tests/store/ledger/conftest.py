"""A ledger on every engine this machine can run, a clock in the test's hand, and records to append."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from ledger_records import START, append_study, payload_of

from catalogue.store.ledger import Entry, Ledger


class HandClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        """Forward by `seconds`, or back when negative."""
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> HandClock:
    """A clock at START."""
    return HandClock()


@pytest.fixture
def ledger(ledger_url: str, clock: HandClock) -> Iterator[Ledger]:
    """An empty ledger that knows the source `idr`."""
    with Ledger(ledger_url, clock) as opened:
        opened.add_source("idr", harvester="gide", location="/data/idr", owners=("idr",))
        yield opened


@pytest.fixture
def study() -> Callable[..., Entry]:
    """`append_study`."""
    return append_study


@pytest.fixture
def payload() -> Callable[..., bytes]:
    """`payload_of`."""
    return payload_of
