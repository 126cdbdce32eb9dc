"""What the fetcher remembers of each host: one request at a time, pauses between them, and when to leave it alone.

Rules: federation.md R8 (circuit breaker) and R10.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from catalogue.problems import SourceUnavailable
from harvesters.addresses import Origin
from harvesters.failures import Transient

_BREAKER_FAILURES: Final = 5
LEAVE_ALONE_S: Final = 300.0


class Host:
    """One host:port; shared by threads.

    Args:
        pause_s: (least, most) seconds between two requests; the last response time in between.
        parallel: requests at a time.
        leave_alone_s: seconds for which it is asked no more when it failed five times in a row.
    """

    def __init__(self, origin: Origin, pause_s: tuple[float, float], parallel: int, leave_alone_s: float) -> None:
        self.asked_pause_s = 0.0
        self._origin, self._pause_s, self._leave_alone_s = origin, pause_s, leave_alone_s
        self._gate = threading.BoundedSemaphore(parallel)
        self._failures = 0
        self._open_until = 0.0
        self._last_end = float("-inf")
        self._last_took_s = 0.0

    @contextmanager
    def turn(self, least_pause_s: float, sleep: Callable[[float], None], *, near: bool) -> Iterator[None]:
        """The right to send one request; what becomes of it is remembered.

        Args:
            least_pause_s: since the last request's end, whatever the host's own pause.
            near: a service on this machine that the operator named: our own pause would protect nobody, and a
                demonstration of 900 documents would take minutes.
        Raises:
            SourceUnavailable: the host failed five times in a row a short while ago.
        """
        with self._gate:
            if self._failures >= _BREAKER_FAILURES and time.monotonic() < self._open_until:
                raise SourceUnavailable(
                    f"{self._origin} failed {self._failures} times in a row and is left alone for now. "
                    "Try again later.",
                    retry_after_s=int(self._open_until - time.monotonic()) + 1,
                    rule="breaker",
                )
            own = 0.0 if near else min(max(self._last_took_s, self._pause_s[0]), self._pause_s[1])
            left = self._last_end + max(own, least_pause_s, self.asked_pause_s) - time.monotonic()
            if left > 0:
                sleep(left)
            begun = time.monotonic()
            try:
                yield
            except Transient:
                self._failures += 1
                self._open_until = time.monotonic() + self._leave_alone_s
                raise
            else:
                self._failures = 0
            finally:
                self._last_end = time.monotonic()
                self._last_took_s = self._last_end - begun
