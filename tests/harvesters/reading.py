"""One reading of a set of documents, as the tests want to see it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

from catalogue.model.documents import Event, Listed, Removed, SourceDocument, Unchanged, Unreadable
from harvesters.documents import iter_documents
from harvesters.http import Fetcher

NOW = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
SUFFIX = "-ro-crate-metadata.json"


def now() -> datetime:
    """A clock that stands still."""
    return NOW


def name(stem: str) -> str:
    """File name of a document."""
    return stem + SUFFIX


class Reading:
    """All events of one reading, sorted by kind; fails unless it ends with exactly one Listed."""

    def __init__(self, events: list[Event]) -> None:
        self.events = events
        self.documents = {e.item: e.content for e in events if isinstance(e, SourceDocument)}
        self.sources = {e.item: e for e in events if isinstance(e, SourceDocument)}
        self.unchanged = [e.item for e in events if isinstance(e, Unchanged)]
        self.removed = {e.item: e.evidence for e in events if isinstance(e, Removed)}
        self.unreadable = {e.item: e for e in events if isinstance(e, Unreadable)}
        self.order = [e.item for e in events if not isinstance(e, Listed)]
        listed = [e for e in events if isinstance(e, Listed)]
        assert len(listed) == 1, "exactly one Listed"
        assert events[-1] is listed[0], "Listed comes last"
        assert listed[0].complete
        self.cursor, self.total = listed[0].cursor, listed[0].total

    @property
    def reasons(self) -> dict[str, str]:
        """Item -> reason of what could not be read."""
        return {item: event.reason for item, event in self.unreadable.items()}

    def held(self, before: Mapping[str, str] | None = None) -> dict[str, str]:
        """What a node holds after this reading: item -> SHA-256."""
        new = {item: hashlib.sha256(content).hexdigest() for item, content in self.documents.items()}
        kept = {item: digest for item, digest in (before or {}).items() if item not in self.removed}
        return kept | new


def read(
    location: object,
    *,
    since: str | None = None,
    known: Mapping[str, str] | None = None,
    max_bytes: int = 1000,
    options: Mapping[str, str] | None = None,
    fetcher: Fetcher | None = None,
    media_type: str = "application/ld+json",
    suffix: str | tuple[str, ...] = SUFFIX,
) -> Reading:
    """Read a location once."""
    tool = fetcher or Fetcher(
        contact="https://example.org/",
        allow_private=frozenset({"127.0.0.1"}),
        timeout_s=5.0,
        sleep=lambda _: None,
        clock=now,
    )
    events = iter_documents(
        str(location),
        since=since,
        known=known or {},
        suffix=suffix,
        fetcher=tool,
        max_bytes=max_bytes,
        media_type=media_type,
        options=options,
    )
    return Reading(list(events))
