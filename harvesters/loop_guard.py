"""Ends a listing that never ends: the guard of every adapter that follows `next`, a token or a page number (R11)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

from catalogue.problems import SourceChanged
from harvesters.traffic import Limits, current_run

PAGES_WITHOUT_NEWS: Final = 3
# 32 Mbit and four places an id: at five million ids, three pages of ten known ones each pass for new at most by ids.
_FILTER_BYTES: Final = 4 << 20
_PLACES: Final = 4


class LoopGuard:
    """Is told of every page of one listing, in order; its memory is the same however long the listing is.

    Args:
        what: name of the source, for the message.
        max_pages: pages a listing may have; None means what the run may take (`harvest.run_pages`).
        pages_without_news: so many pages in a row without an id not seen before end it.
    """

    def __init__(
        self, what: str, *, max_pages: int | None = None, pages_without_news: int = PAGES_WITHOUT_NEWS
    ) -> None:
        run = current_run.get()
        limits = run.limits if run is not None else Limits()
        self._what, self._patience = what, pages_without_news
        self._max_pages = limits.pages if max_pages is None else max_pages
        self._tokens: set[bytes] = set()
        self._pages: set[bytes] = set()
        self._seen = bytearray(_FILTER_BYTES)
        self._stale = 0
        self.pages = 0

    def page(self, content: bytes, ids: Iterable[str], token: str = "") -> None:
        """Takes note of one page.

        Args:
            content: its bytes.
            ids: of the records on it.
            token: that leads on to the next page (resumptionToken, address, offset); "" on the last page.
        Raises:
            SourceChanged: the listing repeats itself or is too long; `rule` is `loop` or `pages`.
        """
        self.pages += 1
        if self.pages > self._max_pages:
            raise SourceChanged(
                f"The listing of {self._what} has more than {self._max_pages:,} pages. "
                "Ask the partner, harvest a smaller set, or raise harvest.run_pages (or that option).",
                rule="pages",
            )
        if token and not _note(self._tokens, token.encode("utf-8", "surrogatepass")):
            raise self._loop("gives a token (or next address) a second time")
        if token and not _note(self._pages, content):
            raise self._loop("gives a page a second time")
        # Every id is noted, whatever the first ones say.
        news = sum([self._is_new(one) for one in ids])
        self._stale = 0 if news else self._stale + 1
        if token and self._stale >= self._patience:
            raise self._loop(f"gives no new record on {self._stale} pages in a row")

    def _is_new(self, one: str) -> bool:
        digest = blake2b(one.encode("utf-8", "surrogatepass"), digest_size=4 * _PLACES).digest()
        new = False
        for start in range(0, len(digest), 4):
            place = int.from_bytes(digest[start : start + 4]) % (8 * _FILTER_BYTES)
            mask = 1 << (place & 7)
            if not self._seen[place >> 3] & mask:
                self._seen[place >> 3] |= mask
                new = True
        return new

    def _loop(self, what: str) -> SourceChanged:
        return SourceChanged(
            f"The listing of {self._what} {what} (page {self.pages}); it would never end. "
            "Nothing counts as removed. Tell the partner.",
            rule="loop",
        )


def _note(known: set[bytes], text: bytes) -> bool:
    """Whether it was not known before; it is now."""
    digest = blake2b(text, digest_size=16).digest()
    if digest in known:
        return False
    known.add(digest)
    return True
