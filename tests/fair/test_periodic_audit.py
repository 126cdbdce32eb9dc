"""When the worker makes audits: hours apart, when something changed, and when the ledger is quiet."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from catalogue.fair.periodic import MOST_LATE, QUIET_S, RETRY_S, SETTLE_S, PeriodicAudit
from catalogue.problems import Conflict
from tests.fair.audited_node import AuditedNode
from tests.fair.conftest import study


class Watch:
    """A node with a periodic audit in this process, and at which hours it made one."""

    def __init__(self, home: Path, url: str, hours: float = 24) -> None:
        self.node = AuditedNode(home, url).fill()
        self.start = self.node.now
        self.made: list[float] = []
        self.fails = False
        self.periodic = PeriodicAudit(self.node.ledger, self.node.history, self._make, hours, threading.Event())

    def _make(self) -> None:
        if self.fails:
            raise Conflict("no")
        self.made.append((self.node.now - self.start) / timedelta(hours=1))
        self.node.keep()

    def at(self, hour: float) -> None:
        self.node.now = self.start + timedelta(hours=hour)
        self.periodic.tick()


@pytest.fixture
def watch(tmp_path: Path, ledger_url: str) -> Iterator[Watch]:
    """One with a day between two audits."""
    watch = Watch(tmp_path, ledger_url)
    yield watch
    watch.node.ledger.close()


def test_audits_are_made_when_something_changed(watch: Watch) -> None:
    """The first is made soon, the next a day later and only of something new: a record or a live observation."""
    watch.at(0.01)
    assert watch.made == []
    watch.at(0.5)
    watch.at(40)
    watch.node.put(study(4))
    watch.at(41)
    watch.at(42)
    watch.node.put(study(5))
    watch.at(60)
    assert watch.made == [0.5, 41]
    watch.at(65.5)
    watch.node.see(1, "pass")
    watch.at(90)
    assert watch.made == [0.5, 41, 65.5, 90]


def test_a_busy_ledger_is_waited_for_but_not_for_ever(watch: Watch) -> None:
    """While a harvest writes, no audit is made, unless the last one is twice as old as it should be."""
    watch.at(1)
    for hour in range(24, 24 * MOST_LATE + 2):
        watch.node.now = watch.start + timedelta(hours=hour, seconds=-QUIET_S / 2)
        watch.node.put(study(hour))
        watch.at(hour)
    assert watch.made == [1, 24 * MOST_LATE + 1]


def test_a_failure_is_tried_again_later(watch: Watch) -> None:
    """After a failure the next try is a quarter of an hour later; a worker that just started waits first."""
    watch.fails = True
    watch.at((SETTLE_S + 1) / 3600)
    watch.fails = False
    watch.at((SETTLE_S + RETRY_S) / 3600)
    assert watch.made == []
    watch.at((SETTLE_S + RETRY_S + 2) / 3600)
    assert len(watch.made) == 1


def test_none_are_made_without_hours(tmp_path: Path) -> None:
    """`fair.audit_hours = 0` makes none."""
    watch = Watch(tmp_path, "", hours=0)
    watch.at(500)
    assert watch.made == []


def test_a_damaged_audit_is_replaced(watch: Watch) -> None:
    """When the newest audit cannot be read, one is made all the same."""
    watch.at(1)
    kept = watch.node.history.shelf.get("latest")
    (kept.path / "manifest.json").write_text("{")
    watch.node.put(study(4))
    watch.at(1.5)
    assert watch.made == [1, 1.5]
