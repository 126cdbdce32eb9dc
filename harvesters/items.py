"""Documents of an API that lists them: one request each, none for those that the list says are as they were.

What the list is and how it is paged is the adapter's; what was seen of each item is kept in the cursor. R7, R14.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from catalogue.model.documents import Event, Listed, Removed, Unchanged, Unreadable
from catalogue.problems import FetchRefused, SourceUnavailable
from harvesters.http import Fetcher
from harvesters.sources.delivery import Delivery

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a partner's list.

    Args:
        name: stable name of the document in its source, such as its accession.
        url: where it is read.
        version: what the list says of its state (etag, version, modified); "" when it says nothing.
        content: its bytes, where the list holds them.
        datestamp: ISO 8601, when the list says that it changed.
        removed: the evidence, where the list says that it was deleted.
    """

    name: str
    url: str
    version: str = ""
    content: bytes | None = None
    datestamp: str = ""
    removed: str = ""


@dataclass(slots=True)
class ItemReader:
    """Turns a partner's list into the events of a harvest.

    Args:
        complete: the list names everything the partner has, so that absence means something.
        headers: request headers, such as Accept.
    """

    fetcher: Fetcher
    known: Mapping[str, str]
    media_type: str
    max_bytes: int
    headers: Mapping[str, str] = field(default_factory=dict)
    complete: bool = True

    def read(
        self, items: Iterable[Item], since: str | None, *, cursor: Mapping[str, str] | None = None
    ) -> Iterator[Event]:
        """The events of all items, then one Listed, whose cursor keeps version and validators of each item.

        An item listed twice is read once. One whose address answers 410 was removed; another error makes it Unreadable
        `gap`, and it is tried again next time.

        Args:
            since: cursor of the last complete reading.
            cursor: the adapter's own part of the next cursor, see `own_cursor`; read after the last item.
        Raises:
            SourceUnavailable: a request fails for good, or the partner forbids reading (401, 403).
        """
        before = _load(since)[1]
        after: dict[str, list[str]] = {}
        delivery = Delivery("", self.known, self.max_bytes, self.media_type)
        for item in items:
            if item.name in after:
                continue
            held = before.get(item.name) if item.name in self.known else None
            after[item.name] = [item.version, "", ""]
            if item.removed:
                del after[item.name]
                yield Removed(item.name, item.removed)
            elif item.content is not None:
                yield delivery.document(item.name, item.url, item.content, item.datestamp)
            elif held is not None and item.version and held[0] == item.version:
                after[item.name] = held
                yield Unchanged(item.name)
            else:
                yield self._fetch(item, held, after, delivery)
        kept = {**_load(since)[0], **(cursor or {})}
        text = json.dumps({"format": _FORMAT, "own": kept, "items": after}, separators=(",", ":"))
        yield Listed(text, self.complete, len(after) if self.complete else None)

    def _fetch(self, item: Item, held: list[str] | None, after: dict[str, list[str]], delivery: Delivery) -> Event:
        etag, modified = (held[1], held[2]) if held is not None else ("", "")
        try:
            answer = self.fetcher.get(
                item.url, headers=self.headers, etag=etag, modified=modified, max_bytes=self.max_bytes
            )
        except FetchRefused as refused:
            # Not read, so not seen: with the list's version it would count as unchanged for ever after.
            after[item.name] = ["", "", ""]
            reason = "too-large" if refused.members.get("rule") in ("too-large", "ratio") else "link-unsafe"
            return Unreadable(item.name, item.url, reason, refused.detail)
        if answer.not_modified and held is not None:
            after[item.name] = [item.version, etag, modified]
            return Unchanged(item.name)
        if answer.status == 410:
            del after[item.name]
            return Removed(item.name, "its address answers 410 Gone")
        if answer.status in (401, 403):
            raise SourceUnavailable(f"{item.url} answers {answer.status}; the source is left until a person looks.")
        if answer.status != 200:
            after[item.name] = ["", "", ""]
            return Unreadable(item.name, item.url, "gap", f"Its address answers {answer.status}; tried again.")
        after[item.name] = [item.version, answer.etag, answer.last_modified]
        return delivery.document(item.name, item.url, bytes(answer.content), item.datestamp)


def own_cursor(since: str | None) -> dict[str, str]:
    """The adapter's own part of a cursor made by ItemReader; empty for None."""
    return _load(since)[0]


def _load(since: str | None) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The two parts of a cursor; one that another version wrote means reading everything."""
    try:
        found = json.loads(since) if since else {}
        if found.get("format") != _FORMAT:
            return {}, {}
        items = {str(name): [str(v) for v in state] for name, state in found["items"].items() if len(state) == 3}
        return {str(key): str(value) for key, value in found["own"].items()}, items
    except (ValueError, KeyError, AttributeError, TypeError):
        return {}, {}
