"""A few threads for work that is handed to processes: Linux ends a process with the thread that started it.

Threads of a web server may be many or short-lived; these are as few as assessments may run, and stay.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Final

_NAME: Final = "assess"


class Benches:
    """Runs calls on threads that stay, started when first needed; safe to share.

    They are daemons: a server that ends waits for none of them, and their processes end with them.

    Args:
        work: what is called there.
        most: threads; calls beyond them wait.
    """

    def __init__(self, work: Callable[..., bytes], most: int) -> None:
        self._work = work
        self._most = most
        self._lock = threading.Lock()
        self._started = self._busy = 0
        self._calls: SimpleQueue[tuple[bytes, dict[str, object], Future[bytes]]] = SimpleQueue()

    def __call__(self, message: bytes, **options: object) -> bytes:
        """What the work makes of a message; raises what it raises."""
        with self._lock:
            self._busy += 1
            if self._busy > self._started and self._started < self._most:
                self._started += 1
                threading.Thread(target=self._serve, name=f"{_NAME}-{self._started}", daemon=True).start()
        future: Future[bytes] = Future()
        self._calls.put((message, options, future))
        try:
            return future.result()
        finally:
            with self._lock:
                self._busy -= 1

    def _serve(self) -> None:
        while True:
            message, options, future = self._calls.get()
            try:
                future.set_result(self._work(message, **options))
            except BaseException as error:  # noqa: BLE001 - raised again where the answer is waited for
                future.set_exception(error)
            del message, options, future
