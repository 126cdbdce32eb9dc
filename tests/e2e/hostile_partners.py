"""Sources that misbehave in every way of the threat model (TP3 to TP7, TP9 to TP12), each with the end it must have.

A row is one source on a server of its own; new adapters add rows. Used by test_hostile_partners.py and, whole, by
tests/bench/bench_hostile.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.e2e.archive import SUFFIX, crate
from tests.e2e.hostile_answers import (
    CHUNKED,
    ENTITY_BOMB,
    OPEN,
    bomb,
    chunks,
    cut,
    document,
    good,
    index,
    lists,
    paged,
    redirect,
    silence,
    xxe,
)  # fmt: skip
from tests.harvesters.loopback_server import Route, Server, answer, in_turn

# How a server is set up: (server, first number of its documents, address of the canary).
Build = Callable[[Server, int, str], None]


@dataclass(frozen=True)
class Hostile:
    """One misbehaving source.

    Args:
        state: of its run.
        reason: the rule in its report, a reason among its quarantine, or words of its detail, alternatives
            divided by `|`; "" asks nothing.
        accepted: documents that enter all the same.
        requests: most it may get.
        slow: it costs time-outs; left out of the short run.
    """

    threat: str
    name: str
    build: Build
    state: str = "failed"
    reason: str = ""
    accepted: int = 0
    requests: int = 8
    slow: bool = False
    harvester: str = "gide"
    location: str = "/index.json"
    options: dict[str, str] = field(default_factory=dict)


def _index(route: Route) -> Build:
    """A source whose index answers so."""

    def build(server: Server, number: int, canary: str) -> None:
        server.routes["/index.json"] = route

    return build


def _beside_good(bad: Route | Callable[[int], Route], path: str = "/bad" + SUFFIX) -> Build:
    """A source of one good document and one that answers so."""

    def build(server: Server, number: int, canary: str) -> None:
        lists(server, {document(number): good(number), path: bad})  # type: ignore[dict-item]

    return build


def _late(make: Callable[[], Build]) -> Build:
    """What is dear to make is made when the source is, not while tests are collected."""

    def build(server: Server, number: int, canary: str) -> None:
        make()(server, number, canary)

    return build


def _bytes(content: bytes) -> Build:
    return _beside_good(answer(content, headers={"Content-Type": "application/ld+json"}))


def _redirect(target: str) -> Build:
    def build(server: Server, number: int, canary: str) -> None:
        port = canary.rstrip("/").rpartition(":")[2]
        server.routes["/index.json"] = redirect(target.format(canary=canary, port=port))

    return build


def _next_inside(server: Server, number: int, canary: str) -> None:
    server.routes[document(number)] = good(number)
    server.routes["/index.json"] = index(document(number), following=canary)


def _entries_inside(server: Server, number: int, canary: str) -> None:
    server.routes[document(number)] = good(number)
    inside = [f"{canary}x{SUFFIX}", f"file:///etc/x{SUFFIX}", f"http://169.254.169.254/x{SUFFIX}"]
    server.routes["/index.json"] = index(document(number), *inside)


def _context_inside(server: Server, number: int, canary: str) -> None:
    text = crate(number).replace(b"https://w3id.org/ro/crate/1.2/context", canary.encode() + b"context")
    lists(server, {document(number): answer(text)})


def _xxe(server: Server, number: int, canary: str) -> None:
    lists(server, {document(number): good(number), "/bad" + SUFFIX: answer(xxe(canary))})


def _link_inside(server: Server, number: int, canary: str) -> None:
    headers = {"Link": f'<{canary}>; rel="next", <{canary}>; rel="describedby"', "Refresh": f"0; url={canary}"}
    server.routes[document(number)] = good(number)
    server.routes["/index.json"] = answer(json.dumps([document(number)]).encode(), headers=headers)


def _endless_same(server: Server, number: int, canary: str) -> None:
    paged(server, [document(number)], number)


def _endless_empty(server: Server, number: int, canary: str) -> None:
    paged(server, [], number)


def _endless_new(server: Server, number: int, canary: str) -> None:
    paged(server, None, number)


def _circle(server: Server, number: int, canary: str) -> None:
    server.routes["/index.json"] = index(document(number), following="/two.json")
    server.routes["/two.json"] = index(document(number + 1), following="/index.json")


def _odd_names(server: Server, number: int, canary: str) -> None:
    names = ["/../../etc/passwd", "/%2e%2e/%2e%2e/up", "/a%00b", "/" + "x" * 5000, "/-rf", "/'; DROP TABLE item; --",
             "/%0d%0aSet-Cookie:x", "/<script>", "/a%ff"]  # fmt: skip
    server.otherwise = answer(b"{}", headers={"Content-Type": "application/ld+json"})
    server.routes[document(number)] = good(number)
    server.routes["/index.json"] = index(document(number), *(name + SUFFIX for name in names))


def _odd_ids(server: Server, number: int, canary: str) -> None:
    page = "https://www.ebi.ac.uk/biostudies/bioimages/studies/"
    odd = ["../../x", "S-BIAD1\x00", "S-BIAD" + "9" * 5000, "-rf", "S-BIAD1> <http://x/p> <http://x/o", "S-BIAD١"]
    documents: dict[str, Route] = {document(number): good(number)}
    for at, one in enumerate(odd):
        text = crate(number + 1 + at, identifier=one).replace(
            f'"{page}'.encode() + b"S-BIAD", b'"' + json.dumps(page + one)[1:-1].encode() + b"#S-BIAD"
        )
        documents[document(number + 1 + at)] = answer(text)
    lists(server, documents)


def _same_twice(server: Server, number: int, canary: str) -> None:
    lists(server, {document(number): good(number), "/twin" + SUFFIX: answer(crate(number, name="Another title"))})


def _future(server: Server, number: int, canary: str) -> None:
    ahead = format_datetime(datetime.now(UTC) + timedelta(days=400), usegmt=True)
    dates = {"Date": ahead, "Last-Modified": ahead, "Content-Type": "application/json"}
    server.routes[document(number)] = answer(crate(number, datePublished="9999-12-31"), headers=dates)
    server.routes["/index.json"] = answer(json.dumps([document(number)]).encode(), headers=dates)


def _flaky(server: Server, number: int, canary: str) -> None:
    trouble = answer(b"", "503 Service Unavailable", {"Retry-After": "0"})
    lists(server, {document(number + at): in_turn(trouble, good(number + at)) for at in range(60)})


def _storm(status: str, **headers: str) -> Build:
    return _index(answer(b"busy", status, {name.replace("_", "-"): value for name, value in headers.items()}))


_HUGE = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n["
_MANY = json.dumps([f"/{n}{SUFFIX}" for n in range(250_000)]).encode()
_LOGIN = answer(
    b"<html><form action=/login><input name=user></form><a href=/imprint>Imprint</a></html>",
    headers={"Content-Type": "text/html"},
)

HOSTILE = (
    Hostile("TP3", "redirect-to-loopback", _redirect("{canary}"), reason="redirect"),
    Hostile("TP3", "redirect-by-name", _redirect("http://localhost:{port}/"), reason="redirect"),
    Hostile("TP3", "redirect-decimal", _redirect("http://2130706433:{port}/"), reason="host-form"),
    Hostile("TP3", "redirect-hex", _redirect("http://0x7f.1:{port}/"), reason="host-form"),
    Hostile("TP3", "redirect-mapped", _redirect("http://[::ffff:127.0.0.1]:{port}/"), reason="redirect"),
    Hostile("TP3", "redirect-link-local", _redirect("http://169.254.169.254/latest/"), reason="redirect"),
    Hostile("TP3", "redirect-userinfo", _redirect("http://a@127.0.0.1:{port}/"), reason="userinfo"),
    Hostile("TP3", "redirect-file", _redirect("file:///etc/passwd"), reason="scheme"),
    Hostile("TP3", "redirect-gopher", _redirect("gopher://127.0.0.1:{port}/"), reason="scheme"),
    Hostile("TP3", "redirects-without-end", _redirect("/index.json"), reason="redirect"),
    Hostile("TP3", "next-inside", _next_inside, reason="origin"),
    Hostile("TP3", "entries-inside", _entries_inside, "partial", "policy", accepted=1),
    Hostile("TP3", "links-inside", _link_inside, "completed", accepted=1),
    Hostile("TP3", "context-inside", _context_inside, "completed", accepted=1),
    Hostile("TP4", "endless-pages-same", _endless_same, reason="loop"),
    Hostile("TP4", "endless-pages-empty", _endless_empty, reason="loop"),
    Hostile("TP4", "endless-pages-new", _endless_new, reason="pages", requests=1001),
    Hostile("TP4", "pages-in-a-circle", _circle, reason="loop"),
    Hostile("TP4", "index-stated-huge", _index(cut(_HUGE)), reason="too-large"),
    Hostile("TP4", "index-endless", _index(chunks(OPEN + b"[", b" " * 65536)), reason="too-large"),
    Hostile("TP4", "index-of-a-quarter-million", _index(answer(_MANY)), reason="more than 200,000"),
    Hostile("TP4", "index-gzip-bomb", _late(lambda: _index(bomb(200 << 20))), reason="ratio"),
    Hostile("TP4", "index-nested", _index(answer(b"[" * 100_000 + b"]" * 100_000)), reason="not valid JSON"),
    Hostile("TP4", "document-gzip-bomb", _late(lambda: _beside_good(bomb(200 << 20))), "partial", "too-large",
            accepted=1),
    Hostile("TP4", "document-endless", _beside_good(chunks(OPEN, b"x" * 65536)), "partial", "too-large", accepted=1),
    Hostile("TP4", "header-flood", _index(chunks(b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"a" * 1000 + b"\r\n")),
            reason="headers"),
    Hostile("TP4", "header-line-endless", _index(chunks(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 4096)), reason="headers"),
    Hostile("TP4", "continue-flood", _index(chunks(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100)), reason="headers"),
    Hostile("TP4", "framing-flood", _index(chunks(CHUNKED, b"1\r\n \r\n" * 10_000)), reason="too-large|longer than",
            slow=True),
    Hostile("TP5", "hang", _index(silence()), reason="longer than", slow=True),
    Hostile("TP5", "half-then-hang", _index(silence(OPEN + b'["/a')), reason="could not be read", slow=True),
    Hostile("TP5", "trickle", _index(chunks(OPEN + b"[", b" ", 0.2)), reason="could not be read", slow=True),
    Hostile("TP5", "trickle-of-headers", _index(chunks(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n", 0.3)), reason="longer than",
            slow=True),
    Hostile("TP5", "document-hangs", _beside_good(silence()), reason="longer than", accepted=1, slow=True),
    Hostile("TP6", "index-cut", _index(answer(b'["/a', length=500, headers={"Connection": "close"})),
            reason="cut off", slow=True),
    Hostile("TP6", "index-reset", _index(cut(OPEN + b"[", reset=True)), reason="could not be read", slow=True),
    Hostile("TP6", "index-half-valid", _index(answer(b'["/a", "/b')), reason="not valid JSON"),
    Hostile("TP6", "headers-cut", _index(cut(b"HTTP/1.1 200 OK\r\nContent-Ty")), reason="could not be read", slow=True),
    Hostile("TP6", "not-http", _index(cut(b"SSH-2.0-OpenSSH_9.6\r\n")), reason="could not be read", slow=True),
    Hostile("TP6", "broken-gzip", _index(answer(b"\x1f\x8b\x08broken", headers={"Content-Encoding": "gzip"})),
            reason="compress", slow=True),
    Hostile("TP6", "login-page-200", _index(_LOGIN), reason="none ending in"),
    Hostile("TP6", "error-object-200", _index(answer(b'{"error": "database is down"}')), reason="lists no documents"),
    Hostile("TP6", "empty-200", _index(answer(b"")), reason="lists nothing"),
    Hostile("TP6", "index-gone", _index(answer(b"", "404 Not Found")), reason="is gone"),
    Hostile("TP6", "always-500", _storm("500 Internal Server Error"), reason="500", slow=True),
    Hostile("TP6", "document-is-a-login-page", _beside_good(_LOGIN), "partial", "not-parsable", accepted=1),
    Hostile("TP6", "document-missing", _beside_good(answer(b"", "404 Not Found")), "partial", "not-parsable",
            accepted=1),
    Hostile("TP6", "document-cut", _beside_good(cut(answer(b"{", length=99))), reason="cut off", accepted=1, slow=True),
    Hostile("TP7", "document-xxe", _xxe, "partial", "not-parsable", accepted=1),
    Hostile("TP7", "document-entity-bomb", _bytes(ENTITY_BOMB), "partial", "not-parsable", accepted=1),
    Hostile("TP7", "document-nested", _bytes(b'{"a":' * 100_000 + b"1" + b"}" * 100_000), "partial", "not-parsable",
            accepted=1),
    Hostile("TP7", "document-key-twice", _bytes(b'{"@graph": [], "@graph": []}'), "partial", "not-parsable",
            accepted=1),
    Hostile("TP7", "document-nan", _bytes(b'{"@graph": [NaN, 1e999]}'), "partial", "not-parsable", accepted=1),
    Hostile("TP7", "document-long-number", _bytes(b'{"a": ' + b"9" * 100_000 + b"}"), "partial", "not-parsable",
            accepted=1),
    Hostile("TP7", "document-utf-16", _bytes('{"@graph": []}'.encode("utf-16")), "partial", "bad-encoding",
            accepted=1),
    Hostile("TP7", "document-latin-1", _bytes('{"name": "Müller"}'.encode("latin-1")), "partial", "bad-encoding",
            accepted=1),
    Hostile("TP7", "document-surrogate", _bytes(b'{"name": "\\ud800"}'), "partial", "bad-encoding", accepted=1),
    Hostile("TP9", "odd-document-names", _odd_names, "partial", accepted=1, requests=12),
    Hostile("TP9", "odd-identifiers", _odd_ids, "partial", "bad-identifier", accepted=1),
    Hostile("TP10", "future-dates", _future, "completed", accepted=1),
    Hostile("TP11", "one-record-twice", _same_twice, "partial", "equivocation"),
    Hostile("TP12", "429-storm", _storm("429 Too Many Requests"), reason="429", requests=20, slow=True),
    Hostile("TP12", "503-retry-after-0", _storm("503 Service Unavailable", Retry_After="0"), reason="503", requests=20,
            slow=True),
    Hostile("TP12", "503-retry-after-past", _storm("503 Busy", Retry_After="Mon, 01 Jan 1990 00:00:00 GMT"),
            reason="503", requests=20, slow=True),
    Hostile("TP12", "503-retry-after-garbage", _storm("503 Busy", Retry_After="soon; DROP TABLE"), reason="503",
            requests=20, slow=True),
    Hostile("TP12", "503-retry-after-huge", _storm("503 Busy", Retry_After="9" * 30), reason="asks to wait",
            requests=1),
    Hostile("TP12", "every-second-request-fails", _flaky, reason="run-errors", requests=50, accepted=20,
            slow=True),
    Hostile("TP12", "403", _storm("403 Forbidden"), reason="forbidden", requests=1),
)  # fmt: skip
