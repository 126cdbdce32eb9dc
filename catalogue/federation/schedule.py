"""Which sources are due, in what order, and their harvests beside each other; harvesting itself is catalogue.ingest's.

Times are of the last run's start, so that a long harvest does not drift through the day; rules are outlook.py's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from catalogue.federation.gaps import close_gaps
from catalogue.federation.lanes import Ended, Lanes
from catalogue.federation.members import HARVESTER, Members
from catalogue.federation.outlook import AT_ONCE, NEVER, RETRY_FAILED_S, Outlook, outlook
from catalogue.ingest.report import RunReport
from catalogue.ingest.service import HarvestStopped, Ingest
from catalogue.problems import Locked, Problem
from catalogue.store.books import Source
from catalogue.store.ledger import Ledger

log = structlog.get_logger(__name__)

# How often it is looked what has ended or become due while a harvest runs, and how soon one source is tried again.
_LOOK_EVERY_S: Final = 1.0
_AGAIN_S: Final = 5.0


class Schedule:
    """Harvests what is due.

    Args:
        ingest: made when the first source is due.
        interval_s: seconds between the starts of two harvests of one source; see outlook().
        stop: ends the harvests under way at their next batch.
        parallel: sources read at the same time.
        members: pulls from those sources that are members of the federation, every `member_interval_s` seconds.
        on_done: called after each harvest that ended, in the thread of run_due.
    """

    def __init__(
        self,
        ledger: Ledger,
        ingest: Callable[[], Ingest],
        interval_s: float,
        clock: Callable[[], datetime],
        stop: threading.Event,
        parallel: int = 1,
        on_done: Callable[[RunReport], None] = lambda report: None,
        members: Callable[[], Members] | None = None,
        member_interval_s: float = 60.0,
    ):
        self._ledger = ledger
        self._ingest = ingest
        self._interval_s = interval_s
        self._clock = clock
        self._stop = stop
        self._parallel = parallel
        self._on_done = on_done
        self._members = members
        self._member_interval_s = member_interval_s
        self._broke_at: dict[str, datetime] = {}
        self._told: set[str] = set()
        self.reports: dict[str, RunReport] = {}

    def run_due(self) -> int:
        """Harvests every source that is due until none is, new ones that come due meanwhile included.

        Returns:
            The number of harvests begun.
        Raises:
            Exception: the first that a harvest raised and that no Problem explains, after the other sources had their
                turn; that source waits like one that failed.
        """
        lanes = Lanes(self._harvest, self._parallel)
        begun = 0
        tried: dict[str, float] = {}
        reports: list[RunReport] = []
        unexplained: Exception | None = None
        while True:
            tried = {name: moment for name, moment in tried.items() if time.monotonic() - moment < _AGAIN_S}
            due = [] if self._stop.is_set() else self.due()
            for source in due:
                if lanes.free and source.name not in lanes.busy and source.name not in tried:
                    lanes.begin(source.name)
                    begun += 1
            if not lanes.busy:
                break
            ended = lanes.wait(_LOOK_EVERY_S)
            if ended is not None:
                tried[ended.name] = time.monotonic()
                reports += [ended.result] if ended.result is not None else []
                unexplained = unexplained or self._note(ended)
        if not self._stop.is_set() and reports:
            close_gaps(self._ledger, self._ingest, reports)
        if unexplained is not None:
            raise unexplained
        return begun

    def due(self) -> list[Source]:
        """Sources that should be read now: those that failed last time after the others, longest waiting first."""
        now = self._clock()
        ready = [one for one in self.outlooks() if one.due <= now]
        return [one.source for one in sorted(ready, key=lambda one: (one.failed, one.due, one.source.name))]

    def outlooks(self) -> list[Outlook]:
        """How every source stands, by name."""
        now = self._clock()
        found = []
        for source in self._ledger.sources():
            interval_s = self._member_interval_s if source.harvester == HARVESTER else self._interval_s
            one = outlook(self._ledger, source, interval_s, now)
            broke = self._broke_at.get(source.name)
            if broke is not None and broke <= now and not one.stopped:
                again = broke + timedelta(seconds=min(RETRY_FAILED_S, interval_s))
                one = Outlook(source, one.last, max(again, one.due), "")
            if source.harvester == HARVESTER and self._members is not None:
                one = self._of_member(one, self._members(), now)
            self._tell(one)
            found.append(one)
        return found

    @staticmethod
    def _of_member(one: Outlook, members: Members, now: datetime) -> Outlook:
        """A member that is not active is not read; one that said it has something new is read within seconds."""
        name = one.source.name
        state = members.state(name)
        if state not in ("", "active"):
            again = f"ommatidia member {'resume ' + name if state == 'paused' else 'join ' + one.source.location}"
            return Outlook(one.source, one.last, NEVER, f"The member is {state}. Go on with `{again}`.")
        if not members.soon.asked(name) or one.stopped or one.last is None:
            return one
        if int(one.last.report.get("retry_after_s", 0)) or (now - one.last.started).total_seconds() < _AGAIN_S:
            return one
        return Outlook(one.source, one.last, AT_ONCE, "")

    def _tell(self, one: Outlook) -> None:
        """Says once that a source is stopped, and why."""
        name = one.source.name
        if not one.stopped:
            self._told.discard(name)
        elif name not in self._told:
            self._told.add(name)
            log.warning("harvest.source_stopped", source=name, detail=one.stopped)

    def _harvest(self, name: str) -> RunReport | None:
        try:
            if self._ledger.source(name).harvester == HARVESTER:
                self._pull(name)
                return None
            return self._ingest().harvest(name, on_progress=self._check)
        except Locked:
            return None
        except HarvestStopped:
            log.info("harvest.stopped", source=name)
            return None
        finally:
            self.reports.pop(name, None)

    def _pull(self, name: str) -> None:
        if self._members is not None:
            self._members().pull(name)

    def _note(self, ended: Ended[RunReport | None]) -> Exception | None:
        """Remembers how a harvest ended; gives back what no Problem explains."""
        name, error = ended.name, ended.error
        if error is not None:
            self._broke_at[name] = self._clock()
            if isinstance(error, Problem):
                log.error("harvest.refused", source=name, kind=error.slug, detail=error.detail)
                return None
            # One source's fault keeps no other waiting; it is raised when they have had their turn.
            log.error("harvest.broke", source=name, exc_info=error)
            return error
        if ended.result is not None:
            self._broke_at.pop(name, None)
            shown = {k: v for k, v in ended.result.as_dict().items() if isinstance(v, str | int | float)}
            log.info("harvest.done", **shown)
            self._on_done(ended.result)
        return None

    def _check(self, report: RunReport) -> None:
        self.reports[report.source] = report
        if self._stop.is_set():
            raise HarvestStopped(report.source)


__all__ = ["RETRY_FAILED_S", "HarvestStopped", "Schedule"]
