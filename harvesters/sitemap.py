"""The pages of a site by its sitemap: plain, compressed or an index of sitemaps, within the protocol's bounds.

Source: sitemaps.org protocol 0.9: at most 50,000 addresses and 50 MB a file, all of the sitemap's own host.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from catalogue.problems import FetchRefused, RecordRejected, SourceChanged, SourceUnavailable
from harvesters.addresses import origin_of
from harvesters.http import Fetcher
from harvesters.xmlbytes import parse_xml

MAX_BYTES: Final = 50 << 20
MAX_SITEMAPS: Final = 1000
MAX_PAGES: Final = 500_000
_PREFIXES: Final = {
    "http://www.sitemaps.org/schemas/sitemap/0.9": "",
    "https://www.sitemaps.org/schemas/sitemap/0.9": "",
    "http://www.google.com/schemas/sitemap/0.84": "",
}


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page of the site.

    Args:
        modified: when it changed, as the sitemap says; "" when it does not.
    """

    url: str
    modified: str


def iter_pages(fetcher: Fetcher, location: str) -> Iterator[SitePage]:
    """The pages of a sitemap and of the sitemaps it lists, each once, in their order; other hosts are left out.

    Raises:
        SourceUnavailable: a sitemap cannot be read, so that the list would not be whole.
        SourceChanged: the location is no sitemap.
    """
    seen, files, here = set[str](), [(location, 0)], origin_of(location)
    read = 0
    while files:
        url, depth = files.pop(0)
        read += 1
        if read > MAX_SITEMAPS:
            raise SourceUnavailable(f"The site has more than {MAX_SITEMAPS:,} sitemaps; name a smaller one.")
        root = _parse(_content(fetcher, url), url)
        for entry in root.get("sitemap", []):
            address = _text(entry, "loc")
            # An index names sitemaps, never further indexes.
            if address and depth == 0 and _is_here(address, here):
                files.append((address, depth + 1))
        for entry in root.get("url", []):
            address = _text(entry, "loc")
            if address and address not in seen and _is_here(address, here):
                seen.add(address)
                if len(seen) > MAX_PAGES:
                    raise SourceUnavailable(f"The site lists more than {MAX_PAGES:,} pages; name a smaller sitemap.")
                yield SitePage(address, _text(entry, "lastmod"))


def _content(fetcher: Fetcher, url: str) -> bytes:
    answer = fetcher.get(url, max_bytes=MAX_BYTES)
    if answer.status != 200:
        raise SourceUnavailable(f"{url} answers {answer.status}; the list of pages cannot be read whole now.")
    content = bytes(answer.content)
    if content[:2] != b"\x1f\x8b":
        return content
    decoder = zlib.decompressobj(wbits=31)
    try:
        plain = decoder.decompress(content, MAX_BYTES + 1)
    except zlib.error as error:
        raise SourceUnavailable(f"{url} is damaged: {error}.") from error
    if len(plain) > MAX_BYTES or not decoder.eof:
        raise SourceUnavailable(f"{url} is cut off, or larger than {MAX_BYTES:,} bytes when unpacked.")
    return plain


def _parse(content: bytes, url: str) -> dict[str, Any]:
    try:
        document = parse_xml(content, _PREFIXES, max_bytes=MAX_BYTES)
    except RecordRejected as rejected:
        raise SourceUnavailable(f"The sitemap {url} cannot be read: {rejected.detail}") from rejected
    root = document.get("urlset", document.get("sitemapindex"))
    if root is None:
        raise SourceChanged(f"{url} is no sitemap (urlset or sitemapindex). Correct the location.")
    return root if type(root) is dict else {}


def _text(entry: Any, key: str) -> str:
    found = entry.get(key) if type(entry) is dict else None
    value = found[0] if type(found) is list and found else found
    return value.strip()[:2000] if type(value) is str else ""


def _is_here(url: str, here: Any) -> bool:
    try:
        return url.lower().startswith(("http://", "https://")) and origin_of(url) == here
    except FetchRefused:
        return False
