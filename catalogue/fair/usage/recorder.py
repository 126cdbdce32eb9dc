"""Keeps counting out of the way of answers: hits wait in memory, one thread writes them every few seconds.

What waits is lost when the process is killed; what is written is counted once (catalogue.store.usage).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import structlog

from catalogue.fair.usage.hits import Hit
from catalogue.fair.usage.rules import count_visits
from catalogue.fair.usage.visits import DaySecrets, Visits, day_of
from catalogue.problems import Locked
from catalogue.store.ledger import Ledger

log = structlog.get_logger(__name__)

CAPACITY: Final = 20_000
EVERY_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of hits since the process began.

    Args:
        kept: written down, robots included.
        dropped: lost, as the queue was full or the database could not be written.
        late: lost, as their hour was counted already.
    """

    kept: int = 0
    dropped: int = 0
    late: int = 0


class Recorder:
    """Takes hits from any thread and writes them from one of its own, which starts with the first.

    Args:
        secrets: of the days, shared with the node's other processes.
        capacity: hits that wait at most.
        every_s: seconds between two writings.
        after: called after each writing, in the same thread.
    """

    def __init__(
        self,
        ledger: Ledger,
        secrets: DaySecrets,
        *,
        capacity: int = CAPACITY,
        every_s: float = EVERY_S,
        after: Callable[[], object] = lambda: None,
    ) -> None:
        self._ledger = ledger
        self._secrets = secrets
        self._visits = Visits(ledger, secrets)
        self._waiting: deque[Hit] = deque()
        self._capacity = capacity
        self._every_s = every_s
        self._after = after
        self._closed = threading.Event()
        self._writing = threading.Lock()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self.taken = Taken()

    @property
    def robots(self) -> int:
        """Hits of robots, which count for nothing."""
        return self._visits.robots

    @property
    def waiting(self) -> int:
        """Hits in memory."""
        return len(self._waiting)

    def now(self) -> datetime:
        """The ledger's clock."""
        return self._ledger.clock()

    def add(self, hit: Hit) -> None:
        """Takes a hit; never waits. A full queue drops it."""
        if len(self._waiting) >= self._capacity or self._closed.is_set():
            self._lost(dropped=1)
            return
        self._waiting.append(hit)
        if self._thread is None:
            self._start()

    def flush(self) -> None:
        """Writes what waits, and counts the hours that are due."""
        with self._writing:
            self._write()
            fold(self._ledger, self._secrets)
        self._after()

    def close(self) -> None:
        """Writes what waits and ends the thread; nothing is taken any more."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join(timeout=2 * EVERY_S)
            self._attempt()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                # A daemon: a server that is ended in a hurry does not wait for it.
                self._thread = threading.Thread(target=self._run, name="usage", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._closed.wait(self._every_s):
            self._attempt()

    def _attempt(self) -> None:
        try:
            self.flush()
        except Exception as error:  # noqa: BLE001  no fault may end counting
            # The kind alone: a text could tell whom the hit was of.
            log.error("usage.not_written", error=type(error).__name__)

    def _write(self) -> None:
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            visits = self._visits.of(batch)
            late = self._ledger.usage.add(visits)
        except Locked:
            # Nothing was written: the batch waits for the next time.
            self._waiting.extendleft(reversed(batch))
            return
        except BaseException:  # raised on; whether it was written is not known, and nothing may count twice
            self._lost(dropped=len(batch))
            raise
        self.taken = replace(self.taken, kept=self.taken.kept + len(batch), late=self.taken.late + late)

    def _lost(self, dropped: int) -> None:
        with self._starting:
            self.taken = replace(self.taken, dropped=self.taken.dropped + dropped)


def fold(ledger: Ledger, secrets: DaySecrets) -> bool:
    """Counts the hours that are due and destroys the secrets of days that are counted; whether it counted any.

    While another process writes for long nothing is counted; the hours wait for the next time.
    """
    try:
        since = ledger.usage.fold(count_visits)
    except Locked:
        return False
    if since is None:
        return False
    secrets.destroy_before(day_of(since.until))
    log.info("usage.counted", until=since.until.isoformat())
    return True
