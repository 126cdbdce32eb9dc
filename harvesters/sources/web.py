"""Documents behind an HTTP index: a JSON list, or the HTML folder listing of a web server.

The index formats are read in listing.py; the cursor holds validators, so that a second reading moves no bodies.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote, urljoin, urlsplit

from catalogue.model.documents import Event, Listed, Unchanged, Unreadable
from catalogue.problems import FetchRefused, SourceChanged, SourceUnavailable
from harvesters.addresses import shown
from harvesters.http import Fetcher, Response
from harvesters.loop_guard import LoopGuard
from harvesters.sources.delivery import Delivery, plain_name
from harvesters.sources.listing import MAX_ENTRIES, Entry, Page, parse_page, too_many
from harvesters.sources.robots import Robots, fetch_robots

_MAX_DEPTH = 4
_MAX_PAGES = 1000
_MAX_INDEX_BYTES = 64 << 20
_STOPS = frozenset({401, 403})


@dataclass(slots=True)
class _Cursor:
    """Validators of the last complete reading.

    Args:
        pages: path of an index page -> [etag, modified, entries as given by the page].
        items: item -> [etag, modified, version the index stated].
    """

    pages: dict[str, list[object]] = field(default_factory=dict)
    items: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def load(cls, text: str | None) -> _Cursor:
        try:
            value = json.loads(text or "{}")
            cursor = cls(dict(value.get("pages", {})), dict(value.get("items", {})))
            sound = all(len(v) == 3 and all(isinstance(x, str) for x in v) for v in cursor.items.values())
            return cursor if sound else cls()
        except (ValueError, TypeError, AttributeError):
            # A cursor of another kind (the location was a folder before): read everything.
            return cls()

    def dump(self) -> str:
        return json.dumps({"items": self.items, "pages": self.pages}, separators=(",", ":"), sort_keys=True)


def iter_web(base: str, folder: str, since: str | None, delivery: Delivery, fetcher: Fetcher) -> Iterator[Event]:
    """Documents an index lists, sorted by item, then Listed(validators, complete).

    Only the index's own origin is read. An unchanged index proves nothing about the documents it lists, so each is
    asked for conditionally, unless the index itself states a version of it (etag, digest, modified; in a folder
    listing date and size, once a day has passed) that is the same as last time. A document that the index lists but
    the server lacks is Unreadable, not absent.

    Args:
        base: address of the index.
        folder: `a/b/` restricts the set to that folder below the index; items are relative to it.
    Raises:
        SourceUnavailable: a page of the index or a document cannot be had now.
        SourceChanged: the address holds no index of such documents.
        FetchRefused: a rule of the fetcher forbids the index.
    """
    return _Walk(base, folder, _Cursor.load(since), delivery, fetcher).events()


class _Walk:
    """One reading of an index."""

    def __init__(self, base: str, folder: str, before: _Cursor, delivery: Delivery, fetcher: Fetcher) -> None:
        self._base, self._folder = base, folder
        self._before, self._after = before, _Cursor()
        self._delivery, self._fetcher = delivery, fetcher
        self._origin = fetcher.origin(base)
        self._robots: Robots | None = None
        self._guard = LoopGuard(shown(base), max_pages=_MAX_PAGES)

    def events(self) -> Iterator[Event]:
        """As iter_web."""
        entries = self._entries()
        for item in sorted(entries):
            yield self._item(item, entries[item])
        yield Listed(cursor=self._after.dump(), complete=True, total=len(entries))

    def _entries(self) -> dict[str, Entry]:
        """Item -> entry, from the index and its folders."""
        found: dict[str, Entry] = {}
        seen: set[str] = set()
        queue: list[tuple[str, int]] = [(self._base, 0)]
        listed = 0
        stem = ""
        while queue:
            url, depth = queue.pop(0)
            if url in seen:
                continue
            seen.add(url)
            if len(seen) > _MAX_PAGES:
                raise SourceChanged(
                    f"The index has more than {_MAX_PAGES:,} pages. Point the source at a smaller folder.", rule="pages"
                )
            if self._robots:
                self._robots.require(url)
            page = self._page(url, seen)
            if depth == 0:
                self._guard_loops(page)
            if page.is_html and self._robots is None:
                # Only the content tells that this is a page for people, so the first one is read before its rules.
                self._robots = fetch_robots(self._fetcher, self._base)
                self._robots.require(url)
            stem = stem or _stem(page.url)
            listed += len(page.entries)
            if listed > MAX_ENTRIES:
                raise too_many()
            for entry in page.entries:
                if entry.is_page:
                    if entry.url in seen:
                        # A `next` that leads back would repeat for ever; a folder is simply read once.
                        if entry.is_next:
                            raise SourceChanged("The index's next link leads back to a page already read.", rule="loop")
                    elif entry.is_next or (depth < _MAX_DEPTH and self._leads_to_folder(entry.url, stem)):
                        queue.append((entry.url, depth if entry.is_next else depth + 1))
                    continue
                item = self._name(entry.url, stem)
                if item is not None and self._delivery.wants(item):
                    found.setdefault(item, entry)
        if listed and not found:
            # An empty JSON list says that nothing is left; a page without a single document says nothing (R13).
            where = f" in {self._folder}" if self._folder else ""
            raise SourceChanged(
                f"The index lists {listed:,} entries, none ending in {self._delivery.suffix}{where}. "
                "Check the source's location."
            )
        return found

    def _guard_loops(self, page: Page) -> None:
        """R11: a chain of `next` pages must bring something new."""
        onward = next((entry.url for entry in page.entries if entry.is_next), "")
        listed = [entry.url for entry in page.entries if not entry.is_page]
        self._guard.page(json.dumps([page.url, listed]).encode(), listed, onward)

    def _leads_to_folder(self, url: str, stem: str) -> bool:
        name = unquote(url.removeprefix(stem))
        return name.startswith(self._folder) or self._folder.startswith(name)

    def _name(self, url: str, stem: str) -> str | None:
        """Item of an address: relative to the index, to the server's root, or (elsewhere) the address itself."""
        if url.startswith(stem):
            name = plain_name(unquote(url[len(stem) :]))
        elif self._same_origin(url):
            name = plain_name(unquote(urlsplit(url).path).lstrip("/"))
        else:
            name = url
        if name is None or not name.startswith(self._folder):
            return None
        return name[len(self._folder) :] or None

    def _same_origin(self, url: str) -> bool:
        try:
            return self._fetcher.origin(url) == self._origin
        except FetchRefused:
            return False

    def _page(self, url: str, seen: set[str]) -> Page:
        """One page of the index, read anew or, when unchanged, as remembered."""
        held = self._before.pages.get(url)
        page = Page.load(held[2]) if held and len(held) == 3 else None
        etag, modified = (str(held[0]), str(held[1])) if held and page else ("", "")
        answer = self._fetcher.get(
            url,
            headers={"Accept": "application/json, text/html;q=0.9, */*;q=0.5"},
            etag=etag,
            modified=modified,
            max_bytes=_MAX_INDEX_BYTES,
            origin=self._origin,
        )
        if not (answer.not_modified and page):
            if answer.status in (404, 410) and len(seen) == 1:
                raise SourceChanged(
                    f"The index {shown(answer.url)} is gone ({answer.status}). Check the source's location."
                )
            if answer.status != 200:
                raise _refused(answer)
            kind = answer.headers.get("content-type", "")
            page = parse_page(answer.content, kind, answer.url, self._delivery.suffix, answer.date)
            etag, modified = answer.etag, _settled(answer)
        # Pages without validators are read anew each time; remembering their entries would only swell the cursor.
        if etag or modified:
            self._after.pages[url] = [etag, modified, page.dump()]
        return page

    def _item(self, item: str, entry: Entry) -> Event:
        held = self._before.items.get(item) if item in self._delivery.known else None
        if held and entry.version and held[2] == entry.version:
            self._after.items[item] = held
            return Unchanged(item)
        if not self._same_origin(entry.url):
            detail = f"The index lists {item} outside its own origin {self._origin}; it is not fetched from elsewhere."
            return Unreadable(item, entry.url, "policy", detail)
        if self._robots and not self._robots.allows(entry.url):
            return Unreadable(item, entry.url, "policy", f"robots.txt does not let us read {item}. Ask the partner.")
        try:
            answer = self._fetcher.get(
                entry.url,
                headers={"Accept": f"{self._delivery.media_type}, */*;q=0.5"},
                etag=held[0] if held else "",
                modified=held[1] if held else "",
                max_bytes=self._delivery.max_bytes,
                origin=self._origin,
            )
        except FetchRefused as error:
            reason = "too-large" if error.members.get("rule") in ("too-large", "ratio") else "policy"
            return Unreadable(item, entry.url, reason, error.detail)
        if answer.status in _STOPS:
            raise _refused(answer)
        if answer.not_modified and held:
            self._after.items[item] = [held[0], held[1], entry.version]
            return Unchanged(item)
        if answer.status != 200:
            detail = f"The index lists {item}, but its address answers {answer.status}. Mend the index or the document."
            return Unreadable(item, entry.url, "not-parsable", detail)
        self._after.items[item] = [answer.etag, _settled(answer), entry.version]
        return self._delivery.document(item, entry.url, answer.content, _iso(answer.last_modified))


def _refused(answer: Response) -> SourceUnavailable:
    hint = " It needs permission: ask the partner." if answer.status in _STOPS else ""
    return SourceUnavailable(f"{shown(answer.url)} answers {answer.status}; nothing counts as removed.{hint}")


def _plain(url: str) -> str:
    return url.split("?", 1)[0]


def _stem(url: str) -> str:
    """The folder an index lies in, or is."""
    return urljoin(_plain(url), quote("."))


def _settled(answer: Response) -> str:
    """The answer's Last-Modified, or "" where the document could still change within that same second.

    Source: RFC 9110, section 8.8.2.2.
    """
    try:
        sent = parsedate_to_datetime(answer.headers.get("date", ""))
        settled = (sent - parsedate_to_datetime(answer.last_modified)).total_seconds() >= 1
    except (ValueError, TypeError, OverflowError):
        return ""
    return answer.last_modified if settled else ""


def _iso(date: str) -> str:
    if not date:
        return ""
    try:
        when = parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):
        return ""
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
