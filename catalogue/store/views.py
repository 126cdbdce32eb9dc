"""What a view of the ledger promises, and how it is brought up to date; each view keeps its own position.

A view may always be deleted and rebuilt: nothing here is truth (DESIGN section 2).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import structlog

if TYPE_CHECKING:
    from catalogue.store.ledger import Entry

log = structlog.get_logger(__name__)

PUBLISH_EVERY_S = 2.0


class Entries(Protocol):
    """The part of the ledger that views read."""

    def entries(self, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """Entries with a position above `after`, in order of position."""
        ...

    def last_position(self) -> int:
        """Position of the newest entry; 0 when there is none."""
        ...


class Stopped(Exception):
    """The process was asked to end while a view was written; what is left is done by the next one."""


@runtime_checkable
class View(Protocol):
    """Something derived from the ledger alone.

    `apply` must be exact when repeated: entries at or before `position()` change nothing.
    """

    name: str

    @property
    def stale(self) -> bool:
        """True when something else than the ledger changed that the content was made with: only a rebuild is right."""
        ...

    @property
    def rebuilding(self) -> bool:
        """True from `reset()` until the next `publish()`: readers still see the content before the reset."""
        ...

    def position(self) -> int:
        """Position of the last entry applied; 0 when none was."""
        ...

    def entry_hash(self) -> str:
        """`entry_hash` of the last entry applied; "" when none was."""
        ...

    def apply(self, entries: Sequence[Entry]) -> None:
        """Take in entries in order of position; data and position become durable together."""
        ...

    def publish(self) -> None:
        """Show readers everything applied so far, at once; does nothing when they see it already.

        Raises:
            Stopped: the process is to end; readers see what they saw.
        """
        ...

    def tidy(self) -> None:
        """Spend idle time on what makes reading faster; the content stays the same."""
        ...

    def reset(self) -> None:
        """Start from nothing at position 0; readers keep what was published until the next publish."""
        ...

    def close(self) -> None:
        """Give up files and locks."""
        ...


def catch_up(
    ledger: Entries,
    view: View,
    batch: int = 500,
    on_progress: Callable[[int, int], None] | None = None,
    publish_every_s: float = PUBLISH_EVERY_S,
) -> int:
    """Number of entries applied to bring `view` to the ledger's last position, published.

    A view that stands at a position which this ledger never reached, or at an entry which this ledger holds otherwise
    (a ledger restored from a copy), is rebuilt from the start.

    Args:
        batch: entries read and applied at a time, > 0.
        on_progress: called after each batch with (position reached, ledger's last position).
        publish_every_s: seconds between publications during a long catch-up; a rebuild is published once, at its end.
    """
    _agree(ledger, view)
    applied = 0
    published = time.monotonic()
    while entries := ledger.entries(after=view.position(), limit=batch):
        view.apply(entries)
        if view.position() < entries[-1].position:
            raise RuntimeError(f"view {view.name} stands at {view.position()} after {entries[-1].position}")
        applied += len(entries)
        if on_progress is not None:
            on_progress(view.position(), ledger.last_position())
        if not view.rebuilding and time.monotonic() - published >= publish_every_s:
            view.publish()
            published = time.monotonic()
    view.publish()
    return applied


def rebuild(
    ledger: Entries, view: View, batch: int = 500, on_progress: Callable[[int, int], None] | None = None
) -> int:
    """Number of entries applied to build `view` anew; readers see the old content until the new is whole."""
    view.reset()
    applied = catch_up(ledger, view, batch, on_progress)
    view.tidy()
    return applied


def _agree(ledger: Entries, view: View) -> None:
    """Reset a view that does not stand on this ledger, or was made with what has changed since."""
    position = view.position()
    if view.stale:
        log.warning("view.stale", view=view.name)
        view.reset()
        return
    if position == 0:
        return
    if position > ledger.last_position():
        log.warning("view.beyond_ledger", view=view.name, position=position, last=ledger.last_position())
        view.reset()
        return
    entry = ledger.entries(after=position - 1, limit=1)[0]
    if entry.position != position or entry.entry_hash != view.entry_hash():
        log.warning("view.other_ledger", view=view.name, position=position)
        view.reset()
