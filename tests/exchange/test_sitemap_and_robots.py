"""Sitemaps and robots.txt: what crawlers are shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from protego import Protego

from tests.exchange.harvested import Node, study
from tests.web.studies_for_pages import image

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture
def node(tmp_path: Path) -> Node:
    found = Node(tmp_path)
    found.put(*(study(number) for number in range(1, 5)), image("biostudies:S-BIAD1.a", "biostudies:S-BIAD1"))
    found.clock.go(60)
    found.put(study(2, "Changed"))
    found.put(study(3), status="suppressed")
    found.withdraw("biostudies:S-BIAD4")
    found.clock.go(2)
    return found


@pytest.mark.parametrize("block", [10_000, 2])
def test_sitemaps_show_public_pages_with_their_exposure(
    node: Node, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S8: public studies and images with the moment of exposure; suppressed and withdrawn records are left out."""
    for name in ("sitemap", "sitemap_index"):
        monkeypatch.setattr(f"catalogue.exchange.sitemap.{name}.__defaults__", (block,))
    client = node.app().test_client()
    index = etree.fromstring(client.get("/sitemap.xml").data)
    found = {}
    for part in index.findall("s:sitemap", NAMES):
        root = etree.fromstring(client.get(part.findtext("s:loc", None, NAMES).removeprefix(node.web.base_url)).data)
        pages = {u.findtext("s:loc", None, NAMES): u.findtext("s:lastmod", None, NAMES) for u in root}
        assert part.findtext("s:lastmod", None, NAMES) == max(pages.values())
        found |= pages
    assert found == {
        "http://node.example.org/studies/biostudies:S-BIAD1": "2026-03-01T12:00:00Z",
        "http://node.example.org/images/biostudies:S-BIAD1.a": "2026-03-01T12:00:00Z",
        "http://node.example.org/studies/biostudies:S-BIAD2": "2026-03-01T12:01:00Z",
    }
    for address in found:
        assert client.get(address.removeprefix(node.web.base_url)).status_code == 200


def test_robots_are_led_to_the_sitemap(node: Node) -> None:
    """robots.txt names the sitemap, lets pages be read and keeps crawlers from searches."""
    read = Protego.parse(node.app().test_client().get("/robots.txt").text)
    assert list(read.sitemaps) == ["http://node.example.org/sitemap.xml"]
    assert read.can_fetch("http://node.example.org/studies/biostudies:S-BIAD1", "any")
    assert not read.can_fetch("http://node.example.org/search?q=cells", "any")


def test_unknown_sitemaps_are_not_found(node: Node) -> None:
    """A sitemap that the index does not name is 404."""
    assert node.app().test_client().get("/sitemap/7.xml").status_code == 404


def test_sitemaps_have_validators(node: Node) -> None:
    """A crawler that has a sitemap already gets 304, plain and compressed alike."""
    client = node.app().test_client()
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        first = client.get("/sitemap/0.xml", headers=headers)
        again = client.get("/sitemap/0.xml", headers={**headers, "If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
