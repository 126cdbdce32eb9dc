"""A FAIR Data Point walked from its root: containers, catalogues, datasets with their distributions.

Nothing is deleted before everything was read: a dataset is absent only when every document of the walk was read and
parsed. Source: FAIR Data Point specification 1.2, LDP 1.0; federation.md section 2 (FAIR Data Point).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urldefrag

from catalogue.model.documents import Event, Listed, SourceDocument, Unchanged, Unreadable
from catalogue.problems import SourceChanged
from harvesters.addresses import origin_of
from harvesters.dcat_terms import DATASET, OUTSIDE
from harvesters.http import Fetcher
from harvesters.rdf_nodes import RDF_TYPE, Triple
from harvesters.rdf_records import Cut, iter_events, iter_records
from harvesters.rdf_web import MAX_PAGES, Page, read_page

_DCAT: Final = "http://www.w3.org/ns/dcat#"
# What leads down to further containers and to datasets.
_DOWN: Final = frozenset(
    {f"{_DCAT}catalog", f"{_DCAT}dataset", "http://www.w3.org/ns/ldp#contains"}
    | {
        f"{base}metadataCatalog"
        for base in ("https://w3id.org/fdp/fdp-o#", "http://rdf.biosemantics.org/ontologies/fdp-o#")
    }
    | {f"http://www.re3data.org/schema/{version}#dataCatalog" for version in ("3-0", "3-1")}
)
_PARTS: Final = f"{_DCAT}distribution"


class Walk:
    """One walk over a FAIR Data Point.

    Args:
        since: cursor of the last complete walk: validators of each document and what it led to.
    """

    def __init__(self, fetcher: Fetcher, root: str, since: str | None, known: Mapping[str, str]):
        self._fetcher, self._root, self._known = fetcher, root, known
        self._before, self._after = _load(since), dict[str, dict[str, Any]]()
        self._complete = True

    def events(self) -> Iterator[Event]:
        """An event for each dataset, then one Listed."""
        waiting, met, items = [self._root], {self._root}, 0
        while waiting:
            url = waiting.pop(0)
            if len(met) > MAX_PAGES:
                self._complete = False
                yield Unreadable(url, url, "too-large", f"The FAIR Data Point has more than {MAX_PAGES:,} documents.")
                break
            found = self._visit(url)
            if isinstance(found, Unreadable):
                self._complete = False
                yield found
                continue
            down, events = found
            for event in events:
                items += 1
                yield event
            for link in [link for link in down if link not in met]:
                met.add(link)
                if self._is_ours(link):
                    waiting.append(link)
                    continue
                self._complete = False
                yield Unreadable(
                    link, link, "link-unsafe",
                    f"{link[:200]} lies outside {origin_of(self._root)}, where this source lives. Give it as a source "
                    "of its own.",
                )  # fmt: skip
        if self._complete and not items:
            raise SourceChanged("The FAIR Data Point leads to no dcat:Dataset. Correct the location: give its root.")
        cursor = json.dumps({"format": 1, "documents": self._after}, separators=(",", ":"))
        yield Listed(cursor if self._complete else None, self._complete, items if self._complete else None)

    def _visit(self, url: str) -> tuple[list[str], list[Event]] | Unreadable:
        """What one document leads to, and the events of the datasets in it."""
        held = self._before.get(url, {})
        parts = [str(part) for part in held.get("parts", [])]
        conditional = bool(held) and all(item in self._known for item in held.get("items", []))
        pages = [self._read(place, conditional) for place in [url, *parts]]
        if conditional and all(isinstance(page, Page) and not page.fresh for page in pages):
            self._after[url] = held
            for part in parts:
                self._after[part] = self._before[part]
            return list(held["down"]), [Unchanged(item) for item in held["items"]]
        page = pages[0] if isinstance(pages[0], Unreadable) or pages[0].fresh else self._read(url, False)
        if isinstance(page, Unreadable):
            return page
        return self._document(url, page)

    def _document(self, url: str, page: Page) -> tuple[list[str], list[Event]] | Unreadable:
        down = sorted({t.object.text for t in page.triples if t.predicate in _DOWN and t.object.kind == "iri"})
        described = {t.subject.text for t in page.triples if t.predicate == RDF_TYPE}
        datasets = {t.subject.text for t in page.triples if t.predicate == RDF_TYPE and t.object.text == DATASET}
        own = {name for name in datasets if urldefrag(name).url == urldefrag(url).url} or datasets
        inside = [link for link in down if link in described and link in own]
        triples, parts = set(page.triples), list[str]()
        for t in page.triples:
            if (
                t.predicate == _PARTS
                and t.subject.text in own
                and t.object.kind == "iri"
                and t.object.text not in described
            ):
                parts.append(t.object.text)
        for part in sorted(set(parts)):
            found = self._read(part, False) if self._is_ours(part) else None
            if isinstance(found, Unreadable):
                return found
            if found is not None:
                triples |= found.triples
                self._after[part] = {"etag": found.etag, "modified": found.modified}
        events = list(iter_events(_records(triples, own), url, self._known))
        items = [event.item for event in events if isinstance(event, SourceDocument | Unchanged | Unreadable)]
        links = [link for link in down if link not in inside]
        self._after[url] = {
            "etag": page.etag, "modified": page.modified, "items": items, "down": links,
            "parts": sorted(part for part in set(parts) if part in self._after),
        }  # fmt: skip
        return links, events

    def _read(self, url: str, conditional: bool) -> Page | Unreadable:
        held = self._before.get(url, {}) if conditional else {}
        return read_page(self._fetcher, url, self._root, str(held.get("etag", "")), str(held.get("modified", "")))

    def _is_ours(self, url: str) -> bool:
        return url.lower().startswith(("http://", "https://")) and origin_of(url) == origin_of(self._root)


def _records(triples: set[Triple], own: set[str]) -> list[tuple[str, Cut]]:
    return [(name, said) for name, said in iter_records(triples, (DATASET,), OUTSIDE) if name in own]


def _load(since: str | None) -> dict[str, dict[str, Any]]:
    try:
        found = json.loads(since) if since else {}
        if found.get("format") != 1:
            return {}
        return {str(url): dict(state) for url, state in found["documents"].items()}
    except (ValueError, KeyError, AttributeError, TypeError):
        return {}
