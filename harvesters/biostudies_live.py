"""The live BioStudies archive: its search list, and of each new or changed study the submission, `/info` and lists.

The list tells no date of change, so an entry's own content is its version, and studies are asked again by turns.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from catalogue.model.documents import Event, Listed, Removed, SourceSpec, Unchanged, Unreadable
from catalogue.problems import FetchRefused, RecordRejected, SourceChanged, SourceUnavailable
from harvesters.biostudies_bundle import MAX_LIST_BYTES, Parcel, list_names, without_secrets
from harvesters.http import Fetcher, Response
from harvesters.jsonbytes import MAX_BYTES, parse_json

_API: Final = "/api/v1"
# The archive answers pages beyond this with an empty list and status 200.
_DEEPEST: Final = 50_000
_LARGEST_PAGE: Final = 1_000
_MAX_LIST_PAGE_BYTES: Final = 64 << 20
# Counters and excerpts of the list that change without the study.
_FLEETING: Final = ("views", "content")
_FORMAT: Final = 1


def is_listing(location: str) -> bool:
    """Whether a location is a search list of the archive's API."""
    parts = urlsplit(location)
    return parts.scheme.lower() in ("http", "https") and _API in parts.path and parts.path.endswith("/search")


@dataclass(slots=True)
class _Seen:
    """What was seen of a study: its list entry's digest, its date of change, the day when that was asked."""

    entry: str
    modified: str
    asked: str


@dataclass(slots=True)
class _Listing:
    """All pages of the list.

    Args:
        entries: accession -> entry.
        today: day by the archive's clock (R1); "" where it tells none.
    """

    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    total: int = 0
    complete: bool = True
    today: str = ""


def iter_listing(source: SourceSpec, fetcher: Fetcher, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
    """The events of all studies of the list, in the order of their accessions, then one Listed.

    Raises:
        SourceUnavailable: a page of the list cannot be had now, or the archive forbids reading.
        SourceChanged: the address holds no such list, an empty one, or one that repeats itself.
    """
    return _Reader(source, fetcher, since, known).events()


class _Reader:
    """One reading of the archive."""

    def __init__(self, source: SourceSpec, fetcher: Fetcher, since: str | None, known: Mapping[str, str]):
        self._location, self._fetcher, self._known = source.location, fetcher, known
        root = urlunsplit(urlsplit(source.location)._replace(query="", fragment="")).partition(_API)[0]
        self._api, self._files = root + _API, root + "/files"
        self._size = _number(source, "page_size", _LARGEST_PAGE, 1, _LARGEST_PAGE)
        self._with_lists = source.options.get("file_lists", "yes") != "no"
        self._every = _number(source, "revisit_days", 30, 0, 10_000)
        self._left = _number(source, "revisit", 200, 0, 100_000)
        self._before = _load(since)
        self._after: dict[str, _Seen] = {}
        self._today = ""

    def events(self) -> Iterator[Event]:
        listing = self._list()
        self._today = listing.today
        for accession in sorted(listing.entries):
            entry = listing.entries[accession]
            if entry.get("isPublic") is False:
                yield from self._withdrawn(accession, "the archive's list says isPublic: false")
            else:
                yield from self._study(accession, _digest(entry))
        seen = {name: [one.entry, one.modified, one.asked] for name, one in self._after.items()}
        cursor = json.dumps({"format": _FORMAT, "seen": seen}, separators=(",", ":"))
        yield Listed(cursor, listing.complete, listing.total)

    # -- the list ------------------------------------------------------------------------------------------------

    def _list(self) -> _Listing:
        listing, rows, page = _Listing(), 0, 1
        while True:
            answer = self._get(self._page_url(page), _MAX_LIST_PAGE_BYTES)
            hits, total = _hits(answer)
            if page == 1:
                listing.total, listing.today = total, _day(answer)
                if total == 0:
                    raise SourceChanged("The archive's list is empty, which it never is; nothing counts as removed.")
            listing.complete &= total == listing.total
            before = len(listing.entries)
            for hit in hits:
                accession = hit.get("accession")
                if type(accession) is str and accession:
                    listing.entries.setdefault(accession, hit)
                else:
                    # Whichever study it is about would look absent.
                    listing.complete = False
            rows += len(hits)
            if rows >= total:
                return listing
            if not hits or (page + 1) * self._size > _DEEPEST:
                # An empty page before the end: over-large, or the list shrank while it was read. R14: no absence.
                listing.complete = False
                return listing
            if len(listing.entries) == before:
                raise SourceChanged(f"Page {page} of the archive's list holds nothing new; it repeats itself.")
            page += 1

    def _page_url(self, page: int) -> str:
        parts = urlsplit(self._location)
        asked = [(key, value) for key, value in parse_qsl(parts.query) if key not in ("page", "pageSize")]
        return urlunsplit(parts._replace(query=urlencode([*asked, ("page", page), ("pageSize", self._size)])))

    # -- one study -----------------------------------------------------------------------------------------------

    def _study(self, accession: str, entry: str) -> Iterator[Event]:
        held = self._before.get(accession) if accession in self._known else None
        if held is not None and held.entry == entry and not self._is_due(held):
            self._after[accession] = held
            yield Unchanged(accession)
            return
        url = f"{self._api}/studies/{quote(accession, safe='')}"
        try:
            info = self._get(f"{url}/info", MAX_LIST_BYTES)
            modified = _modified(info)
            if held is not None and held.entry == entry:
                self._left -= 1
                if modified and modified == held.modified:
                    self._after[accession] = _Seen(entry, modified, self._today)
                    yield Unchanged(accession)
                    return
            if _flag(info, "isPublic") is False or _flag(info, "released") is False:
                yield from self._withdrawn(accession, "the archive's /info says that it is not public")
                return
            yield self._read(accession, url, info, modified)
            self._after[accession] = _Seen(entry, modified, self._today)
        except _Gone as gone:
            yield gone.event
        except FetchRefused as refused:
            reason = "too-large" if refused.members.get("rule") in ("too-large", "ratio") else "link-unsafe"
            yield Unreadable(accession, url, reason, refused.detail)
        except RecordRejected as rejected:
            yield Unreadable(accession, url, rejected.reason, rejected.detail)

    def _is_due(self, held: _Seen) -> bool:
        if self._left <= 0 or not self._today:
            return False
        try:
            age = (date.fromisoformat(self._today) - date.fromisoformat(held.asked)).days
        except ValueError:
            return True
        return age >= self._every

    def _read(self, accession: str, url: str, info: Response, modified: str) -> Event:
        answer = self._found(accession, url)
        forward = _member(answer.content, "ftpHttp_link")
        if forward:
            # Since 2025-05-21 a study call may answer the address of its folder instead.
            url = f"{forward.rstrip('/')}/{quote(accession, safe='')}.json"
            self._check_host(accession, url)
            answer = self._found(accession, url)
        parcel = Parcel(without_secrets(answer.content))
        if info.status == 200:
            parcel.info = without_secrets(info.content)
        if self._with_lists:
            parcel.lists = self._lists(accession, parcel.submission)
        document = parcel.document(accession, url, modified)
        if self._known.get(accession) == hashlib.sha256(document.content).hexdigest():
            return Unchanged(accession)
        return document

    def _found(self, accession: str, url: str) -> Response:
        answer = self._get(url, MAX_BYTES)
        if answer.status == 410:
            raise _Gone(Removed(accession, "its address answers 410 Gone"))
        if answer.status != 200:
            detail = f"The list names {accession}, and its address answers {answer.status}; tried again."
            raise _Gone(Unreadable(accession, url, "gap", detail))
        return answer

    def _lists(self, accession: str, submission: bytes) -> dict[str, bytes]:
        """The file lists that are small enough to be kept."""
        found = {}
        for name in list_names(submission):
            address = f"{self._files}/{quote(accession, safe='')}/{quote(name)}"
            try:
                answer = self._get(address, MAX_LIST_BYTES)
            except FetchRefused:
                continue
            if answer.status == 200:
                found[name] = bytes(answer.content)
        return found

    def _withdrawn(self, accession: str, evidence: str) -> Iterator[Event]:
        if accession in self._known:
            yield Removed(accession, evidence)

    def _check_host(self, accession: str, url: str) -> None:
        """The folder lies with the archive, or with a sister host of the same institute."""
        home = urlsplit(self._location).hostname or ""
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            host = ""
        parent = home.partition(".")[2]
        if host != home and not ("." in parent and host.endswith(f".{parent}")):
            detail = f"The study's answer leads to {host[:100]}, which is not the archive's; not followed."
            raise _Gone(Unreadable(accession, url[:500], "link-unsafe", detail))

    def _get(self, url: str, max_bytes: int) -> Response:
        answer = self._fetcher.get(url, headers={"Accept": "application/json"}, max_bytes=max_bytes)
        if answer.status in (401, 403):
            raise SourceUnavailable(f"The archive answers {answer.status}; it is left until a person looks.")
        return answer


class _Gone(Exception):
    """A study that cannot be read; the event says why."""

    def __init__(self, event: Event):
        self.event = event
        super().__init__()


def _hits(answer: Response) -> tuple[list[dict[str, Any]], int]:
    if answer.status != 200:
        raise SourceUnavailable(f"A page of the archive's list answers {answer.status}; nothing counts as removed.")
    try:
        value = parse_json(bytes(answer.content), max_bytes=_MAX_LIST_PAGE_BYTES).value
        hits, total = value["hits"], value["totalHits"]
    except (RecordRejected, KeyError, TypeError) as error:
        raise SourceChanged("The address holds no search list of BioStudies. Correct the source's location.") from error
    if type(hits) is not list or type(total) is not int or not all(type(hit) is dict for hit in hits):
        raise SourceChanged("The archive's list has another form than before.")
    return hits, total


def _digest(entry: Mapping[str, Any]) -> str:
    kept = {key: value for key, value in entry.items() if key not in _FLEETING}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:32]


def _member(content: bytes, key: str) -> str:
    value = _object(content).get(key)
    return value if type(value) is str else ""


def _flag(answer: Response, key: str) -> Any:
    return _object(answer.content).get(key) if answer.status == 200 else None


def _modified(info: Response) -> str:
    """When the study was changed, by `/info` in milliseconds since 1970."""
    number = _flag(info, "modified")
    if type(number) is not int or not 0 <= number <= 253_402_300_799_000:
        return ""
    return datetime.fromtimestamp(number / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _object(content: bytes) -> dict[str, Any]:
    if len(content) > MAX_LIST_BYTES:
        return {}
    try:
        value = parse_json(bytes(content)).value
    except RecordRejected:
        return {}
    return value if type(value) is dict else {}


def _day(answer: Response) -> str:
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC).date().isoformat()
    except (ValueError, TypeError, OverflowError):
        return ""


def _number(source: SourceSpec, key: str, default: int, least: int, most: int) -> int:
    text = source.options.get(key, str(default))
    if not text.isdigit() or not least <= int(text) <= most:
        raise SourceChanged(f"The option {key} is '{text[:50]}'; a whole number from {least} to {most} is expected.")
    return int(text)


def _load(since: str | None) -> dict[str, _Seen]:
    try:
        found = json.loads(since) if since else {}
        if found.get("format") != _FORMAT:
            return {}
        return {str(name): _Seen(*map(str, state)) for name, state in found["seen"].items() if len(state) == 3}
    except (ValueError, KeyError, AttributeError, TypeError):
        return {}
