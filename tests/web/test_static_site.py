from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask

from catalogue import resources
from catalogue.model.documentation import documentation
from catalogue.web.factory import create_reading
from catalogue.web.static_site import BrokenLink, main, write_site


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The written pages."""
    place = tmp_path_factory.mktemp("site")
    write_site(create_reading("Test"), place)
    return place


def test_every_link_of_the_folder_leads_to_a_file_and_its_anchor(folder: Path) -> None:
    """Opened from a disk, no link between the pages is dead, and none leaves the folder."""
    identifiers = {
        page.resolve(): set(map(html.unescape, re.findall(r'\bid="([^"]*)"', page.read_text("utf-8"))))
        for page in folder.rglob("*.html")
    }
    assert len(identifiers) > 100
    for page in identifiers:
        for link in re.findall(r'\b(?:href|src)="([^"]*)"', page.read_text("utf-8")):
            parts = urlsplit(html.unescape(link))
            if parts.scheme:
                assert parts.scheme in ("http", "https", "mailto"), f"{page}: {link}"
                continue
            assert not parts.path.startswith("/"), f"{page}: {link}"
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            assert target.is_file() and target.is_relative_to(folder.resolve()), f"{page}: {link}"
            if parts.fragment and target in identifiers:
                assert unquote(parts.fragment) in identifiers[target], f"{page}: {link}"


def test_model_and_documentation_are_in_the_folder(folder: Path) -> None:
    """Each class and field, each Markdown page, and every file of the model is there."""
    made = documentation()
    assert all((folder / "schema" / name / "index.html").is_file() for name in made["classes"])
    assert all((folder / "schema" / "slots" / name / "index.html").is_file() for name in made["slots"])
    for path in resources.docs_dir().rglob("*.md"):
        name = path.relative_to(resources.docs_dir()).with_suffix("")
        assert (folder / "docs" / name / "index.html").is_file()
    context = resources.model_file("context.jsonld").read_bytes()
    assert (folder / "schema" / "context.jsonld").read_bytes() == context
    assert (folder / "index.html").is_file() and (folder / "static" / "site.css").is_file()


def test_a_dead_link_stops_the_writing(tmp_path: Path) -> None:
    """A page that leads nowhere is named, and no half of a site is left behind."""
    app = Flask("test")
    app.add_url_rule("/", "front", lambda: '<a href="/gone">x</a>')
    app.add_url_rule("/docs", "docs", lambda: "x")
    app.add_url_rule("/schema", "schema", lambda: "x")
    with pytest.raises(BrokenLink, match="/gone, to which / leads, answers 404"):
        write_site(app, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_redirects_are_followed_when_written(tmp_path: Path) -> None:
    """A link to an address that redirects leads to the file of its target, with the anchor."""
    from flask import redirect

    app = Flask("test")
    app.add_url_rule("/", "front", lambda: '<a href="/old">x</a>')
    app.add_url_rule("/old", "old", lambda: redirect("/docs#there", 303))
    app.add_url_rule("/docs", "docs", lambda: '<p id="there">x</p>')
    app.add_url_rule("/schema", "schema", lambda: "x")
    write_site(app, tmp_path)
    assert (tmp_path / "index.html").read_text() == '<a href="docs/index.html#there">x</a>'


def test_command_asks_for_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a folder nothing is written; the command says how it is called."""
    assert main([]) == 2
    assert "FOLDER" in capsys.readouterr().err
