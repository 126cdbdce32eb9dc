"""The two forms of an index: JSON that lists addresses, and the HTML folder listings of common web servers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any, cast
from urllib.parse import urldefrag, urljoin, urlsplit

from catalogue.problems import SourceChanged
from harvesters.addresses import joined, shown

# GIDE's own index documents hold `id` = study page; RO-Crate uses `@id`; GitHub's contents API `download_url`.
_ADDRESS_KEYS = ("url", "href", "contentUrl", "download_url", "id", "@id", "path", "name")
_LIST_KEYS = ("items", "@graph", "hasPart", "documents", "files", "studies")
_VERSION_KEYS = (
    "sha256",
    "digest",
    "etag",
    "sha",
    "version",
    "lastModified",
    "last_modified",
    "modified",
    "dateModified",
)
# What Apache and nginx write beside a name: when it changed, to the minute, in a zone they do not tell, and its size.
_LISTED = re.compile(r"(\d{4}-\d{2}-\d{2}|\d{2}-[A-Z][a-z]{2}-\d{4}) (\d{2}:\d{2})(?::\d{2})?\s+([\d.]+\s?[kKMG]?)")
_DATES = ("%Y-%m-%d", "%d-%b-%Y")
# Zones reach 14 h either way, and a file may change twice in a minute: what changed lately may change unseen.
_SETTLED_AFTER = timedelta(hours=26)
_IDENTIFIER = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,200}$")
_MAX_NESTING = 4
MAX_ENTRIES = 200_000
_MAX_BEHIND = 400


def too_many() -> SourceChanged:
    """What is said of an index that lists more than one may."""
    return SourceChanged(f"The index lists more than {MAX_ENTRIES:,} entries. Use a smaller folder.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One address on an index page.

    Args:
        version: what the index says of the document's state; "" when it says nothing.
        is_page: a folder or a further page of the index.
        is_next: a further page of the same listing.
    """

    url: str
    version: str = ""
    is_page: bool = False
    is_next: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an index, as read from `url`."""

    url: str
    entries: tuple[Entry, ...]
    is_html: bool = False

    def dump(self) -> list[object]:
        """A form that JSON keeps."""
        entries = [[e.url, e.version, int(e.is_page) + int(e.is_next)] for e in self.entries]
        return [self.url, entries, int(self.is_html)]

    @classmethod
    def load(cls, value: object) -> Page | None:
        """The page back from `dump`; None when it is something else."""
        try:
            url, entries, is_html = cast(Any, value)
            return cls(
                str(url), tuple(Entry(str(u), str(v), int(k) > 0, int(k) > 1) for u, v, k in entries), bool(is_html)
            )
        except (TypeError, ValueError):
            return None


def parse_page(
    content: bytes, content_type: str, url: str, suffix: str | tuple[str, ...], now: datetime | None = None
) -> Page:
    """The entries of an index page.

    Args:
        url: where it was read, after redirects; relative addresses are relative to it.
        suffix: ending of document names.
        now: the server's own clock, against which it is told whether a date in a listing has settled; None trusts none.
    Raises:
        SourceChanged: it is neither a JSON index nor a folder listing.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceChanged(f"The index {shown(url)} is not UTF-8. Check the source's location.") from error
    if "json" in content_type.lower() or text.lstrip()[:1] in ("[", "{"):
        return Page(url, _json_entries(text, url, suffix))
    return Page(url, _html_entries(text, url, now), is_html=True)


def _json_entries(text: str, url: str, suffix: str | tuple[str, ...]) -> tuple[Entry, ...]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceChanged(f"The index {shown(url)} is not valid JSON. Check the source's location.") from error
    found: list[Entry] = []
    recognised = _collect(value, url, suffix, found, 0)
    if not recognised:
        raise SourceChanged(
            f"The index {shown(url)} lists no documents: it must be a list, "
            f"or an object with one of {', '.join(_LIST_KEYS)}."
        )
    further = value.get("next") if isinstance(value, dict) else None
    if isinstance(further, str) and further:
        found.append(Entry(joined(url, further), is_page=True, is_next=True))
    return tuple(found)


def _collect(value: Any, url: str, suffix: str | tuple[str, ...], found: list[Entry], depth: int) -> bool:
    """Add what `value` lists; whether it is a list of something."""
    if isinstance(value, list):
        # Before their addresses are put together: a quarter million of them take seconds of the other partners' time.
        if len(found) + len(value) > MAX_ENTRIES:
            raise too_many()
        for one in value:
            if isinstance(one, str):
                found.append(Entry(_absolute(url, one)))
            elif isinstance(one, dict):
                found.append(_entry(one, url, suffix))
                if depth < _MAX_NESTING:
                    _collect(one, url, suffix, found, depth + 1)
        return True
    if isinstance(value, dict):
        lists = [value[key] for key in _LIST_KEYS if isinstance(value.get(key), list)]
        for one in lists:
            _collect(one, url, suffix, found, depth + 1)
        return bool(lists)
    return False


def _entry(one: dict[str, Any], url: str, suffix: str | tuple[str, ...]) -> Entry:
    version = next((f"{key}={one[key]}" for key in _VERSION_KEYS if isinstance(one.get(key), str | int)), "")
    given = [one[key] for key in _ADDRESS_KEYS if isinstance(one.get(key), str) and one[key]]
    for address in given:
        if _path(address).endswith(suffix):
            return Entry(_absolute(url, address), version)
    # A GIDE index names studies, not files; by the profile's custom the crate is called <identifier><suffix>.
    identifier = one.get("identifier")
    if (
        isinstance(suffix, str)
        and suffix.startswith("-")
        and isinstance(identifier, str)
        and _IDENTIFIER.match(identifier)
    ):
        return Entry(_absolute(url, identifier + suffix), version)
    return Entry(_absolute(url, given[0]) if given else url)


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _absolute(url: str, address: str) -> str:
    try:
        return urldefrag(urljoin(url, address)).url
    except ValueError:
        return url


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep where anchors lead."""
        if tag == "a":
            self.links += [(value, "") for name, value in attrs if name == "href" and value][:1]

    def handle_data(self, data: str) -> None:
        """Keep what stands behind an anchor, as far as a date and a size may reach."""
        if self.links and len(self.links[-1][1]) < _MAX_BEHIND:
            href, behind = self.links[-1]
            self.links[-1] = (href, behind + data[:_MAX_BEHIND])


def _listed_version(behind: str, now: datetime | None) -> str:
    """Date and size of a line of a listing; "" where there are none, or the date is too fresh to tell two states."""
    match = _LISTED.search(behind)
    if match is None or now is None:
        return ""
    for form in _DATES:
        try:
            day = datetime.strptime(f"{match[1]} {match[2]}", f"{form} %H:%M").replace(tzinfo=UTC)
        except ValueError:
            continue
        return f"listed={day:%Y-%m-%dT%H:%M} {match[3].strip()}" if now - day > _SETTLED_AFTER else ""
    return ""


def _html_entries(text: str, url: str, now: datetime | None) -> tuple[Entry, ...]:
    parser = _Anchors()
    parser.feed(text)
    parser.close()
    stem = urljoin(_plain(url), ".")
    found: dict[str, Entry] = {}
    for href, behind in parser.links:
        address = _absolute(url, href.strip())
        # Links with a query are the sort orders of Apache; links not below the index lead to parents and elsewhere.
        if "?" not in address and address.startswith(stem) and address != stem:
            is_page = address.endswith("/")
            found.setdefault(address, Entry(address, "" if is_page else _listed_version(behind, now), is_page))
    if not found:
        raise SourceChanged(f"The page {shown(url)} lists nothing below itself; it is no index. Check the location.")
    return tuple(found.values())


def _plain(url: str) -> str:
    return url.split("?", 1)[0]
