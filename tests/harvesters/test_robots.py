"""Sites say what may be read of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from loopback_server import Server, answer, serving

from catalogue.problems import FetchRefused, SourceUnavailable
from harvesters.http import Fetcher
from harvesters.sources.robots import RobotsOfSites

RULES = b"User-agent: *\nDisallow: /private/\nDisallow: /*.json$\nAllow: /private/open\nCrawl-delay: 3\n"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        for path in ("/a", "/b", "/private/x", "/private/open", "/x.json"):
            one.routes[path] = answer(b"page")
        yield one


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def robots(slept: list[float]) -> RobotsOfSites:
    fetcher = Fetcher(
        contact="https://example.org/",
        allow_private=frozenset({"127.0.0.1"}),
        clock=lambda: datetime.now(UTC),
        sleep=slept.append,
    )
    return RobotsOfSites(fetcher)


def test_rules_are_asked_for_once_and_kept_to(server: Server, robots: RobotsOfSites) -> None:
    """R10: one robots.txt a site and run; what it disallows is not asked for, wildcards included."""
    server.routes["/robots.txt"] = answer(RULES)
    for path in ("/a", "/b", "/private/open"):
        assert robots.get(server.url + path).content == b"page"
    for path in ("/private/x", "/x.json"):
        with pytest.raises(FetchRefused) as caught:
            robots.get(server.url + path)
        assert caught.value.members["rule"] == "robots"
    assert server.paths == ["/robots.txt", "/a", "/b", "/private/open"]


def test_pause_a_site_asks_for_is_kept(server: Server, robots: RobotsOfSites, slept: list[float]) -> None:
    """R10: the site's Crawl-delay lies between any two requests to it."""
    server.routes["/robots.txt"] = answer(RULES)
    robots.get(server.url + "/a")
    robots.get(server.url + "/b")
    assert [round(pause) for pause in slept] == [3, 3]


def test_site_without_rules_allows_everything(server: Server, robots: RobotsOfSites) -> None:
    """No robots.txt, no rules (RFC 9309, section 2.3.1.3)."""
    assert robots.get(server.url + "/private/x").status == 200


def test_site_whose_rules_cannot_be_had_is_not_read(server: Server, robots: RobotsOfSites) -> None:
    """Rules that a server fails to give disallow everything (RFC 9309, section 2.3.1.4)."""
    server.routes["/robots.txt"] = answer(b"", "503 Busy")
    with pytest.raises(SourceUnavailable):
        robots.get(server.url + "/a")
    assert "/a" not in server.paths


def test_rules_made_to_slow_us_down_do_not(server: Server, robots: RobotsOfSites, slept: list[float]) -> None:
    """R11: a robots.txt of half a megabyte, or with an absurd pause, costs neither memory nor a day."""
    server.routes["/robots.txt"] = answer(b"User-agent: *\nCrawl-delay: 1e9\n" + b"Disallow: /x\n" * 30_000)
    robots.get(server.url + "/a")
    assert max(slept) <= 30
