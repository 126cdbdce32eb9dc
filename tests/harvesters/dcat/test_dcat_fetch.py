"""How catalogues are read: pages, FAIR Data Points, CKAN; what loops, breaks and changes under the reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from catalogues import HEAD, dataset, turtle
from test_dcat import PACKAGE

from catalogue.model.documents import Event, Listed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.payload import digest
from catalogue.problems import SourceChanged, SourceUnavailable
from harvesters.dcat import DcatHarvester
from tests.harvesters.contract import fetcher
from tests.harvesters.loopback_server import Request, Server, answer, serving

TURTLE = {"Content-Type": "text/turtle"}


def _fetch(
    location: str, since: str | None = None, known: dict[str, str] | None = None, **options: str
) -> list[Event]:  # fmt: skip
    return list(DcatHarvester(fetcher()).fetch(SourceSpec("c", "dcat", location, (), options), since, known or {}))


def _held(events: list[Event]) -> dict[str, str]:
    return {event.item: digest(event.content) for event in events if isinstance(event, SourceDocument)}


def _conditional(body: Callable[[], bytes]) -> Callable[[Request, object], bytes]:
    def route(request: Request, _: object) -> bytes:
        content = body()
        tag = f'"{digest(content)[:8]}"'
        if request.headers.get("if-none-match") == tag:
            return answer(b"", "304 Not Modified", {"ETag": tag})
        return answer(content, headers={**TURTLE, "ETag": tag})

    return route


def _page(url: str, number: int, following: str = "") -> str:
    link = f"<{url}> hydra:next <{following}> ." if following else ""
    return HEAD + dataset(number) + link


@pytest.mark.parametrize("predicate", ["next", "nextPage"])
def test_pages_are_followed_and_cost_nothing_unchanged(predicate: str) -> None:
    """R7: two pages are two requests, of no body the second time; both hydra:next and hydra:nextPage lead on."""
    with serving() as server:
        first = f"{server.url}/catalog"
        text = _page(first, 101, f"{first}?page=2").replace("hydra:next ", f"hydra:{predicate} ")
        server.routes["/catalog"] = _conditional(lambda: text.encode())
        server.routes["/catalog?page=2"] = _conditional(lambda: _page(first, 102).encode())
        events = _fetch(first)
        assert sorted(_held(events)) == ["https://zenodo.org/records/101", "https://zenodo.org/records/102"]
        end = events[-1]
        assert isinstance(end, Listed) and end.complete and end.total == 2
        again = _fetch(first, end.cursor, _held(events))
        assert [type(event) for event in again] == [Unchanged, Unchanged, Listed]
        assert len(server.requests) == 4


def test_pages_in_a_circle_end() -> None:
    """R11: a next link that leads back ends the walk with a finding, and nothing counts as absent."""
    with serving() as server:
        first = f"{server.url}/catalog"
        server.routes["/catalog"] = answer(_page(first, 101, f"{first}?page=2").encode(), headers=TURTLE)
        server.routes["/catalog?page=2"] = answer(_page(f"{first}?page=2", 102, first).encode(), headers=TURTLE)
        events = _fetch(first)
        assert len(server.requests) == 2
    assert [event.reason for event in events if isinstance(event, Unreadable)] == ["gap"]
    assert events[-1] == Listed(None, complete=False)


def test_fewer_datasets_than_the_catalogue_says_are_no_complete_listing() -> None:
    """R14, TP6: a catalogue that gives less than its hydra:totalItems has lost some on the way."""
    with serving() as server:
        first = f"{server.url}/catalog"
        server.routes["/catalog"] = answer(
            (_page(first, 101) + f"<{first}> hydra:totalItems 2 .").encode(), headers=TURTLE
        )
        events = _fetch(first)
    assert [type(event) for event in events] == [SourceDocument, Unreadable, Listed]
    assert events[-1] == Listed(None, complete=False)


def test_a_broken_page_removes_nothing() -> None:
    """R14: a page that does not parse is quarantined, and the listing is not complete."""
    with serving() as server:
        first = f"{server.url}/catalog"
        server.routes["/catalog"] = answer(_page(first, 101, f"{first}?page=2").encode(), headers=TURTLE)
        server.routes["/catalog?page=2"] = answer(b"<a> <b> .", headers=TURTLE)
        events = _fetch(first)
    assert [type(event) for event in events] == [SourceDocument, Unreadable, Listed]
    assert not events[-1].complete  # type: ignore[union-attr]


def test_a_next_link_to_another_host_is_not_followed() -> None:
    """R11: pages lie within the source's own origin."""
    with serving() as server:
        first = f"{server.url}/catalog"
        server.routes["/catalog"] = answer(_page(first, 101, "http://169.254.169.254/x").encode(), headers=TURTLE)
        events = _fetch(first)
    assert [event.reason for event in events if isinstance(event, Unreadable)] == ["link-unsafe"]


def test_one_identifier_of_two_datasets_is_an_equivocation(tmp_path: Path) -> None:
    """R20: datasets that state one identifier are both quarantined, for nobody knows which it names."""
    same = "10.5281/zenodo.101"
    body = dataset(101, identifier=same), dataset(102, identifier=same), dataset(103)
    (tmp_path / "a.ttl").write_bytes(turtle(*body))
    events = _fetch(str(tmp_path))
    assert [event.reason for event in events if isinstance(event, Unreadable)] == ["equivocation", "equivocation"]
    assert list(_held(events)) == ["https://zenodo.org/records/103"]


def test_a_file_that_does_not_parse_stops_no_other(tmp_path: Path) -> None:
    """R19: dataset.ttl of ckanext-dcat lacks a prefix; its neighbours are read."""
    (tmp_path / "a.ttl").write_bytes(turtle(dataset(101)).replace(b"@prefix dct:", b"@prefix dcx:"))
    (tmp_path / "b.ttl").write_bytes(turtle(dataset(102)))
    events = _fetch(str(tmp_path))
    assert [type(event) for event in events] == [Unreadable, SourceDocument, Listed]


def test_xml_with_a_doctype_is_refused(tmp_path: Path) -> None:
    """TP7: RDF/XML with a DOCTYPE is never read."""
    (tmp_path / "a.rdf").write_bytes(b'<!DOCTYPE x [<!ENTITY a "b">]><x/>')
    (event, _) = _fetch(str(tmp_path))
    assert isinstance(event, Unreadable) and event.reason == "not-parsable"


def test_a_location_without_datasets_is_not_a_catalogue() -> None:
    """R14: RDF without a single dataset is no longer this source; nothing counts as removed."""
    with serving() as server:
        server.routes["/catalog"] = answer(b"<http://a.example/> a <http://b.example/> .", headers=TURTLE)
        with pytest.raises(SourceChanged):
            _fetch(f"{server.url}/catalog")


# -- FAIR Data Point ---------------------------------------------------------------------------------------------


def _point(server: Server, *numbers: int) -> None:
    """A FAIR Data Point of one catalogue, whose distributions lie at addresses of their own."""
    root, fdp = server.url, "@prefix fdp: <https://w3id.org/fdp/fdp-o#> . @prefix ldp: <http://www.w3.org/ns/ldp#> ."
    catalog = f"{root}/catalog/1"
    server.routes["/"] = _conditional(
        lambda: f"{fdp} <{root}/> a fdp:FAIRDataPoint ; fdp:metadataCatalog <{catalog}> .".encode()
    )
    listed = ", ".join(f"<{root}/dataset/{number}>" for number in numbers)
    server.routes["/catalog/1"] = _conditional(
        lambda: (HEAD + fdp + f"<{catalog}> a dcat:Catalog ; ldp:contains {listed} .").encode()
    )
    for number in numbers:
        iri, part = f"{root}/dataset/{number}", f"{root}/distribution/{number}"
        body = HEAD + dataset(number, f"; dcat:distribution <{part}>", iri=iri)
        server.routes[f"/dataset/{number}"] = _conditional(lambda body=body: body.encode())
        file = HEAD + f'<{part}> a dcat:Distribution ; dct:title "File" ; dcat:accessURL <https://f.example/{number}> .'
        server.routes[f"/distribution/{number}"] = _conditional(lambda file=file: file.encode())


def test_a_fair_data_point_is_walked_down_to_its_distributions() -> None:
    """A dataset's distributions at addresses of their own are files of the study; a second walk moves no body."""
    with serving() as server:
        _point(server, 101, 102)
        events = _fetch(f"{server.url}/", form="fdp")
        held = _held(events)
        assert sorted(held) == [f"{server.url}/dataset/101", f"{server.url}/dataset/102"]
        document = next(event for event in events if isinstance(event, SourceDocument))
        (study,) = DcatHarvester(fetcher()).map(document, SourceSpec("c", "dcat", "x")).records
        assert study["files"][0]["title"] == "File"
        end = events[-1]
        assert isinstance(end, Listed) and end.complete and end.total == 2
        before = len(server.requests)
        again = _fetch(f"{server.url}/", end.cursor, held, form="fdp")
        assert [type(event) for event in again] == [Unchanged, Unchanged, Listed]
        assert len(server.requests) - before == 6


def test_a_fair_data_point_that_is_half_down_loses_nothing() -> None:
    """R14: with one document unanswered the walk is not complete, so that no dataset counts as absent."""
    with serving() as server:
        _point(server, 101, 102)
        del server.routes["/dataset/102"]
        events = _fetch(f"{server.url}/", form="fdp")
    assert isinstance(events[-1], Listed) and not events[-1].complete
    assert [event.reason for event in events if isinstance(event, Unreadable)] == ["gap"]


def test_only_the_dataset_that_changed_is_read_again() -> None:
    """R7: a changed document of a FAIR Data Point gives its dataset, the others are unchanged."""
    with serving() as server:
        _point(server, 101, 102)
        events = _fetch(f"{server.url}/", form="fdp")
        held = _held(events)
        part = HEAD + f'<{server.url}/distribution/102> a dcat:Distribution ; dct:title "Renamed" .'
        server.routes["/distribution/102"] = answer(part.encode(), headers=TURTLE)
        again = _fetch(f"{server.url}/", events[-1].cursor, held, form="fdp")  # type: ignore[union-attr]
        assert list(_held(again)) == [f"{server.url}/dataset/102"]
        assert f"{server.url}/dataset/101" in [event.item for event in again if isinstance(event, Unchanged)]


# -- CKAN --------------------------------------------------------------------------------------------------------

QUERY = "/api/3/action/package_search?rows=1000&start={}&sort=metadata_created+asc%2C+id+asc"


def _result(count: int, *packages: object) -> bytes:
    return answer(json.dumps({"success": True, "result": {"count": count, "results": packages}}).encode())


def test_a_ckan_site_is_read_by_its_list_alone() -> None:
    """R7: the packages stand in the list, so that a site costs a request a thousand packages."""
    with serving() as server:
        server.routes[QUERY.format(0)] = _result(2, PACKAGE, {**PACKAGE, "id": "2", "state": "deleted"})
        events = _fetch(server.url, form="ckan")
        assert list(_held(events)) == ["c0ffee"]
        again = _fetch(server.url, events[-1].cursor, _held(events), form="ckan")  # type: ignore[union-attr]
        assert [event.item for event in again if isinstance(event, Unchanged)] == ["c0ffee"]
        assert len(server.requests) == 2


@pytest.mark.parametrize("second", [_result(3), _result(2, PACKAGE)])
def test_a_ckan_list_that_shrinks_while_read_is_not_complete(second: bytes) -> None:
    """R14: a count that changes, or a page that is empty before the end, ends the run; nothing counts as absent."""
    with serving() as server:
        server.routes[QUERY.format(0)] = _result(3, PACKAGE)
        server.routes[QUERY.format(1)] = second
        with pytest.raises(SourceUnavailable):
            _fetch(server.url, form="ckan")


def test_next_page_that_is_no_address_ends_the_walk() -> None:
    """R14: after a next link that leads nowhere nothing counts as absent, and nothing of ours breaks."""
    with serving() as server:
        server.routes["/c"] = answer(HEAD.encode(), headers={**TURTLE, "Link": '<http://[x>; rel="next"'})
        events = _fetch(f"{server.url}/c")
    assert isinstance(events[0], Unreadable) and events[0].reason == "gap"
    assert isinstance(events[-1], Listed) and not events[-1].complete
