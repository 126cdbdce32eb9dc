"""When the worker makes an audit: some hours after the last one, when something changed and the ledger is quiet.

Making is done elsewhere, in a process of its own, so that nothing waits for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from catalogue.fair.shelf import Kept
from catalogue.problems import Problem, StoreDamaged
from catalogue.store.entries import moment
from catalogue.store.folder_shelf import LATEST

if TYPE_CHECKING:
    from catalogue.fair.history import History
    from catalogue.store.ledger import Ledger

log = structlog.get_logger(__name__)

LOOK_EVERY_S: Final = 60.0
RETRY_S: Final = 900.0
# A worker that has just started has views to bring level; restarted again and again, it makes no audit.
SETTLE_S: Final = 300.0
QUIET_S: Final = 300.0
# A ledger that is never quiet gets its audit after so many times the hours between two.
MOST_LATE: Final = 2
GRACE_S: Final = 10.0


class PeriodicAudit:
    """Sees to it that there is an audit of what the node holds.

    Args:
        make: makes an audit and returns; called RETRY_S after a failure again. It should return soon after `stop` is
            set.
        hours: between two audits; 0 makes none.
        stop: ends `run`.
    """

    def __init__(
        self, ledger: Ledger, history: History, make: Callable[[], None], hours: float, stop: threading.Event
    ) -> None:
        self._ledger = ledger
        self._history = history
        self._make = make
        self._between = timedelta(hours=hours)
        self._stop = stop
        self._not_before = ledger.clock() + timedelta(seconds=SETTLE_S)

    def due(self) -> bool:
        """Whether an audit is to be made now."""
        now = self._ledger.clock()
        if not self._between or now < self._not_before or self._ledger.last_position() == 0:
            return False
        age = self._age(now)
        if age is not None and age < self._between:
            return False
        late = age is not None and age >= self._between * MOST_LATE
        return (late or self._quiet(now)) and self._history.changed()

    def _age(self, now: datetime) -> timedelta | None:
        """Since when the newest audit has been there; None without one, or with a clock that was set back."""
        kept = self._newest()
        age = now - moment(kept.made_at) if kept is not None and kept.made_at else None
        return age if age is None or age >= timedelta(0) else None

    def _newest(self) -> Kept | None:
        try:
            return self._history.shelf.find(LATEST)
        except StoreDamaged:
            # A new one takes its place.
            return None

    def _quiet(self, now: datetime) -> bool:
        newest = self._ledger.timeline.recorded_at(self._ledger.last_position())
        return newest is None or not timedelta(0) <= now - newest < timedelta(seconds=QUIET_S)

    def tick(self) -> None:
        """Makes an audit when it is due."""
        if not self.due():
            return
        now = self._ledger.clock()
        try:
            self._make()
        except Problem as problem:
            self._not_before = now + timedelta(seconds=RETRY_S)
            log.error("audit.failed", kind=problem.slug, detail=problem.detail)

    def run(self) -> None:
        """Ticks until told to stop."""
        while not self._stop.is_set():
            try:
                self.tick()
            except Exception as error:
                # Whatever goes wrong with an audit must not end the worker: it is logged and tried again.
                log.error("audit.failed", exc_info=error)
            self._stop.wait(LOOK_EVERY_S)

    @contextmanager
    def running(self) -> Iterator[None]:
        """`run` in a thread, until `stop` is set and the block ends."""
        thread = threading.Thread(target=self.run, name="periodic-audit", daemon=True)
        thread.start()
        try:
            yield
        finally:
            thread.join(GRACE_S)
