"""ResourceSync 1.1: source description, capability list, resource lists, change lists and dumps, as XML.

Source: ANSI/NISO Z39.99-2017 (ResourceSync Framework Specification 1.1); federation.md section 4 (S3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from catalogue.exchange.exposed import Exposed, Horizon, iter_rows
from catalogue.exchange.moments import in_microseconds
from catalogue.exchange.places import record_place
from catalogue.exchange.resourcesync.measures import SUFFIX, Measures
from catalogue.exchange.xml_text import DECLARATION, attribute, empty, text
from catalogue.problems import NotFound
from catalogue.store.image_lists import LIST
from catalogue.store.timeline import Change

_NAMESPACES: Final = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:rs="http://www.openarchives.org/rs/terms/"'
)
# A list may have 50,000 entries. Smaller ones are cheap to make when one record changed, and are read side by side.
BLOCK: Final = 5_000
_WORDS: Final = {"create": "created", "update": "updated", "delete": "deleted"}
MEDIA_TYPE: Final = "application/n-triples"


@dataclass(frozen=True, slots=True)
class Places:
    """Absolute addresses of the documents.

    Args:
        base: address of the node, without a slash at its end.
    """

    base: str

    @property
    def description(self) -> str:
        """The source description, at the well-known address."""
        return f"{self.base}/.well-known/resourcesync"

    def of(self, name: str) -> str:
        """A document of this capability."""
        return f"{self.base}/resourcesync/{name}"

    def resource(self, kind: str, curie: str) -> str:
        """The N-Triples document of a record, at its stable address."""
        return record_place(self.base, kind, curie, SUFFIX)


class ResourceSync:
    """The documents of one node; safe to share between threads.

    Args:
        block: positions of the log that one list covers.
    """

    def __init__(self, exposed: Exposed, places: Places, block: int = BLOCK) -> None:
        self.exposed = exposed
        self._places = places
        self._block = block
        self.measures = Measures(exposed)

    def description(self) -> bytes:
        """The source description: where the capability list is."""
        entry = _url(self._places.of("capabilitylist.xml"), _md(capability="capabilitylist"))
        return _document("urlset", _md(capability="description"), [entry])

    def capabilities(self) -> bytes:
        """The capability list."""
        offered = ("resourcelist", "changelist", "resourcedump")
        entries = [_url(self._places.of(f"{name}.xml"), _md(capability=name)) for name in offered]
        above = _link("up", self._places.description)
        return _document("urlset", above + _md(capability="capabilitylist"), entries)

    def resource_list(self) -> bytes:
        """All resources in one list, or, where the log is longer than a block, the index of lists."""
        horizon = self.exposed.horizon()
        if horizon.position <= self._block:
            return self._resources("resourcelist", horizon, 0, horizon.position)
        return self._index("resourcelist", horizon)

    def resource_block(self, number: int) -> bytes:
        """One list of an index.

        Raises:
            NotFound: the log has no such block.
        """
        horizon = self.exposed.horizon()
        start, end = self._bounds(number, horizon)
        return self._resources("resourcelist", horizon, start, end)

    def dump_index(self) -> bytes:
        """The resource dump: one package for each block of the log."""
        horizon = self.exposed.horizon()
        entries = []
        for number, newest in self.exposed.blocks(self._block, horizon.position):
            said = _md(type="application/zip")
            entries.append(_url(self._places.of(f"dump/{number}.zip"), said, newest))
        top = self._top("resourcedump", horizon)
        return _document("urlset", top, entries)

    def dump_bounds(self, number: int) -> tuple[Horizon, int, int]:
        """Positions that a package covers: those above the first and not above the second.

        Raises:
            NotFound: the log has no such block.
        """
        horizon = self.exposed.horizon()
        return (horizon, *self._bounds(number, horizon))

    def manifest(self, horizon: Horizon, entries: Iterable[str]) -> bytes:
        """The manifest of a package."""
        top = _link("up", self._places.of("capabilitylist.xml"))
        top += _md(capability="resourcedump-manifest", at=in_microseconds(horizon.moment))
        return _document("urlset", top, entries)

    def manifest_entry(self, kind: str, curie: str, recorded_at: datetime, **said: str) -> str:
        """One resource of a manifest."""
        return _url(self._places.resource(kind, curie), _md(type=MEDIA_TYPE, **said), recorded_at)

    def change_index(self) -> bytes:
        """The index of change lists: one for each day on which something changed."""
        horizon = self.exposed.horizon()
        entries = []
        for day, first, last in self._days(horizon):
            for start in range(first - 1, last, self._block):
                place = self._places.of(f"changes/{day.isoformat()}/{start + 1}.xml")
                entries.append(_entry("sitemap", place, self._period(day, horizon)))
        first_moment = self.exposed.timeline.recorded_at(1) or horizon.moment
        top = _link("up", self._places.of("capabilitylist.xml"))
        top += _md(
            capability="changelist",
            **{"from": in_microseconds(min(first_moment, horizon.moment)), "until": in_microseconds(horizon.moment)},
        )
        return _document("sitemapindex", top, entries)

    def changes(self, day: date, first: int) -> bytes:
        """One change list.

        Args:
            first: position of the log with which it begins, as the index names it.
        Raises:
            NotFound: the index has no such list.
        """
        horizon = self.exposed.horizon()
        start, end = self._day(day, horizon)
        if not start < first <= end or (first - start - 1) % self._block:
            raise NotFound("There is no such change list; /resourcesync/changelist.xml names those there are.")
        last = min(first - 1 + self._block, end)
        changes = [c for c in self.exposed.timeline.changes(first - 1, last, self._block) if _is_told(c)]
        newest = self.measures.of([c.position for c in changes if c.newest and c.action != "delete"])
        entries = [self._change(change, newest) for change in changes]
        top = _link("up", self._places.of("capabilitylist.xml")) + _link("index", self._places.of("changelist.xml"))
        return _document("urlset", top + self._period(day, horizon), entries)

    def _change(self, change: Change, measured: dict[int, dict[str, str]]) -> str:
        """One change; size and hashes are told of versions that can still be fetched, those that nothing replaced."""
        said = measured.get(change.position, {}) if change.newest else {}
        moment = in_microseconds(change.recorded_at)
        # A version whose payload is not here takes the place of one that was: nothing is served any more.
        action = "delete" if change.newest and not change.whole else change.action
        kind = {} if action == "delete" else {"type": MEDIA_TYPE}
        written = _md(change=_WORDS[action], datetime=moment, **kind, **said)
        return _url(self._places.resource(change.kind, change.curie), written, change.recorded_at)

    def _resources(self, capability: str, horizon: Horizon, start: int, end: int) -> bytes:
        rows = [row for row in iter_rows(self.exposed, start, end) if row.is_live]
        measured = self.measures.of([row.position for row in rows])
        entries = (
            _url(
                self._places.resource(row.kind, row.curie),
                _md(type=MEDIA_TYPE, **measured[row.position]),
                row.recorded_at,
            )
            for row in rows
            if row.position in measured
        )
        return _document("urlset", self._top(capability, horizon), entries)

    def _index(self, capability: str, horizon: Horizon) -> bytes:
        entries = (
            _entry("sitemap", self._places.of(f"resources/{number}.xml"), _md(at=in_microseconds(horizon.moment)))
            for number, _ in self.exposed.blocks(self._block, horizon.position)
        )
        return _document("sitemapindex", self._top(capability, horizon), entries)

    def _top(self, capability: str, horizon: Horizon) -> str:
        up = _link("up", self._places.of("capabilitylist.xml"))
        return up + _md(capability=capability, at=in_microseconds(horizon.moment))

    def _bounds(self, number: int, horizon: Horizon) -> tuple[int, int]:
        start = number * self._block
        if start >= horizon.position:
            raise NotFound(f"The log of this node has no block {number}; the index names those there are.")
        return start, min(start + self._block, horizon.position)

    def _period(self, day: date, horizon: Horizon) -> str:
        """What a change list covers; a day that has not ended is open."""
        begins = datetime.combine(day, time(), UTC)
        ends = min(begins + timedelta(days=1), horizon.moment)
        return _md(capability="changelist", **{"from": in_microseconds(begins), "until": in_microseconds(ends)})

    def _day(self, day: date, horizon: Horizon) -> tuple[int, int]:
        """Positions of a day: those above the first and not above the second."""
        begins = datetime.combine(day, time(), UTC)
        if day == date.max:
            raise NotFound("There is no such change list; /resourcesync/changelist.xml names those there are.")
        log = self.exposed.timeline
        end = log.position_before(begins + timedelta(days=1))
        return log.position_before(begins), min(end, horizon.position)

    def _days(self, horizon: Horizon) -> Iterator[tuple[date, int, int]]:
        """Days with changes, with the first and last position of each."""
        position = 0
        while position < horizon.position:
            recorded_at = self.exposed.timeline.recorded_at(position + 1)
            assert recorded_at is not None
            day = recorded_at.astimezone(UTC).date()
            _, end = self._day(day, horizon)
            yield day, position + 1, end
            position = end


def _is_told(change: Change) -> bool:
    """Whether a change concerns a resource: none does that made a record whose payload is not here."""
    missing = change.newest and not change.whole and change.action == "create"
    return change.kind != LIST and not missing


def _md(**said: str) -> str:
    return empty("rs:md", **said)


def _link(relation: str, address: str) -> str:
    return f'<rs:ln rel="{relation}" href="{attribute(address)}"/>'


def _url(address: str, inside: str, changed: datetime | None = None) -> str:
    return _entry("url", address, inside, changed)


def _entry(name: str, address: str, inside: str, changed: datetime | None = None) -> str:
    lastmod = f"<lastmod>{in_microseconds(changed)}</lastmod>" if changed is not None else ""
    return f"<{name}><loc>{text(address)}</loc>{lastmod}{inside}</{name}>\n"


def _document(root: str, top: str, entries: Iterable[str]) -> bytes:
    return f"{DECLARATION}<{root} {_NAMESPACES}>\n{top}\n{''.join(entries)}</{root}>\n".encode()
