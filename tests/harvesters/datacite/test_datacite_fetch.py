"""Reading DataCite's registry page by page, whole and by changes, and folders of records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from datacite_samples import attributes, harvester, xml

from catalogue.model.documents import Event, Listed, Removed, SourceDocument, SourceSpec, Unchanged
from catalogue.model.payload import digest
from catalogue.problems import SourceChanged, SourceUnavailable
from harvesters.windows import read_moment
from tests.harvesters.contract import NOW
from tests.harvesters.dynamic_routes import DynamicRoutes
from tests.harvesters.loopback_server import Route, Server, answer, serving


@dataclass
class Registry:
    """A small registry: DOIs with the moment of their last change, two a page."""

    server: Server
    now: datetime = NOW
    changed: dict[str, datetime] = field(default_factory=dict)
    said: dict[str, dict[str, Any]] = field(default_factory=dict)
    total: int | None = None
    loops: bool = False

    def put(self, doi: str, **changes: Any) -> None:
        """A DOI registered or changed now."""
        self.changed[doi], self.said[doi] = self.now, attributes(doi=doi, updated=self.now.isoformat(), **changes)

    def __call__(self, path: str, query: dict[str, str]) -> Route:
        asked = re.search(r"updated:\[(\S+) TO \*\]", query.get("query", ""))
        after = read_moment(asked[1]) if asked else None
        dois = [doi for doi, moment in self.changed.items() if after is None or moment >= after]
        start = int(query.get("page[cursor]", "1")) - 1
        rows = [{"id": doi, "type": "dois", "attributes": self.said[doi]} for doi in dois[start : start + 2]]
        body: dict[str, Any] = {"data": rows, "meta": {"total": self.total or len(dois)}, "links": {}}
        if start + 2 < len(dois) or self.loops:
            body["links"]["next"] = f"{self.server.url}/dois?page%5Bcursor%5D={1 if self.loops else start + 3}"
        return answer(json.dumps(body).encode(), headers={"Date": format_datetime(self.now, usegmt=True)})


@pytest.fixture
def registry() -> Iterator[Registry]:
    """A loopback registry with five DOIs."""
    with serving() as server:
        found = Registry(server)
        server.routes = DynamicRoutes(found)
        found.now = NOW - timedelta(days=3)
        for number in range(5):
            found.put(f"10.6019/s-biad{number}")
        found.now = NOW
        yield found


def read(registry: Registry, since: str | None = None, known: dict[str, str] | None = None) -> list[Event]:
    """All events of one reading."""
    source = SourceSpec("dc", "datacite", f"{registry.server.url}/dois?client-id=ebi.bia", ("biostudies",))
    return list(harvester().fetch(source, since, known or {}))


def items(events: list[Event]) -> list[str]:
    """Items of the documents that came."""
    return [event.item for event in events if isinstance(event, SourceDocument)]


def held(events: list[Event]) -> dict[str, str]:
    """What a node holds after a reading."""
    return {event.item: digest(event.content) for event in events if isinstance(event, SourceDocument)}


def end(events: list[Event]) -> Listed:
    """The last event."""
    assert isinstance(events[-1], Listed)
    return events[-1]


def test_first_reading_lists_all_pages(registry: Registry) -> None:
    """Three pages by cursor, every DOI once, a complete listing."""
    events = read(registry)
    assert sorted(items(events)) == [f"10.6019/s-biad{n}" for n in range(5)]
    assert end(events).complete and end(events).total == 5
    assert len(registry.server.requests) == 3


def test_nothing_new_costs_one_request(registry: Registry) -> None:
    """R7: the second reading asks for changes since the first, and gets an empty page."""
    first = read(registry)
    registry.now += timedelta(days=1)
    registry.server.requests.clear()
    again = read(registry, end(first).cursor, held(first))
    assert [type(event) for event in again] == [Listed]
    assert not end(again).complete
    assert len(registry.server.requests) == 1
    assert "updated" in registry.server.paths[0] and "client-id=ebi.bia" in registry.server.paths[0]


def test_cursor_is_the_registrys_clock_at_the_start_less_overlap(registry: Registry) -> None:
    """R1, R2, R3: from = Date of the run's first answer, less two hours; what changed within them comes again."""
    registry.put("10.6019/s-biad8")
    first = read(registry)
    registry.now += timedelta(hours=1)
    registry.put("10.6019/s-biad9")
    again = read(registry, end(first).cursor, held(first))
    assert items(again) == ["10.6019/s-biad9"]
    assert sum(isinstance(event, Unchanged) for event in again) == 1
    asked = json.loads(end(again).cursor or "")["after"]
    assert read_moment(asked) == registry.now - timedelta(hours=2, seconds=1)


def test_hidden_doi_is_removed_by_the_registrys_word(registry: Registry) -> None:
    """R14: a DOI that became `registered` is no longer findable; its state is the evidence."""
    first = read(registry)
    registry.now += timedelta(days=1)
    registry.put("10.6019/s-biad3", state="registered")
    (removed, _) = read(registry, end(first).cursor, held(first))
    assert isinstance(removed, Removed)
    assert "registered" in removed.evidence


def test_all_is_listed_again_after_a_month(registry: Registry) -> None:
    """R14: what disappears without a word shows in the full listing that is due after thirty days."""
    first = read(registry)
    del registry.changed["10.6019/s-biad2"]
    registry.now += timedelta(days=29)
    second = read(registry, end(first).cursor, held(first))
    assert not end(second).complete
    registry.now += timedelta(days=2)
    third = read(registry, end(second).cursor, held(first))
    assert end(third).complete
    assert sum(isinstance(event, Unchanged) for event in third) == 4
    registry.now += timedelta(days=1)
    assert end(read(registry, end(third).cursor, held(first))).complete, "the second listing is asked for at once"


def test_listing_that_misses_dois_proves_nothing(registry: Registry) -> None:
    """A total that the pages do not reach: the listing is not complete, and is tried again."""
    registry.total = 7
    events = read(registry)
    assert not end(events).complete
    assert json.loads(end(events).cursor or "")["listed"] == ""


def test_counts_of_views_are_no_change(registry: Registry) -> None:
    """Views and citations change daily; the kept document leaves them out."""
    first = read(registry)
    for said in registry.said.values():
        said["viewCount"] = said["viewCount"] + 1
    assert not items(read(registry, None, held(first)))


def test_endless_pages_end(registry: Registry) -> None:
    """R11: a next link that leads back ends the run, and nothing counts as removed."""
    registry.loops = True
    with pytest.raises(SourceChanged):
        read(registry)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (answer(b"<html>"), SourceChanged),
        (answer(b'{"errors": []}'), SourceChanged),
        (answer(b"", "400 Bad Request"), SourceChanged),
        (answer(b"", "403 Forbidden"), SourceUnavailable),
    ],
)
def test_an_answer_of_another_kind_is_no_empty_list(reply: bytes, error: type[Exception]) -> None:
    """An error page ends the run instead of emptying the source."""
    with serving() as server:
        server.routes = DynamicRoutes(lambda _path, _query: reply)
        with pytest.raises(error):
            read(Registry(server))


def test_folder_of_json_is_read_by_its_suffix(tmp_path: Path) -> None:
    """The option `suffix` says which files are records."""
    (tmp_path / "a.json").write_text(json.dumps(attributes()))
    (tmp_path / "b.xml").write_bytes(xml())
    for suffix, item in ((".json", "a.json"), ("", "b.xml")):
        options = {"suffix": suffix} if suffix else {}
        events = list(harvester().fetch(SourceSpec("dc", "datacite", str(tmp_path), (), options), None, {}))
        assert items(events) == [item]


def test_days_between_full_listings_are_a_number(registry: Registry) -> None:
    """A wrong option is said, not taken for none."""
    source = SourceSpec("dc", "datacite", f"{registry.server.url}/dois", (), {"full_days": "monthly"})
    with pytest.raises(SourceChanged, match="full_days"):
        list(harvester().fetch(source, None, {}))
