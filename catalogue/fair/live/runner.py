"""Runs looks: a lane for each host, so that one that hangs holds up nobody; what was seen is written down in batches.

What is due is due.py's, who may be asked world.py's, how fast the worker goes on trickle.py's.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import structlog

from catalogue.fair.live.base import HERE, Blocked, Check, NoAnswer, Seen, Target, checks, silent, unknown
from catalogue.fair.live.due import Look
from catalogue.fair.live.sample import sampled_images, sampled_tombstones
from catalogue.fair.live.tombstone_answers import TOMBSTONES
from catalogue.fair.live.world import LookStopped, Visiting, World
from catalogue.fair.outcomes import Outcome
from catalogue.problems import StoreDamaged
from catalogue.store.graph_view import is_public
from catalogue.store.observations import NODE, Observation

if TYPE_CHECKING:
    from catalogue.store.ledger import Ledger

log = structlog.get_logger(__name__)

BATCH: Final = 500
"""Observations after which they are written down; so many are lost at most when the process dies."""
WRITE_EVERY_S: Final = 5.0
_HERE_LANES: Final = 2
_MOST_LANES: Final = 32
_SLICE: Final = 20_000
_LEAST_REST: Final = timedelta(minutes=5)
_POLL_S: Final = 0.2
_MOST_CHARACTERS: Final = 1000

OnProgress = Callable[[int, int], None]
"""(observations made so far, those that were to be made)"""


@dataclass(slots=True)
class Tally:
    """What came of a run.

    Args:
        outcomes: (check, outcome) -> number of observations.
        left: lane -> (why it was left alone, number of checks that stay due there).
    """

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    left: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def seen(self) -> int:
        """Number of observations."""
        return self.outcomes.total()


@dataclass(slots=True)
class _Lane:
    """Looks at one host, or at several that are only ever asked together."""

    name: str
    todo: deque[tuple[str, dict[str, int]]] = field(default_factory=deque)

    def left(self) -> int:
        """Number of checks not begun."""
        return sum(len(of) for _, of in self.todo)


class Runner:
    """Makes looks and writes down what they saw; used by one thread at a time.

    Args:
        stop: set it to end a run; what was seen by then is written down.
        clock: the present moment, aware.
        batch: observations after which they are written down.
    """

    def __init__(
        self,
        ledger: Ledger,
        world: World,
        stop: threading.Event,
        clock: Callable[[], datetime],
        *,
        batch: int = BATCH,
        among: Mapping[str, Check] | None = None,
    ) -> None:
        self._ledger, self._world, self._stop, self._clock, self._batch = ledger, world, stop, clock, batch
        self.checks = checks() if among is None else among
        self._resting: dict[str, tuple[datetime, str]] = {}

    def run(self, looks: Sequence[Look], on_progress: OnProgress = lambda done, total: None) -> Tally:
        """Makes the looks in their order, hosts beside each other; returns when all are made, left alone or stopped."""
        tally = Tally()
        total = sum(len(look.checks) for look in looks)
        on_progress(0, total)
        for start in range(0, len(looks), _SLICE):
            if not self._stop.is_set():
                self._run(looks[start : start + _SLICE], tally, lambda: on_progress(tally.seen, total))
        return tally

    def _run(self, looks: Sequence[Look], tally: Tally, on_progress: Callable[[], None]) -> None:
        lanes = self._lanes(looks)
        ended, results = threading.Event(), queue.SimpleQueue[list[Observation] | None]()
        room = threading.BoundedSemaphore(_MOST_LANES)
        threads = [
            threading.Thread(target=self._work, args=(lane, results, room, ended), name=f"look {name}", daemon=True)
            for name, lane in lanes.items()
            for _ in range(_HERE_LANES if name == HERE else 1)
        ]
        for thread in threads:
            thread.start()
        try:
            self._collect(results, len(threads), tally, on_progress)
        finally:
            ended.set()
        for name, lane in lanes.items():
            if name in self._resting and lane.todo:
                tally.left[name] = (self._resting[name][1], lane.left())
                log.info("look.left_alone", host=name, checks=lane.left(), why=self._resting[name][1])

    def _lanes(self, looks: Iterable[Look]) -> dict[str, _Lane]:
        """The looks by who is asked; only names are kept, records are read again when their turn comes."""
        found: dict[str, _Lane] = {}
        for look in looks:
            if self._stop.is_set():
                break
            target = self._target(look.curie, look.checks)
            if target is None:
                continue
            parts: dict[str, dict[str, int]] = {}
            for name, tries in look.checks.items():
                parts.setdefault(self.checks[name].lane(target), {})[name] = tries
            for name, part in parts.items():
                found.setdefault(name, _Lane(name)).todo.append((look.curie, part))
        return found

    def _target(self, curie: str, wanted: Iterable[str]) -> Target | None:
        """What is looked at; None when it is no longer public, or cannot be read."""
        if curie == NODE:
            return Target(NODE, withdrawn=sampled_tombstones(self._ledger, TOMBSTONES))
        count = max((self.checks[name].images for name in wanted), default=0)
        try:
            entry = self._ledger.head(curie)
            if entry is None or not is_public(entry):
                return None
            return Target(curie, entry, sampled_images(self._ledger, curie, count) if count else ())
        except StoreDamaged as problem:
            # `fsck` tells of it; the others are looked at.
            log.warning("look.unreadable", curie=curie, detail=problem.detail)
            return None

    def _collect(
        self, results: queue.SimpleQueue[list[Observation] | None], running: int, tally: Tally, tell: Callable[[], None]
    ) -> None:
        waiting: list[Observation] = []
        written = monotonic()
        try:
            while running:
                try:
                    seen = results.get(timeout=_POLL_S)
                except queue.Empty:
                    seen = []
                if seen is None:
                    running -= 1
                else:
                    waiting += seen
                    tally.outcomes.update((one.check, one.outcome) for one in seen)
                if len(waiting) >= self._batch or (waiting and monotonic() - written > WRITE_EVERY_S):
                    self._ledger.observations.add(waiting)
                    waiting, written = [], monotonic()
                    tell()
        finally:
            # Also when it is interrupted: what was seen need not be asked for again.
            self._ledger.observations.add(waiting)
        tell()

    def _work(
        self,
        lane: _Lane,
        results: queue.SimpleQueue[list[Observation] | None],
        room: threading.BoundedSemaphore,
        ended: threading.Event,
    ) -> None:
        try:
            with room:
                while not (self._stop.is_set() or ended.is_set() or self._rests(lane.name)):
                    try:
                        curie, wanted = lane.todo.popleft()
                    except IndexError:
                        return
                    self._look(lane, curie, wanted, results)
        except LookStopped:
            pass
        finally:
            results.put(None)

    def _look(
        self, lane: _Lane, curie: str, wanted: dict[str, int], results: queue.SimpleQueue[list[Observation] | None]
    ) -> None:
        target = self._target(curie, wanted)
        if target is None:
            return
        visit = self._world.visit()
        found: list[Observation] = []
        left = dict(wanted)
        for name, tries in wanted.items():
            visit.begin()
            seen = self._seen(self.checks[name], target, visit)
            if self._stop.is_set():
                # Broken off, it may have taken its own end for the server's fault.
                break
            no = visit.trouble()
            undecided = seen.outcome is Outcome.INDETERMINATE
            if undecided and no is not None and no.rests:
                self._rest(lane.name, no)
            if undecided and isinstance(no, Blocked) and no.rests:
                break
            del left[name]
            found.append(_observation(name, curie, seen, visit, no, tries))
            if self._rests(lane.name):
                break
        if left:
            lane.todo.appendleft((curie, left))
        results.put(found)

    def _seen(self, check: Check, target: Target, visit: Visiting) -> Seen:
        try:
            return check.look(target, visit)
        except NoAnswer as no:
            return silent(no)
        except LookStopped:
            raise
        except Exception as error:  # a fault in one check must not cost the others; it is logged and told
            log.error("look.fault", check=check.name, curie=target.curie, exc_info=error)
            return unknown(f"The check itself failed ({type(error).__name__}); this is a fault of the software.")

    def _rest(self, lane: str, no: NoAnswer) -> None:
        pause = max(_LEAST_REST, timedelta(seconds=no.retry_after_s))
        self._resting[lane] = (self._clock() + pause, no.said)

    def _rests(self, lane: str) -> bool:
        until = self._resting.get(lane)
        return until is not None and self._clock() < until[0]


def _observation(check: str, curie: str, seen: Seen, visit: Visiting, no: NoAnswer | None, tries: int) -> Observation:
    detail: dict[str, Any] = dict(seen.more)
    if visit.asked:
        detail["asked"] = visit.asked
    if seen.add:
        detail["add"] = list(seen.add)
    if seen.outcome is Outcome.INDETERMINATE:
        detail["tries"] = tries + 1
        if no is not None and no.retry_after_s:
            detail["retry_after_s"] = no.retry_after_s
    said = seen.said[:_MOST_CHARACTERS]
    return Observation(check, curie, seen.outcome.value, said, seen.url[:2000], seen.status, detail)
