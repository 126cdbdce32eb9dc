"""Looks at strangers keep to robots.txt, which is asked for once a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from loopback_server import Server, answer, serving

from catalogue.problems import FetchRefused, SourceUnavailable
from harvesters.http import Fetcher
from harvesters.looker import RENEW_S, Home, Looker


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        one.routes["/robots.txt"] = answer(b"User-agent: Ommatidia\nDisallow: /private/\n")
        one.routes["/a"] = one.routes["/private/b"] = answer(b"yes")
        yield one


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def looker(seconds: Seconds) -> Looker:
    fetcher = Fetcher(
        contact="https://example.org/", allow_private=frozenset({"127.0.0.1"}), attempts=1, timeout_s=5.0,
        clock=lambda: datetime(2026, 3, 2, tzinfo=UTC),
    )  # fmt: skip
    return Looker(fetcher, seconds)


def test_robots_file_is_heeded_and_asked_for_once(looker: Looker, server: Server) -> None:
    """What an archive shuts to us is not asked, by a look or by a read; the file is read once."""
    assert looker.look(server.url + "/a").status == 200
    assert looker.get(server.url + "/a").status == 200
    for ask in (looker.look, looker.get):
        with pytest.raises(FetchRefused) as caught:
            ask(server.url + "/private/b")
        assert caught.value.members["rule"] == "robots"
    assert server.paths == ["/robots.txt", "/a", "/a"]


def test_new_rules_are_heeded_the_next_day(looker: Looker, server: Server, seconds: Seconds) -> None:
    """An archive that shuts its door is heard within a day, without a restart of ours."""
    looker.look(server.url + "/a")
    server.routes["/robots.txt"] = answer(b"User-agent: *\nDisallow: /\n")
    looker.look(server.url + "/a")
    seconds.now = RENEW_S + 1
    with pytest.raises(FetchRefused):
        looker.look(server.url + "/a")


def test_site_whose_rules_cannot_be_had_is_left_alone(looker: Looker, server: Server) -> None:
    """Nothing is looked at where robots.txt answers with an error of the server (RFC 9309, section 2.3.1.4)."""
    server.routes["/robots.txt"] = answer(b"", "503 Later")
    with pytest.raises(SourceUnavailable):
        looker.look(server.url + "/a")
    assert server.paths == ["/robots.txt"]


def test_way_home_leads_nowhere_else(server: Server) -> None:
    """The door to our own pages, private as they may be, opens for no other address, whatever a caller says."""
    fetcher = Fetcher(
        contact="https://example.org/", allow_private=frozenset({"127.0.0.1"}), attempts=1, timeout_s=5.0,
        clock=lambda: datetime(2026, 3, 2, tzinfo=UTC),
    )  # fmt: skip
    home = Home(fetcher, server.url)
    assert home.look(server.url + "/a").status == 200
    for elsewhere in ("http://127.0.0.1:9/", server.url.replace("127.0.0.1", "localhost"), "https://archive.example/"):
        with pytest.raises(FetchRefused) as caught:
            home.look(elsewhere, origin=fetcher.origin(elsewhere))
        assert caught.value.members["rule"] == "origin"
