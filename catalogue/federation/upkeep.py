"""What a node does for its own log as time passes: the content of withdrawn records goes (P18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from catalogue.store.ledger import Ledger
from catalogue.store.purging import Purged, purge

log = structlog.get_logger(__name__)

_EVERY: Final = timedelta(hours=1)
_LEAST: Final = timedelta(minutes=1)


class Upkeep:
    """Purges what is due, once an hour at most.

    Args:
        keep_hours: how long after its withdrawal a record's former content stays, for an operator who changes their
            mind.
        on_purged: called with the position before which nothing made of the ledger may be kept (P18); also when
            nothing was left to purge, since what followed the last purge may have been cut off.
    """

    def __init__(
        self, ledger: Ledger, keep_hours: float, clock: Callable[[], datetime], on_purged: Callable[[int], None]
    ) -> None:
        self._ledger = ledger
        self._keep = timedelta(hours=keep_hours)
        self._clock = clock
        self._on_purged = on_purged
        self._done: datetime | None = None

    def tick(self) -> None:
        """Purges when it is time."""
        now = self._clock()
        pause = min(_EVERY, max(self._keep, _LEAST))
        # A clock that was set back must not put it off for a day.
        if self._done is None or not timedelta(0) <= now - self._done < pause:
            self.purge(now - self._keep)
            self._done = now

    def purge(self, before: datetime) -> Purged:
        """Drops the content of records withdrawn before a moment, and what was made of it."""
        purged = purge(self._ledger, before)
        if purged.records:
            log.info("ledger.purged", records=purged.records, payloads=purged.payloads, originals=purged.originals)
        if purged.position:
            self._on_purged(purged.position)
        return purged
