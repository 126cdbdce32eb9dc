"""Views of the log: all of it, the newest version of each record; filtered ones are catalogue.exchange.feeds'.

Page n of every view holds members at positions (n-1)*PAGE_MEMBERS+1 to n*PAGE_MEMBERS of this node's log, so that a
position is a place at which to go on in any of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from catalogue.exchange.ldes.statements import Link, Value
from catalogue.store.exchange_log import ExchangeLog, Mark

# ldes-client reads 6,000 small members a second at 100 a page, 2,560 at 1,000 (federation.md section 9).
PAGE_MEMBERS: Final = 100
INDEX_PAGES: Final = 100
"""Pages that one index leads to; the root leads to the indexes, so that any page is three requests away."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What one page of a view holds.

    Args:
        marks: of all entries in the page's range of positions, shown or not.
        shown: positions of its members.
        leaving: those of them that say that a record no longer belongs to the view.
        full: True when no further entry will ever come into the range.
    """

    number: int
    marks: tuple[Mark, ...]
    shown: tuple[int, ...]
    leaving: frozenset[int]
    full: bool

    @property
    def key(self) -> str:
        """Changes when the page's members or what is here of their payloads change; cheap."""
        shown = set(self.shown)
        told = "".join(
            f"{mark.position} {mark.stored_digest} {mark.position in self.leaving}\n"
            for mark in self.marks
            if mark.position in shown
        )
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def modified(self) -> datetime | None:
        """When its last member was published here."""
        shown = set(self.shown)
        return max((mark.recorded_at for mark in self.marks if mark.position in shown), default=None)


class View(Protocol):
    """A selection of the log with pages of its own.

    Args:
        path: of its root, below which its pages are.
        stream: path of the collection that its members belong to, without fragment.
        immutable: True when a page that is full never gets other members.
        versions_kept: of each record; None for all, for ever.
        in_order: True when members move to later pages, so that pages must be read in order to miss none.
    """

    path: str
    stream: str
    immutable: bool
    in_order: bool
    versions_kept: int | None

    @property
    def below(self) -> str:
        """Path below which `page/{n}` and `index/{n}` are."""
        ...

    def cut(self, number: int) -> Cut:
        """What a page holds."""
        ...

    def about_stream(self, address: Callable[[str], str]) -> list[tuple[str, Link | Value]]:
        """What is said of the collection beyond what all have.

        Args:
            address: from a path of this node to what is written.
        """
        ...


def range_of(number: int) -> tuple[int, int]:
    """First and last position of a page."""
    return (number - 1) * PAGE_MEMBERS + 1, number * PAGE_MEMBERS


def last_page(log: ExchangeLog) -> int:
    """Number of the last page of every view; an empty log has one as well."""
    return max(1, -(-log.last_signed() // PAGE_MEMBERS))


class LogView:
    """Every entry, for ever."""

    path = stream = below = "/ldes"
    immutable, in_order = True, False
    versions_kept: int | None = None

    def __init__(self, log: ExchangeLog) -> None:
        self._log = log

    def cut(self, number: int) -> Cut:
        """All entries of the range."""
        marks = tuple(self._log.marks(*range_of(number)))
        return Cut(number, marks, _positions(marks), frozenset(), len(marks) == PAGE_MEMBERS)

    def about_stream(self, address: Callable[[str], str]) -> list[tuple[str, Link | Value]]:
        """Nothing more."""
        return []


class LatestView:
    """The newest entry of each record, tombstones included."""

    path, below, stream = "/ldes/latest", "/ldes/latest", "/ldes"
    immutable, in_order = False, True
    versions_kept: int | None = 1

    def __init__(self, log: ExchangeLog) -> None:
        self._log = log

    def cut(self, number: int) -> Cut:
        """Those entries of the range that no later version of their record has replaced."""
        marks = tuple(self._log.marks(*range_of(number)))
        shown = _positions(mark for mark in marks if mark.newest)
        return Cut(number, marks, shown, frozenset(), len(marks) == PAGE_MEMBERS)

    def about_stream(self, address: Callable[[str], str]) -> list[tuple[str, Link | Value]]:
        """Nothing more."""
        return []


def _positions(marks: Iterable[Mark]) -> tuple[int, ...]:
    return tuple(mark.position for mark in marks)
