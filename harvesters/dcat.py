"""Harvester `dcat`: datasets of DCAT catalogues (files, pages, FAIR Data Points, CKAN) as study records.

Source: DCAT-AP 3, HYDRA core, LDP 1.0, CKAN's action API; field.md section 5 (dcat).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from catalogue.model.documents import Event, Listed, Mapped, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.problems import RecordRejected, SourceChanged, SourceUnavailable
from harvesters.account import Account
from harvesters.ckan_package import package_nodes
from harvesters.dcat_study import DcatStudy, identify
from harvesters.dcat_terms import DATASET, OUTSIDE, kind_of, reasons, shorten
from harvesters.dcat_walk import Walk
from harvesters.documents import iter_documents
from harvesters.draft import StudyDraft
from harvesters.http import Fetcher
from harvesters.items import Item, ItemReader
from harvesters.jsonbytes import parse_json
from harvesters.loop_guard import PAGES_WITHOUT_NEWS
from harvesters.rdf_documents import iter_quads
from harvesters.rdf_files import MAX_FILE_BYTES, MEDIA_TYPES, media_type
from harvesters.rdf_nodes import Node, Nodes, Triple, to_triples
from harvesters.rdf_records import Cut, focus, iter_events, iter_records
from harvesters.rdf_slices import parse_bytes
from harvesters.rdf_web import MAX_PAGES, Page, read_page

IDENTIFIERS: Final = ("http://purl.org/dc/terms/identifier",)
_CKAN_ROWS: Final = 1000
_CKAN_MEDIA: Final = "application/json"


class DcatHarvester:
    """Reads the datasets of a catalogue and maps each to one Study.

    The location is a folder, tar archive, Git repository or HTTP index of RDF files (option `form` = `files` for the
    index), or the address of a catalogue. Option `form`: `pages` (the default for an address: one document, or
    pages linked by hydra:next, hydra:nextPage or a Link header), `fdp` (a FAIR Data Point, walked from its root),
    `ckan` (a CKAN site, read by its action API). Option `license`: the licence of records that state none.
    """

    name = "dcat"
    version = "1"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Every dataset of the catalogue, then one Listed; complete only if every page was read and parsed.

        Raises:
            SourceUnavailable: the location cannot be read whole now.
            SourceChanged: the location is not what it was said to be.
        """
        remote = source.location.lower().startswith(("http://", "https://"))
        form = source.options.get("form") or ("pages" if remote else "files")
        if form == "ckan":
            return self._ckan(source, since, known)
        if form == "fdp":
            return Walk(self._fetcher, source.location, since, known).events()
        if form == "pages" and remote:
            return self._pages(source.location, since, known)
        if form == "files":
            return self._files(source, since, known)
        raise SourceChanged(f"The option form is '{form[:50]}'; pages, fdp, ckan and files are known.")

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The study of one dataset.

        Raises:
            RecordRejected: not parsable, no certain identity, another's accession, no title.
        """
        account = Account(reasons())
        # Kept originals come back without their media type; N-Triples never begin with a brace.
        if document.content.lstrip()[:1] == b"{":
            nodes, node = package_nodes(parse_json(document.content).value, account, kind_of)
        else:
            nodes = Nodes.of_triples(account, parse_bytes(document.content), shorten, kind_of)
            node = focus(nodes, document, "dcat.Dataset")
        return map_dataset(nodes, node, account, source)

    # -- fetching ------------------------------------------------------------------------------------------------

    def _files(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Every dataset in every file; files stand for themselves, so that a broken one stops nothing."""
        path = Path(source.location)
        if path.is_file() and media_type(path.name):
            events: Iterable[Event] = [_local(path)]
        else:
            events = iter_documents(
                source.location, since=None, known={}, suffix=(*MEDIA_TYPES, ".json"),
                fetcher=self._fetcher, max_bytes=MAX_FILE_BYTES, media_type="", options=source.options,
            )  # fmt: skip
        complete, seen = True, set[str]()
        for event in events:
            if isinstance(event, Listed):
                continue
            if not isinstance(event, SourceDocument):
                complete = False
                yield event
                continue
            found, sound = _datasets(event, known, seen)
            complete = complete and sound
            yield from found
        yield Listed(None, complete, len(seen) if complete else None)

    def _pages(self, first: str, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Pages one after the other; a page that is as it was costs no body, and its datasets are unchanged."""
        before, after = _load(since), dict[str, list[Any]]()
        seen, digests, url, complete, total = set[str](), set[str](), first, True, 0
        stale = 0
        while url and complete:
            known_before = len(seen)
            held = before.get(url) or ["", "", [], ""]
            conditional = bool(held[2]) and all(item in known for item in held[2])
            page = read_page(self._fetcher, url, first, held[0] if conditional else "", held[1] if conditional else "")
            if isinstance(page, Unreadable):
                yield page
                complete = False
                break
            items, following = (list(held[2]), str(held[3])) if not page.fresh else ([], page.next_url)
            events = [Unchanged(item) for item in items] if not page.fresh else _events(page, known)
            for event in events:
                if not isinstance(event, Listed) and event.item not in seen:
                    seen.add(event.item)
                    complete = complete and not (isinstance(event, Unreadable) and event.reason == "gap")
                    items = items if not page.fresh else [*items, event.item]
                    yield event
            after[url] = [page.etag, page.modified, items, following]
            stale = 0 if len(seen) > known_before else stale + 1
            if following and (
                following in after
                or (page.digest and page.digest in digests)
                or stale >= PAGES_WITHOUT_NEWS
                or len(after) >= MAX_PAGES
            ):
                detail = (
                    "The catalogue's pages lead in a circle or never end; the walk stops here. Mend its next links."
                )
                yield Unreadable(following, following, "gap", detail)
                complete = False
            digests.add(page.digest)
            url, total = following, max(total, page.total)
        if complete and total > len(seen):
            # Pages that shift while they are read, and lost ones, look like deletions.
            detail = f"The catalogue says {total} datasets and gave {len(seen)}; nothing counts as absent."
            yield Unreadable(first, first, "gap", detail)
            complete = False
        if complete and not seen:
            raise SourceChanged("The catalogue holds no dcat:Dataset. Correct the location, or its option form.")
        yield Listed(_dump(after) if complete else since, complete, len(seen) if complete else None)

    def _ckan(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        reader = ItemReader(self._fetcher, known, _CKAN_MEDIA, 10 << 20)
        yield from reader.read(self._packages(source.location.rstrip("/")), since)

    def _packages(self, base: str) -> Iterator[Item]:
        """Every package of a CKAN site; the count must stay and be reached, else nothing counts as absent."""
        count, start, seen = -1, 0, 0
        while count < 0 or start < count:
            query = urlencode({"rows": _CKAN_ROWS, "start": start, "sort": "metadata_created asc, id asc"})
            url = f"{base}/api/3/action/package_search?{query}"
            answer = self._fetcher.get(url, max_bytes=MAX_FILE_BYTES)
            if answer.status != 200:
                raise SourceUnavailable(f"{url} answers {answer.status}; the site cannot be read whole now.")
            told, packages = _search_result(bytes(answer.content))
            if count >= 0 and told != count:
                raise SourceUnavailable(f"The site's packages changed from {count} to {told} while being read.")
            count = told
            if not packages and start < count:
                raise SourceUnavailable(f"The site says {count} packages and gives none from {start} on.")
            for package in packages:
                seen += 1
                name = str(package.get("id") or package.get("name"))
                content = json.dumps(package, sort_keys=True, ensure_ascii=False).encode()
                stamp = str(package.get("metadata_modified") or "")
                removed = "the site says that its state is deleted" if package.get("state") == "deleted" else ""
                yield Item(name, f"{base}/dataset/{name}", stamp, content, stamp[:30], removed)
            start += len(packages)


def map_dataset(nodes: Nodes, node: Node, account: Account, source: SourceSpec) -> Mapped:
    """The study of a dcat:Dataset among its nodes."""
    study = identify(node, source)
    draft = StudyDraft(study, account)
    DcatStudy(node, study, draft, source).read()
    for entry in nodes.pointing("foaf.primaryTopic", node):
        entry.leave_rest("describes the entry in the catalogue, not the study")
    nodes.close()
    return draft.mapped()


def _local(path: Path) -> Event:
    with path.open("rb") as file:
        return SourceDocument(path.name, path.name, file.read(MAX_FILE_BYTES), "")


def _datasets(event: SourceDocument, known: Mapping[str, str], seen: set[str]) -> tuple[list[Event], bool]:
    """Events for the datasets of one file, and whether the file could be read."""
    try:
        if event.item.endswith(".json"):
            return list(_packages_of(event, known, seen)), True
        base = event.url if event.url.startswith("http") else "https://base.invalid/"
        quads = iter_quads(event.content, media_type(event.item), base_iri=base, timeout_s=60.0)
        page = Page(event.item, "", "", True, to_triples(quads))
        found = [one for one in _events(page, known) if not isinstance(one, Listed) and one.item not in seen]
    except RecordRejected as rejected:
        return [Unreadable(event.item, event.url, rejected.reason, rejected.detail, event.content)], False
    seen.update(one.item for one in found)
    return list(found), True


def _packages_of(event: SourceDocument, known: Mapping[str, str], seen: set[str]) -> Iterator[Event]:
    """CKAN packages and lists of them in a JSON file."""
    value = parse_json(event.content).value
    found = value if type(value) is list else [value]
    for number, package in enumerate(item for item in found if type(item) is dict):
        item = f"{event.item}#{number}" if len(found) > 1 else event.item
        content = json.dumps(package, sort_keys=True, ensure_ascii=False).encode()
        if item not in seen:
            seen.add(item)
            if known.get(item) == hashlib.sha256(content).hexdigest():
                yield Unchanged(item)
            else:
                yield SourceDocument(item, event.url, content, _CKAN_MEDIA)


def _events(page: Page, known: Mapping[str, str]) -> Iterator[Event]:
    yield from iter_events(dataset_records(page.triples), page.url, known, IDENTIFIERS)


def dataset_records(triples: Iterable[Triple]) -> Iterator[tuple[str, Cut]]:
    """Name and statements of every dcat:Dataset."""
    return iter_records(triples, (DATASET,), OUTSIDE)


def _search_result(content: bytes) -> tuple[int, list[dict[str, Any]]]:
    try:
        result = parse_json(content, max_bytes=MAX_FILE_BYTES).value["result"]
        return int(result["count"]), [item for item in result["results"] if type(item) is dict]
    except (RecordRejected, KeyError, TypeError, ValueError) as error:
        raise SourceChanged(
            "package_search gives no CKAN answer (result, count, results). Correct the location."
        ) from error


def _dump(pages: Mapping[str, list[Any]]) -> str:
    return json.dumps({"format": 1, "pages": pages}, separators=(",", ":"))


def _load(since: str | None) -> dict[str, list[Any]]:
    try:
        found = json.loads(since) if since else {}
        if found.get("format") != 1:
            return {}
        return {str(url): list(state) for url, state in found["pages"].items() if len(state) == 4}
    except (ValueError, KeyError, AttributeError, TypeError):
        return {}
