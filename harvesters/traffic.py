"""What a run of one source may use of the network, and what it has used; looked at before every request.

Rules: federation.md R8 to R11, reliability.md section 2. How an operator states them is manners.py's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from catalogue.problems import Problem, SourceChanged, SourceUnavailable

# A first copy of thousands of documents meets passing trouble now and then; a source that is ill fails more often.
_ERROR_SHARE: Final = 0.05
_MAX_RATIO: Final = 100
_RATIO_FROM_BYTES: Final = 16 << 20
# federation.md R23.
SKEW_S: Final = 300.0
_DAY_S: Final = 86_400


class Counters(NamedTuple):
    """Requests sent, bytes received as they came, and the same bytes with transport compression undone."""

    requests: int = 0
    bytes_raw: int = 0
    bytes_decoded: int = 0

    def since(self, before: Counters) -> Counters:
        """What came on top of an earlier count."""
        return Counters(*(now - then for now, then in zip(self, before, strict=True)))


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes of the day (UTC) at which a source may be read; over midnight when `end` comes before `start`."""

    start: int
    end: int

    def holds(self, minute: int) -> bool:
        """Whether a minute of the day lies within."""
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run of one source may use.

    Args:
        requests: tries and redirects included.
        pages: of one listing.
        records: documents, and statements that one is unchanged or gone.
        bytes_raw: as received, headers included.
        seconds: from its first request to its last byte.
        errors: failed tries; or a twentieth of the requests, where that is more.
        bytes_per_day: as received, by all runs of a day (UTC); 0 sets no limit.
        hours: when the source may be read; always when empty.
        pause_s: least seconds between two requests, on top of the fetcher's own manners.
    """

    requests: int = 200_000
    pages: int = 2_000
    records: int = 2_000_000
    bytes_raw: int = 50 << 30
    seconds: float = 21_600.0
    errors: int = 20
    bytes_per_day: int = 0
    hours: tuple[Window, ...] = ()
    pause_s: float = 0.0


class Run:
    """One run of one source as the fetcher sees it.

    Args:
        clock: aware UTC time.
        used_today: bytes that earlier runs of this source received today.
    """

    def __init__(self, source: str, limits: Limits, clock: Callable[[], datetime], used_today: int = 0) -> None:
        self.source, self.limits = source, limits
        self.requests = self.bytes_raw = self.bytes_decoded = self.errors = self.records = 0
        self.forbidden = ""
        self.ended: Problem | None = None
        self.skew_s = 0.0
        self._clock, self._used_today = clock, used_today
        self._until = time.monotonic() + limits.seconds

    def before_request(self) -> None:
        """Nothing, while the run may go on.

        Raises:
            SourceChanged: it used more than a source of this size should need (`rule` names the limit).
            SourceUnavailable: its time is over, or the operator's hours or bytes of the day are.
        """
        self.remaining_s()
        limits = self.limits
        if self.requests >= limits.requests:
            raise self._endless("run-requests", f"{limits.requests:,} requests")
        if self.bytes_raw > limits.bytes_raw:
            raise self._endless("run-bytes", f"{limits.bytes_raw:,} bytes")
        if self.bytes_decoded > max(_RATIO_FROM_BYTES, _MAX_RATIO * self.bytes_raw):
            raise self._end(
                SourceChanged,
                f"The answers of {self.source} unpack to more than {_MAX_RATIO} times their size; the run ended.",
                rule="ratio",
            )
        self._check_day()

    def _check_day(self) -> None:
        limits = self.limits
        if not limits.hours and not limits.bytes_per_day:
            return
        now = self._clock()
        minute = now.hour * 60 + now.minute
        if limits.hours and not any(window.holds(minute) for window in limits.hours):
            wait_s = min((window.start - minute) % 1440 for window in limits.hours) * 60 - now.second
            raise self._end(
                SourceUnavailable,
                f"{self.source} may be read at certain hours only; the next begin at "
                f"{now + timedelta(seconds=wait_s):%H:%M} UTC. The run goes on then.",
                rule="hours",
                retry_after_s=max(1, wait_s),
            )
        if limits.bytes_per_day and self._used_today + self.bytes_raw > limits.bytes_per_day:
            left_s = _DAY_S - (minute * 60 + now.second)
            raise self._end(
                SourceUnavailable,
                f"{self.source} gave the {limits.bytes_per_day:,} bytes that may be read of it in a day; "
                "the run goes on after midnight UTC.",
                rule="bytes-per-day",
                retry_after_s=left_s,
            )

    def remaining_s(self) -> float:
        """Seconds the run may still take.

        Raises:
            SourceUnavailable: none.
        """
        left = self._until - time.monotonic()
        if left <= 0:
            raise self._end(
                SourceUnavailable,
                f"Reading {self.source} takes longer than the {self.limits.seconds:,.0f} s that one run may take "
                "(harvest.run_s). What was read is kept; the next run goes on.",
                rule="run-deadline",
            )
        return left

    def record(self) -> None:
        """Counts one more event of the source.

        Raises:
            SourceChanged: there are more than a run may bring.
        """
        self.records += 1
        if self.records > self.limits.records:
            raise self._endless("run-records", f"{self.limits.records:,} records")

    def failed(self) -> None:
        """Counts a failed try.

        Raises:
            SourceUnavailable: the error budget is used up (R8).
        """
        self.errors += 1
        if self.errors > max(self.limits.errors, _ERROR_SHARE * self.requests):
            raise self._end(
                SourceUnavailable,
                f"{self.source} failed {self.errors} of {self.requests} requests; the run ended with the old cursor. "
                "Ask the partner, or run again later.",
                rule="run-errors",
            )

    def answered(self, status: int, address: str, skew_s: float | None) -> None:
        """Notes what the last answer says of the source: that it forbids us (R9), that its clock differs (R23)."""
        self.forbidden = f"{address} answers {status}" if status in (401, 403) else ""
        if skew_s is not None and abs(skew_s) > max(SKEW_S, abs(self.skew_s)):
            self.skew_s = skew_s

    def received(self, raw: int, decoded: int) -> None:
        """Counts a request and the bytes that came of it, as they came and unpacked."""
        self.requests += 1
        self.bytes_raw += raw
        self.bytes_decoded += decoded

    def _end(self, kind: type[Problem], detail: str, **members: Any) -> Problem:
        """The problem that ends the run; kept, since an adapter may take it for the fault of one document."""
        self.ended = kind(detail, **members)
        return self.ended

    def _endless(self, rule: str, amount: str) -> Problem:
        return self._end(
            SourceChanged,
            f"{self.source} wants more than {amount} in one run; it may be endless. If it is that large, "
            f"raise harvest.{rule.replace('-', '_')} or the source's option of that name.",
            rule=rule,
        )


current_run: ContextVar[Run | None] = ContextVar("current_run", default=None)


@contextmanager
def under(run: Run) -> Iterator[None]:
    """Requests of this thread count for the run while the block lasts."""
    token = current_run.set(run)
    try:
        yield
    finally:
        current_run.reset(token)


class Tally(threading.local):
    """What each thread has sent and received through one fetcher."""

    counters = Counters()

    def add(self, raw: int, decoded: int) -> None:
        """Counts a request and the bytes that came of it, for this thread and for the run it is in.

        Args:
            raw: bytes as they came.
            decoded: the same unpacked; 0 where nothing could be.
        """
        before, decoded = self.counters, decoded or raw
        self.counters = Counters(before.requests + 1, before.bytes_raw + raw, before.bytes_decoded + decoded)
        run = current_run.get()
        if run is not None:
            run.received(raw, decoded)
