"""Documents behind an HTTP index."""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from socket import socket

import pytest
from loopback_server import Request, Route, Server, answer, in_turn, serving
from reading import name, now, read

from catalogue.problems import FetchRefused, SourceChanged, SourceUnavailable
from harvesters.http import Fetcher

HTML = {"Content-Type": "text/html; charset=utf-8"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that knows no path yet."""
    with serving() as running:
        yield running


def index(value: object, **headers: str) -> bytes:
    """A JSON index."""
    return answer(json.dumps(value).encode(), headers=JSON | headers)


def page(*links: str, **headers: str) -> bytes:
    """A folder listing as web servers write it."""
    body = "<html><h1>Index of /x/</h1><pre>" + "".join(f'<a href="{link}">{link}</a>\n' for link in links)
    return answer(body.encode(), headers=HTML | headers)


def conditional(body: bytes, etag: str) -> Route:
    """A document with an ETag, answered 304 to whoever holds it."""

    def route(request: Request, _: object) -> bytes:
        if request.headers.get("if-none-match") == etag:
            return answer(b"", "304 Not Modified", {"ETag": etag})
        return answer(body, headers={"ETag": etag})

    return route


# ---- JSON


@pytest.mark.parametrize(
    "value",
    [
        [name("a"), "sub/" + name("b")],
        ["./" + name("a"), "/x/sub/" + name("b") + "#fragment"],
        [{"url": name("a")}, {"href": "sub/" + name("b")}],
        [{"id": name("a")}, {"@id": "sub/" + name("b")}],
        {"items": [{"id": "https://example.org/studies/a", "url": name("a")}, "sub/" + name("b")]},
        {"@graph": [{"@id": "./", "hasPart": [{"@id": name("a")}, {"@id": "sub/" + name("b")}]}]},
        [{"name": name("a"), "download_url": name("a")}, {"hasPart": [{"@id": "sub/" + name("b")}]}],
        [name("a"), "README.md", name("a"), {"url": "https://example.org/x"}, 7, None, "sub/" + name("b")],
    ],
)  # fmt: skip
def test_json_index_in_every_form_gives_the_documents(server: Server, value: object) -> None:
    """Lists of names, lists of objects, `items`, and crates as index name the same two documents."""
    server.routes |= {
        "/x/index.json": index(value),
        f"/x/{name('a')}": answer(b"1"),
        f"/x/sub/{name('b')}": answer(b"2"),
    }
    reading = read(server.url + "/x/index.json")
    assert reading.documents == {name("a"): b"1", "sub/" + name("b"): b"2"}
    assert reading.total == 2
    assert reading.sources[name("a")].url == f"{server.url}/x/{name('a')}"


def test_gide_index_names_studies_whose_crates_lie_beside_it(server: Server) -> None:
    """An index of studies without addresses of files is read by the profile's naming custom."""
    studies = [{"id": "https://example.org/studies/EXAMPLE-001", "type": ["Dataset"], "identifier": "EXAMPLE-001"}]
    server.routes |= {"/gide/index.json": index(studies), "/gide/" + name("EXAMPLE-001"): answer(b"1")}
    assert read(server.url + "/gide/index.json").documents == {name("EXAMPLE-001"): b"1"}


@pytest.mark.partners
def test_real_gide_index_is_understood(server: Server, partners: Path) -> None:
    """The profile's own example index leads to its example crate."""
    profile = partners / "gide-profile"
    crate = (profile / name("EXAMPLE-001")).read_bytes()
    server.routes |= {
        "/g/index.json": answer((profile / "example_ro_crate_index.json").read_bytes()),
        "/g/" + name("EXAMPLE-001"): answer(crate),
    }
    assert read(server.url + "/g/index.json", max_bytes=1 << 20).documents == {name("EXAMPLE-001"): crate}


def test_further_pages_are_followed(server: Server) -> None:
    """`next` leads to the rest of the list; without it the list would look cut."""
    server.routes |= {
        "/i": index({"items": [name("a")], "next": "/i?page=2"}),
        "/i?page=2": index({"items": [name("b")], "next": None}),
        "/" + name("a"): answer(b"1"),
        "/" + name("b"): answer(b"2"),
    }
    assert read(server.url + "/i").order == [name("a"), name("b")]


def test_next_that_repeats_ends_the_run(server: Server) -> None:
    """A list that leads back to itself is an error, not a full set."""
    server.routes |= {"/i": index({"items": [name("a")], "next": "/j"}), "/j": index({"items": [], "next": "/i"})}
    with pytest.raises(SourceChanged, match="leads back"):
        read(server.url + "/i")


@pytest.mark.parametrize(("fresh", "rule", "requests"), [(True, "pages", 1000), (False, "loop", 4)])
def test_next_that_never_ends_is_bounded(server: Server, fresh: bool, rule: str, requests: int) -> None:
    """R11: ever new next links stop after a thousand pages, and after three that bring no new document."""

    def page(request: Request, _: socket) -> bytes:
        number = int(request.path.rsplit("=", 1)[-1]) if "=" in request.path else 0
        return index({"items": [name(f"a{number if fresh else 0}")], "next": f"/i?n={number + 1}"})

    server.otherwise = page
    with pytest.raises(SourceChanged) as caught:
        read(server.url + "/i")
    assert caught.value.members["rule"] == rule
    assert len(server.requests) == requests


def test_documents_elsewhere_are_not_fetched(server: Server) -> None:
    """An index cannot send us to another host or port: reported as policy, the canary is never asked."""
    with serving() as canary:
        canary.routes["/" + name("b")] = answer(b"2")
        server.routes |= {
            "/i": index([name("a"), f"{canary.url}/{name('b')}", "file:///" + name("c")]),
            "/" + name("a"): answer(b"1"),
        }
        reading = read(server.url + "/i")
        assert reading.documents == {name("a"): b"1"}
        assert set(reading.reasons.values()) == {"policy"}
        assert len(reading.reasons) == 2
        assert canary.connections == 0


def test_document_that_redirects_elsewhere_is_unreadable(server: Server) -> None:
    """A listed document may not lead out of the origin either; the rest goes on."""
    server.routes |= {
        "/i": index([name("a"), name("b")]),
        "/" + name("a"): answer(b"", "302 Found", {"Location": "http://169.254.169.254/"}),
        "/" + name("b"): answer(b"2"),
    }
    reading = read(server.url + "/i")
    assert reading.reasons == {name("a"): "policy"}
    assert list(reading.documents) == [name("b")]


@pytest.mark.parametrize("body", [b"", b"[", b"true", b'{"a": 1}', b'"x"', b"[" * 100_000, b"\xff\xfe[\x00"])
def test_answer_that_is_no_index_is_changed(server: Server, body: bytes) -> None:
    """Broken or foreign JSON never counts as an empty list."""
    server.routes["/i"] = answer(body, headers=JSON)
    with pytest.raises(SourceChanged):
        read(server.url + "/i")


def test_index_without_a_single_document_is_changed(server: Server) -> None:
    """A list of other things is not the list of a member without studies."""
    server.routes["/i"] = index(["README.md", "x.json"])
    with pytest.raises(SourceChanged, match="none ending in"):
        read(server.url + "/i")


def test_empty_json_list_is_a_complete_listing(server: Server) -> None:
    """An explicit empty list says that nothing is left."""
    server.routes["/i"] = index([])
    assert read(server.url + "/i").total == 0


# ---- HTML


def test_folder_listing_is_walked(server: Server) -> None:
    """Documents and sub-folders below the index are read; parents, sort links and other hosts are not."""
    server.routes |= {
        "/x/": page("../", "?C=N;O=D", "/", "/x/", "http://h.org/", name("a"), "sub/", "/x/abs/", "README"),
        "/x/sub/": page("../", name("b%20c")),
        "/x/abs/": page(name("d")),
        "/x/" + name("a"): answer(b"1"),
        "/x/sub/" + name("b%20c"): answer(b"2"),
        "/x/abs/" + name("d"): answer(b"3"),
    }  # fmt: skip
    reading = read(server.url + "/x/")
    assert reading.documents == {name("a"): b"1", "sub/" + name("b c"): b"2", "abs/" + name("d"): b"3"}
    assert not {"/", "/x/README"} & set(server.paths)


def test_folder_without_slash_is_the_same_set(server: Server) -> None:
    """The usual redirect to the folder's own address does not change the items."""
    server.routes |= {
        "/x": answer(b"", "301 x", {"Location": "/x/"}),
        "/x/": page(name("a")),
        "/x/" + name("a"): answer(b"1"),
    }
    assert read(server.url + "/x").documents == {name("a"): b"1"}


def test_depth_is_four_folders(server: Server) -> None:
    """The walk goes four folders down and no further, and circles end."""
    path = "/x/"
    for depth in range(6):
        server.routes[path] = page("d/", "/x/", f"{depth}{name('')}")
        server.routes[f"{path}{depth}{name('')}"] = answer(b"1")
        path += "d/"
    assert len(read(server.url + "/x/").documents) == 5


def test_climbing_names_are_not_items(server: Server) -> None:
    """An encoded `..` in a link is no way to a name outside the set."""
    server.routes |= {
        "/x/": page(name("a"), "%2e%2e/" + name("b"), "..%2f" + name("c"), "d%5c" + name("e")),
        "/x/" + name("a"): answer(b"1"),
    }
    assert read(server.url + "/x/").order == [name("a")]


def test_page_that_is_no_listing_is_changed(server: Server) -> None:
    """A login or error page with status 200 never counts as an empty member."""
    server.routes["/x/"] = answer(b"<html><form action=/login></form><a href=/help>help</a>", headers=HTML)
    with pytest.raises(SourceChanged, match="no index"):
        read(server.url + "/x/")


def test_robots_are_obeyed_on_html_pages(server: Server) -> None:
    """A folder that robots.txt closes is not walked; a single closed document is reported."""
    server.routes |= {
        "/x/": page(name("a"), name("b")),
        "/x/" + name("a"): answer(b"1"),
        "/robots.txt": answer(f"User-agent: Ommatidia\nDisallow: /x/{name('b')}\n".encode()),
    }
    reading = read(server.url + "/x/")
    assert (list(reading.documents), reading.reasons) == ([name("a")], {name("b"): "policy"})
    server.routes["/robots.txt"] = answer(b"User-agent: *\nDisallow: /x/\n")
    with pytest.raises(FetchRefused, match=r"robots\.txt"):
        read(server.url + "/x/")


def test_unreadable_robots_stop_the_walk(server: Server) -> None:
    """While robots.txt answers errors, nothing else is read."""
    server.routes |= {"/x/": page(name("a")), "/robots.txt": answer(b"", "503 x")}
    with pytest.raises(SourceUnavailable):
        read(server.url + "/x/")
    assert "/x/" + name("a") not in server.paths


def test_json_index_needs_no_robots(server: Server) -> None:
    """An index made for machines is read without asking."""
    server.routes |= {"/i": index([name("a")]), "/" + name("a"): answer(b"1")}
    read(server.url + "/i")
    assert "/robots.txt" not in server.paths


@pytest.fixture
def python_server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """`python -m http.server` on a folder: its address and the folder."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Say nothing."""

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_address[1]}/", folder
    running.shutdown()
    running.server_close()


def test_listing_of_pythons_server_is_read_and_read_again(python_server: tuple[str, Path]) -> None:
    """Names with blanks, letters beyond ASCII and # survive; a second reading moves no document."""
    url, folder = python_server
    for stem in ("a", "b c", "ü", "d#e", "f%20g", "sub/h"):
        path = folder / name(stem)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(stem.encode())
    first = read(url)
    assert first.documents == {name(s): s.encode() for s in ("a", "b c", "ü", "d#e", "f%20g", "sub/h")}
    second = read(url, since=first.cursor, known=first.held())
    assert (sorted(second.unchanged), second.documents) == (sorted(first.documents), {})


# ---- folders


def test_fragment_restricts_to_a_folder(server: Server) -> None:
    """Only the named folder is walked and its items are relative to it."""
    server.routes |= {
        "/x/": page("crates/", "other/", name("a")),
        "/x/crates/": page(name("b"), "sub/"),
        "/x/crates/sub/": page(name("c")),
        "/x/crates/" + name("b"): answer(b"1"),
        "/x/crates/sub/" + name("c"): answer(b"2"),
    }
    assert read(server.url + "/x/#crates/").documents == {name("b"): b"1", "sub/" + name("c"): b"2"}
    assert "/x/other/" not in server.paths


def test_folder_that_is_not_there_is_changed(server: Server) -> None:
    """A folder without documents is a moved folder until somebody says otherwise."""
    server.routes["/x/"] = page("other/", name("a"))
    server.routes["/x/other/"] = page(name("b"))
    with pytest.raises(SourceChanged, match="in crates/"):
        read(server.url + "/x/#crates/")


# ---- second readings


def test_second_reading_moves_no_bodies(server: Server) -> None:
    """Index and documents are asked for conditionally; everything is Unchanged."""
    listing = json.dumps([name("a"), name("b")]).encode()
    server.routes |= {
        "/i": conditional(listing, '"i"'),
        "/" + name("a"): conditional(b"1", '"a"'),
        "/" + name("b"): conditional(b"2", '"b"'),
    }
    first = read(server.url + "/i")
    server.requests.clear()
    second = read(server.url + "/i", since=first.cursor, known=first.held())
    assert (second.unchanged, second.documents, second.total) == ([name("a"), name("b")], {}, 2)
    assert [r.headers.get("if-none-match") for r in server.requests] == ['"i"', '"a"', '"b"']
    third = read(server.url + "/i", since=second.cursor, known=first.held())
    assert third.unchanged == [name("a"), name("b")]


def test_unchanged_index_does_not_hide_a_changed_document(server: Server) -> None:
    """An index that is as it was says nothing about the documents it names: each is asked."""
    server.routes |= {
        "/i": conditional(json.dumps([name("a")]).encode(), '"i"'),
        "/" + name("a"): conditional(b"1", '"1"'),
    }
    first = read(server.url + "/i")
    server.routes["/" + name("a")] = conditional(b"2", '"2"')
    assert read(server.url + "/i", since=first.cursor, known=first.held()).documents == {name("a"): b"2"}


@pytest.mark.parametrize(
    ("sent", "asked"),
    [("Mon, 02 Mar 2026 10:00:00 GMT", None), ("Mon, 02 Mar 2026 10:00:01 GMT", "Mon, 02 Mar 2026 10:00:00 GMT")],
    ids=["same second", "a second later"],
)
def test_a_date_of_the_same_second_is_no_validator(server: Server, sent: str, asked: str | None) -> None:
    """A document that may still change within its Last-Modified second is asked for anew, not conditionally."""
    dated = {"Last-Modified": "Mon, 02 Mar 2026 10:00:00 GMT", "Date": sent}
    server.routes |= {
        "/i": answer(json.dumps([name("a")]).encode()),
        "/" + name("a"): answer(b"1", headers=dated),
    }
    first = read(server.url + "/i")
    server.requests.clear()
    read(server.url + "/i", since=first.cursor, known=first.held())
    assert server.requests[-1].headers.get("if-modified-since") == asked


def test_nothing_new_costs_one_request_where_the_index_states_versions(server: Server) -> None:
    """With digests in the index, same digest means same document: one request for the whole partner (R7)."""
    listing = [{"url": name(str(n)), "sha256": f"{n:064x}"} for n in range(50)]
    server.routes["/i"] = conditional(json.dumps(listing).encode(), '"i"')
    for n in range(50):
        server.routes["/" + name(str(n))] = answer(str(n).encode())
    first = read(server.url + "/i")
    assert first.total == 50
    server.requests.clear()
    second = read(server.url + "/i", since=first.cursor, known=first.held())
    assert len(second.unchanged) == 50
    assert server.paths == ["/i"]
    listing[7]["sha256"] = "f" * 64
    server.routes |= {"/i": conditional(json.dumps(listing).encode(), '"j"'), "/" + name("7"): answer(b"new")}
    server.requests.clear()
    third = read(server.url + "/i", since=second.cursor, known=first.held())
    assert third.documents == {name("7"): b"new"}
    assert server.paths == ["/i", "/" + name("7")]


def test_item_not_held_is_read_in_full(server: Server) -> None:
    """Validators are used only for what the node really holds."""
    server.routes |= {"/i": index([{"url": name("a"), "etag": "1"}]), "/" + name("a"): conditional(b"1", '"a"')}
    first = read(server.url + "/i")
    assert read(server.url + "/i", since=first.cursor, known={}).documents == {name("a"): b"1"}


def test_same_bytes_without_validators_are_unchanged(server: Server) -> None:
    """A server that knows no conditional requests costs bodies, but no changes."""
    server.routes |= {"/i": index([name("a")]), "/" + name("a"): answer(b"1")}
    first = read(server.url + "/i")
    assert read(server.url + "/i", since=first.cursor, known=first.held()).unchanged == [name("a")]


def test_document_missing_from_the_list_is_simply_absent(server: Server) -> None:
    """What the index no longer names is not stated as removed: absence is judged by who keeps the listings."""
    server.routes |= {
        "/i": in_turn(index([name("a"), name("b")]), index([name("a")])),
        "/" + name("a"): answer(b"1"),
        "/" + name("b"): answer(b"2"),
    }
    first = read(server.url + "/i")
    second = read(server.url + "/i", since=first.cursor, known=first.held())
    assert (second.order, second.removed, second.total) == ([name("a")], {}, 1)


@pytest.mark.parametrize(
    "since",
    [
        "", "deadbeef", "[]", "{}", "null", '{"items": 7}', '{"items": {"a": ["x"]}}', '{"items":{"a":[1,2,3]}}',
        '{"pages": {"http": [1, 2, 3]}}', '{"items":[["a","b"]]}',
    ],
)  # fmt: skip
def test_foreign_cursor_means_a_full_reading(server: Server, since: str) -> None:
    """A cursor of another kind of source, or a damaged one, is ignored."""
    server.routes |= {"/i": index([name("a")]), "/" + name("a"): answer(b"1")}
    assert read(server.url + "/i", since=since, known={}).documents == {name("a"): b"1"}


# ---- faults of single documents and of the whole


def test_faults_of_single_documents_do_not_stop_the_rest(server: Server) -> None:
    """Missing, gone, oversized, bombs and undecodable documents are reported with their reasons, in order."""
    server.routes |= {
        "/i": index([name(s) for s in "abcdefg"]),
        "/" + name("b"): answer(b"", "410 Gone"),
        "/" + name("c"): answer(b"x" * 1001),
        "/" + name("d"): answer(gzip.compress(b"x" * 1001), headers={"Content-Encoding": "gzip"}),
        "/" + name("e"): answer(b"\xff"),
        "/" + name("f"): answer(b"", "204 No Content"),
        "/" + name("g"): answer(b"1"),
    }
    reading = read(server.url + "/i")
    assert reading.reasons == {
        name("a"): "not-parsable",
        name("b"): "not-parsable",
        name("c"): "too-large",
        name("d"): "too-large",
        name("e"): "bad-encoding",
        name("f"): "not-parsable",
    }
    assert list(reading.documents) == [name("g")]
    assert "answers 404" in reading.unreadable[name("a")].detail
    assert reading.total == 7


def test_unreadable_document_is_asked_for_again_in_full(server: Server) -> None:
    """A document that was 404 is tried at the next reading and delivered once it is there."""
    server.routes["/i"] = index([{"url": name("a"), "etag": "same"}])
    first = read(server.url + "/i")
    server.routes["/" + name("a")] = answer(b"1")
    assert read(server.url + "/i", since=first.cursor, known=first.held()).documents == {name("a"): b"1"}


@pytest.mark.parametrize("status", ["500 x", "503 x", "403 Forbidden", "401 x"])
def test_server_trouble_half_way_raises(server: Server, status: str) -> None:
    """When a document fails for reasons of the server, the reading raises: no Listed, so nothing counts as deleted."""
    server.routes |= {
        "/i": index([name("a"), name("b")]),
        "/" + name("a"): answer(b"1"),
        "/" + name("b"): answer(b"", status),
    }
    with pytest.raises(SourceUnavailable):
        read(server.url + "/i")


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "500 x"])
def test_folder_page_that_fails_raises(server: Server, status: str) -> None:
    """A sub-folder that cannot be listed makes the whole listing incomplete."""
    server.routes |= {"/x/": page(name("a"), "sub/"), "/x/" + name("a"): answer(b"1"), "/x/sub/": answer(b"", status)}
    with pytest.raises(SourceUnavailable):
        read(server.url + "/x/")


def test_index_that_is_gone_is_changed(server: Server) -> None:
    """404 for the index itself is for the operator to look at."""
    with pytest.raises(SourceChanged, match="is gone"):
        read(server.url + "/gone.json?token=hush")


def test_private_index_is_refused(server: Server) -> None:
    """An index on a private address is not read unless the operator named its host."""
    with pytest.raises(FetchRefused):
        read(server.url + "/i", fetcher=Fetcher(contact="https://example.org/", clock=now))
    assert server.connections == 0


@pytest.mark.partners
def test_real_crates_by_http_equal_those_of_the_folder(partners: Path) -> None:
    """The same member by folder listing and by folder gives the same items and bytes."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Say nothing."""

    folder = partners / "gide-idr" / "crates"
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        by_http = read(f"http://127.0.0.1:{running.server_address[1]}/", max_bytes=10 << 20)
    finally:
        running.shutdown()
        running.server_close()
    assert by_http.documents == read(folder, max_bytes=10 << 20).documents
