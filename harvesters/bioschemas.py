"""Harvester `bioschemas`: pages of a site by its sitemap, their Bioschemas JSON-LD as study records.

Source: Bioschemas profiles Dataset 1.0 and Study 0.3, Signposting level 1, robots.txt (RFC 9309); field.md section 5.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, cast
from urllib.parse import urljoin, urlsplit

from catalogue.model.documents import Event, Listed, Mapped, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.forms import is_web_address
from catalogue.problems import FetchRefused, RecordRejected
from harvesters.account import Account
from harvesters.addresses import origin_of
from harvesters.documents import iter_documents
from harvesters.draft import StudyDraft
from harvesters.http import Fetcher, Response
from harvesters.items import Item, ItemReader, own_cursor
from harvesters.jsonld_nodes import JsonLd
from harvesters.page_jsonld import extract, read_blocks, read_items, write_document
from harvesters.rdf_nodes import Node, Nodes
from harvesters.schema_study import SchemaStudy, identify
from harvesters.schema_terms import STUDIES, kind_of, reasons
from harvesters.sitemap import iter_pages
from harvesters.sources.delivery import Delivery
from harvesters.sources.robots import fetch_robots

MAX_PAGE_BYTES: Final = 10 << 20
_MEDIA_TYPE: Final = "application/ld+json"
_STUDY: Final = re.compile(
    r'"(?:schema:|bs:|https?://schema\.org/|https?://bioschemas\.org/)?(?:DataSet|Dataset|Study)"'
)
_LINK: Final = re.compile(r"<(?P<href>[^<>]{1,2000})>(?P<rest>(?:\s*;\s*[^,;<>]{1,200})*)")
_ATTRIBUTE: Final = re.compile(r";\s*(?P<name>rel|type)\s*=\s*\"?(?P<value>[^\";]{1,200})\"?", re.IGNORECASE)
_MAX_HEADER: Final = 64_000
_HELD_BY: Final = ("hasPart", "dataset", "isPartOf", "includedInDataCatalog", "includedinDataCatalog", "isBasedOn",
                   "mainEntity", "subjectOf", "relatedStudy", "includedInDataset", "datasetPartOf")  # fmt: skip


class BioschemasHarvester:
    """Reads the pages that a sitemap lists and maps each page's Dataset or Study to one Study.

    The location is the address of a sitemap (plain, `.gz`, or an index), or a folder, archive, Git repository of
    JSON-LD files (`.json`, `.jsonld`). Pages without a Dataset or Study are no documents. Where a page names its
    description by a Signposting link (rel=describedby), that is read.
    """

    name = "bioschemas"
    version = "2"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """A document for each page with a study, then one Listed. robots.txt is obeyed.

        Raises:
            SourceUnavailable: sitemap or robots.txt cannot be read now.
            SourceChanged: the location is no sitemap.
        """
        if source.location.lower().startswith(("http://", "https://")):
            return self._site(source.location, since, known)
        return self._files(source, since, known)

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The study of one page.

        Raises:
            RecordRejected: no JSON-LD even after mending, no certain identity, another's accession, no title;
                `policy` for a page about a catalogue, a sample or anything else than one study.
        """
        account = Account(reasons())
        values = read_blocks(document.content, account)
        read = JsonLd(values, account, kind_of)
        node = _study_of(read.nodes, read.top)
        study = identify(node, source, (document.url,))
        draft = StudyDraft(study, account)
        SchemaStudy(node, study, draft, source, splits_keywords=True).read()
        _add_items(document.content, draft, account)
        read.nodes.close()
        return draft.mapped()

    # -- fetching ------------------------------------------------------------------------------------------------

    def _files(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        return iter_documents(
            source.location, since=since, known=known, suffix=(".json", ".jsonld"), fetcher=self._fetcher,
            max_bytes=MAX_PAGE_BYTES, options=source.options,
        )  # fmt: skip

    def _site(self, location: str, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        robots = fetch_robots(self._fetcher, location)
        robots.require(location)
        pages = (page for page in iter_pages(self._fetcher, location) if robots.allows(page.url))
        plain = _load_plain(since)
        own: dict[str, str] = {}
        pages_read = _Linking(self._fetcher)
        reader = ItemReader(cast(Fetcher, pages_read), {**dict.fromkeys(plain, ""), **known}, "", MAX_PAGE_BYTES)
        still: set[str] = set()
        items = (Item(page.url, page.url, page.modified, None, page.modified[:30]) for page in pages)
        for event in reader.read(_closing(items, own, still), since, cursor=own):
            if isinstance(event, Listed):
                yield replace(event, total=None)
            elif isinstance(event, Unchanged) and event.item in plain and event.item not in known:
                still.add(event.item)
            elif isinstance(event, SourceDocument):
                found = self._document(event, pages_read.links.pop(event.url, []), known)
                if found is None:
                    still.add(event.item)
                else:
                    yield found
            else:
                yield event

    def _document(
        self, event: SourceDocument, header: list[dict[str, str]], known: Mapping[str, str]
    ) -> Event | None:  # fmt: skip
        """The kept document of a page; None for a page without a study.

        Args:
            header: links of its answer's Link header.
        """
        html = event.content.decode("utf-8", "replace")
        try:
            blocks, links = ([html], []) if html.lstrip()[:1] in ("{", "[") else extract(html)
        except RecordRejected as rejected:
            return Unreadable(event.item, event.url, rejected.reason, rejected.detail, event.content)
        links = [*header, *links]
        if not any(_STUDY.search(block) for block in blocks):
            blocks = [text for link in links if (text := self._described(event.url, link))]
        if not any(_STUDY.search(block) for block in blocks):
            return None
        items = [
            (_absolute(event.url, link), link.get("type", ""))
            for link in links
            if "item" in link["rel"].lower().split()
        ]  # fmt: skip
        content = write_document(blocks, items)
        return Delivery("", known, MAX_PAGE_BYTES, _MEDIA_TYPE).document(
            event.item, event.url, content, event.datestamp
        )

    def _described(self, page: str, link: Mapping[str, str]) -> str:
        """The JSON-LD that a page names as its description, on its own host; "" for none."""
        kind = link.get("type", "").partition(";")[0].strip().lower()
        if "describedby" not in link["rel"].lower().split() or kind != _MEDIA_TYPE:
            return ""
        address = _absolute(page, link)
        try:
            if not is_web_address(address) or origin_of(address) != origin_of(page):
                return ""
            answer = self._fetcher.get(address, headers={"Accept": _MEDIA_TYPE}, max_bytes=MAX_PAGE_BYTES)
        except FetchRefused:
            return ""
        return _body(answer)


class _Linking:
    """A fetcher that remembers the Link header of each answer, where Signposting stands."""

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher
        self.links: dict[str, list[dict[str, str]]] = {}

    def get(self, url: str, **options: Any) -> Response:
        """The answer to GET."""
        answer = self._fetcher.get(url, **options)
        self.links = {url: parse_links(answer.headers.get("link", ""))}
        return answer


def parse_links(header: str) -> list[dict[str, str]]:
    """The links of a Link header that have a relation, with `href`, `rel` and `type` (RFC 8288)."""
    found = []
    for link in _LINK.finditer(header[:_MAX_HEADER]):
        said = {one["name"].lower(): one["value"].strip() for one in _ATTRIBUTE.finditer(link["rest"])}
        if "rel" in said:
            found.append({"href": link["href"].strip(), **said})
    return found


def _absolute(page: str, link: Mapping[str, str]) -> str:
    """Where a link of a page leads; as it stands when that is no address."""
    href = link.get("href", "")
    try:
        return urljoin(page, href)
    except ValueError:
        return href


def _body(answer: Response) -> str:
    return bytes(answer.content).decode("utf-8", "replace") if answer.status == 200 else ""


def _closing(items: Iterator[Item], own: dict[str, str], still: set[str]) -> Iterator[Item]:
    """The items; after the last one the pages without a study go into the cursor."""
    yield from items
    own["plain"] = json.dumps(sorted(still))


def _load_plain(since: str | None) -> frozenset[str]:
    try:
        return frozenset(str(name) for name in json.loads(own_cursor(since).get("plain", "[]")))
    except (ValueError, TypeError):
        return frozenset()


# -- which entity ------------------------------------------------------------------------------------------------


def _study_of(nodes: Nodes, top: list[str]) -> Node:
    """The one Dataset or Study that the page is about: at the top of its blocks, held by no other.

    Raises:
        RecordRejected: `policy`, the page is about something else, or about several studies.
    """
    tops = [node for name in dict.fromkeys(top) if (node := nodes.find(name)) is not None]
    found = [node for node in tops if node.kind in STUDIES and node.properties]
    held = {term.text for node in nodes.all() for key in _HELD_BY for term in node.properties.get(key, ())}
    outer = [node for node in found if node.id not in held] or found
    if len(outer) == 1:
        return outer[0]
    if outer:
        raise RecordRejected(
            f"The page describes {len(outer)} studies; each is harvested from its own page.", reason="policy"
        )
    kinds = ", ".join(sorted({node.kind for node in tops}))[:200] or "nothing"
    raise RecordRejected(
        f"The page is about {kinds}, not about a study; give it a Dataset or a Study of its own.", reason="policy"
    )


def _add_items(content: bytes, draft: StudyDraft, account: Account) -> None:
    """Links to the study's data (Signposting) as files."""
    items = read_items(content.decode("utf-8", "replace"))
    if not items:
        return
    account.open({"item": [href for href, _ in items]}, "Signposting").raw("item")
    files: list[dict[str, Any]] = list(draft.find("files") or [])
    held = {file.get("url") for file in files}
    for href, kind in items:
        if is_web_address(href) and href not in held and urlsplit(href).scheme:
            name = f"{draft.curie}/file/{len(files) + 1}"
            files.append({"id": name, "url": href, **({"media_type": kind} if kind else {})})
    draft.set("files", files)
