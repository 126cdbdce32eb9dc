"""IDR as its OMERO server lists it, over loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from idr_sheets import SOURCE, harvester

from catalogue.model.documents import Event, Listed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.payload import digest
from catalogue.problems import SourceChanged, SourceUnavailable
from tests.harvesters.loopback_server import Request, Server, answer, serving

LIST = "/api/v0/m/{}/?childCount=true&normalize=true&limit=500&offset={}"
COOKIE = "sessionid=abc123; expires=Thu, 01 Jan 2026 00:00:00 GMT; HttpOnly; Path=/, csrftoken=xyz; Path=/"
PAIRS = [
    ["Study Title", "Nuclei under stress"], ["Organism", "Homo sapiens"], ["Imaging Method", "confocal microscopy"],
    ["License", "CC BY 4.0 https://creativecommons.org/licenses/by/4.0/"], ["Sample Type", "cell"],
    ["PubMed ID", "30202089 https://www.ncbi.nlm.nih.gov/pubmed/30202089"], ["Release Date", "2019-05-03"],
    ["Data DOI", "10.17867/10000104A https://doi.org/10.17867/10000104A"],
    ["BioImage Archive Accession", "S-BIAD3 https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD3"],
    ["Colour", "blue"],
]  # fmt: skip


def container(number: int, name: str, kind: str = "Screen", **more: Any) -> dict[str, Any]:
    """A container as the API lists it."""
    text = f"Publication Title\nA title\n\n{kind} Description\nAll kinases."
    details = {"@type": "TBD#Details", "permissions": {"perm": "rwr---"}}
    return {"@id": number, "@type": f"x#{kind}", "Name": name, "Description": text, "omero:details": details, **more}


def listing(*entries: dict[str, Any], total: int | None = None) -> bytes:
    """An answer with a page of a list."""
    meta = {"totalCount": len(entries) if total is None else total, "limit": 500, "maxLimit": 500, "offset": 0}
    return answer(json.dumps({"data": list(entries), "meta": meta}).encode())


def annotations(*pairs: list[str]) -> bytes:
    """An answer with one map annotation."""
    one = {"id": 7, "ns": "idr.openmicroscopy.org/study/info", "date": "2019-05-03T10:00:00Z", "values": list(pairs)}
    return answer(json.dumps({"annotations": [one], "experimenters": [{"id": 2, "omeName": "demo"}]}).encode())


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with one study of two screens."""
    with serving() as running:
        first, second = "idr9001-example-stress/screenA", "idr9001-example-stress/screenB"
        running.routes["/webclient/?experimenter=-1"] = answer(b"<html>", headers={"Set-Cookie": COOKIE})
        running.routes[LIST.format("screens", 0)] = listing(container(3, first), container(51, second))
        running.routes[LIST.format("projects", 0)] = listing()
        for number in (3, 51):
            running.routes[f"/webclient/api/annotations/?type=map&screen={number}"] = annotations(*PAIRS)
        yield running


def fetch(server: Server, since: str | None = None, known: dict[str, str] | None = None) -> list[Event]:
    """One reading of the server."""
    return list(harvester().fetch(SourceSpec("idr", "idr", server.url, ("idr",)), since, known or {}))


def test_screens_become_a_study(server: Server) -> None:
    """Containers of one study are one record, with what its map annotations say and what stands behind addresses."""
    document, end = fetch(server)
    assert isinstance(document, SourceDocument)
    assert isinstance(end, Listed)
    assert (end.complete, end.total) == (True, 1)
    mapped = harvester().map(document, SOURCE)
    (record,) = mapped.records
    assert (record["id"], record["title"]) == ("idr:idr9001", "Nuclei under stress")
    assert record["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert (record["doi"], record["date_published"]) == ("10.17867/10000104a", "2019-05-03")
    assert record["publications"][0]["pubmed_id"] == "30202089"
    assert record["identity_statements"][0]["same_study_as"] == "biostudies:S-BIAD3"
    assert [(one["id"], one["description"]) for one in record["components"]] == [
        ("idr:idr9001/screen/1", "All kinases."),
        ("idr:idr9001/screen/2", "All kinases."),
    ]
    assert [(one["name"], one["text_value"]) for one in record["characteristics"]] == [("Colour", "blue")]
    assert not mapped.unmapped


def test_the_cookie_comes_first_and_goes_along(server: Server) -> None:
    """IDR answers 403 without the cookie of a visit: it is fetched first and sent with every request."""
    seen: list[str] = []

    def screens(request: Request, _: object) -> bytes:
        seen.append(request.headers.get("cookie", request.headers.get("Cookie", "")))
        return listing(container(3, "idr9001-example-stress/screenA"))

    server.routes[LIST.format("screens", 0)] = screens
    fetch(server)
    assert seen == ["sessionid=abc123; csrftoken=xyz"]
    assert server.paths[0] == "/webclient/?experimenter=-1"


def test_nothing_new_costs_three_requests(server: Server) -> None:
    """R7: the visit and the two lists tell that nothing changed; a changed description is asked for again."""
    events = fetch(server)
    known = {event.item: digest(event.content) for event in events if isinstance(event, SourceDocument)}
    end = events[-1]
    assert isinstance(end, Listed)
    server.requests.clear()
    assert [type(event) for event in fetch(server, end.cursor, known)] == [Unchanged, Listed]
    assert len(server.requests) == 3
    server.routes[LIST.format("screens", 0)] = listing(
        container(3, "idr9001-example-stress/screenA", Description="new")
    )
    changed = fetch(server, end.cursor, known)
    assert [type(event) for event in changed] == [SourceDocument, Listed]


def test_pages_are_read_to_the_end(server: Server) -> None:
    """A server may give smaller pages than asked for: the next one begins behind what came."""
    server.routes[LIST.format("projects", 0)] = listing(container(1, "idr9002-a-b/experimentA", "Project"), total=2)
    server.routes[LIST.format("projects", 1)] = listing(container(2, "idr9003-a-b/experimentA", "Project"), total=2)
    for number in (1, 2):
        server.routes[f"/webclient/api/annotations/?type=map&project={number}"] = annotations(*PAIRS)
    *documents, end = fetch(server)
    assert [event.item for event in documents if isinstance(event, SourceDocument)] == ["idr9001", "idr9002", "idr9003"]
    assert isinstance(end, Listed)
    assert end.complete


@pytest.mark.parametrize("second", [listing(total=3), listing(container(3, "idr9001-example-stress/screenA"), total=3)])
def test_a_short_list_proves_no_absence(server: Server, second: bytes) -> None:
    """R14: a list that ends before its own total, or repeats itself, is incomplete: nobody is absent by it."""
    server.routes[LIST.format("screens", 0)] = listing(container(3, "idr9001-example-stress/screenA"), total=3)
    server.routes[LIST.format("screens", 1)] = second
    end = fetch(server)[-1]
    assert isinstance(end, Listed)
    assert not end.complete


def test_a_container_of_no_study_is_reported(server: Server) -> None:
    """R19: a container with another name costs itself alone."""
    server.routes[LIST.format("projects", 0)] = listing(container(9, "my images", "Project"))
    found = [event for event in fetch(server) if isinstance(event, Unreadable)]
    assert [(event.item, event.reason) for event in found] == [("project-9", "bad-identifier")]


def test_annotations_that_fail_are_tried_again(server: Server) -> None:
    """R19: a study whose annotations do not come is a gap, and is asked for again at the next reading."""
    path = "/webclient/api/annotations/?type=map&screen=51"
    server.routes[path] = answer(status="404 Not Found")
    *events, end = fetch(server)
    assert [event.reason for event in events if isinstance(event, Unreadable)] == ["gap"]
    assert isinstance(end, Listed)
    server.routes[path] = annotations(*PAIRS)
    assert [type(event) for event in fetch(server, end.cursor, {"idr9001": "old"})] == [SourceDocument, Listed]


def test_another_server_is_none_of_this_form(server: Server) -> None:
    """R22: an address that does not answer as the API does stops the source; one that forbids waits for a person."""
    server.routes[LIST.format("screens", 0)] = answer(b"<html>")
    with pytest.raises(SourceChanged):
        fetch(server)
    server.routes[LIST.format("screens", 0)] = answer(status="403 Forbidden")
    with pytest.raises(SourceUnavailable):
        fetch(server)


@pytest.mark.parametrize("name", [{}, [1], "1&x=/../", None, True])
def test_container_without_a_number_is_no_container(server: Server, name: Any) -> None:
    """R11: an identifier that is no number is neither compared nor put into an address."""
    server.routes[LIST.format("screens", 0)] = listing({**container(3, "idr9001-a/screenA"), "@id": name})
    with pytest.raises(SourceChanged):
        fetch(server)
