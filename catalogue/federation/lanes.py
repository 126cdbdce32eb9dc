"""Several sources beside each other, each in a thread of its own, so that a slow one delays no other."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ended(Generic[T]):
    """What became of one job: its result, or what it raised."""

    name: str
    result: T | None
    error: Exception | None


class Lanes(Generic[T]):
    """Runs one job for each name.

    The threads end with the process: whoever leaves without waiting leaves a run that the next one finds cut off.

    Args:
        act: the job; called in a thread of its own.
        parallel: jobs at a time.
    """

    def __init__(self, act: Callable[[str], T], parallel: int) -> None:
        self._act, self._parallel = act, parallel
        self._ended: queue.SimpleQueue[Ended[T]] = queue.SimpleQueue()
        self._busy: set[str] = set()

    @property
    def busy(self) -> frozenset[str]:
        """Names whose jobs run."""
        return frozenset(self._busy)

    @property
    def free(self) -> bool:
        """Whether another job may begin."""
        return len(self._busy) < self._parallel

    def begin(self, name: str) -> None:
        """Starts a job; the caller has looked at `free` and `busy`."""
        self._busy.add(name)
        threading.Thread(target=self._run, args=(name,), name=f"harvest {name}", daemon=True).start()

    def wait(self, timeout_s: float) -> Ended[T] | None:
        """The next job that ended; None when none did within the time."""
        try:
            ended = self._ended.get(timeout=timeout_s)
        except queue.Empty:
            return None
        self._busy.discard(ended.name)
        return ended

    def run_all(self, names: Iterable[str]) -> dict[str, Ended[T]]:
        """Runs a job for each name, in this order as lanes become free, until all have ended."""
        waiting = list(dict.fromkeys(names))
        found: dict[str, Ended[T]] = {}
        while waiting or self._busy:
            while waiting and self.free:
                self.begin(waiting.pop(0))
            # With a timeout, since a wait without one cannot be interrupted on every system.
            ended = self.wait(1.0)
            if ended is not None:
                found[ended.name] = ended
        return found

    def _run(self, name: str) -> None:
        try:
            self._ended.put(Ended(name, self._act(name), None))
        # Handed to whoever waits, who logs or raises it.
        except Exception as error:  # noqa: BLE001
            self._ended.put(Ended(name, None, error))
