"""When the worker makes a dump, and that what was withdrawn does not stay in an old one (P18).

Making is done elsewhere, in a process of its own, so that views keep level meanwhile.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final, Literal

import structlog

from catalogue.exchange.dumps.shelf import LATEST, DumpShelf
from catalogue.problems import Conflict, Locked, Problem, StoreDamaged
from catalogue.store.entries import moment
from catalogue.store.ledger import Ledger
from catalogue.store.snapshot import last_withdrawal

log = structlog.get_logger(__name__)

LOOK_EVERY_S: Final = 60.0
RETRY_S: Final = 900.0
# A worker that has just started has views to bring level and sources to read; restarted again and again, it makes none.
SETTLE_S: Final = 600.0
GRACE_S: Final = 10.0
_LOOK_S: Final = 0.2


def apart(command: Sequence[str], stop: threading.Event, what: str = "a dump") -> Callable[[], None]:
    """A way to run a command to its end in a process of its own, which is ended when `stop` is set.

    Args:
        what: the command makes, for messages.
    Raises, when called:
        Locked: another process makes one.
        Conflict: the command failed; what it said stands in the log.
    """

    def run() -> None:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        while process.poll() is None:
            if stop.wait(_LOOK_S):
                process.terminate()
                process.wait()
                return
        if process.returncode == Locked.exit_code:
            raise Locked(f"Another process is making {what} of this node.")
        if process.returncode != 0:
            raise Conflict(f"The process that makes {what} ended with {process.returncode}.")

    return run


class NightlyDump:
    """Sees to it that there is a dump of each day on which something changed.

    Args:
        make: makes a dump when something changed, and returns; called at most once a day, and RETRY_S after a failure.
            It should return soon after `stop` is set.
        hour: of the day (UTC) from which the dump of that day is made; "" makes none.
        stop: ends `run`.
    """

    def __init__(
        self, ledger: Ledger, shelf: DumpShelf, make: Callable[[], None], hour: int | Literal[""], stop: threading.Event
    ) -> None:
        self._ledger = ledger
        self._shelf = shelf
        self._make = make
        self._hour = hour
        self._stop = stop
        self._looked: datetime | None = None
        self._not_before = ledger.clock() + timedelta(seconds=SETTLE_S)

    def due(self) -> bool:
        """Whether the dump of the day is to be made now."""
        now = self._ledger.clock()
        if self._hour == "" or now < self._not_before or self._ledger.last_position() == 0:
            return False
        begun = now.replace(hour=self._hour, minute=0, second=0, microsecond=0)
        begun = begun if begun <= now else begun - timedelta(days=1)
        made = self._made()
        return not any(at is not None and begun <= at <= now for at in (made, self._looked))

    def _made(self) -> datetime | None:
        """When the newest dump that can be read was made."""
        try:
            last = self._shelf.find(LATEST)
        except StoreDamaged:
            # A new one takes its place.
            return None
        return moment(last.manifest.statement["made_at"]) if last is not None else None

    def tick(self) -> None:
        """Makes the dump of the day when it is due; without dumps of our own, drops those that hold too much."""
        if self.due():
            now = self._ledger.clock()
            try:
                self._make()
                self._looked = now
            except Problem as problem:
                self._not_before = now + timedelta(seconds=RETRY_S)
                log.error("dump.failed", kind=problem.slug, detail=problem.detail)
        elif self._hour == "" and self._shelf.names():
            with self._shelf.alone():
                self._shelf.drop_older_than(last_withdrawal(self._ledger))

    def run(self) -> None:
        """Ticks until told to stop."""
        while not self._stop.is_set():
            try:
                self.tick()
            except Exception as error:
                # Whatever goes wrong with a dump must not end the worker: it is logged and tried again.
                log.error("dump.failed", exc_info=error)
            self._stop.wait(LOOK_EVERY_S)

    @contextmanager
    def running(self) -> Iterator[None]:
        """`run` in a thread, until `stop` is set and the block ends."""
        thread = threading.Thread(target=self.run, name="nightly-dump", daemon=True)
        thread.start()
        try:
            yield
        finally:
            thread.join(GRACE_S)
