"""Where lists of images lie, and which of them changed: one list that names others, or a folder, archive or repository.

What stands in a list is image_lists.py's; sets of documents are harvesters.documents'.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from catalogue.model.documents import Listed, Removed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.payload import digest
from catalogue.problems import FetchRefused, RecordRejected, SourceChanged, SourceUnavailable
from harvesters import image_lists
from harvesters.documents import iter_documents
from harvesters.http import Fetcher

MAX_LIST_BYTES: Final = 64 << 20
MAX_LISTS: Final = 1_000
MAX_DEPTH: Final = 3
SUFFIX: Final = ".csv"
_BEYOND: Final = (
    f"Lists are read {MAX_DEPTH} deep and {MAX_LISTS:,} in all; this one and what else lies beyond is not read, and "
    "nothing counts as removed. Give it as a source of its own."
)


@dataclass(frozen=True, slots=True)
class Found:
    """One list.

    Args:
        name: of the list within its source, which names its rows.
        url: where it was read.
        base: folder that addresses in it are relative to, with a slash at its end.
        content: its bytes; None when it did not change or was removed.
    """

    name: str
    url: str = ""
    base: str = ""
    content: bytes | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class _State:
    """What was seen of the lists: digest or validators by name, and the cursor of the place itself."""

    lists: dict[str, list[str]]
    place: str | None = None

    def dump(self) -> str:
        return json.dumps({"lists": self.lists, "place": self.place}, separators=(",", ":"))

    @classmethod
    def load(cls, since: str | None) -> _State:
        try:
            found = json.loads(since) if since else {}
            lists = {str(name): [str(part) for part in state] for name, state in found.get("lists", {}).items()}
            place = found.get("place")
            return cls(lists, place if type(place) is str else None)
        except (ValueError, AttributeError, TypeError):
            return cls({})


def iter_lists(
    source: SourceSpec, since: str | None, fetcher: Fetcher, has_rows: frozenset[str]
) -> Iterator[Found | Unreadable | Listed]:
    """Every list of the source once, then one Listed with the cursor of this reading.

    Args:
        since: cursor of the last complete reading.
        has_rows: names of lists whose rows are held; others are read whatever the cursor says.
    Raises:
        SourceUnavailable: the location, or the first list, cannot be read.
        SourceChanged: the location is not what it was said to be.
    """
    before = _State.load(since)
    before = _State({name: state for name, state in before.lists.items() if name in has_rows}, before.place)
    if source.location.partition("#")[0].partition("?")[0].lower().endswith((".csv", ".tsv")):
        return _walk(source.location, before, fetcher)
    return _gather(source, before, fetcher)


def _gather(source: SourceSpec, before: _State, fetcher: Fetcher) -> Iterator[Found | Unreadable | Listed]:
    """The lists of a folder, archive, repository or HTTP index."""
    known = {name: state[0] for name, state in before.lists.items() if state}
    lists: dict[str, list[str]] = {}
    events = iter_documents(
        source.location,
        since=before.place,
        known=known,
        suffix=SUFFIX,
        fetcher=fetcher,
        max_bytes=MAX_LIST_BYTES,
        media_type="text/csv",
        options=source.options,
    )
    for event in events:
        if isinstance(event, SourceDocument):
            lists[event.item] = [digest(event.content)]
            yield Found(event.item, event.url, event.url.rpartition("/")[0] + "/", event.content)
        elif isinstance(event, Unchanged):
            lists[event.item] = before.lists[event.item]
            yield Found(event.item)
        elif isinstance(event, Removed):
            before.lists.pop(event.item, None)
            yield Found(event.item, removed=True)
        elif isinstance(event, Unreadable):
            yield event
        elif isinstance(event, Listed):
            kept = lists if event.complete else {**before.lists, **lists}
            yield Listed(_State(kept, event.cursor).dump(), event.complete)


def _walk(location: str, before: _State, fetcher: Fetcher) -> Iterator[Found | Unreadable | Listed]:
    """A list and those that it names, breadth first; a named one that cannot be read is reported and survived."""
    waiting, met, complete = [(location, 1)], {location}, True
    after: dict[str, list[str]] = {}
    while waiting:
        here, depth = waiting.pop(0)
        name = here.rpartition("/")[2]
        if name in after:
            name = here
        try:
            found, state = _read(here, name, before.lists.get(name, []), fetcher)
            named = state[3:] if found.content is None else _named(found)
        except (SourceUnavailable, SourceChanged, FetchRefused) as problem:
            if depth == 1:
                raise
            complete = False
            reason = "link-unsafe" if isinstance(problem, FetchRefused) else "gap"
            yield Unreadable(f"{name}#(list)", here, reason, f"The named list cannot be read: {problem.detail}")
            continue
        after[name] = [*state[:3], *named]
        yield found
        for url in named:
            if url in met:
                continue
            met.add(url)
            if depth < MAX_DEPTH and len(met) <= MAX_LISTS:
                waiting.append((url, depth + 1))
            elif complete:
                complete = False
                yield Unreadable(f"{url}#(list)", url, "too-large", _BEYOND)
    yield Listed(_State(after).dump(), complete)


def _read(here: str, name: str, held: list[str], fetcher: Fetcher) -> tuple[Found, list[str]]:
    """The list, and digest, ETag, Last-Modified and named lists to keep of it."""
    if image_lists.is_url(here):
        etag, modified = (held[1], held[2]) if len(held) > 2 else ("", "")
        answer = fetcher.get(here, etag=etag, modified=modified, max_bytes=MAX_LIST_BYTES)
        if answer.not_modified:
            return Found(name), held
        if answer.status != 200:
            raise SourceUnavailable(f"The list {here} answers {answer.status}.")
        content, etag, modified = bytes(answer.content), answer.etag, answer.last_modified
    else:
        path = image_lists.local_path(here)
        try:
            if path.stat().st_size > MAX_LIST_BYTES:
                raise SourceChanged(f"The list {path.name} is larger than {MAX_LIST_BYTES:,} bytes.")
            content, etag, modified = path.read_bytes(), "", ""
        except OSError as error:
            raise SourceUnavailable(f"The list {path.name} cannot be read: {error.strerror}.") from error
    if held and held[0] == digest(content):
        return Found(name), [held[0], etag, modified, *held[3:]]
    return Found(name, here, image_lists.list_base(here), content), [digest(content), etag, modified]


def _named(found: Found) -> list[str]:
    """Addresses of the lists that a list names; those that no rule allows are left to the rows' own findings."""
    assert found.content is not None
    named: list[str] = []
    for row in image_lists.parse_list(found.content, found.name):
        if row.is_list:
            try:
                named.append(image_lists.resolve(row.url, found.base).url)
            except RecordRejected:
                continue
    return list(dict.fromkeys(named))
