"""Looking at single addresses: redirects are the answer, HEAD has no body, nothing is tried again, no rule is eased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from socket import socket

import pytest
from loopback_server import Request, Server, answer, serving

from catalogue.problems import FetchRefused, SourceUnavailable
from harvesters.http import Fetcher

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ALLOWED = frozenset({"127.0.0.1"})


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


def a_fetcher(allow: frozenset[str] = ALLOWED, **changed: object) -> Fetcher:
    return Fetcher(
        contact="https://example.org/", allow_private=allow, timeout_s=5.0, clock=lambda: NOW,
        sleep=lambda _: pytest.fail("a look waits for nothing"), **changed,
    )  # fmt: skip


@pytest.mark.parametrize("status", ["301 Moved Permanently", "303 See Other", "307 Temporary Redirect"])
@pytest.mark.parametrize("target", ["/there", "http://169.254.169.254/latest/meta-data", "ftp://example.org/"])
def test_redirect_is_the_answer(server: Server, status: str, target: str) -> None:
    """Where a redirect leads is told and not followed, wherever that is."""
    server.routes["/here"] = answer(b"see there", status, {"Location": target})
    got = a_fetcher().look(server.url + "/here")
    assert (got.status, got.headers["location"], got.content) == (int(status[:3]), target, b"")
    assert server.paths == ["/here"]


def test_connection_is_used_again_after_a_redirect(server: Server) -> None:
    """A first hop and its end cost one connection."""
    server.routes["/here"] = answer(b"see there", "303 See Other", {"Location": "/there"})
    server.routes["/there"] = answer(b"yes")
    fetcher = a_fetcher()
    fetcher.look(server.url + "/here")
    assert fetcher.look(server.url + "/there").content == b"yes"
    assert server.connections == 1


def test_head_asks_for_the_size_of_the_thing_itself(server: Server) -> None:
    """HEAD tells size and type of something larger than any answer may be, and the connection stays in use."""
    methods: list[str] = []

    def route(request: Request, _: socket) -> bytes:
        methods.append(request.headers["accept-encoding"])
        return b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\nContent-Type: image/tiff\r\n\r\n"

    server.routes["/image.tif"] = route
    fetcher = a_fetcher(max_bytes=1000)
    for _ in range(2):
        got = fetcher.look(server.url + "/image.tif", method="HEAD")
        assert (got.status, got.content, got.headers["content-length"]) == (200, b"", "99999999999")
    assert (methods, server.connections) == (["identity", "identity"], 1)


def test_head_of_a_compressed_answer_is_no_damaged_body(server: Server) -> None:
    """A server that states a compression although none was asked for has no body to be judged by."""
    server.routes["/x"] = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n"
    assert a_fetcher().look(server.url + "/x", method="HEAD").status == 200


@pytest.mark.parametrize("status", [429, 500, 503])
def test_answer_that_may_change_is_told_with_its_status(server: Server, status: int) -> None:
    """A server in trouble is asked once, and what it said is told: status and the pause that it asks for."""
    server.routes["/x"] = answer(b"", f"{status} Later", {"Retry-After": "120"})
    with pytest.raises(SourceUnavailable) as caught:
        a_fetcher().look(server.url + "/x")
    assert caught.value.members == {"retry_after_s": 120, "answered": status}
    assert server.paths == ["/x"]


def test_silence_has_no_status(server: Server) -> None:
    """A connection that is cut is told without a status, and after one try."""
    server.routes["/x"] = lambda request, connection: None
    with pytest.raises(SourceUnavailable) as caught:
        a_fetcher().look(server.url + "/x")
    assert "answered" not in caught.value.members
    assert server.paths == ["/x"]


def test_a_look_is_under_the_same_guard(server: Server) -> None:
    """TP3: private addresses, other origins than the one named, too much, and forged headers are refused."""
    server.routes["/x"] = answer(b"x" * 5000)
    url = server.url + "/x"
    with pytest.raises(FetchRefused) as caught:
        a_fetcher(frozenset()).look(url)
    assert caught.value.members["rule"] == "private-address"
    fetcher = a_fetcher()
    with pytest.raises(FetchRefused) as caught:
        fetcher.look(url, origin=fetcher.origin("https://catalogue.example/"))
    assert caught.value.members["rule"] == "origin"
    with pytest.raises(FetchRefused) as caught:
        fetcher.look(url, max_bytes=100)
    assert caught.value.members["rule"] == "too-large"
    with pytest.raises(FetchRefused):
        fetcher.look(url, headers={"Range": "bytes=0-1"})
    assert server.paths == ["/x"]


def test_part_of_a_thing_is_the_part_asked_for(server: Server) -> None:
    """A range goes out as asked, and another part than that is refused."""
    server.routes["/x"] = answer(b"abcd", "206 Partial Content", {"Content-Range": "bytes 0-3/10"})
    fetcher = a_fetcher()
    assert fetcher.look(server.url + "/x", byte_range=(0, 3)).content == b"abcd"
    assert server.requests[0].headers["range"] == "bytes=0-3"
    with pytest.raises(FetchRefused):
        fetcher.look(server.url + "/x", byte_range=(4, 7))
