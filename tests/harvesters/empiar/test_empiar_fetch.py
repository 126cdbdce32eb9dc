"""Reading EMPIAR: its API by a list, kept documents, curation beside them, and obsolete entries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from empiar_samples import CURATION, entry, harvester

from catalogue.model.documents import Event, Listed, Removed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.payload import digest
from catalogue.problems import SourceChanged, SourceUnavailable
from tests.harvesters.loopback_server import Server, answer, serving


@pytest.fixture
def server() -> Iterator[Server]:
    """A loopback EMPIAR with two entries and a list that states their dates."""
    with serving() as found:
        found.routes["/list"] = answer(
            json.dumps([{"id": f"EMPIAR-{n}", "update_date": "2023"} for n in (10002, 10003)]).encode()
        )
        for number in (10002, 10003):
            found.routes[f"/api/entry/{number}"] = answer(
                entry(f"EMPIAR-{number}", entry_doi=None), headers={"ETag": f'"{number}"'}
            )
        yield found


def api(server: Server, **options: str) -> SourceSpec:
    """The loopback EMPIAR as a source."""
    options = {"list": f"{server.url}/list", **options}
    return SourceSpec("empiar", "empiar", f"{server.url}/api/entry/", ("empiar",), options)


def read(source: SourceSpec, since: str | None = None, known: dict[str, str] | None = None) -> list[Event]:
    """All events of one reading."""
    return list(harvester().fetch(source, since, known or {}))


def held(events: list[Event]) -> dict[str, str]:
    """What a node holds after a reading."""
    return {event.item: digest(event.content) for event in events if isinstance(event, SourceDocument)}


def cursor(events: list[Event]) -> str | None:
    """The cursor at the end of a reading."""
    assert isinstance(events[-1], Listed)
    return events[-1].cursor


def test_nothing_new_costs_one_request(server: Server) -> None:
    """R7: where the list states the dates of entries, a round without changes reads the list alone."""
    first = read(api(server))
    assert sorted(held(first)) == ["EMPIAR-10002", "EMPIAR-10003"]
    server.requests.clear()
    again = read(api(server), cursor(first), held(first))
    assert [type(event) for event in again] == [Unchanged, Unchanged, Listed]
    assert server.paths == ["/list"]


def test_one_changed_entry_is_read_alone(server: Server) -> None:
    """The entry whose date the list says anew is asked for, no other."""
    first = read(api(server))
    server.routes["/list"] = answer(
        json.dumps(
            [{"id": "EMPIAR-10002", "update_date": "2024"}, {"id": "EMPIAR-10003", "update_date": "2023"}]
        ).encode()
    )
    server.requests.clear()
    read(api(server), cursor(first), held(first))
    assert server.paths == ["/list", "/api/entry/10002"]


def test_list_without_dates_is_read_conditionally(server: Server) -> None:
    """A bare list of accessions makes every entry a conditional request."""
    server.routes["/list"] = answer(b'["10002", "EMPIAR-10003"]')
    first = read(api(server))
    server.requests.clear()
    read(api(server), cursor(first), held(first))
    assert [request.headers.get("if-none-match") for request in server.requests] == [None, '"10002"', '"10003"']


def page(total: int, *numbers: int) -> bytes:
    """A page of EBI Search."""
    return answer(json.dumps({"hitCount": total, "entries": [{"id": f"EMPIAR-{n}"} for n in numbers]}).encode())


def test_search_pages_are_read_to_their_end(server: Server) -> None:
    """EBI Search gives pages by `start`, which are followed to the total that it states."""
    server.routes.update({"/list?size=1": page(2, 10002), "/list?size=1&start=1": page(2, 10003)})
    assert sorted(held(read(api(server, list=f"{server.url}/list?size=1")))) == ["EMPIAR-10002", "EMPIAR-10003"]


def test_search_that_shifts_while_it_is_read_removes_nothing(server: Server) -> None:
    """An entry that stands on two pages means that another was missed: the listing does not count as complete."""
    server.routes.update({"/list": page(3, 10002, 10003), "/list?start=2": page(3, 10003)})
    with pytest.raises(SourceUnavailable, match="2 of 3"):
        read(api(server))


def test_search_that_repeats_itself_is_stopped(server: Server) -> None:
    """R11: pages that bring nothing new before the stated total end the run with nothing removed."""
    server.routes.update({"/list": page(9, 10002), "/list?start=1": page(9, 10002)})
    with pytest.raises(SourceChanged, match="repeats itself"):
        read(api(server))


@pytest.mark.parametrize(
    ("listing", "error"),
    [
        (answer(b"<html>"), SourceChanged),
        (answer(b'{"no": "list"}'), SourceChanged),
        (answer(b"[{}]"), SourceChanged),
        (answer(b"", "404 Not Found"), SourceUnavailable),
    ],
)
def test_a_list_that_is_none_ends_the_run(server: Server, listing: bytes, error: type[Exception]) -> None:
    """A page of another kind is no empty list: nothing may count as removed."""
    server.routes["/list"] = listing
    with pytest.raises(error):
        read(api(server))


def test_obsolete_entries_are_removed_by_their_own_word(server: Server) -> None:
    """R14: status OBS or an obsolete_date is the evidence; the entry stays in the list."""
    server.routes["/api/entry/10002"] = answer(
        entry("EMPIAR-10002", entry_doi=None, status="OBS", obsolete_date="2024-05-01")
    )
    events = read(api(server))
    (removed,) = [event for event in events if isinstance(event, Removed)]
    assert removed.item == "EMPIAR-10002"
    assert "OBS" in removed.evidence and "2024-05-01" in removed.evidence


def test_curation_joins_its_entry_and_its_change_is_seen(server: Server, tmp_path: Path) -> None:
    """An entry with curation is one document of both; new curation asks for its entry, and for no other."""
    (tmp_path / "a.yaml").write_text(CURATION)
    source = api(server, curation=str(tmp_path))
    first = read(source)
    document = next(event for event in first if isinstance(event, SourceDocument) and event.item == "EMPIAR-10002")
    assert len(harvester().map(document, SourceSpec("e", "empiar", "", ("empiar",), {"license": "CC0"})).records) > 1
    server.requests.clear()
    assert not held(read(source, cursor(first), held(first)))
    assert server.paths == ["/list"]
    (tmp_path / "a.yaml").write_text(CURATION.replace("By hand.", "By a program."))
    server.requests.clear()
    assert list(held(read(source, cursor(first), held(first)))) == ["EMPIAR-10002"]
    assert server.paths == ["/list", "/api/entry/10002"]


def test_curation_without_an_entry_is_not_lost(tmp_path: Path) -> None:
    """A proposal whose entry is not there is a document by itself, which mapping then refuses with its reason."""
    (tmp_path / "entries").mkdir()
    (tmp_path / "yaml").mkdir()
    (tmp_path / "yaml" / "a.yaml").write_text(CURATION)
    source = SourceSpec("e", "empiar", str(tmp_path / "entries"), ("empiar",), {"curation": str(tmp_path / "yaml")})
    assert list(held(read(source))) == ["curation/EMPIAR-10002"]


def test_curation_that_cannot_be_had_is_said(tmp_path: Path) -> None:
    """A curators' file that is too large, or a link that leads out, is quarantined by itself; entries go on."""
    (tmp_path / "entries").mkdir()
    (tmp_path / "entries" / "a.json").write_bytes(entry())
    (tmp_path / "yaml").mkdir()
    (tmp_path / "yaml" / "big.yaml").write_bytes(b"a: " + b"x" * 3_000_000)
    source = SourceSpec("e", "empiar", str(tmp_path / "entries"), ("empiar",), {"curation": str(tmp_path / "yaml")})
    events = read(source)
    (broken,) = [event for event in events if isinstance(event, Unreadable)]
    assert (broken.item, broken.reason) == ("curation/big.yaml", "too-large")
    assert list(held(events)) == ["a.json"]
