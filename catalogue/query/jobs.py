"""Queries that wait and run: the bounded queue between those who ask and the worker threads, and its counts."""

from __future__ import annotations

import statistics
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from catalogue.query.spool import Spool


@dataclass(slots=True, eq=False)
class Job:
    """One query on its way.

    Args:
        message: what the worker is told.
        spool: where its answer or its error ends up.
        started: set when a worker has taken it.
        cancelled: set when nobody waits for it any more.
    """

    message: dict[str, Any]
    spool: Spool = field(default_factory=Spool)
    started: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class PoolStats:
    """What the pool has done since it was made.

    Args:
        served: queries answered whole.
        refused: queries ended by the guard, the parser or a limit on rows and bytes.
        killed: queries whose worker was ended, by deadline or because nobody waited any more.
        crashed: queries whose worker ended by itself (memory, stack).
        busy: queries turned away because the queue was full.
        p50_s: median seconds of the last 1,000 answered queries on a worker; None before the first.
        running: queries on a worker now.
        waiting: queries in the queue now.
        isolation: what keeps the network away from workers, "unknown" before the first has started.
    """

    served: int
    refused: int
    killed: int
    crashed: int
    busy: int
    p50_s: float | None
    running: int
    waiting: int
    isolation: str


class JobQueue:
    """At most `places` queries, running or waiting."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._changed = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._running = 0
        self._closed = False
        self._counts = dict.fromkeys(("served", "refused", "killed", "crashed", "busy"), 0)
        self._durations: deque[float] = deque(maxlen=1000)
        self.isolation = "unknown"

    @property
    def closed(self) -> bool:
        """No job is taken any more."""
        return self._closed

    def put(self, job: Job) -> bool:
        """Queue a job; False when there is no place."""
        with self._changed:
            if self._closed or self._running + len(self._waiting) >= self._places:
                self._counts["busy"] += 1
                return False
            self._waiting.append(job)
            self._changed.notify()
            return True

    def take(self, timeout_s: float) -> Job | None:
        """The next job, which then runs until `done`; None when there is none within the time, or ever."""
        with self._changed:
            if not self._waiting and not self._closed:
                self._changed.wait(timeout_s)
            if self._closed or not self._waiting:
                return None
            self._running += 1
            return self._waiting.popleft()

    def done(self) -> None:
        """A job that was taken runs no more."""
        with self._changed:
            self._running -= 1

    def forget(self, job: Job) -> None:
        """Nobody waits for this job any more, wherever it is."""
        job.cancelled.set()
        with self._changed:
            if job in self._waiting:
                self._waiting.remove(job)
        job.spool.close()

    def close(self) -> list[Job]:
        """Take no more jobs; those that waited."""
        with self._changed:
            self._closed = True
            left, self._waiting = list(self._waiting), deque()
            self._changed.notify_all()
            return left

    def count(self, what: str, seconds: float | None = None) -> None:
        """Note the end of a query, with its time on the worker when it was served."""
        with self._changed:
            self._counts[what] += 1
            if seconds is not None:
                self._durations.append(seconds)

    def stats(self) -> PoolStats:
        """What was done so far."""
        with self._changed:
            return PoolStats(
                **self._counts,
                p50_s=statistics.median(self._durations) if self._durations else None,
                running=self._running,
                waiting=len(self._waiting),
                isolation=self.isolation,
            )
