"""What an HTML page says of itself to programs: typed links of its head, and JSON-LD blocks wherever they stand.

Pages of strangers are read too, so that time grows with length alone; html.parser takes minutes over 24 kB of `<a `.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Final, NamedTuple
from urllib.parse import urljoin

from catalogue.fair.live.base import Answer

_MOST_BLOCKS: Final = 20
_MOST_LINKS: Final = 2000
_JSONLD: Final = "application/ld+json"
# Possessive throughout: nothing that was read is read again where the rest does not fit.
_NEXT: Final = re.compile(r"<!--|<(link|script|body)(?=[\s/>])", re.IGNORECASE)
_TAG: Final = re.compile(r"""((?:[^<>"']++|"[^"]{0,4000}+"|'[^']{0,4000}+')*+)>""")
_ATTRIBUTE: Final = re.compile(r"""([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>`]++)))?+""")
_SCRIPT_END: Final = re.compile(r"</script(?=[\s/>])", re.IGNORECASE)


class Link(NamedTuple):
    """A typed link: relation, absolute target, media type or ""."""

    rel: str
    href: str
    type: str


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself to programs.

    Args:
        links: `<link>` elements.
        blocks: texts of `<script type="application/ld+json">`.
    """

    links: tuple[Link, ...]
    blocks: tuple[str, ...]


def head_of(page: Answer) -> Head:
    """Links in the head of an HTML page, and JSON-LD blocks wherever they stand; the first thousands and twenty."""
    links: list[Link] = []
    blocks: list[str] = []
    text, place, in_body = page.content.decode("utf-8", "replace"), 0, False
    while found := _NEXT.search(text, place):
        name, place = (found[1] or "").lower(), found.end()
        if not name:
            place = text.find("-->", place) + 3
            if place < 3:
                break
            continue
        tag = _TAG.match(text, place)
        if tag is None:
            continue
        place, in_body = tag.end(), in_body or name == "body"
        if name == "link" and not in_body and len(links) < _MOST_LINKS:
            links += _links(page.url, _said(tag[1]))
        if name == "script":
            closed = _SCRIPT_END.search(text, place)
            if closed is None:
                break
            if _said(tag[1]).get("type", "").strip().lower() == _JSONLD and len(blocks) < _MOST_BLOCKS:
                blocks.append(text[place : closed.start()])
            place = closed.end()
    return Head(tuple(links), tuple(blocks))


def joined(base: str, href: str) -> str:
    """The absolute form of an address on a page; "" for what is none."""
    try:
        return urljoin(base, href)
    except ValueError:
        return ""


def _said(text: str) -> dict[str, str]:
    """The attributes of a tag; of several of one name the first, as browsers have it."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), unescape(double or single or bare))
    return found


def _links(base: str, said: dict[str, str]) -> list[Link]:
    href = joined(base, said["href"]) if "href" in said else ""
    return [Link(rel, href, said.get("type", "")) for rel in said.get("rel", "").lower().split()] if href else []
