"""Documents of an API that lists them: read once, asked for again only when something says they changed."""

from __future__ import annotations

import hashlib
import socket

import pytest
from loopback_server import Request, Server, answer, serving

from catalogue.model.documents import Event, Listed, Removed, SourceDocument, Unchanged, Unreadable
from catalogue.problems import SourceUnavailable
from harvesters.items import Item, ItemReader, own_cursor
from tests.harvesters.contract import fetcher


def conditional(body: bytes, etag: str) -> object:
    """A document whose server answers 304 to the validator it gave."""

    def route(request: Request, _: socket.socket) -> bytes:
        if request.headers.get("if-none-match") == etag:
            return answer(status="304 Not Modified", headers={"ETag": etag})
        return answer(body, headers={"ETag": etag})

    return route


def read(
    server: Server, items: list[Item], since: str | None = None, known: dict[str, str] | None = None
) -> list[Event]:
    """The events of one reading; addresses of items are paths of the server."""
    reader = ItemReader(fetcher(), known or {}, "application/json", 1000)
    placed = [Item(i.name, server.url + i.url, i.version, i.content, i.datestamp, i.removed) for i in items]
    return list(reader.read(placed, since, cursor={"page": "2"}))


def held(events: list[Event]) -> dict[str, str]:
    """Item -> SHA-256 of what was read."""
    return {e.item: hashlib.sha256(e.content).hexdigest() for e in events if isinstance(e, SourceDocument)}


def cursor(events: list[Event]) -> str | None:
    """The cursor of the last event."""
    assert isinstance(events[-1], Listed)
    return events[-1].cursor


def test_version_of_the_list_spares_the_request() -> None:
    """R7: an item whose version the list repeats costs no request; one that changed costs one."""
    with serving() as server:
        server.routes |= {"/a": answer(b'{"n": 1}'), "/b": answer(b'{"n": 2}')}
        first = read(server, [Item("a", "/a", "1"), Item("b", "/b", "1"), Item("a", "/a", "1")])
        assert [type(event) for event in first] == [SourceDocument, SourceDocument, Listed]
        server.requests.clear()
        second = read(server, [Item("a", "/a", "1"), Item("b", "/b", "2")], cursor(first), held(first))
        assert (server.paths, second[:2]) == (["/b"], [Unchanged("a"), Unchanged("b")])
        assert own_cursor(cursor(second)) == {"page": "2"}


def test_validators_spare_the_body_where_the_list_says_nothing() -> None:
    """R7: without versions each item is asked for conditionally."""
    with serving() as server:
        server.routes["/a"] = conditional(b"{}", '"x"')  # type: ignore[assignment]
        first = read(server, [Item("a", "/a")])
        second = read(server, [Item("a", "/a")], cursor(first), held(first))
        assert second[0] == Unchanged("a")
        assert server.requests[-1].headers["if-none-match"] == '"x"'


def test_item_that_is_not_held_is_read_whatever_the_cursor_says() -> None:
    """A cursor of a run whose documents were not kept hides nothing."""
    with serving() as server:
        server.routes["/a"] = answer(b"{}")
        first = read(server, [Item("a", "/a", "1")])
        assert isinstance(read(server, [Item("a", "/a", "1")], cursor(first), {})[0], SourceDocument)


def test_broken_item_is_said_and_stops_nothing() -> None:
    """A missing, too large or deleted document is told apart; the others are read, and the list stays complete."""
    with serving() as server:
        server.routes |= {
            "/gone": answer(status="410 Gone"), "/big": answer(b"x" * 2000), "/good": answer(b"{}"),
        }  # fmt: skip
        events = read(
            server,
            [Item("gone", "/gone"), Item("lost", "/lost"), Item("big", "/big"), Item("dead", "/", removed="status DEL"),
             Item("good", "/good"), Item("inline", "/", content=b"{}")],
        )  # fmt: skip
        kinds = {e.item: getattr(e, "reason", type(e).__name__) for e in events if not isinstance(e, Listed)}
        assert kinds == {
            "gone": "Removed", "lost": "gap", "big": "too-large", "dead": "Removed", "good": "SourceDocument",
            "inline": "SourceDocument",
        }  # fmt: skip
        assert {type(e) for e in events} == {Removed, Unreadable, SourceDocument, Listed}


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_forbidden_source_stops_the_run(status: str) -> None:
    """R9: a partner that forbids reading is left alone, and nothing counts as removed."""
    with serving() as server, pytest.raises(SourceUnavailable):
        server.routes["/a"] = answer(status=status)
        read(server, [Item("a", "/a")])


@pytest.mark.parametrize("since", ["", "x", "[]", '{"format": 0}', '{"format": 1, "own": 3, "items": 4}'])
def test_strange_cursor_means_reading_all(since: str) -> None:
    """A cursor of another version or adapter is no error."""
    with serving() as server:
        server.routes["/a"] = answer(b"{}")
        assert isinstance(read(server, [Item("a", "/a", "1")], since, {})[0], SourceDocument)


def test_refused_version_is_never_taken_for_read() -> None:
    """R19: an item whose new version was refused is asked for again, though the list says nothing newer."""
    with serving() as server:
        server.routes["/a"] = answer(b"old")
        first = read(server, [Item("a", "/a", "1")])
        server.routes["/a"] = answer(b"x" * 2000)
        second = read(server, [Item("a", "/a", "2")], first[-1].cursor, held(first))  # type: ignore[union-attr]
        assert isinstance(second[0], Unreadable) and second[0].reason == "too-large"
        server.routes["/a"] = answer(b"new")
        third = read(server, [Item("a", "/a", "2")], second[-1].cursor, held(first))  # type: ignore[union-attr]
        assert isinstance(third[0], SourceDocument) and third[0].content == b"new"
