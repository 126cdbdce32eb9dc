"""Reads the typed links of the study's page: those of its header, and those of its head beside them."""

from __future__ import annotations

from typing import Final

from catalogue.fair.live.base import Answer, Check, Seen, Target, Visit, fine, wrong
from catalogue.fair.live.html_head import Link, head_of
from catalogue.fair.live.pages import HTML, header_links, page_path

MOST_HEADER_BYTES: Final = 4096
"""64 KiB of links made a page unreadable to an assessor (fair.md, section 1)."""
RELATIONS: Final = frozenset(
    {"cite-as", "describedby", "item", "license", "type", "author", "collection", "linkset", "describes"}
)
_NEEDED: Final = ("cite-as", "describedby", "linkset", "type")


def _look(study: Target, visit: Visit) -> Seen:
    page = visit.here(page_path(study.curie), HTML)
    if page.status != 200:
        return wrong(f"The page answered {page.status}.", page)
    size = len(page.headers.get("link", ""))
    if size > MOST_HEADER_BYTES:
        return wrong(f"The Link header has {size:,} bytes; readers give up beyond {MOST_HEADER_BYTES:,}.", page)
    links = header_links(page)
    if links is None:
        return wrong("The Link header cannot be read to its end.", page)
    lacking = [rel for rel in _NEEDED if not any(link.rel == rel for link in links)]
    if lacking:
        add = tuple(f'Link: <…>;rel="{rel}"' for rel in lacking)
        return wrong(f"The Link header lacks {', '.join(lacking)}.", page, add=add)
    cited = [link.href for link in links if link.rel == "cite-as"]
    if cited != [study.iri]:
        return wrong("The Link header cites another identifier.", page, add=(f'Link: <{study.iri}>;rel="cite-as"',))
    return _beside(links, [link for link in head_of(page).links if link.rel in RELATIONS], page)


def _beside(links: list[Link], head: list[Link], page: Answer) -> Seen:
    """Links of the head say nothing that the header does not."""
    told = {(link.rel, link.href) for link in links}
    other = [link for link in head if (link.rel, link.href) not in told]
    if other:
        one = other[0]
        return wrong(f"The head of the page links {one.rel} to {one.href[:200]}, the Link header does not.", page)
    return fine(f"The Link header has {len(links)} typed links, and the head of the page agrees.", page)


CHECK: Final = Check(
    name="signposting",
    asks="The study's page at this node, whose Link header is read and compared with the links in its head.",
    fresh_days=30,
    look=_look,
)
