from __future__ import annotations

import json
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from catalogue.resolver.service import Resolver
from catalogue.settings import WebSettings
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from tests.exchange.signed_ledger import append, append_all, fill, open_signed, study

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
ROOT = "https://node.example"


def reader_of(ledger: Ledger) -> FlaskClient:
    web = WebSettings(base_url=ROOT)
    return create_web(Services(ledger=ledger, resolver=Resolver(ledger), web=web, name="A & B <node>")).test_client()


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """230 entries of every kind."""
    with open_signed(tmp_path_factory.mktemp("log")) as opened:
        fill(opened)
        yield opened


@pytest.fixture(scope="module")
def reader(ledger: Ledger) -> FlaskClient:
    """A client of its node."""
    return reader_of(ledger)


def parsed(client: FlaskClient, address: str) -> ElementTree.Element:
    return ElementTree.fromstring(client.get(address.removeprefix(ROOT)).data)


def led_to(feed: ElementTree.Element, rel: str) -> str | None:
    return next((link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == rel), None)


def ids(feed: ElementTree.Element) -> list[str]:
    return [str(entry.findtext(f"{ATOM}id")) for entry in feed.findall(f"{ATOM}entry")]


def test_subscription_document_and_archives_hold_the_whole_log(ledger: Ledger, reader: FlaskClient) -> None:
    """RFC 5005: from the newest entries back through the archives every entry is met, newest first in each."""
    feed = parsed(reader, "/feed.atom")
    expected = [one.log.iri for one in ledger.log.entries(0, 500)]
    assert ids(feed) == expected[:-101:-1]
    met, earlier = set(ids(feed)), led_to(feed, "prev-archive")
    archives = []
    while earlier is not None:
        archive = parsed(reader, earlier)
        assert archive.find(f"{HISTORY}archive") is not None
        assert led_to(archive, "current") == f"{ROOT}/feed.atom"
        archives.append(earlier)
        met |= set(ids(archive))
        earlier = led_to(archive, "prev-archive")
    assert met == set(expected)
    assert archives == [f"{ROOT}/feed/archive/2.atom", f"{ROOT}/feed/archive/1.atom"]
    assert "immutable" in reader.get("/feed/archive/1.atom").headers["Cache-Control"]
    assert "immutable" not in reader.get("/feed.atom").headers["Cache-Control"]


def test_feed_says_what_happened_and_shows_nothing_suppressed(ledger: Ledger, reader: FlaskClient) -> None:
    """Titles are told but for suppressed records; hostile titles cannot break the document."""
    text = reader.get("/feed.atom").text
    assert "Hidden" not in text
    assert "Suppressed." in text
    assert "Back again" in text
    assert f"{ROOT}/studies/idr:idr0001/images" in text
    assert parsed(reader, "/feed.atom").findtext(f"{ATOM}title") == "A & B <node>: records"


def test_activities_are_in_order_of_time(ledger: Ledger, reader: FlaskClient) -> None:
    """IIIF Change Discovery: the pages from first to last hold every entry once, as what it was to an aggregator."""
    collection = json.loads(reader.get("/activity").data)
    assert collection["totalItems"] == 230
    address, items = collection["first"]["id"], []
    while address:
        page = json.loads(reader.get(address.removeprefix(ROOT)).data)
        assert page["startIndex"] == len(items)
        items += page["orderedItems"]
        last, address = page["id"], page.get("next", {}).get("id")
    assert last == collection["last"]["id"]
    assert [item["id"] for item in items] == [one.log.iri for one in ledger.log.entries(0, 500)]
    assert [item["endTime"] for item in items] == sorted(item["endTime"] for item in items)
    types = {one.log.status: item["type"] for one, item in zip(ledger.log.entries(0, 500), items, strict=True)}
    assert types == {"public": "Create", "suppressed": "Delete", "withdrawn": "Delete", "replaced": "Move"}
    moved = next(item for item in items if item["type"] == "Move")
    assert moved["target"]["id"].endswith("idr:idr0012")
    assert items[0]["object"]["seeAlso"][0]["id"] == f"{ROOT}/studies/idr:idr0001.jsonld"


def test_empty_logs_have_empty_views(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A new node serves a feed and a collection without entries, and no page beyond the first."""
    with open_signed(tmp_path_factory.mktemp("empty")) as own:
        client = reader_of(own)
        assert ids(parsed(client, "/feed.atom")) == []
        assert json.loads(client.get("/activity/page/1").data)["orderedItems"] == []
        assert client.get("/activity/page/2").status_code == 404
        assert client.get("/feed/archive/99999999999999999999.atom").status_code == 404


def test_control_characters_do_not_break_the_feed(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What XML cannot hold is replaced, markup is escaped."""
    with open_signed(tmp_path_factory.mktemp("hostile")) as own:
        append_all(own, [study(1, "a\x00\x1b]]> </title><script>"), study(2, description="<b>&")])
        append(own, study(3, ""))
        titles = [e.findtext(f"{ATOM}title") for e in parsed(reader_of(own), "/feed.atom").findall(f"{ATOM}entry")]
        assert titles[0] == "idr:idr0003"
        assert "</title><script>" in str(titles[2])
