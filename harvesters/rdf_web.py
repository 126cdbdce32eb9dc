"""RDF documents over HTTP: asked for in the formats read here, conditionally, followed page by page.

Nothing leaves the origin of the first address; a page that comes twice ends the walk (federation.md R11).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urldefrag, urljoin

from catalogue.model.documents import Unreadable
from catalogue.problems import FetchRefused, RecordRejected, SourceUnavailable
from harvesters.addresses import origin_of
from harvesters.http import Fetcher, Response
from harvesters.rdf_documents import iter_quads
from harvesters.rdf_files import media_type
from harvesters.rdf_nodes import Triple, to_triples

ACCEPT: Final = "text/turtle, application/n-triples;q=0.9, application/ld+json;q=0.8, application/rdf+xml;q=0.7"
MAX_PAGE_BYTES: Final = 50 << 20
MAX_PAGES: Final = 10_000
_NEXT: Final = {f"http://www.w3.org/ns/hydra/core#{name}" for name in ("next", "nextPage")}
_TOTAL: Final = "http://www.w3.org/ns/hydra/core#totalItems"
_FORMATS: Final = {
    "text/turtle", "application/n-triples", "application/n-quads", "application/trig", "text/n3",
    "application/rdf+xml", "application/ld+json",
}  # fmt: skip
_LINK: Final = re.compile(r'<([^<>]{1,2000})>\s*;[^,]{0,500}?\brel="?next"?', re.ASCII)
_XML: Final = {"application/xml", "text/xml"}


@dataclass(slots=True)
class Page:
    """One RDF document as it came.

    Args:
        fresh: False when the server says that it is as it was; then there are no triples.
        next_url: the page after it; "" for the last one.
        total: how many members the collection says it has; 0 when it does not say.
    """

    url: str
    etag: str
    modified: str
    fresh: bool
    triples: set[Triple] = field(default_factory=set)
    next_url: str = ""
    digest: str = ""
    total: int = 0


def read_page(fetcher: Fetcher, url: str, first: str, etag: str = "", modified: str = "") -> Page | Unreadable:
    """The document at an address, or why it cannot be used.

    Args:
        first: address of the source, whose origin no page may leave.
    Raises:
        SourceUnavailable: the partner cannot be read now or forbids reading.
    """
    plain = urldefrag(url).url
    try:
        answer = fetcher.get(
            plain, headers={"Accept": ACCEPT}, etag=etag, modified=modified, max_bytes=MAX_PAGE_BYTES,
            origin=origin_of(first),
        )  # fmt: skip
    except FetchRefused as refused:
        return Unreadable(url, plain, "link-unsafe", refused.detail)
    if answer.not_modified:
        return Page(url, etag, modified, fresh=False)
    if answer.status in (401, 403):
        raise SourceUnavailable(f"{plain} answers {answer.status}; the source is left until a person looks.")
    if answer.status != 200:
        return Unreadable(url, plain, "gap", f"Its address answers {answer.status}; tried again.")
    return _parse(url, answer)


def _parse(url: str, answer: Response) -> Page | Unreadable:
    content = bytes(answer.content)
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    kind = "application/rdf+xml" if kind in _XML else kind
    if kind not in _FORMATS:
        kind = media_type(urldefrag(url).url.partition("?")[0]) or kind
    digest = hashlib.sha256(content).hexdigest()
    try:
        triples = to_triples(iter_quads(content, kind, base_iri=answer.url, timeout_s=60.0), digest[:12])
    except RecordRejected as rejected:
        return Unreadable(url, answer.url, rejected.reason, rejected.detail, content)
    following = {triple.object.text for triple in triples if triple.predicate in _NEXT}
    linked = _LINK.search(answer.headers.get("link", ""))
    if linked:
        following.add(linked[1])
    try:
        following = {urljoin(answer.url, text) for text in following} - {url, answer.url}
    except ValueError:
        detail = "The address of its next page is no address, so that what follows cannot be read. Mend it."
        return Unreadable(url, answer.url, "gap", detail, content)
    following_url = min(following, default="")
    totals = [triple.object.text for triple in triples if triple.predicate == _TOTAL]
    total = max((int(text) for text in totals if re.fullmatch("[0-9]{1,9}", text)), default=0)
    return Page(url, answer.etag, answer.last_modified, True, triples, following_url, digest, total)
