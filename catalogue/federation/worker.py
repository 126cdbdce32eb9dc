"""The one worker of a node: keeps views level with the ledger and runs the harvests that are due.

What is due and how it is harvested is handed in; the writers' locks are the views'. Read DESIGN section 8.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import structlog

from catalogue.federation.rebuilding import RebuildMark
from catalogue.store.views import Entries, Stopped, View, catch_up, rebuild

log = structlog.get_logger(__name__)

EXIT_OK: Final = 0
# sysexits.h EX_TEMPFAIL: whoever supervises should start the worker again.
EXIT_DISK_FULL: Final = 75

BEAT_EVERY_S: Final = 2.0
IDLE_BEFORE_TIDY_S: Final = 5.0
FIRST_BACKOFF_S: Final = 1.0
LONGEST_BACKOFF_S: Final = 60.0
HARVEST_POLL_S: Final = 5.0
GRACE_S: Final = 20.0


@dataclass(slots=True)
class _Task:
    """One thing the worker does again and again, with its failures."""

    name: str
    error: str = ""
    failures: int = 0
    not_before: float = 0.0

    def failed(self, error: Exception) -> None:
        """Wait twice as long as the last time, at most LONGEST_BACKOFF_S."""
        wait_s = min(FIRST_BACKOFF_S * 2**self.failures, LONGEST_BACKOFF_S)
        self.failures += 1
        self.error = f"{type(error).__name__}: {error}"
        self.not_before = time.monotonic() + wait_s
        log.error("worker.task_failed", task=self.name, failures=self.failures, retry_in_s=wait_s, exc_info=error)

    def succeeded(self) -> None:
        """Forget earlier failures."""
        if self.failures:
            log.info("worker.task_recovered", task=self.name)
        self.failures, self.error, self.not_before = 0, "", 0.0


class Worker:
    """Loop over views and harvests until told to stop.

    Args:
        ledger: read for new entries.
        views: brought level in this order; a failing one is tried again with growing pauses and holds up no other.
        harvest_due: runs whatever harvest is due and returns; called every HARVEST_POLL_S in a thread of its own, so
            that readers see what a long harvest has committed. It should return soon after `stop` is set.
        interval_s: seconds between two looks at the ledger.
        clock: the present moment, aware, for the heartbeat.
        stop: set it to end the loop; see `stop_on_signals`.
        heartbeat: file to keep up to date, `DIR/worker.json`; None writes none.
        mark: says when every view must be made anew; None looks for none.
        tell: tells others what is new here; called every HARVEST_POLL_S in a thread of its own.
    """

    def __init__(
        self,
        ledger: Entries,
        views: Sequence[View],
        harvest_due: Callable[[], object] | None = None,
        interval_s: float = 0.5,
        *,
        clock: Callable[[], datetime],
        stop: threading.Event,
        heartbeat: Path | None = None,
        mark: RebuildMark | None = None,
        tell: Callable[[], object] | None = None,
    ) -> None:
        self._ledger = ledger
        self._views = [(view, _Task(view.name)) for view in views]
        self._harvest = _Task("harvest")
        self._beside = [(harvest_due, self._harvest)] if harvest_due is not None else []
        self._beside += [(tell, _Task("tell"))] if tell is not None else []
        self._interval_s = interval_s
        self._clock = clock
        self._stop = stop
        self._heartbeat = heartbeat
        self._mark = mark
        # Views that must be made anew before the mark goes; after a crash it is still there.
        self._to_rebuild: set[str] = set()
        self._disk_full = False
        self._beaten = float("-inf")
        self._busy_until = time.monotonic()
        self._levelled: set[str] = set()

    def run(self) -> int:
        """Exit code when the loop has ended: EXIT_OK after `stop`, EXIT_DISK_FULL when only a restart helps.

        A RocksDB store refuses all writes after a full disk until its process starts anew (reliability.md section 1,
        item 7).
        """
        threads = [
            threading.Thread(target=self._loop_beside, args=(work, task), name=task.name, daemon=True)
            for work, task in self._beside
        ]
        for thread in threads:
            thread.start()
        log.info("worker.started", views=[view.name for view, _ in self._views])
        while not self._stop.is_set():
            self.tick()
            self._stop.wait(self._interval_s)
        end = time.monotonic() + GRACE_S
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
            if thread.is_alive():
                log.warning(f"worker.{thread.name}_abandoned", after_s=GRACE_S)
        self._beat(state="stopped")
        for view, _ in self._views:
            view.close()
        log.info("worker.stopped", disk_full=self._disk_full)
        return EXIT_DISK_FULL if self._disk_full else EXIT_OK

    def tick(self) -> None:
        """One round: every view that is not pausing after a failure is brought level, tidied when the node is idle."""
        self._look_for_mark()
        for view, task in self._views:
            if self._stop.is_set() or time.monotonic() < task.not_before:
                continue
            try:
                self._level(view)
                task.succeeded()
            except Stopped:
                return
            # Whatever breaks one view must not end the others: it is logged and tried again.
            except Exception as error:  # noqa: BLE001
                if _is_disk_full(error):
                    self._give_up(error)
                    return
                task.failed(error)
        if time.monotonic() - self._beaten >= BEAT_EVERY_S:
            self._beat()

    def _look_for_mark(self) -> None:
        if self._mark is not None and not self._to_rebuild and self._mark.begin():
            self._to_rebuild = {view.name for view, _ in self._views}
            log.info("worker.rebuilding", views=sorted(self._to_rebuild))

    def _make_anew(self, view: View) -> None:
        rebuild(self._ledger, view, on_progress=self._on_progress)
        self._to_rebuild.discard(view.name)
        if not self._to_rebuild and self._mark is not None:
            self._mark.done()

    def _level(self, view: View) -> None:
        last = self._ledger.last_position()
        if view.name in self._to_rebuild:
            self._make_anew(view)
            self._busy_until = time.monotonic()
        elif view.position() != last or view.stale or view.name not in self._levelled:
            catch_up(self._ledger, view, on_progress=self._on_progress)
            self._levelled.add(view.name)
            self._busy_until = time.monotonic()
        else:
            view.publish()
            if time.monotonic() - self._busy_until >= IDLE_BEFORE_TIDY_S:
                view.tidy()

    def _on_progress(self, _position: int, _last: int) -> None:
        if self._stop.is_set():
            raise Stopped
        if time.monotonic() - self._beaten >= BEAT_EVERY_S:
            self._beat()

    def _loop_beside(self, work: Callable[[], object], task: _Task) -> None:
        while not self._stop.is_set():
            if time.monotonic() >= task.not_before:
                try:
                    work()
                    task.succeeded()
                # What fails beside the views is logged and tried again later; the views go on.
                except Exception as error:  # noqa: BLE001
                    if _is_disk_full(error):
                        self._give_up(error)
                        return
                    task.failed(error)
            self._stop.wait(HARVEST_POLL_S)

    def _give_up(self, error: Exception) -> None:
        log.critical("worker.disk_full", error=str(error), advice="free space; the worker must be started again")
        self._disk_full = True
        self._stop.set()

    def _beat(self, state: str = "running") -> None:
        """Write the heartbeat whole or not at all; a disk too full for it is no reason to stop."""
        self._beaten = time.monotonic()
        if self._heartbeat is None:
            return
        fresh = self._heartbeat.with_name(f".{self._heartbeat.name}.new")
        try:
            fresh.write_text(json.dumps(self._status(state)))
            fresh.replace(self._heartbeat)
        except OSError as error:
            log.warning("worker.no_heartbeat", error=str(error))

    def _status(self, state: str) -> dict[str, Any]:
        return {
            "state": state,
            "pid": os.getpid(),
            "at": self._clock().isoformat(),
            "views": {
                view.name: {"position": _position(view), "rebuilding": view.rebuilding, "error": task.error}
                for view, task in self._views
            },
            "harvest": {"error": self._harvest.error},
        }


def _position(view: View) -> int | None:
    """A view's position for show; None while it cannot say."""
    try:
        return view.position()
    except (OSError, RuntimeError, ValueError) as error:
        log.warning("worker.view_without_position", view=view.name, error=str(error))
        return None


def stop_on_signals(stop: threading.Event) -> None:
    """Let SIGTERM and SIGINT set `stop`; a second one ends the process at once. Main thread only."""

    def _on_signal(number: int, _frame: object) -> None:
        if stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _on_signal)


def read_heartbeat(path: Path) -> dict[str, Any] | None:
    """The worker's last heartbeat; None when there never was one or it cannot be read."""
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found


def _is_disk_full(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        # RocksDB's words, and SQLite's.
        if any(words in str(error).lower() for words in ("no space left on device", "database or disk is full")):
            return True
        error = error.__cause__ or error.__context__
    return False
