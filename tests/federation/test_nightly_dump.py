"""When dumps are made by themselves: once a day from the hour on, again soon after a failure, or never."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalogue.federation.nightly import RETRY_S, NightlyDump, apart
from catalogue.problems import Conflict, Locked
from tests.exchange.dumps.dumping import DumpingNode
from tests.web.studies_for_pages import STUDY


class Night:
    """A node, its nightly dump in this process, and how often it was made."""

    def __init__(self, home: Path, hour: int | str = 2) -> None:
        self.node = DumpingNode(home).fill()
        self.node.clock.now = datetime(2026, 2, 27, tzinfo=UTC)
        self.made: list[datetime] = []
        self.fails = False
        self.dump = self.again(hour)

    def again(self, hour: int | str = 2) -> NightlyDump:
        """As after a restart of the worker."""
        return NightlyDump(self.node.ledger, self.node.shelf, self._make, hour, threading.Event())  # type: ignore[arg-type]

    def _make(self) -> None:
        if self.fails:
            raise Conflict("no")
        self.made.append(self.node.clock.now)
        self.node.dump()

    def at(self, day: int, hour: int, minute: int = 0) -> None:
        self.node.clock.now = datetime(2026, 3, day, hour, minute, tzinfo=UTC)
        self.dump.tick()


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """One with dumps at 02 UTC."""
    return Night(tmp_path)


def test_a_dump_is_made_once_a_day(night: Night) -> None:
    """From 02:00 on a day has its dump, made once, whatever the hour of the first look; restarts make no second one."""
    night.at(1, 12)
    night.at(1, 13)
    night.at(2, 1, 59)
    night.at(2, 2)
    night.dump = night.again()
    night.at(2, 2, 9)
    night.at(2, 3)
    night.at(2, 23)
    night.at(3, 5)
    assert [(at.day, at.hour) for at in night.made] == [(1, 12), (2, 2), (2, 3), (3, 5)]
    assert len(night.node.shelf.names()) == 1


def test_a_dump_made_today_by_hand_is_enough(night: Night) -> None:
    """Nobody makes a second dump in a night in which the operator made one, also after a restart."""
    night.node.clock.now = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
    night.node.dump()
    night.dump = night.again()
    night.at(1, 3)
    assert night.made == []


def test_an_empty_node_makes_no_dump(tmp_path: Path) -> None:
    """Before anything is recorded there is nothing to dump."""
    node = DumpingNode(tmp_path)
    dump = NightlyDump(node.ledger, node.shelf, lambda: pytest.fail("made"), 0, threading.Event())
    node.clock.now += timedelta(days=1)
    dump.tick()
    assert node.shelf.names() == []


def test_a_failed_dump_is_tried_again_later(night: Night) -> None:
    """A failure is no reason to stop, and none to try every minute."""
    night.fails = True
    night.at(1, 2)
    night.fails = False
    night.at(1, 2, 1)
    assert night.made == []
    night.node.clock.now += timedelta(seconds=RETRY_S)
    night.dump.tick()
    assert len(night.made) == 1


def test_without_an_hour_nothing_is_made(tmp_path: Path) -> None:
    """P18: a node that makes no dumps by itself still drops those that hold what was withdrawn."""
    night = Night(tmp_path, "")
    night.node.dump()
    night.at(1, 12)
    assert (night.made, len(night.node.shelf.names())) == ([], 1)
    night.node.withdraw(STUDY)
    night.at(1, 13)
    assert (night.made, night.node.shelf.names()) == ([], [])


def test_the_process_of_a_dump_ends_with_the_worker() -> None:
    """Stopping ends the process at once; its exit code tells what went wrong."""
    stop = threading.Event()
    apart([sys.executable, "-c", "pass"], stop)()
    with pytest.raises(Locked):
        apart([sys.executable, "-c", "raise SystemExit(6)"], stop)()
    with pytest.raises(Conflict, match="ended with 3"):
        apart([sys.executable, "-c", "raise SystemExit(3)"], stop)()
    stop.set()
    apart([sys.executable, "-c", "import time; time.sleep(60)"], stop)()
