"""Which sources are due and in what order; harvesting itself is catalogue.ingest's.

Times are of the last run's start, so that a long harvest does not drift through the day.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import structlog

from catalogue.ingest.report import RunReport
from catalogue.ingest.service import HarvestStopped, Ingest
from catalogue.problems import Locked, Problem
from catalogue.store.books import Run, Source
from catalogue.store.ledger import Ledger

log = structlog.get_logger(__name__)

# A source that failed is read again sooner than at its next regular turn, but not at once (federation.md, R8).
RETRY_FAILED_S: Final = 900.0
JITTER: Final = 0.1


class Schedule:
    """Harvests what is due.

    Args:
        ingest: made when the first source is due.
        interval_s: seconds between the starts of two harvests of one source; up to a tenth is added by the source's
            name, so that nodes with equal settings do not all come at once.
        stop: ends a harvest under way at its next batch.
    """

    def __init__(
        self,
        ledger: Ledger,
        ingest: Callable[[], Ingest],
        interval_s: float,
        clock: Callable[[], datetime],
        stop: threading.Event,
    ):
        self._ledger = ledger
        self._ingest = ingest
        self._interval_s = interval_s
        self._clock = clock
        self._stop = stop
        self._broke_at: dict[str, datetime] = {}

    def run_due(self) -> int:
        """Harvests every source that is due, those waiting longest first; gives the number of those begun.

        Raises:
            Exception: the first that a harvest raised and that no Problem explains, after the other sources had their
                turn; that source waits like one that failed.
        """
        begun = 0
        unexplained: Exception | None = None
        for source in self.due():
            if self._stop.is_set():
                break
            begun += 1
            try:
                self._harvest(source.name)
            except Exception as error:  # one source's fault keeps no other waiting; logged here, raised again below
                log.error("harvest.broke", source=source.name, exc_info=error)
                self._broke_at[source.name] = self._clock()
                unexplained = unexplained or error
        if unexplained is not None:
            raise unexplained
        return begun

    def due(self) -> list[Source]:
        """Sources that should be read now, longest waiting first."""
        now = self._clock()
        waiting = [(self._due_at(source, self._last(source.name)), source) for source in self._ledger.sources()]
        ready = [(moment, source.name, source) for moment, source in waiting if moment is None or moment <= now]
        return [source for _, _, source in sorted(ready, key=lambda row: (row[0] is not None, row[0] or now, row[1]))]

    def _last(self, name: str) -> Run | None:
        """The last run that read the source; mapping kept documents again is no reason to read it later."""
        return next((run for run in self._ledger.runs(name) if run.report.get("kind", "harvest") == "harvest"), None)

    def _due_at(self, source: Source, last: Run | None) -> datetime | None:
        """When a source is due; None means at once."""
        broke = self._broke_at.get(source.name)
        if broke is not None and broke <= self._clock():
            return broke + timedelta(seconds=min(RETRY_FAILED_S, self._interval_s))
        if last is None or last.state == "interrupted":
            return None
        if last.started > self._clock():
            # The clock was set back; nobody should wait for a day that was never meant.
            return None
        if last.state == "running":
            # Its process may have died: the lease decides, harvest() raises Locked while it is alive.
            return None
        if last.state == "failed":
            return last.started + timedelta(seconds=min(RETRY_FAILED_S, self._interval_s))
        spread = int.from_bytes(sha256(source.name.encode()).digest()[:4]) / 2**32
        return last.started + timedelta(seconds=self._interval_s * (1 + JITTER * spread))

    def _harvest(self, name: str) -> None:
        try:
            report = self._ingest().harvest(name, on_progress=self._check)
        except Locked:
            return
        except HarvestStopped:
            log.info("harvest.stopped", source=name)
            return
        except Problem as problem:
            log.error("harvest.refused", source=name, kind=problem.slug, detail=problem.detail)
            self._broke_at[name] = self._clock()
            return
        self._broke_at.pop(name, None)
        log.info("harvest.done", **{k: v for k, v in report.as_dict().items() if isinstance(v, str | int | float)})

    def _check(self, report: RunReport) -> None:
        if self._stop.is_set():
            raise HarvestStopped(report.source)
