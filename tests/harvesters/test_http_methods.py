"""POST, downloads and the server's clock: what the fetcher does beside GET, under the same rules."""

from __future__ import annotations

import errno
import hashlib
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from socket import socket

import pytest
from loopback_server import Request, Server, answer, in_turn, serving

from catalogue.problems import FetchRefused, Locked, SourceUnavailable
from harvesters.download import PartFile
from harvesters.http import Fetcher

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BODY = bytes(range(256)) * 400


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(
        contact="https://example.org/", allow_private=frozenset({"127.0.0.1"}), timeout_s=60.0, clock=lambda: NOW,
        sleep=lambda _: None,
    )  # fmt: skip


# POST


def test_post_sends_bytes_and_their_type(server: Server, fetcher: Fetcher) -> None:
    """A question goes out as it is, with its type and ours."""
    server.routes["/sparql"] = answer(b"yes")
    got = fetcher.post(server.url + "/sparql", b"ASK {}", "application/sparql-query")
    assert (got.status, got.content) == (200, b"yes")
    assert server.requests[0].body == b"ASK {}"
    assert server.requests[0].headers["content-type"] == "application/sparql-query"
    assert server.requests[0].headers["user-agent"] == fetcher.user_agent


@pytest.mark.parametrize(("idempotent", "tries"), [(False, 1), (True, 4)])
def test_post_is_repeated_only_where_that_changes_nothing(
    server: Server, fetcher: Fetcher, idempotent: bool, tries: int
) -> None:
    """R8: a failed POST is tried again only when the caller says that asking twice is the same as once."""
    server.routes["/sparql"] = answer(b"", "503 Busy", {"Connection": "close"})
    with pytest.raises(SourceUnavailable):
        fetcher.post(server.url + "/sparql", b"", "text/plain", idempotent=idempotent)
    assert len(server.requests) == tries


@pytest.mark.parametrize(
    ("status", "target", "passes"),
    [
        ("307 Temporary Redirect", "/there", True),
        ("308 Permanent Redirect", "/there", True),
        ("302 Found", "/there", False),
        ("303 See Other", "/there", False),
        ("307 Temporary Redirect", "http://localhost:{port}/there", False),
        ("307 Temporary Redirect", "http://169.254.169.254/", False),
    ],
)
def test_post_follows_no_redirect_that_changes_it(
    server: Server, fetcher: Fetcher, status: str, target: str, passes: bool
) -> None:
    """TP3: a question is repeated within its origin only, and never turned into another request."""
    location = target.replace("{port}", str(server.port))
    server.routes["/sparql"] = answer(b"", status, {"Location": location})
    server.routes["/there"] = answer(b"yes")
    if passes:
        assert fetcher.post(server.url + "/sparql", b"", "text/plain", idempotent=True).content == b"yes"
        return
    with pytest.raises(FetchRefused) as caught:
        fetcher.post(server.url + "/sparql", b"", "text/plain", idempotent=True)
    assert caught.value.members["rule"] == "redirect"
    assert server.paths == ["/sparql"]


def test_post_to_the_inside_is_refused(server: Server) -> None:
    """TP3: POST goes where GET may go."""
    guarded = Fetcher(contact="https://example.org/", clock=lambda: NOW)
    with pytest.raises(FetchRefused):
        guarded.post(server.url + "/", b"", "text/plain")
    assert server.connections == 0


# Downloads


def cut_after(count: int, etag: str = '"v1"') -> bytes:
    """The body, cut off."""
    return answer(BODY[:count], headers={"ETag": etag, "Connection": "close"}, length=len(BODY))


def rest(etag: str = '"v1"', of: bytes = BODY) -> object:
    """What a server with ranges answers."""

    def route(request: Request, _: socket) -> bytes:
        asked = request.headers.get("range")
        if asked is None or request.headers.get("if-range", etag) != etag:
            return answer(of, headers={"ETag": etag})
        start = int(asked.removeprefix("bytes=").rstrip("-"))
        part = {"ETag": etag, "Content-Range": f"bytes {start}-{len(of) - 1}/{len(of)}"}
        return answer(of[start:], "206 Partial Content", part)

    return route


def test_download_puts_the_body_into_the_file(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    """A body becomes a file whole; nothing else is left."""
    server.routes["/list"] = answer(BODY, headers={"ETag": '"v1"'})
    got = fetcher.download(server.url + "/list", tmp_path / "list", 1 << 20)
    assert (got.status, got.content, got.etag) == (200, b"", '"v1"')
    assert (tmp_path / "list").read_bytes() == BODY
    assert [path.name for path in tmp_path.iterdir()] == ["list"]


def test_download_goes_on_where_it_was_cut(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    """A cut connection costs only what is missing, when the server names a strong ETag."""
    server.routes["/list"] = in_turn(cut_after(60_000), rest())
    fetcher.download(server.url + "/list", tmp_path / "list", 1 << 20)
    assert (tmp_path / "list").read_bytes() == BODY
    first, second = (request.headers for request in server.requests)
    assert "range" not in first
    assert second["if-range"] == '"v1"'
    start = int(second["range"].removeprefix("bytes=").rstrip("-"))
    assert 0 < start <= 60_000


def test_download_goes_on_in_the_next_run(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    """What one run brought is still there for the next."""
    server.routes["/list"] = cut_after(60_000)
    with pytest.raises(SourceUnavailable):
        fetcher.download(server.url + "/list", tmp_path / "list", 1 << 20)
    assert not (tmp_path / "list").exists()
    server.requests.clear()
    server.routes["/list"] = rest()
    fetcher.download(server.url + "/list", tmp_path / "list", 1 << 20)
    assert "range" in server.requests[0].headers
    assert (tmp_path / "list").read_bytes() == BODY


@pytest.mark.parametrize("etag", ['W/"v1"', ""])
def test_download_without_a_strong_etag_begins_anew(
    server: Server, fetcher: Fetcher, tmp_path: Path, etag: str
) -> None:
    """Two parts are joined only when the server vouches that they are of one file."""
    server.routes["/list"] = in_turn(cut_after(60_000, etag), answer(BODY[::-1]))
    fetcher.download(server.url + "/list", tmp_path / "list", 1 << 20)
    assert (tmp_path / "list").read_bytes() == BODY[::-1]
    assert all("range" not in request.headers for request in server.requests)


def test_download_of_a_file_that_changed_begins_anew(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    """A new version replaces the part of the old one."""
    server.routes["/list"] = in_turn(cut_after(60_000), rest('"v2"', BODY[::-1]))
    fetcher.download(server.url + "/list", tmp_path / "list", 1 << 20)
    assert (tmp_path / "list").read_bytes() == BODY[::-1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"Content-Range": "bytes 5-9/10"},
        {"Content-Range": f"bytes 60000-70000/{len(BODY)}"},
        {"Content-Range": "bytes */10"},
        {},
        {"Content-Range": f"bytes 60000-{len(BODY) - 1}/{len(BODY)}", "ETag": '"v2"'},
    ],
)
def test_part_that_does_not_fit_is_never_joined(
    server: Server, fetcher: Fetcher, tmp_path: Path, wrong: dict[str, str]
) -> None:
    """TP6: a server that answers with another part than asked for spoils no file, and the next run begins anew."""
    server.routes["/list"] = in_turn(cut_after(60_000), answer(b"x" * 42_400, "206 Partial Content", wrong))
    with pytest.raises(FetchRefused) as caught:
        fetcher.download(server.url + "/list", tmp_path / "list", 1 << 20)
    assert caught.value.members["rule"] == "range"
    server.routes["/list"] = rest()
    fetcher.download(server.url + "/list", tmp_path / "list", 1 << 20)
    assert (tmp_path / "list").read_bytes() == BODY


def test_download_beyond_its_limit_is_refused(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    """TP4: an endless body ends at the limit, and no file appears."""

    def endless(_: Request, connection: socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    server.routes["/list"] = endless
    with pytest.raises(FetchRefused) as caught:
        fetcher.download(server.url + "/list", tmp_path / "list", 1 << 20)
    assert caught.value.members["rule"] == "too-large"
    assert not (tmp_path / "list").exists()
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 1 << 20


def test_download_is_conditional(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    """R7: what is held and current is not read again, and stays."""
    (tmp_path / "list").write_bytes(b"held")
    server.routes["/list"] = answer(b"", "304 Not Modified")
    got = fetcher.download(server.url + "/list", tmp_path / "list", 1 << 20, etag='"v1"')
    assert got.not_modified
    assert server.requests[0].headers["if-none-match"] == '"v1"'
    assert [path.name for path in tmp_path.iterdir()] == ["list"]
    assert (tmp_path / "list").read_bytes() == b"held"


def test_download_of_nothing_leaves_nothing(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    """An error status makes no file; its page is the answer."""
    got = fetcher.download(server.url + "/none", tmp_path / "list", 1 << 20)
    assert (got.status, got.content) == (404, b"no such thing")
    assert list(tmp_path.iterdir()) == []


def test_full_disk_is_not_the_servers_fault(
    server: Server, fetcher: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that cannot be written ends the download at once, as what it is."""
    server.routes["/list"] = answer(BODY)

    def full(self: PartFile, block: bytes) -> None:
        from harvesters.download import _NotWritten

        raise _NotWritten(OSError(errno.ENOSPC, "No space left on device"))

    monkeypatch.setattr(PartFile, "_append", full)
    with pytest.raises(OSError, match="No space left"):
        fetcher.download(server.url + "/list", tmp_path / "list", 1 << 20)
    assert len(server.requests) == 1


def test_two_downloads_of_one_file_do_not_mix(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    """A file that another run is downloading is left to it."""
    with PartFile(tmp_path / "list", "x", 10).held(), pytest.raises(Locked):
        fetcher.download(server.url + "/list", tmp_path / "list", 1 << 20)


def test_download_takes_constant_memory(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    """A file of 64 MB passes through a few blocks of memory."""
    block = bytes(1 << 20)

    def large(_: Request, connection: socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (64 << 20))
        for _number in range(64):
            connection.sendall(block)

    server.routes["/list"] = large
    tracemalloc.start()
    try:
        fetcher.download(server.url + "/list", tmp_path / "list", 1 << 30)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert (tmp_path / "list").stat().st_size == 64 << 20
    assert hashlib.sha256((tmp_path / "list").read_bytes()).hexdigest() == hashlib.sha256(bytes(64 << 20)).hexdigest()


# The server's clock


@pytest.mark.parametrize(
    ("headers", "skew_s"),
    [
        ({"Date": "Mon, 02 Mar 2026 12:00:00 GMT"}, 0.0),
        ({"Date": "Mon, 02 Mar 2026 12:10:00 GMT"}, 600.0),
        ({"Date": "Sun, 01 Mar 2026 12:00:00 GMT"}, -86_400.0),
        ({"Date": "Mon, 02 Mar 2026 11:00:00 GMT", "Age": "3600"}, 0.0),
        ({"Date": "yesterday"}, None),
        ({"Date": "Mon, 02 Mar 99999 12:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_clock_of_the_server_comes_with_the_answer(
    server: Server, fetcher: Fetcher, headers: dict[str, str], skew_s: float | None
) -> None:
    """R23: how far the publisher's clock is off ours is told and corrects nothing."""
    server.routes["/"] = answer(b"x", headers=headers)
    got = fetcher.get(server.url + "/")
    assert got.skew_s == skew_s
    assert (got.date is None) == (skew_s is None)
