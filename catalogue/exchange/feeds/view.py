"""A feed as a view of the log: entries that match, and those by which a record that matched before no longer does.

Images and image lists belong to a feed with their study. What cannot be told, because the payload that would tell it is
not here, belongs to every feed: dropping what one does not have harms nobody, keeping what is withdrawn does.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Final

from catalogue.exchange.feeds.matching import Matcher
from catalogue.exchange.ldes.statements import DCTERMS, Link, Value
from catalogue.exchange.ldes.views import PAGE_MEMBERS, Cut, range_of
from catalogue.store.entries import Entry
from catalogue.store.exchange_log import ExchangeLog, Mark

_MOST: Final = 20_000


class Findings:
    """What pages of feeds were found to hold, the least used ones forgotten."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._held: OrderedDict[tuple[str, int], tuple[int, tuple[int, ...], frozenset[int]]] = OrderedDict()
        self._lock = Lock()

    def find(self, place: tuple[str, int], marks: Iterable[Mark]) -> tuple[tuple[int, ...], frozenset[int]] | None:
        """Members and leaving ones of a page with these marks; None when they are not known."""
        with self._lock:
            held = self._held.get(place)
            if held is None or held[0] != _told(marks):
                return None
            self._held.move_to_end(place)
            return held[1:]

    def keep(
        self, place: tuple[str, int], marks: Iterable[Mark], shown: tuple[int, ...], leaving: frozenset[int]
    ) -> None:
        """Notes them."""
        with self._lock:
            self._held[place] = (_told(marks), shown, leaving)
            while len(self._held) > self._most:
                self._held.popitem(last=False)


def _told(marks: Iterable[Mark]) -> int:
    return hash(tuple((mark.position, mark.stored_digest) for mark in marks))


class FeedView:
    """The part of the log that a matcher is about.

    Pages lie below the matcher's version: when the ontology or the profile changes, all are read again, and readers
    know the members that they have by their IRIs.

    Args:
        path: of the root.
    """

    immutable, in_order, versions_kept = True, False, None

    def __init__(self, path: str, log: ExchangeLog, matcher: Matcher, findings: Findings) -> None:
        self.path = self.stream = path
        self.below = f"{path}/{matcher.version}"
        self._log, self._matcher, self._findings = log, matcher, findings

    def about_stream(self, address: Callable[[str], str]) -> list[tuple[str, Link | Value]]:
        """Of which collection it is a part, and what it is about."""
        return [
            (DCTERMS + "isPartOf", Link(address("/ldes#stream"))),
            (DCTERMS + "subject", Link(self._matcher.about)),
        ]

    def cut(self, number: int) -> Cut:
        """The entries of the range that belong to the feed."""
        marks = tuple(self._log.marks(*range_of(number)))
        found = self._findings.find((self.below, number), marks)
        if found is None:
            found = self._looked_through(number)
            self._findings.keep((self.below, number), marks, *found)
        return Cut(number, marks, *found, full=len(marks) == PAGE_MEMBERS)

    def _looked_through(self, number: int) -> tuple[tuple[int, ...], frozenset[int]]:
        shown, leaving = [], []
        for exchanged in self._log.between(*range_of(number)):
            entry = exchanged.entry
            if self._belongs(entry) or not entry.payload:
                shown.append(entry.position)
            elif self._belonged(entry):
                shown.append(entry.position)
                leaving.append(entry.position)
        return tuple(shown), frozenset(leaving)

    def _belongs(self, entry: Entry) -> bool:
        if self._matcher.matches(entry):
            return True
        if entry.parent is None or entry.action == "delete":
            return False
        study = self._log.version_before(entry.parent, entry.position)
        return study is not None and self._matcher.matches(study)

    def _belonged(self, entry: Entry) -> bool:
        before = self._log.version_before(entry.curie, entry.position)
        return before is not None and (not before.payload or self._belongs(before))
