"""The fetcher against a server on loopback that behaves, misbehaves or attacks."""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import subprocess
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from loopback_server import TRICKLE_S, Request, Route, Server, answer, in_turn, serving, trickle

from catalogue.problems import FetchRefused, SourceUnavailable
from harvesters.http import Fetcher

NOW = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
OK = answer(b"hello")


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that knows no path yet."""
    with serving() as running:
        yield running


class Waits(list[float]):
    """Records what would have been slept."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def fetcher(**overrides: object) -> Fetcher:
    """A fetcher that may read from loopback and does not really wait."""
    settings: dict[str, object] = {
        "contact": "https://example.org/contact",
        "allow_private": frozenset({"127.0.0.1", "localhost", "::1"}),
        "timeout_s": 5.0,
        "max_bytes": 1 << 20,
        "clock": lambda: NOW,
        "sleep": Waits(),
    }
    return Fetcher(**{**settings, **overrides})  # type: ignore[arg-type]


# ---- where it goes


def test_loopback_is_refused_unless_named(server: Server) -> None:
    """Without the operator's word no connection to this machine is made."""
    server.routes["/x"] = OK
    with pytest.raises(FetchRefused, match="allow_private_hosts"):
        fetcher(allow_private=frozenset()).get(server.url + "/x")
    assert server.connections == 0


def test_host_and_port_may_be_named_together(server: Server) -> None:
    """`host:port` in the setting opens that port and no other."""
    server.routes["/x"] = OK
    assert fetcher(allow_private=frozenset({f"127.0.0.1:{server.port}"})).get(server.url + "/x").content == b"hello"
    with pytest.raises(FetchRefused):
        fetcher(allow_private=frozenset({f"127.0.0.1:{server.port + 1}"})).get(server.url + "/x")


def test_name_with_one_private_address_is_refused(server: Server) -> None:
    """Every address of a name is judged, not only the first."""
    tool = fetcher(resolver=lambda host, port: ["93.184.215.14", "127.0.0.1"])
    with pytest.raises(FetchRefused, match="private or reserved"):
        tool.get(f"http://archive.example:{server.port}/x")
    assert server.connections == 0


def test_rebinding_name_never_reaches_loopback(server: Server) -> None:
    """A name that is public when checked and private a moment later leads nowhere: look-up and connection are one."""
    answers = iter([["93.184.215.14"], ["127.0.0.1"], ["127.0.0.1"]])
    tool = fetcher(resolver=lambda host, port: next(answers))
    assert tool.check(f"http://archive.example:{server.port}/").addresses == ("93.184.215.14",)
    with pytest.raises(FetchRefused):
        tool.get(f"http://archive.example:{server.port}/x")
    assert server.connections == 0


def test_connection_goes_to_the_checked_address_under_the_given_name(server: Server) -> None:
    """The address comes from the checked look-up; the Host header stays the name of the URL."""
    server.routes["/x"] = OK
    tool = fetcher(
        resolver=lambda host, port: ["127.0.0.1"] if host == "archive.example" else [],
        allow_private=frozenset({"archive.example"}),
    )
    assert tool.get(f"http://archive.example:{server.port}/x").status == 200
    assert server.requests[0].headers["host"] == f"archive.example:{server.port}"


def test_ipv6_loopback_works_when_named() -> None:
    """An IPv6 literal is fetched like any other host."""
    try:
        with serving(host="::1") as running:
            running.routes["/x"] = OK
            assert fetcher().get(f"http://[::1]:{running.port}/x").content == b"hello"
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")


def test_unknown_name_is_unavailable() -> None:
    """A name that does not resolve is the partner's trouble, not a refusal."""

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror("unknown")

    with pytest.raises(SourceUnavailable):
        fetcher(resolver=unknown).get("http://nowhere.example/")


def test_proxy_and_netrc_of_the_environment_are_ignored(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither a proxy nor credentials of whoever started the node take part in a request."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password hush\n")
    netrc.chmod(0o600)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    monkeypatch.setenv("NETRC", str(netrc))
    server.routes["/x"] = OK
    assert fetcher().get(server.url + "/x").status == 200
    assert "authorization" not in server.requests[0].headers


# ---- what it says


def test_user_agent_names_us_and_the_contact(server: Server) -> None:
    """Operators of archives see who reads and where to complain."""
    server.routes["/x"] = OK
    fetcher().get(server.url + "/x")
    sent = server.requests[0].headers
    assert sent["user-agent"].startswith("Ommatidia/")
    assert sent["user-agent"].endswith("(+https://example.org/contact)")
    assert "from" not in sent


def test_from_header_is_sent_for_an_e_mail_contact(server: Server) -> None:
    """A contact that is an e-mail address also goes into From."""
    server.routes["/x"] = OK
    fetcher(contact="mailto:curator@example.org").get(server.url + "/x")
    assert server.requests[0].headers["from"] == "curator@example.org"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Key": "a\r\nEvil: 1"},
        {"X\r\nEvil": "1"},
        {"X-Key": "é"},
        {"X Key": "1"},
        {"Host": "x"},
        {"Range": "bytes=0-"},
    ],
)
def test_header_that_could_split_a_request_is_refused(server: Server, headers: dict[str, str]) -> None:
    """Line breaks in names or values, and headers that are ours to set, never leave the process."""
    with pytest.raises(FetchRefused):
        fetcher().get(server.url + "/x", headers=headers)
    assert server.requests == []


def test_hostile_etag_is_not_sent_back(server: Server) -> None:
    """A stored validator with a line break makes the request unconditional instead of splitting it."""
    server.routes["/x"] = OK
    assert fetcher().get(server.url + "/x", etag='"a"\r\nEvil: 1').content == b"hello"
    assert not {"evil", "if-none-match"} & set(server.requests[0].headers)


def test_cookies_are_not_kept(server: Server) -> None:
    """A cookie set by one answer is not sent with the next request."""
    server.routes["/x"] = answer(b"", headers={"Set-Cookie": "id=1; Path=/"})
    tool = fetcher()
    tool.get(server.url + "/x")
    tool.get(server.url + "/x")
    assert "cookie" not in server.requests[1].headers


# ---- conditional requests and connections


def test_validators_make_the_request_conditional(server: Server) -> None:
    """With ETag and date of the held copy, 304 says that nothing is to be read."""
    server.routes["/x"] = answer(b"", "304 Not Modified", {"ETag": '"1"'})
    got = fetcher().get(server.url + "/x", etag='"1"', modified="Mon, 02 Mar 2026 12:00:00 GMT")
    assert got.not_modified
    assert got.content == b""
    assert server.requests[0].headers["if-none-match"] == '"1"'
    assert server.requests[0].headers["if-modified-since"] == "Mon, 02 Mar 2026 12:00:00 GMT"


def test_validators_come_with_the_answer(server: Server) -> None:
    """ETag and Last-Modified are handed on as the server wrote them."""
    server.routes["/x"] = answer(b"1", headers={"ETag": 'W/"x"', "Last-Modified": "Mon, 02 Mar 2026 12:00:00 GMT"})
    got = fetcher().get(server.url + "/x")
    assert (got.etag, got.last_modified) == ('W/"x"', "Mon, 02 Mar 2026 12:00:00 GMT")


def test_one_connection_serves_many_requests(server: Server) -> None:
    """Answers with and without body, gzip, and small errors keep the connection open."""
    server.routes["/x"] = OK
    server.routes["/z"] = answer(gzip.compress(b"hello"), headers={"Content-Encoding": "gzip"})
    server.routes["/n"] = answer(b"", "304 Not Modified")
    tool = fetcher()
    for path in ("/x", "/z", "/n", "/missing", "/x", "/n", "/x"):
        tool.get(server.url + path)
    assert len(server.requests) == 7
    assert server.connections == 1


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="the system has no quick acknowledgements")
def test_server_that_writes_twice_costs_no_delay(server: Server) -> None:
    """Headers and body in separate writes do not cost 40 ms a request, as delayed acknowledgements would."""

    def twice(_: Request, connection: socket.socket) -> bytes:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        return b"hello"

    server.routes["/x"] = twice
    tool, took_s = fetcher(), []
    for _ in range(60):
        begun = time.monotonic()
        assert tool.get(server.url + "/x").content == b"hello"
        took_s.append(time.monotonic() - begun)
    # The first are quick in any case, and a busy machine delays some: a delayed acknowledgement would delay each.
    assert min(took_s[30:]) < 0.03


def test_closed_idle_connection_is_replaced(server: Server) -> None:
    """A server that closes between two requests is not an error."""
    server.routes["/x"] = in_turn(answer(b"1", headers={"Connection": "close"}), answer(b"2"))
    tool = fetcher()
    assert [tool.get(server.url + "/x").content for _ in range(2)] == [b"1", b"2"]


# ---- redirects


def redirect(to: str, status: str = "302 Found") -> bytes:
    """An answer that points elsewhere."""
    return answer(b"moved", status, {"Location": to})


@pytest.mark.parametrize(
    "status",
    ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"],
)
def test_redirects_are_followed_three_times(server: Server, status: str) -> None:
    """Three redirects are followed and the final address is reported."""
    for n in range(3):
        server.routes[f"/{n}"] = redirect(f"/{n + 1}", status)
    server.routes["/3"] = OK
    got = fetcher().get(server.url + "/0")
    assert (got.content, got.url) == (b"hello", server.url + "/3")


def test_fourth_redirect_is_refused(server: Server) -> None:
    """A chain of more than three redirects, or a loop, ends."""
    server.routes["/x"] = redirect("/x")
    with pytest.raises(FetchRefused, match="redirects"):
        fetcher().get(server.url + "/x")
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    "target",
    [
        "http://localhost:{port}/canary", "http://169.254.169.254/latest/", "http://[::ffff:127.0.0.1]:{port}/canary",
        "http://2130706433:{port}/canary", "http://0x7f.1:{port}/canary", "file:///etc/passwd", "gopher://127.0.0.1:{port}/_x",
        "//localhost:{port}/canary", "http://me@127.0.0.1:{port}/canary", "http://0.0.0.0:{port}/canary",
    ],
)  # fmt: skip
def test_redirect_to_the_inside_is_refused(server: Server, target: str) -> None:
    """A partner cannot send the fetcher to another service of this machine or network: the canary is never asked."""
    server.routes["/x"] = redirect(target.format(port=server.port))
    server.routes["/canary"] = OK
    with pytest.raises(FetchRefused):
        fetcher(allow_private=frozenset({f"127.0.0.1:{server.port}"})).get(server.url + "/x")
    assert "/canary" not in server.paths


def test_redirect_out_of_the_origin_is_refused_when_one_is_given(server: Server) -> None:
    """A source bound to its origin stays there, and the message says how to move it."""
    server.routes["/x"] = redirect(f"http://localhost:{server.port}/y")
    tool = fetcher()
    with pytest.raises(FetchRefused, match="put the new address into the source"):
        tool.get(server.url + "/x", origin=tool.origin(server.url))
    assert server.paths == ["/x"]


def test_credentials_stay_with_their_origin(server: Server) -> None:
    """Authorization and Cookie go along a redirect within the origin and not beyond it; other headers go on."""
    with serving() as other:
        server.routes["/x"] = redirect("/y")
        server.routes["/y"] = redirect(other.url + "/z")
        other.routes["/z"] = OK
        fetcher().get(server.url + "/x", headers={"Authorization": "Bearer hush", "cookie": "id=hush", "Accept": "a/b"})
        assert [r.headers.get("authorization") for r in server.requests] == ["Bearer hush"] * 2
        assert not {"authorization", "cookie"} & set(other.requests[0].headers)
        assert other.requests[0].headers["accept"] == "a/b"


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[Server, str, list[str | None]]]:
    """A TLS server with a certificate for archive.example, the file to trust it, and the names clients asked for."""
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    command += ["-subj", "/CN=archive.example", "-addext", "subjectAltName=DNS:archive.example"]
    try:
        subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl cannot make a certificate here")
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda sock, name, ctx: names.append(name)
    with serving(lambda raw: context.wrap_socket(raw, server_side=True)) as running:
        yield running, str(certificate), names


def tls_fetcher(ca_file: str) -> Fetcher:
    """A fetcher for the server of the `tls` fixture."""
    return fetcher(
        ca_file=ca_file,
        resolver=lambda host, port: ["127.0.0.1"],
        allow_private=frozenset({"archive.example", "127.0.0.1", "other.example"}),
    )


def test_tls_keeps_the_name_while_the_address_is_pinned(tls: tuple[Server, str, list[str | None]]) -> None:
    """SNI and certificate check use the host of the URL though the connection goes to a checked address."""
    server, ca_file, names = tls
    server.routes["/x"] = OK
    assert tls_fetcher(ca_file).get(f"https://archive.example:{server.port}/x").content == b"hello"
    assert names == ["archive.example"]


def test_certificate_of_another_name_is_not_trusted(tls: tuple[Server, str, list[str | None]]) -> None:
    """A wrong or unknown certificate ends the request at once, without a retry."""
    server, ca_file, _ = tls
    server.routes["/x"] = OK
    with pytest.raises(SourceUnavailable, match="certificate"):
        tls_fetcher(ca_file).get(f"https://other.example:{server.port}/x")
    with pytest.raises(SourceUnavailable, match="certificate"):
        fetcher(resolver=lambda h, p: ["127.0.0.1"], allow_private=frozenset({"archive.example"})).get(
            f"https://archive.example:{server.port}/x"
        )
    assert server.requests == []


def test_redirect_from_https_to_http_is_refused(tls: tuple[Server, str, list[str | None]], server: Server) -> None:
    """A secure address never leads to an open one."""
    secure, ca_file, _ = tls
    secure.routes["/x"] = redirect(server.url + "/y")
    server.routes["/y"] = OK
    with pytest.raises(FetchRefused, match="https to http"):
        tls_fetcher(ca_file).get(f"https://archive.example:{secure.port}/x")
    assert server.requests == []


# ---- how much and how fast


def test_stated_length_beyond_the_limit_is_not_read(server: Server) -> None:
    """A Content-Length beyond the limit is refused before the body."""
    server.routes["/x"] = answer(b"only this came", length=10_000_000)
    with pytest.raises(FetchRefused, match="larger than 1,048,576 bytes"):
        fetcher().get(server.url + "/x")


def test_endless_body_is_cut_at_the_limit(server: Server) -> None:
    """A body without end costs the limit in memory and not more."""
    server.routes["/x"] = trickle(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536, 0)
    tracemalloc.start()
    with pytest.raises(FetchRefused, match="larger than"):
        fetcher().get(server.url + "/x")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_limit_of_one_call_replaces_the_general_one(server: Server) -> None:
    """`max_bytes` of a call is the exact number of bytes that still pass."""
    server.routes["/x"] = OK
    assert fetcher().get(server.url + "/x", max_bytes=5).content == b"hello"
    with pytest.raises(FetchRefused):
        fetcher().get(server.url + "/x", max_bytes=4)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0)),
        ("x-gzip", gzip.compress(b"he", mtime=0) + gzip.compress(b"llo", mtime=0) + b"\0" * 20),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")[2:-4]),
        ("identity", b"hello"),
    ],
)
def test_transport_compression_is_undone(server: Server, coding: str, body: bytes) -> None:
    """gzip with several members and padding, and both kinds of deflate, give the bytes as they were."""
    server.routes["/x"] = answer(body, headers={"Content-Encoding": coding})
    assert fetcher().get(server.url + "/x").content == b"hello"


def test_gzip_bomb_is_cut_at_the_limit(server: Server) -> None:
    """A small body that unpacks beyond the limit is refused without unpacking it."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"\0" * (1 << 20)) for _ in range(300)) + packer.flush()
    server.routes["/x"] = answer(bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    with pytest.raises(FetchRefused, match="larger than"):
        fetcher().get(server.url + "/x")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_ratio_beyond_one_hundred_is_refused(server: Server) -> None:
    """Within a generous size limit, more than a hundredfold growth is still a bomb."""
    server.routes["/x"] = answer(gzip.compress(b"\0" * (4 << 20)), headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchRefused, match="100 times"):
        fetcher(max_bytes=64 << 20).get(server.url + "/x")


def test_small_answer_may_compress_well(server: Server) -> None:
    """Below 1 MB the ratio does not matter: repeated text is no attack."""
    server.routes["/x"] = answer(gzip.compress(b" " * 900_000), headers={"Content-Encoding": "gzip"})
    assert len(fetcher().get(server.url + "/x").content) == 900_000


def test_unknown_compression_is_refused(server: Server) -> None:
    """A coding nobody asked for is not guessed."""
    server.routes["/x"] = answer(b"?", headers={"Content-Encoding": "br"})
    with pytest.raises(FetchRefused, match="unknown compression"):
        fetcher().get(server.url + "/x")


def test_header_flood_is_refused(server: Server) -> None:
    """More than 64 kB of headers end the request, whether many, long or interim ones."""
    many = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 2000) for n in range(80))
    server.routes["/many"] = b"HTTP/1.1 200 OK\r\n" + many + b"\r\n"
    server.routes["/count"] = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(200)) + b"\r\n"
    server.routes["/long"] = b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n"
    server.routes["/interim"] = trickle(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, 0)
    for path in ("/many", "/count", "/long", "/interim"):
        with pytest.raises(FetchRefused, match="headers"):
            fetcher().get(server.url + path)


def test_framing_flood_is_refused(server: Server) -> None:
    """Trailers without end after a small chunked body do not run for ever."""
    start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
    server.routes["/x"] = trickle(start, b"X: y\r\n" * 10_000, 0)
    with pytest.raises(FetchRefused, match="larger"):
        fetcher(timeout_s=10.0).get(server.url + "/x", max_bytes=1000)


def test_chunked_body_is_joined(server: Server) -> None:
    """Chunked transfer gives the body."""
    server.routes["/x"] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n"
    assert fetcher().get(server.url + "/x").content == b"hello"


@pytest.mark.parametrize(
    "first", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"]
)
def test_trickle_ends_at_the_deadline(server: Server, first: bytes) -> None:
    """A byte now and then, in status line, headers or body, does not prolong the one deadline; two tries at most."""
    server.routes["/x"] = trickle(first, b"y", 0.05)
    begun = time.monotonic()
    with pytest.raises(SourceUnavailable, match=r"longer than 0\.8 s"):
        fetcher(timeout_s=0.8).get(server.url + "/x")
    assert time.monotonic() - begun < TRICKLE_S
    assert len(server.requests) == 2


def test_silent_server_ends_at_the_deadline(server: Server) -> None:
    """A server that accepts and says nothing is left after the deadline."""
    server.routes["/x"] = trickle(b"", b"", 0.05)
    begun = time.monotonic()
    with pytest.raises(SourceUnavailable):
        fetcher(timeout_s=0.3).get(server.url + "/x")
    assert time.monotonic() - begun < TRICKLE_S


def test_body_below_the_minimum_rate_is_given_up(server: Server) -> None:
    """A body slower than the least rate ends before the deadline."""
    server.routes["/x"] = trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"y", 0.02)
    with pytest.raises(SourceUnavailable, match="1000 bytes a second"):
        fetcher(min_rate=(1000.0, 0.3)).get(server.url + "/x")


def test_steady_body_above_the_minimum_rate_passes(server: Server) -> None:
    """A slow but steady body over several rate windows is read whole."""

    def steady(_: Request, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 30000\r\n\r\n")
        for _n in range(30):
            connection.sendall(b"y" * 1000)
            time.sleep(0.05)

    server.routes["/x"] = steady
    assert len(fetcher(min_rate=(1000.0, 0.5)).get(server.url + "/x").content) == 30_000


# ---- trying again


@pytest.mark.parametrize(
    "status", ["408 Request Timeout", "425 Too Early", "429 Too Many Requests", "500 x", "502 x", "503 x", "504 x"]
)
def test_passing_trouble_is_tried_again(server: Server, status: str) -> None:
    """A status that may pass is followed by another try, which counts."""
    server.routes["/x"] = in_turn(answer(b"", status), OK)
    assert fetcher().get(server.url + "/x").content == b"hello"
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", ["400 x", "401 x", "403 x", "404 x", "410 Gone", "451 x", "418 x"])
def test_lasting_refusal_is_not_tried_again(server: Server, status: str) -> None:
    """A status that will not change is the answer, asked for once."""
    server.routes["/x"] = answer(b"no", status)
    got = fetcher().get(server.url + "/x")
    assert got.status == int(status[:3])
    assert len(server.requests) == 1


def test_long_error_page_does_not_hide_the_status(server: Server) -> None:
    """An error page beyond every limit is left out; the status still comes."""
    server.routes["/x"] = answer(b"x" * 200_000, "404 Not Found")
    got = fetcher().get(server.url + "/x", max_bytes=10)
    assert (got.status, got.content) == (404, b"")


def reset(_: Request, connection: socket.socket) -> None:
    """Cut the connection hard."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize(
    "broken",
    [
        answer(b"hel", headers={"Connection": "close"}, length=5),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n",
        b"nonsense\r\nconnection: close\r\n\r\n",
        answer(gzip.compress(b"hello", mtime=0)[:-6], headers={"Content-Encoding": "gzip"}),
        answer(b"not gzip at all", headers={"Content-Encoding": "gzip"}),
        reset,
    ],
)
def test_broken_answer_is_tried_again_and_never_delivered(server: Server, broken: object) -> None:
    """Short bodies, cut chunks, damaged gzip and resets lead to another try; their bytes are never handed on."""
    server.routes["/x"] = in_turn(broken, OK)  # type: ignore[arg-type]
    assert fetcher().get(server.url + "/x").content == b"hello"
    assert len(server.requests) == 2


def test_tries_end(server: Server) -> None:
    """After the given number of tries the source counts as unavailable, with the last reason."""
    server.routes["/x"] = answer(b"", "503 Service Unavailable")
    with pytest.raises(SourceUnavailable, match=r"tried 3 times.*503 Service Unavailable"):
        fetcher(attempts=3).get(server.url + "/x")
    assert len(server.requests) == 3


def test_error_shows_no_query(server: Server) -> None:
    """A token in a query string does not appear in the error."""
    server.routes["/x?token=hush"] = answer(b"", "503 Service Unavailable")
    with pytest.raises(SourceUnavailable) as caught:
        fetcher(attempts=1).get(server.url + "/x?token=hush")
    assert "hush" not in str(caught.value.document())


def test_pauses_between_tries_grow(server: Server) -> None:
    """Waits are random below 1, 2, 4 seconds."""
    server.routes["/x"] = answer(b"", "503 x")
    rounds = []
    for _ in range(40):
        waits = Waits()
        with pytest.raises(SourceUnavailable):
            fetcher(sleep=waits).get(server.url + "/x")
        rounds.append(waits)
    columns = list(zip(*rounds, strict=True))
    assert [max(column) <= bound for column, bound in zip(columns, (1, 2, 4), strict=True)] == [True] * 3
    assert max(columns[2]) > 2
    assert min(columns[2]) < 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [("7", 7.0), (format_datetime(NOW + timedelta(seconds=9), usegmt=True), 9.0), ("3600", 3600.0)],
)
def test_retry_after_is_waited_for(server: Server, value: str, expected: float) -> None:
    """Seconds and HTTP dates in Retry-After are the least wait, up to an hour."""
    waits = Waits()
    server.routes["/x"] = in_turn(answer(b"", "429 x", {"Retry-After": value}), OK)
    fetcher(sleep=waits).get(server.url + "/x")
    assert waits == [expected]


@pytest.mark.parametrize(
    "value", ["0", "-5", "soon", "", "Mon, 99 Foo 2026", "Mon, 02 Mar 2020 12:00:00 GMT", "1e9", "٣"]
)
def test_senseless_retry_after_is_ignored(server: Server, value: str) -> None:
    """Zero, past, negative and garbage values leave our own pause in place."""
    waits = Waits()
    server.routes["/x"] = in_turn(
        answer(b"", "429 x").replace(b"\r\n\r\n", f"\r\nRetry-After: {value}\r\n\r\n".encode()), OK
    )
    fetcher(sleep=waits).get(server.url + "/x")
    assert len(waits) == 1
    assert 0 <= waits[0] <= 1


@pytest.mark.parametrize("value", ["3601", "9" * 30, format_datetime(NOW + timedelta(days=2), usegmt=True)])
def test_retry_after_of_more_than_an_hour_ends_the_run(server: Server, value: str) -> None:
    """A longer wish is not waited out: the run ends and learns how long to stay away, a day at most."""
    waits = Waits()
    server.routes["/x"] = answer(b"", "503 x", {"Retry-After": value})
    with pytest.raises(SourceUnavailable) as caught:
        fetcher(sleep=waits).get(server.url + "/x")
    assert waits == []
    assert 3600 < caught.value.members["retry_after_s"] <= 86_400


def test_host_is_left_alone_after_five_failures(server: Server) -> None:
    """After five failures in a row nothing more is sent to the host."""
    server.routes["/x"] = answer(b"", "500 x")
    tool = fetcher()
    for _ in range(10):
        with pytest.raises(SourceUnavailable):
            tool.get(server.url + "/x")
    assert len(server.requests) == 5


def test_host_is_asked_again_after_its_time_alone(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """One request shows whether a host that was left alone is well again, or sends it away once more."""
    now = [0.0]
    monkeypatch.setattr("harvesters.hosts.time", SimpleNamespace(monotonic=lambda: now[0]))
    server.routes["/x"] = in_turn(*[answer(b"", "500 x")] * 6, OK)
    tool = fetcher(attempts=1, leave_alone_s=5.0)
    for seconds, asked in ((0.0, 5), (4.9, 5), (0.2, 6), (4.9, 6)):
        now[0] += seconds
        for _ in range(6):
            with pytest.raises(SourceUnavailable):
                tool.get(server.url + "/x")
        assert len(server.requests) == asked
    now[0] += 0.2
    assert [tool.get(server.url + "/x").content for _ in range(3)] == [b"hello"] * 3


def test_success_forgets_failures(server: Server) -> None:
    """Failures with successes between them never add up."""
    server.routes["/x"] = in_turn(*[answer(b"", "500 x"), OK] * 8)
    tool = fetcher()
    assert [tool.get(server.url + "/x").content for _ in range(8)] == [b"hello"] * 8


def test_hosts_without_end_are_not_all_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that strangers make up cost no more memory than so many; the newest are known."""

    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    monkeypatch.setattr("harvesters.http._MOST_HOSTS", 3)
    tool = fetcher(resolver=unknown)
    for number in range(10):
        with pytest.raises(SourceUnavailable):
            tool.get(f"https://h{number}.example/")
    assert [host for host, _ in tool._hosts] == ["h7.example", "h8.example", "h9.example"]


def test_failing_host_does_not_stop_another(server: Server) -> None:
    """The breaker of one host leaves other hosts alone."""
    tool = fetcher()
    server.routes["/x"] = answer(b"", "500 x")
    with serving() as other:
        other.routes["/y"] = OK
        for _ in range(3):
            with pytest.raises(SourceUnavailable):
                tool.get(server.url + "/x")
        assert tool.get(other.url + "/y").content == b"hello"


# ---- manners


def test_no_pause_for_named_loopback(server: Server) -> None:
    """A service on this machine that the operator named is read without pauses."""
    waits = Waits()
    server.routes["/x"] = OK
    tool = fetcher(sleep=waits)
    for _ in range(5):
        tool.get(server.url + "/x")
    assert waits == []


def test_pause_between_requests_follows_the_response_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other hosts get a pause of the last response time, 0.1 s at least and 2 s at most."""
    # The server is on loopback, as every test server; the rule is told otherwise.
    monkeypatch.setattr("harvesters.transport.is_loopback", lambda address: False)
    now = [0.0]
    monkeypatch.setattr("harvesters.hosts.time", SimpleNamespace(monotonic=lambda: now[0]))

    def taking(seconds: float) -> Route:
        def route(_: Request, connection: socket.socket) -> bytes:
            now[0] += seconds
            return OK

        return route

    server.routes |= {"/fast": taking(0.01), "/slow": taking(0.4), "/slower": taking(3.0)}
    waits = Waits()
    tool = fetcher(sleep=waits)
    for path in ("/fast", "/slow", "/slower", "/fast"):
        tool.get(server.url + path)
    assert waits == pytest.approx([0.1, 0.4, 2.0])


def test_threads_share_one_connection_to_a_host(server: Server) -> None:
    """Requests of several threads to one host follow each other."""
    import threading

    running = [0, 0]

    def watched(_: Request, connection: socket.socket) -> bytes:
        running[0] += 1
        running[1] = max(running)
        time.sleep(0.02)
        running[0] -= 1
        return OK

    server.routes["/x"] = watched
    tool = fetcher()
    threads = [threading.Thread(target=tool.get, args=(server.url + "/x",)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(server.requests) == 6
    assert running[1] == 1


# ---- ranges


OBJECT = bytes(range(256)) * 4


def ranged(request: Request, connection: socket.socket) -> bytes:
    """Serve OBJECT by ranges, as object stores do."""
    first, last = (int(n) for n in request.headers["range"].removeprefix("bytes=").split("-"))
    part = OBJECT[first : last + 1]
    if not part:
        return answer(b"", "416 Range Not Satisfiable", {"Content-Range": f"bytes */{len(OBJECT)}"})
    return answer(
        part, "206 Partial Content", {"Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(OBJECT)}"}
    )


def test_range_gives_the_part_asked_for(server: Server) -> None:
    """Both ends are inclusive and the object is asked for without compression."""
    server.routes["/x"] = ranged
    got = fetcher().get(server.url + "/x", byte_range=(10, 19))
    assert (got.status, got.content) == (206, OBJECT[10:20])
    assert server.requests[0].headers["accept-encoding"] == "identity"


def test_range_beyond_the_end_gives_what_is_there(server: Server) -> None:
    """A range that reaches over the end is cut there; one behind it answers 416."""
    server.routes["/x"] = ranged
    assert fetcher().get(server.url + "/x", byte_range=(1000, 5000)).content == OBJECT[1000:]
    assert fetcher().get(server.url + "/x", byte_range=(5000, 6000)).status == 416


def test_server_without_ranges_answers_the_whole_within_the_limit(server: Server) -> None:
    """200 to a ranged request is handed on as 200 when it fits, and refused when it does not."""
    server.routes["/x"] = answer(OBJECT)
    assert fetcher().get(server.url + "/x", byte_range=(0, 9)).status == 200
    with pytest.raises(FetchRefused, match="larger than"):
        fetcher().get(server.url + "/x", byte_range=(0, 9), max_bytes=10)


@pytest.mark.parametrize(
    "content_range", ["bytes 0-9/1024", "bytes 10-18/1024", "bytes 10-25/1024", "bytes */1024", "lines 10-19/90", ""]
)
def test_another_range_than_asked_for_is_refused(server: Server, content_range: str) -> None:
    """A 206 for other bytes is not taken for the right ones."""
    server.routes["/x"] = answer(OBJECT[:10], "206 Partial Content", {"Content-Range": content_range})
    with pytest.raises(FetchRefused, match=r"range|part"):
        fetcher().get(server.url + "/x", byte_range=(10, 19))


def test_unasked_part_is_refused(server: Server) -> None:
    """A 206 to a plain request would be half a document."""
    server.routes["/x"] = answer(b"he", "206 Partial Content", {"Content-Range": "bytes 0-1/5"})
    with pytest.raises(FetchRefused, match="nobody asked for"):
        fetcher().get(server.url + "/x")


@pytest.mark.parametrize("byte_range", [(5, 4), (-1, 3)])
def test_senseless_range_is_refused(server: Server, byte_range: tuple[int, int]) -> None:
    """An empty or negative range is not sent."""
    with pytest.raises(FetchRefused):
        fetcher().get(server.url + "/x", byte_range=byte_range)
    assert server.requests == []


def test_no_file_descriptor_is_left_open(server: Server) -> None:
    """Broken answers leave no connection behind."""
    server.routes["/x"] = answer(b"hel", length=5, headers={"Connection": "close"})
    server.routes["/y"] = trickle(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536, 0)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        tool = fetcher(attempts=2)
        with pytest.raises(SourceUnavailable):
            tool.get(server.url + "/x")
        with pytest.raises(FetchRefused):
            tool.get(server.url + "/y")
    end = time.monotonic() + 60
    # The server's threads let go of their ends in their own time.
    while (held := len(list(Path("/proc/self/fd").iterdir()))) > before + 2 and time.monotonic() < end:
        time.sleep(0.01)
    assert held <= before + 2


def test_redirect_to_no_address_is_refused(server: Server) -> None:
    """R11: a Location that is no address is a refusal of that request, not an error of ours."""
    server.routes["/x"] = redirect("http://[x")
    with pytest.raises(FetchRefused, match="not a valid URL"):
        fetcher().get(server.url + "/x")
