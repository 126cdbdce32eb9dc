"""Few assessments at a time, one a host, each within its time."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal

from catalogue.fair.live.base import Answer, NoAnswer, Unreachable, Visit
from catalogue.problems import SourceUnavailable, TooManyRequests

_RETRY_S: Final = 10


class Turns:
    """Who may be assessed now.

    Args:
        parallel: assessments at a time.
    """

    def __init__(self, parallel: int) -> None:
        self._parallel = parallel
        self._lock = threading.Lock()
        self._busy: dict[str, int] = {}

    @contextmanager
    def take(self, lane: str = "") -> Iterator[None]:
        """A turn until the context ends.

        Args:
            lane: a host that is asked by one assessment at a time; "" asks nobody.
        Raises:
            TooManyRequests: there is no turn now; Retry-After says when to come again.
        """
        with self._lock:
            if sum(self._busy.values()) >= self._parallel or (lane and lane in self._busy):
                why = "This host is being asked" if lane and lane in self._busy else "As many assessments as may run"
                raise TooManyRequests(
                    f"{why} for somebody else; come again after the seconds in Retry-After.",
                    headers={"Retry-After": str(_RETRY_S)},
                )
            self._busy[lane] = self._busy.get(lane, 0) + 1
        try:
            yield
        finally:
            with self._lock:
                self._busy[lane] -= 1
                if not self._busy[lane]:
                    del self._busy[lane]


class Patience:
    """How long each thread still waits for other hosts; a fetcher waits by `rest`, and calls it while an answer drips.

    A thread that has no time set waits as it is told to.

    Args:
        wait: waits so many seconds.
        seconds: a clock that only goes forward.
    """

    def __init__(
        self, wait: Callable[[float], object] = time.sleep, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._wait = wait
        self._seconds = seconds
        self._mine = threading.local()

    @contextmanager
    def within(self, limit_s: float) -> Iterator[None]:
        """This thread waits no longer than so many seconds from now, until the context ends."""
        self._mine.until = self._seconds() + limit_s
        try:
            yield
        finally:
            del self._mine.until

    def rest(self, pause_s: float) -> None:
        """Waits.

        Raises:
            SourceUnavailable: the time would be over.
        """
        if self._seconds() + pause_s > getattr(self._mine, "until", math.inf):
            pause = f"It asks to be left alone for {pause_s:.0f} s between two requests, and t" if pause_s else "T"
            raise SourceUnavailable(f"{pause}he time of this assessment is over before it has answered.")
        self._wait(pause_s)


class TimedVisit:
    """A visit that asks nobody any more when its time is over.

    Args:
        seconds: a clock that only goes forward.
        limit_s: seconds from now.
    """

    def __init__(self, visit: Visit, seconds: Callable[[], float], limit_s: float) -> None:
        self._visit = visit
        self._seconds = seconds
        self._until = seconds() + limit_s
        self._limit_s = limit_s

    @property
    def base(self) -> str:
        """As catalogue.fair.live.base.Visit."""
        return self._visit.base

    def here(self, path: str, accept: str = "*/*") -> Answer:
        """As catalogue.fair.live.base.Visit."""
        self._require(path)
        return self._visit.here(path, accept)

    def out(
        self,
        url: str,
        method: Literal["GET", "HEAD"] = "GET",
        *,
        accept: str = "*/*",
        byte_range: tuple[int, int] | None = None,
    ) -> Answer:
        """As catalogue.fair.live.base.Visit."""
        self._require(url)
        return self._visit.out(url, method, accept=accept, byte_range=byte_range)

    def site(self, endpoint: str, key: str) -> Any:
        """As catalogue.fair.live.base.Visit."""
        self._require(endpoint)
        return self._visit.site(endpoint, key)

    def trouble(self) -> NoAnswer | None:
        """As catalogue.fair.live.base.Visit."""
        return self._visit.trouble()

    def _require(self, url: str) -> None:
        if self._seconds() >= self._until:
            raise Unreachable(f"The {self._limit_s:g} seconds of this assessment were over before it was asked.", url)
