"""Folder listings that say when a file changed spare asking for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from loopback_server import Server, answer, serving
from reading import name, read

from catalogue.problems import FetchRefused
from harvesters.sources.listing import parse_page

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NGINX = '<pre><a href="../">../</a>\n<a href="{name}">{name}</a>   {date}   13405\n</pre>'
APACHE = (
    '<table><tr><td><a href="?C=M;O=A">Last modified</a></td></tr><tr><td><a href="{name}">{name}</a></td>'
    '<td align="right">{date}  </td><td align="right"> 13K</td></tr></table>'
)


@pytest.mark.parametrize(
    ("form", "date", "version"),
    [
        (NGINX, "02-Jan-2026 10:30", "listed=2026-01-02T10:30 13405"),
        (APACHE, "2026-01-02 10:30", "listed=2026-01-02T10:30 13K"),
        (APACHE, "2026-03-01 11:00", ""),
        (APACHE, "2026-03-02 23:00", ""),
        (NGINX, "02-Foo-2026 10:30", ""),
        (NGINX, "-", ""),
    ],
)
def test_settled_date_of_a_listing_is_a_version(form: str, date: str, version: str) -> None:
    """R7: date and size of a line tell two states apart once the date lies more than a day back."""
    text = form.format(name="a.json", date=date)
    (entry,) = (e for e in parse_page(text.encode(), "text/html", "http://h/x/", "json", NOW).entries if not e.is_page)
    assert entry.version == version


def test_listing_of_a_server_without_a_clock_gives_no_versions() -> None:
    """Where the server does not say what time it is, no date of its listing is trusted."""
    text = NGINX.format(name="a.json", date="02-Jan-2026 10:30")
    assert all(not entry.version for entry in parse_page(text.encode(), "text/html", "http://h/", "json").entries)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


def page(dates: dict[str, str]) -> bytes:
    """A listing of documents with their dates."""
    lines = "".join(NGINX.format(name=name(stem), date=date) for stem, date in dates.items())
    return answer(lines.encode(), headers={"Content-Type": "text/html", "Date": "Mon, 02 Mar 2026 12:00:00 GMT"})


def test_unchanged_listing_costs_two_requests(server: Server) -> None:
    """R7: of many documents whose dates stand, none is asked for; one with a new date is, alone."""
    dates = {f"a{number}": "02-Jan-2026 10:30" for number in range(50)}
    server.routes["/d/"] = page(dates)
    server.routes |= {f"/d/{name(stem)}": answer(stem.encode()) for stem in dates}
    first = read(server.url + "/d/")
    server.requests.clear()
    second = read(server.url + "/d/", since=first.cursor, known=first.held())
    assert len(second.unchanged) == 50
    assert server.paths == ["/d/", "/robots.txt"]
    server.requests.clear()
    server.routes["/d/"] = page(dates | {"a7": "03-Jan-2026 10:30"})
    server.routes[f"/d/{name('a7')}"] = answer(b"new")
    third = read(server.url + "/d/", since=second.cursor, known=first.held())
    assert third.documents == {name("a7"): b"new"}
    assert server.paths == ["/d/", "/robots.txt", f"/d/{name('a7')}"]


def test_addresses_of_an_index_that_are_none_are_refused() -> None:
    """R11: an entry that is no address is left to its own finding; a next page that is none ends the reading."""
    index = b'[{"url": "http://[x"}, {"url": "a.json"}]'
    entries = parse_page(index, "application/json", "http://h/x/", ".json").entries
    assert entries[-1].url == "http://h/x/a.json"
    with pytest.raises(FetchRefused):
        parse_page(b'{"items": ["a.json"], "next": "http://[x"}', "application/json", "http://h/x/", ".json")
