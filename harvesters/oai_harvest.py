"""One harvest of an OAI-PMH repository: everything at first, then changes, now and then all identifiers.

Rules: federation.md R1-R3 (cursor), R5 (order), R12 (tokens), R13 (empty lists), R14 (deletions).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from catalogue.model.documents import Event, Listed, Removed, Unchanged, Unreadable
from catalogue.problems import SourceChanged, SourceUnavailable
from harvesters.oai_pages import Page, Record
from harvesters.oai_repository import Identity, Repository, day_or_second
from harvesters.sources.delivery import Delivery
from harvesters.windows import Window, read_moment

MEDIA_TYPE: Final = "application/xml"
_NO_DAY: Final = -1


@dataclass(slots=True)
class Harvest:
    """State of one harvest.

    Args:
        prefix: metadataPrefix; "" to choose the best that is offered.
        full_days: days after which a repository that forgets deletions is asked for all identifiers.
        seen: hash of an identifier -> newest datestamp given, so that neither order nor repetition matters (R5).
        nameless: records came whose header cannot be read, so that absence proves nothing.
    """

    repository: Repository
    known: Mapping[str, str]
    max_bytes: int
    prefix: str
    selection: str
    full_days: float
    seen: dict[int, int] = field(default_factory=dict)
    nameless: bool = False

    def read(self, since: str | None) -> Iterator[Event]:
        """The events of the harvest, ending with one Listed.

        Raises:
            SourceUnavailable: the repository cannot be read now.
            SourceChanged: it is none, or a full list is empty.
        """
        held = _load(since)
        identity = self.repository.identify()
        prefix = self.prefix or held["prefix"] or self.repository.choose_prefix()
        window = Window.load(held["window"] if held["prefix"] in ("", prefix) else None)
        if identity.now is not None:
            window.begin(identity.now, None)
        now = identity.now
        due = now is not None and not (window.is_full or identity.keeps_deleted) and window.due(now, self.full_days)
        yield from self._changes(prefix, window.after, identity)
        whole = window.is_full
        if whole and not self.seen:
            raise SourceChanged("The repository lists no record at all; nothing counts as removed. Check `set`.")
        if due:
            yield from self._others(prefix)
            whole = True
        whole = whole and not self.nameless
        # What is missing goes after a second listing without it: that is asked for at the next run, not in a month.
        settled = whole and all(_key(name) in self.seen for name in self.known)
        cursor = window.cursor(listed=settled, skew_s=identity.skew_s, granule=identity.granule)
        state = json.dumps({"prefix": prefix, "window": cursor}, separators=(",", ":")) if cursor else None
        yield Listed(state, whole)

    def _changes(self, prefix: str, after: datetime | None, identity: Identity) -> Iterator[Event]:
        """Records from a moment on; seconds where the repository has them, else, or where it refuses them, days."""
        granules = sorted({identity.granule, timedelta(days=1)}) if after is not None else [identity.granule]
        for granule in granules:
            asked = day_or_second(after, granule) if after is not None else ""
            try:
                for page in self.repository.list("ListRecords", prefix, asked, self.selection):
                    yield from self._page(page, prefix)
                return
            except SourceChanged as error:
                refused = error.members.get("error") == "badArgument" and granule != granules[-1]
                if not refused or self.seen:
                    raise

    def _page(self, page: Page, prefix: str) -> Iterator[Event]:
        delivery = Delivery("", self.known, self.max_bytes, MEDIA_TYPE)
        for record in page.records:
            name = record.header.identifier
            if not name:
                yield self._nameless(record)
            elif self._is_news(record):
                yield self._event(record, prefix, delivery)

    def _event(self, record: Record, prefix: str, delivery: Delivery) -> Event:
        header = record.header
        if header.is_deleted:
            on = f" on {header.datestamp[:30]}" if header.datestamp else ""
            return Removed(header.identifier, f"the repository marks the record as deleted{on}")
        address = self.repository.address(Repository.query_of(prefix, header.identifier))
        moment = read_moment(header.datestamp)
        stamp = header.datestamp if moment is not None else ""
        return delivery.document(header.identifier, address, record.content, stamp)

    def _nameless(self, record: Record) -> Unreadable:
        self.nameless = True
        name = f"record without identifier {blake2b(record.content, digest_size=8).hexdigest()}"
        detail = "The header of the record cannot be read or names no identifier. Mend the header."
        return Unreadable(name, "", "not-parsable", detail, record.content[: self.max_bytes])

    def _is_news(self, record: Record) -> bool:
        """Whether the record was not given yet, or is newer than what was given."""
        key = _key(record.header.identifier)
        moment = read_moment(record.header.datestamp)
        day = int(moment.timestamp()) if moment is not None else _NO_DAY
        if key in self.seen and day <= self.seen[key]:
            return False
        self.seen[key] = day
        return True

    def _others(self, prefix: str) -> Iterator[Event]:
        """All identifiers: what is held is there, what is not was exposed late and is read by itself (R3, R15)."""
        delivery = Delivery("", self.known, self.max_bytes, MEDIA_TYPE)
        empty = True
        for page in self.repository.list("ListIdentifiers", prefix, "", self.selection):
            for header in page.headers:
                empty = False
                if not header.identifier:
                    self.nameless = True
                elif not self._is_news(Record(header, b"")):
                    continue
                elif header.is_deleted:
                    yield self._event(Record(header, b""), prefix, delivery)
                elif header.identifier in self.known:
                    yield Unchanged(header.identifier)
                else:
                    for record in self.repository.record(prefix, header.identifier).records:
                        yield self._event(record, prefix, delivery)
        if empty:
            raise SourceUnavailable("The repository lists no identifier at all; nothing counts as removed.")


def _key(identifier: str) -> int:
    """A number that stands for an identifier, in a quarter of its memory."""
    return int.from_bytes(blake2b(identifier.encode("utf-8", "replace"), digest_size=8).digest())


def _load(since: str | None) -> dict[str, Any]:
    """Format and window of a cursor of ours; one of another form means reading everything."""
    try:
        found = json.loads(since) if since else {}
        prefix, window = found.get("prefix", ""), found.get("window")
        if isinstance(prefix, str) and isinstance(window, str | None):
            return {"prefix": prefix, "window": window}
    except (ValueError, AttributeError):
        pass
    return {"prefix": "", "window": None}
