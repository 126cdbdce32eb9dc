"""A ledger with two studies and an image, a clock in the test's hand, and a recorder that writes when told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from catalogue.fair.usage.hits import Hit
from catalogue.fair.usage.recorder import Recorder
from catalogue.fair.usage.visits import DaySecrets
from catalogue.store.ledger import Ledger
from tests.fair.usage.usage_hits import IMAGE, OTHER, START, STUDY
from tests.store.ledger.ledger_records import append_study

Counts = dict[tuple[str, str], int]


class HandClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        """Forward by a span (seconds, hours, days)."""
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> HandClock:
    """A clock at START."""
    return HandClock()


@pytest.fixture
def ledger(ledger_url: str, clock: HandClock, tmp_path: Path) -> Iterator[Ledger]:
    """A ledger with two studies of IDR and an image of the first."""
    with Ledger(ledger_url, clock, chunks=tmp_path / "chunks") as opened:
        opened.add_source("idr", harvester="gide", location="/data/idr", owners=("idr",))
        with opened.transaction() as writer:
            append_study(writer, STUDY)
            append_study(writer, OTHER)
            append_study(writer, IMAGE, kind="image", parent=STUDY)
        yield opened


@pytest.fixture
def secrets(tmp_path: Path) -> DaySecrets:
    """Secrets of days in a folder of the test."""
    return DaySecrets(tmp_path / "usage")


@pytest.fixture
def recorder(ledger: Ledger, secrets: DaySecrets) -> Iterator[Recorder]:
    """A recorder whose thread never writes by itself."""
    made = Recorder(ledger, secrets, every_s=3600.0)
    yield made
    made.close()


@pytest.fixture
def counted(ledger: Ledger, recorder: Recorder, clock: HandClock) -> Callable[..., Counts]:
    """Writes hits, lets their hours pass, and gives (metric, access method) -> count of a record."""

    def count(*hits: Hit, of: str = STUDY, days: float = 2) -> Counts:
        for one in hits:
            recorder.add(one)
        recorder.flush()
        clock.move(days=days)
        recorder.flush()
        return {(one.usage_metric, one.access_method): one.usage_value for one in ledger.usage.of(of)}

    return count
