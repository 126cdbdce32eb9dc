"""Sitemaps of the pages of public records, and robots.txt that names them.

Source: sitemaps.org, protocol 0.9; RFC 9309; federation.md section 4 (S8).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from catalogue.exchange.exposed import Exposed, iter_rows
from catalogue.exchange.moments import in_seconds
from catalogue.exchange.xml_text import DECLARATION, text
from catalogue.problems import NotFound

_OPEN: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
# A sitemap may have 50,000 addresses; a block of the log has no more records than positions.
BLOCK: Final = 10_000


def sitemap_index(exposed: Exposed, base: str, block: int = BLOCK) -> bytes:
    """The index: one sitemap for each block of the log that holds public records.

    Args:
        base: address of the node, without a slash at its end.
    """
    horizon = exposed.horizon()
    entries = (
        _entry("sitemap", f"{base}/sitemap/{number}.xml", in_seconds(newest))
        for number, newest in exposed.blocks(block, horizon.position, public=True)
    )
    return _document("sitemapindex", entries)


def sitemap(exposed: Exposed, base: str, number: int, block: int = BLOCK) -> bytes:
    """One sitemap: the pages of public studies and images, each with the moment at which it was exposed.

    Raises:
        NotFound: the log has no such block.
    """
    horizon = exposed.horizon()
    start = number * block
    if start >= horizon.position:
        raise NotFound(f"There is no sitemap {number}; /sitemap.xml names those there are.")
    rows = iter_rows(exposed, start, min(start + block, horizon.position))
    entries = (
        _entry(
            "url", f"{base}/{'images' if row.kind == 'image' else 'studies'}/{row.curie}", in_seconds(row.recorded_at)
        )
        for row in rows
        if row.status == "public"
    )
    return _document("urlset", entries)


def robots(base: str) -> str:
    """robots.txt: everything may be read but what is made anew for each question; the sitemap is named."""
    lines = ["User-agent: *", "Disallow: /search", "Disallow: /sparql", "Allow: /", "", f"Sitemap: {base}/sitemap.xml"]
    return "\n".join(lines) + "\n"


def _entry(name: str, address: str, changed: str) -> str:
    return f"<{name}><loc>{text(address)}</loc><lastmod>{changed}</lastmod></{name}>\n"


def _document(root: str, entries: Iterable[str]) -> bytes:
    return f"{DECLARATION}<{root} {_OPEN}>\n{''.join(entries)}</{root}>\n".encode()
