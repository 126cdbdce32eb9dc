from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue import resources
from catalogue.web import docs
from catalogue.web.factory import create_reading


def test_every_written_page_is_served(client: FlaskClient) -> None:
    """Each Markdown file has an address, its heading as title, and stands in the list of pages."""
    listed = client.get("/docs").text
    assert docs.pages()
    for name in docs.pages():
        answer = client.get(f"/docs/{name}")
        assert answer.status_code == 200 and answer.text.count("<h1") == 1
        assert f'href="/docs/{name}"' in listed


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of documentation of our own."""
    monkeypatch.setattr(resources, "docs_dir", lambda: tmp_path)
    for cached in (docs.pages, docs.title, docs._render):
        cached.cache_clear()
    yield tmp_path
    for cached in (docs.pages, docs.title, docs._render):
        cached.cache_clear()


def test_markdown_cannot_bring_markup_or_scripts(written: Path) -> None:
    """HTML in a page is text, and an address that would run something is no link."""
    (written / "a.md").write_text("# A\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) <b onclick=x>y</b>\n")
    text = create_reading("Test").test_client().get("/docs/a").text
    assert "<script" not in text and "<b " not in text
    assert "&lt;script&gt;" in text and 'href="javascript' not in text


def test_links_between_files_become_links_between_pages(written: Path) -> None:
    """A relative link to another Markdown file leads to its page; all others stay as they are."""
    (written / "below").mkdir()
    (written / "a.md").write_text("# A\n")
    (written / "below" / "b.md").write_text("# B\n\n[to a](../a.md#part) [out](https://example.org/x.md) [self](#b)\n")
    text = create_reading("Test").test_client().get("/docs/below/b").text
    assert re.findall(r'<a href="([^"]*)">(?:to a|out|self)', text) == [
        "/docs/a#part",
        "https://example.org/x.md",
        "#b",
    ]


def test_unknown_page_lists_those_that_are_there(client: FlaskClient) -> None:
    """A page that is not there is 404 with links to those that are."""
    answer = client.get("/docs/../../etc/passwd", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    answer = client.get("/docs/nothing", headers={"Accept": "text/html"})
    assert answer.status_code == 404 and 'href="/docs/reference"' in answer.text
