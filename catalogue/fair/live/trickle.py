"""Looks spread over time: the worker looks at one record, waits, and looks at the next that is due."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from catalogue.fair.live.due import Look, due
from catalogue.fair.live.runner import Runner

if TYPE_CHECKING:
    from catalogue.store.observations import Observations

log = structlog.get_logger(__name__)

RENEW: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
# A worker that has just started has other things to do; restarted again and again, it asks nobody.
SETTLE_S: Final = 600.0
_LEAST_PAUSE_S: Final = 1.0
_JOIN_S: Final = 5.0


class Trickle:
    """Looks at what is due, a few records at a time.

    Args:
        runner: makes the looks.
        book: where they are written down.
        per_hour: records looked at in an hour; 0 looks at none.
        stop: ends it.
        kept: observations older than this go, but the newest of each kind.
    """

    def __init__(
        self,
        runner: Runner,
        book: Observations,
        per_hour: int,
        clock: Callable[[], datetime],
        stop: threading.Event,
        kept: timedelta = timedelta(days=400),
    ) -> None:
        self._runner, self._book, self._per_hour, self._clock, self._stop = runner, book, per_hour, clock, stop
        self._pause_s = max(_LEAST_PAUSE_S, 3600 / per_hour) if per_hour else 0.0
        self._at_a_time = max(1, round(per_hour * self._pause_s / 3600))
        self._waiting: deque[Look] = deque()
        self._renewed: datetime | None = None
        self._kept = kept
        self._tidied: datetime | None = None

    def tick(self) -> int:
        """Number of records looked at now."""
        now = self._clock()
        # Also when a list that ran out may not be made anew each second, and when the clock was set back.
        if self._renewed is None or not timedelta(0) <= now - self._renewed < RENEW:
            found = due(self._book, self._runner.checks.values(), now)
            self._waiting = deque(found[: self._per_hour])
            self._renewed = now
        self._tidy(now)
        looks = [self._waiting.popleft() for _ in range(min(self._at_a_time, len(self._waiting)))]
        if looks:
            self._runner.run(looks)
        return len(looks)

    def _tidy(self, now: datetime) -> None:
        """Once a day, drops what is too old to be told of."""
        if self._tidied is None or now - self._tidied >= DAY:
            self._tidied = now
            dropped = self._book.forget(now - self._kept)
            log.info("looks.forgotten", observations=dropped)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Looks in a thread of its own while the block runs."""
        if not self._per_hour:
            yield
            return
        thread = threading.Thread(target=self._loop, name="looks", daemon=True)
        thread.start()
        try:
            yield
        finally:
            # `stop` is set by now; a look under way ends within a second of that.
            thread.join(_JOIN_S)

    def _loop(self) -> None:
        if self._stop.wait(SETTLE_S):
            return
        while not self._stop.is_set():
            try:
                self.tick()
            except Exception as error:  # logged and tried again: looks must not end because the ledger was busy once
                log.error("looks.failed", exc_info=error)
            self._stop.wait(self._pause_s)
