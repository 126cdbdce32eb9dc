"""Owner's pages, files and copies: what answers decides, what is silent or shut is never a failure."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from catalogue.fair.live.base import checks
from catalogue.fair.outcomes import Outcome
from tests.fair.live.hostile_answers_for_looks import leads, looked, says, silence, study, world
from tests.harvesters.loopback_server import Server, serving

OWNER = checks()["owner-page-resolves"]
STATED = checks()["data-as-stated"]
REACHABLE = checks()["pixels-reachable"]
AGREE = checks()["replicas-agree"]
DOCUMENT = b'{"zarr_format": 3, "node_type": "group"}'


def page(server: Server) -> Any:
    """A study whose landing page is at the server."""
    return study({"landing_page": server.url + "/study"})


def image(*servers: Server, zarr: bool = True, **fields: Any) -> dict[str, Any]:
    """An image with a copy at each server."""
    copies = [
        {"id": f"biostudies:S-BIAD1.1/replica/{n}", "site": f"site{n}", "endpoint": server.url + "/", "key": "a"}
        for n, server in enumerate(servers)
    ]
    representation = {"format": "OME-Zarr", "zarr_format": 3, "replicas": copies} if zarr else {"replicas": copies}
    return {"id": "biostudies:S-BIAD1.1", "representations": [{**representation, **fields}]}


@pytest.mark.parametrize(
    ("route", "outcome"),
    [
        (says(b"here"), Outcome.PASS),
        (leads("/moved"), Outcome.PASS),
        (says(b"", status="404 Not Found"), Outcome.FAIL),
        (says(b"", status="410 Gone"), Outcome.FAIL),
        (leads("/study"), Outcome.FAIL),
        (leads(""), Outcome.FAIL),
        (leads("/circle"), Outcome.FAIL),
        (says(b"", status="429 Slow Down"), Outcome.INDETERMINATE),
        (says(b"", status="500 Oh"), Outcome.INDETERMINATE),
        (says(b"", status="503 Later"), Outcome.INDETERMINATE),
        (says(b"", status="520 Odd"), Outcome.INDETERMINATE),
        (says(b"", status="401 Who"), Outcome.INDETERMINATE),
        (says(b"", status="403 No"), Outcome.INDETERMINATE),
        (says(b"", status="451 Law"), Outcome.INDETERMINATE),
        (says(b"", status="418 Teapot"), Outcome.INDETERMINATE),
        (leads("http://10.0.0.1/"), Outcome.INDETERMINATE),
        (leads("http://169.254.169.254/latest/meta-data"), Outcome.INDETERMINATE),
        (leads("ftp://archive.example/"), Outcome.INDETERMINATE),
        (lambda request, connection: None, Outcome.INDETERMINATE),
    ],
)
def test_owner_page(archive: Server, route: Any, outcome: Outcome) -> None:
    """A page that is gone or leads in a circle fails; whatever is busy, shut, private or silent is indeterminate."""
    archive.routes["/study"] = route
    archive.routes["/moved"] = says(b"here")
    archive.routes["/circle"] = leads("/study")
    seen = looked(OWNER, page(archive), world(None, archive))
    assert seen.outcome is outcome, seen.said


def test_owner_page_that_hangs_is_indeterminate(archive: Server, over: threading.Event) -> None:
    """A time-out is no failure of the archive, and costs no more than it may."""
    archive.routes["/study"] = silence(over)
    seen = looked(OWNER, page(archive), world(None, archive, timeout_s=1.0))
    assert seen.outcome is Outcome.INDETERMINATE and "longer than 1 s" in seen.said


def test_private_host_is_never_asked(archive: Server) -> None:
    """A record whose landing page is on a private host sends us nowhere, and says nothing about its owner."""
    seen = looked(OWNER, page(archive), world(None))
    assert seen.outcome is Outcome.INDETERMINATE and "private" in seen.said
    assert archive.connections == 0


def test_this_node_is_no_stranger(pages: Server, archive: Server) -> None:
    """The door to our own pages is not one for records: an owner's page at our own private address is refused."""
    pages.routes["/study"] = says(b"here")
    seen = looked(OWNER, page(pages), world(pages, archive))
    assert seen.outcome is Outcome.INDETERMINATE and "private" in seen.said
    assert pages.connections == 0


def test_robots_shut_the_page(archive: Server) -> None:
    """What robots.txt shuts is not asked, and that is no failure."""
    archive.routes["/robots.txt"] = says(b"User-agent: Ommatidia\nDisallow: /\n", "text/plain")
    seen = looked(OWNER, page(archive), world(None, archive))
    assert seen.outcome is Outcome.INDETERMINATE and "robots.txt" in seen.said
    assert archive.paths == ["/robots.txt"]


def test_head_is_asked_first_and_get_where_head_is_not_understood(archive: Server) -> None:
    """A page costs its server a HEAD; one that knows none, or answers it with 404, is asked again by GET."""
    for status in ("405 No", "501 No", "404 Not Found"):
        archive.requests.clear()
        refused = says(b"", status=status)
        archive.routes["/study"] = lambda request, connection, refused=refused: (
            refused(request, connection) if request.method == "HEAD" else says(b"here")(request, connection)
        )
        assert looked(OWNER, page(archive), world(None, archive)).outcome is Outcome.PASS, status
        assert [r.method for r in archive.requests if r.path == "/study"] == ["HEAD", "GET"]


def test_no_page_is_not_applicable() -> None:
    """Nothing is asked where the record names nothing, and nothing passes."""
    assert looked(OWNER, study(), world(None)).outcome is Outcome.NOT_APPLICABLE
    for check in (REACHABLE, AGREE, STATED, checks()["pixels-decodable"]):
        assert looked(check, study(), world(None)).outcome is Outcome.NOT_APPLICABLE, check.name


def test_doi_stands_for_a_missing_page() -> None:
    """A DOI is asked where there is no landing page."""
    record = {"alternative_identifiers": ["https://other.example/1", "https://doi.org/10.1234/5"]}
    assert OWNER.lane(study(record)) == "doi.org"


@pytest.mark.parametrize(
    ("route", "outcome"),
    [
        (says(DOCUMENT, "application/json"), Outcome.PASS),
        (says(b"", status="404 Not Found"), Outcome.FAIL),
        (says(b"<html>Moved", "text/html"), Outcome.FAIL),
        (says(b"[1, 2]", "application/json"), Outcome.FAIL),
        (says(b"[" * 100_000, "application/json"), Outcome.FAIL),
        (says(b"x" * (5 << 20), "application/json"), Outcome.INDETERMINATE),
        (says(b"", status="503 Later"), Outcome.INDETERMINATE),
        (says(b"", status="403 No"), Outcome.INDETERMINATE),
    ],
)
def test_document_of_an_image(archive: Server, route: Any, outcome: Outcome) -> None:
    """The document that opens a Zarr decides, never its folder; a web page in its place is a loss."""
    archive.routes["/a"] = says(b"", status="404 Not Found")
    archive.routes["/a/zarr.json"] = route
    seen = looked(REACHABLE, study(None, image(archive)), world(None, archive))
    assert seen.outcome is outcome, seen.said


def test_one_site_is_enough_to_reach_an_image(archive: Server) -> None:
    """Pixels that one site lost are reachable at another; silence of one leaves open what the other lacks."""
    with serving() as second:
        second.routes["/a/zarr.json"] = says(DOCUMENT, "application/json")
        at = world(None, archive, second)
        assert looked(REACHABLE, study(None, image(archive, second)), at).outcome is Outcome.PASS
        second.routes["/a/zarr.json"] = says(b"", status="503 Later")
        seen = looked(REACHABLE, study(None, image(archive, second)), world(None, archive, second))
        assert seen.outcome is Outcome.INDETERMINATE, seen.said


@pytest.mark.parametrize(
    ("stated", "route", "outcome"),
    [
        ({"total_size_bytes": 5, "media_type": "image/tiff"}, says(b"12345", "image/tiff"), Outcome.PASS),
        ({"total_size_bytes": 5}, says(b"1234567", "image/tiff"), Outcome.FAIL),
        ({"media_type": "image/tiff"}, says(b"12345", "text/html; charset=utf-8"), Outcome.FAIL),
        ({"media_type": "application/json"}, says(b"{}", "application/geo+json"), Outcome.PASS),
        ({"media_type": "image/tiff"}, says(b"12345", ""), Outcome.INDETERMINATE),
        ({"total_size_bytes": 5}, says(b"", status="404 Not Found"), Outcome.FAIL),
        ({"total_size_bytes": 5}, says(b"", status="500 Oh"), Outcome.INDETERMINATE),
        ({"total_size_bytes": 5}, says(b"123", "image/tiff", Content_Encoding="br"), Outcome.INDETERMINATE),
        ({}, says(b"12345", "image/tiff"), Outcome.NOT_APPLICABLE),
    ],
)
def test_file_is_served_as_stated(archive: Server, stated: dict[str, Any], route: Any, outcome: Outcome) -> None:
    """Size and type as the record states them are those of the server's headers, or it fails; what is untold decides
    nothing."""
    archive.routes["/f.tif"] = route
    seen = looked(STATED, study({"files": [{"url": archive.url + "/f.tif", **stated}]}), world(None, archive))
    assert seen.outcome is outcome, seen.said
    if outcome is Outcome.FAIL and "media_type" in stated:
        assert seen.add == ("Content-Type: image/tiff",)


def test_document_of_a_zarr_is_json(archive: Server) -> None:
    """Our pages call an image's document JSON; a server that calls it something else is told which header is right."""
    archive.routes["/a/zarr.json"] = says(DOCUMENT, "binary/octet-stream")
    seen = looked(STATED, study(None, image(archive)), world(None, archive))
    assert (seen.outcome, seen.add) == (Outcome.FAIL, ("Content-Type: application/json",))


@pytest.mark.parametrize(
    ("other", "outcome"),
    [
        (says(DOCUMENT, "application/json"), Outcome.PASS),
        (says(DOCUMENT + b" ", "application/json"), Outcome.FAIL),
        (says(b"", status="404 Not Found"), Outcome.FAIL),
        (says(b"", status="503 Later"), Outcome.INDETERMINATE),
    ],
)
def test_copies_agree(archive: Server, other: Any, outcome: Outcome) -> None:
    """Copies are the same bytes; one that differs or is lost fails, one that is silent leaves it open."""
    with serving() as second:
        archive.routes["/a/zarr.json"] = says(DOCUMENT, "application/json")
        second.routes["/a/zarr.json"] = other
        seen = looked(AGREE, study(None, image(archive, second)), world(None, archive, second))
        assert seen.outcome is outcome, seen.said
    assert looked(AGREE, study(None, image(archive)), world(None, archive)).outcome is Outcome.NOT_APPLICABLE


def test_same_document_is_asked_once_for_several_checks(archive: Server) -> None:
    """What one look was told it knows: three checks of an image cost its site one request."""
    archive.routes["/a/zarr.json"] = says(DOCUMENT, "application/json")
    target = study(None, image(archive))
    visit = world(None, archive).visit()
    for check in (REACHABLE, STATED, REACHABLE):
        visit.begin()
        assert check.look(target, visit).outcome is Outcome.PASS
        assert [one["url"] for one in visit.asked] == [archive.url + "/a/zarr.json"]
        assert visit.asked[0]["headers"]["content-type"] == "application/json" and len(visit.asked[0]["sha256"]) == 64
    assert archive.paths == ["/robots.txt", "/a/zarr.json"]
