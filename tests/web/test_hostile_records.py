from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from tests.web.studies_for_pages import BARE, GONE, HOSTILE, IMAGE, STUDY

PAGES = [
    f"/studies/{HOSTILE}",
    "/search",
    "/",
    "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
    "/id/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
]
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Links(HTMLParser):
    """What a page would run or load, and where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.handlers: list[str] = []
        self.addresses: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag if tag != "script" else f"script:{dict(attrs).get('type')}")
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.handlers.append(f"{tag} {name}")
            if name in ("href", "action", "formaction"):
                self.addresses.append(value or "")
            if name in ("src", "srcset", "data") or (
                tag == "link" and name == "href" and dict(attrs).get("rel") in ("stylesheet", "icon")
            ):
                self.loaded.append(value or "")


def read(client: FlaskClient, path: str) -> tuple[str, Links]:
    """Text of a page and what is in it."""
    text = client.get(path, headers={"Accept": "text/html"}).text
    found = Links()
    found.feed(text)
    return text, found


@pytest.mark.parametrize("path", PAGES)
def test_partner_text_is_never_markup(client: FlaskClient, path: str) -> None:
    """No title, name, keyword or query adds a script, an event handler, an inline style or an element of its own."""
    _, found = read(client, path)
    assert "script:None" not in found.tags
    assert not found.handlers
    assert not {"b", "iframe", "object", "embed", "base"} & found.tags


@pytest.mark.parametrize("path", PAGES)
def test_links_are_http_or_our_own(client: FlaskClient, path: str) -> None:
    """javascript:, data:, protocol-relative and credential-carrying addresses of a record are text, not links."""
    _, found = read(client, path)
    for address in found.addresses:
        assert re.fullmatch(r"(?:/(?!/)|#|https?://(?![^/]*@)).*", address), address
        assert "evil.example" not in address


@pytest.mark.parametrize("path", [*PAGES, f"/studies/{STUDY}", f"/images/{IMAGE}", f"/studies/{BARE}", f"/id/{GONE}"])
def test_page_loads_only_from_this_node(client: FlaskClient, path: str) -> None:
    """Style, pictures and icons of every page come from this node; no archive learns who reads."""
    _, found = read(client, path)
    assert all(re.fullmatch(r"/(?!/).*", address) for address in found.loaded)


def test_bidi_and_control_characters_do_not_reach_the_page(client: FlaskClient) -> None:
    """Overrides that would turn the text around them are left out; right-to-left names are isolated."""
    text, _ = read(client, f"/studies/{HOSTILE}")
    shown = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert not BIDI.search(shown)
    assert "\x07" not in text
    assert "<bdi>מרים כהן</bdi>" in read(client, f"/studies/{STUDY}")[0]


def test_data_in_the_page_cannot_end_its_script(client: FlaskClient) -> None:
    """`</script>` in a title is escaped inside the JSON-LD of the page."""
    text, _ = read(client, f"/studies/{HOSTILE}")
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert data is not None
    assert "<" not in data[1] and "\\u003cscript\\u003ealert(1)" in data[1]


def test_template_braces_are_not_evaluated(client: FlaskClient) -> None:
    """{{ 7*7 }} in a title stays as it is."""
    text, _ = read(client, f"/studies/{HOSTILE}")
    assert "{{ 7*7 }}" in text and "evil 49" not in text


def test_link_header_takes_no_unsafe_address(client: FlaskClient) -> None:
    """A licence or ORCID that is no clean address is left out of the Link header."""
    link = client.get(f"/studies/{HOSTILE}").headers["Link"]
    assert (
        "javascript" not in link
        and "script>" not in link
        and 'rel="license"' not in link
        and 'rel="author"' not in link
    )


def test_citation_files_keep_to_their_lines(client: FlaskClient) -> None:
    """Line breaks in an author's name do not add RIS fields, braces do not leave BibTeX fields."""
    ris = client.get(f"/studies/{HOSTILE}.ris").text
    assert [line[:2] for line in ris.split("\r\n") if line].count("TY") == 1
    bib = client.get(f"/studies/{HOSTILE}.bib").text
    assert bib.count("\n@") == 0 and r"\{\{ 7*7 \}\}" in bib


def test_problem_page_shows_the_identifier_as_text(client: FlaskClient) -> None:
    """A hostile identifier comes back escaped."""
    text, found = read(client, "/id/biostudies:%3Cimg%20src=x%20onerror=alert(1)%3E")
    assert "<img" not in text and not found.handlers
