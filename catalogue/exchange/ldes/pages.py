"""Roots, indexes and pages of views, with what an HTTP answer needs to know of them before they are written."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from catalogue.exchange.base import RENDERER_VERSION
from catalogue.exchange.ldes.forms import Form, Membership
from catalogue.exchange.ldes.hypermedia import Place, index_head, page_head, root_head
from catalogue.exchange.ldes.statements import Node, lines
from catalogue.exchange.ldes.views import INDEX_PAGES, PAGE_MEMBERS, Cut, View, last_page
from catalogue.problems import NotFound
from catalogue.store.exchange_log import ExchangeLog

CACHE_BYTES: Final = 96 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """A document that is not written yet.

    Args:
        etag: strong; told without writing the document.
        immutable: True when it will not change, unless a payload is purged or filled in.
    """

    etag: str
    modified: datetime | None
    immutable: bool
    body: Callable[[], bytes]


class Pages:
    """Writes the pages of views; full ones are kept in memory as long as they say what the log says.

    Args:
        cache_bytes: of pages kept.
    """

    def __init__(self, log: ExchangeLog, cache_bytes: int = CACHE_BYTES) -> None:
        self._log = log
        self._kept = _Kept(cache_bytes)

    def root(self, view: View, form: Form, place: Place) -> Answer:
        """The root of a view: what it is, and where its pages are."""
        last = last_page(self._log)
        return self._answer(root_head(view, self._log, last, place), form, self._newest(), False)

    def index(self, view: View, wanted: int, form: Form, place: Place) -> Answer:
        """One index of a view that has them.

        Raises:
            NotFound: the log does not go that far.
        """
        last = last_page(self._log)
        if view.in_order or not 1 <= wanted <= -(-last // INDEX_PAGES):
            raise NotFound(f"{view.path} has no index {str(wanted)[:20]}; its root leads to all that there are.")
        settled = view.immutable and wanted * INDEX_PAGES < last
        head = index_head(view, self._log, wanted, last, settled, place)
        return self._answer(head, form, self._newest(wanted * INDEX_PAGES * PAGE_MEMBERS), settled)

    def page(self, view: View, wanted: int, form: Form, place: Place) -> Answer:
        """One page of a view.

        Raises:
            NotFound: the log does not go that far.
        """
        last = last_page(self._log)
        if not 1 <= wanted <= last:
            raise NotFound(f"Page {str(wanted)[:20]} of {view.path} is not there yet; the last one is {last}.")
        cut = view.cut(wanted)
        settled = view.immutable and cut.full
        head = page_head(view, cut, last, settled, place)
        of = Membership(place.stream(view), cut.leaving)
        kept_as = (f"{view.below} {wanted}", form.suffix)
        members = lambda: self._members(cut, form, of, kept_as)  # noqa: E731
        return self._answer(head, form, cut.modified, settled, cut.key, members)

    def member(self, owner: str, epoch: int, seq: int, form: Form) -> Answer:
        """One member alone.

        Raises:
            NotFound: no such entry is here.
        """
        # Larger numbers are in no header, and in no database.
        found = self._log.find(owner, epoch, seq) if max(epoch, seq) < 1 << 53 else None
        if found is None:
            raise NotFound(f"The entry {seq} of epoch {epoch} of {owner[:40]} is not here.")
        told = f"{found.log.digest} {found.entry.position} {bool(found.entry.payload)} {form.suffix} {RENDERER_VERSION}"
        etag = hashlib.sha256(told.encode()).hexdigest()[:32]
        return Answer(etag, found.entry.recorded_at, False, lambda: form.page((), form.members([found], None)))

    @staticmethod
    def _answer(
        head: list[Node],
        form: Form,
        modified: datetime | None,
        settled: bool,
        key: str = "",
        members: Callable[[], bytes] = lambda: b"",
    ) -> Answer:
        told = "\n".join((form.suffix, RENDERER_VERSION, "".join(map(lines, head)), key))
        etag = hashlib.sha256(told.encode()).hexdigest()[:32]
        return Answer(etag, modified, settled, lambda: form.page(head, members()))

    def _newest(self, limit: int | None = None) -> datetime | None:
        """When the newest entry up to a position was written here."""
        last = self._log.last_signed()
        position = last if limit is None else min(limit, last)
        return self._log.moments([position]).get(position)

    def _members(self, cut: Cut, form: Form, of: Membership, place: tuple[str, str]) -> bytes:
        kept = self._kept.find(place, cut.key)
        if kept is not None:
            return kept
        shown = set(cut.shown)
        found = self._log.between(min(shown), max(shown)) if shown else []
        written = form.members([one for one in found if one.entry.position in shown], of)
        if cut.full:
            self._kept.keep(place, cut.key, written)
        return written


class _Kept:
    """Written members by page, the least used ones forgotten; one that no longer says what the log says is never given.

    In memory only, so that a payload that was purged lies in no file.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: OrderedDict[tuple[str, str], tuple[str, bytes]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def find(self, place: tuple[str, str], key: str) -> bytes | None:
        with self._lock:
            held = self._held.get(place)
            if held is None:
                return None
            if held[0] != key:
                self._drop(place)
                return None
            self._held.move_to_end(place)
            return held[1]

    def keep(self, place: tuple[str, str], key: str, written: bytes) -> None:
        with self._lock:
            if place in self._held:
                self._drop(place)
            self._held[place] = (key, written)
            self._size += len(written)
            while self._size > self._limit and self._held:
                self._drop(next(iter(self._held)))

    def _drop(self, place: tuple[str, str]) -> None:
        self._size -= len(self._held.pop(place)[1])
