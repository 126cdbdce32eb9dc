"""/docs: the Markdown pages of catalogue/docs, rendered for reading."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from catalogue import resources
from catalogue.problems import NotFound
from catalogue.web.documents import finish
from catalogue.web.services import Links
from catalogue.web.text import plain

_CACHE = "public, max-age=3600"


def docs_blueprint(links: Links) -> Blueprint:
    """Routes of the written documentation."""
    blueprint = Blueprint("docs", __name__)

    @blueprint.get("/docs")
    @blueprint.get("/docs/")
    def index() -> Response:
        body = render_template("docs.html", active="docs", pages={name: title(name) for name in pages()})
        return finish(Response(body), None, _CACHE)

    @blueprint.get("/docs/<path:name>")
    def page(name: str) -> Response:
        if name not in pages():
            known = [{"label": title(known), "url": links.path(f"/docs/{known}")} for known in pages()]
            raise NotFound(f"There is no page {plain(name)[:100]} in the documentation.", look_at=known)
        body = render_template("doc.html", active="docs", title=title(name), body=Markup(_render(links, name)))  # noqa: S704
        return finish(Response(body), None, _CACHE)

    return blueprint


@cache
def pages() -> dict[str, Path]:
    """Name (`reference`, `decisions/0001-identifiers`) -> file, by name."""
    folder = resources.docs_dir()
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in sorted(folder.rglob("*.md"))}


@cache
def title(name: str) -> str:
    """The page's first heading."""
    found = re.search(r"^# +(.+)$", pages()[name].read_text("utf-8"), re.MULTILINE)
    return found[1].strip() if found else name


@cache
def _render(links: Links, name: str) -> str:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(pages()[name].read_text("utf-8"))
    _name_headings(tokens)
    for token in (child for block in tokens for child in block.children or ()):
        if token.type == "link_open":
            token.attrSet("href", _address(links, name, str(token.attrGet("href"))))
    rendered: Any = parser.renderer.render(tokens, parser.options, {})
    # Wide tables scroll by themselves; keyboards must be able to reach what scrolls.
    text = str(rendered).replace("<table>", '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>')
    return text.replace("</table>", "</table></div>").replace("<pre>", '<pre tabindex="0">')


def _name_headings(tokens: list[Token]) -> None:
    seen: set[str] = set()
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            base = re.sub(r"[^a-z0-9]+", "-", inline.content.lower()).strip("-") or "section"
            name = next(n for n in (base, *(f"{base}-{i}" for i in range(2, 1000))) if n not in seen)
            seen.add(name)
            token.attrSet("id", name)


def _address(links: Links, name: str, href: str) -> str:
    """A link between Markdown files as a link between pages; any other as it is."""
    parts = urlsplit(href)
    if parts.scheme or parts.netloc or not parts.path:
        return href
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), parts.path)).removesuffix(".md")
    if target not in pages():
        return href
    return links.path(f"/docs/{target}") + (f"#{parts.fragment}" if parts.fragment else "")
