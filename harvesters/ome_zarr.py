"""Harvester `ome_zarr`: image records from OME-Zarr stores that a member lists (CSV or TSV).

Formats: ngff_metadata.py; lists: image_lists.py; rules and traps: images.md section 4, field.md "ome-zarr-lists".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from catalogue.model.documents import Event, Listed, Mapped, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.payload import canonical, digest
from catalogue.problems import FetchRefused, RecordRejected, SourceChanged, SourceUnavailable
from harvesters import image_lists
from harvesters.image_identity import identify
from harvesters.image_lists import Place, Row
from harvesters.image_records import map_bundle
from harvesters.store_documents import read_documents
from harvesters.store_reader import Getter, StoreFault, open_reader

MEDIA_TYPE: Final = "application/vnd.ommatidia.ome-zarr-bundle+json"
MAX_LIST_BYTES: Final = 64 << 20
MAX_DOCUMENT_BYTES: Final = 10 << 20
LIST_DEPTH: Final = 3


@dataclass(slots=True)
class _Reading:
    """State of one fetch: what was met so far and how it went."""

    items: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)
    complete: bool = True
    stores: int = 0
    silent: int = 0


class OmeZarrHarvester:
    """Images from a list of OME-Zarr stores.

    Options of a source: `study` (CURIE of the study for rows that name none), `site` (name of the holding site),
    `endpoint` (storage endpoint that the stores lie below; default the list's folder, else the host).
    """

    name = "ome_zarr"
    version = "2"

    def __init__(self, fetcher: Getter):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """One document per listed store: the row and the store's metadata documents, verbatim, in one JSON bundle.

        Raises:
            SourceUnavailable: the list itself cannot be read, or no listed store answers.
            SourceChanged: the location holds no list of image addresses.
        """
        reading = _Reading()
        content = self._read_list(source.location)
        yield from self._rows(source, source.location, content, known, reading, depth=1)
        if reading.stores and reading.silent == reading.stores:
            raise SourceUnavailable(
                f"None of the {reading.stores} stores listed by {source.name} answers; nothing was changed."
            )
        yield Listed(cursor=None, complete=reading.complete, total=reading.stores)

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The Image records of one store: one, or one per series of a bioformats2raw collection or field of a plate.

        Raises:
            RecordRejected: study, identity, shape, dtype or axes cannot be determined or contradict one another.
        """
        try:
            bundle = json.loads(document.content)
        except ValueError as error:
            raise RecordRejected(
                "The kept bundle is not JSON; harvest the source again.", reason="not-parsable"
            ) from error
        return map_bundle(bundle, source, identify)

    def _rows(
        self,
        source: SourceSpec,
        location: str,
        content: bytes,
        known: Mapping[str, str],
        reading: _Reading,
        depth: int,
    ) -> Iterator[Event]:
        reading.lists.add(location)
        base = image_lists.list_base(location)
        for row in image_lists.parse_list(content, base + location.rpartition("/")[2]):
            name = f"{location.rpartition('/')[2]}#line-{row.line}"
            if not row.url:
                yield _unreadable(name, base, "schema-required", f"Line {row.line} has no url.", row)
                continue
            if row.is_list:
                yield from self._named_list(source, row, base, known, reading, depth)
                continue
            try:
                place = image_lists.resolve(row.url, base, source.options.get("endpoint", ""))
                item = _item(place, base)
                self._claim(item, row, place, source, reading)
            except RecordRejected as rejected:
                yield _unreadable(name, row.url, rejected.reason, rejected.detail, row)
                continue
            reading.stores += 1
            yield self._store(item, row, place, known, reading)

    def _named_list(
        self,
        source: SourceSpec,
        row: Row,
        base: str,
        known: Mapping[str, str],
        reading: _Reading,
        depth: int,
    ) -> Iterator[Event]:
        """The stores of a list that a list names; one that cannot be read is reported and survived."""
        try:
            location = image_lists.resolve(row.url, base).url
            if location in reading.lists or depth >= LIST_DEPTH:
                return
            events = list(self._rows(source, location, self._read_list(location), known, reading, depth + 1))
        except (SourceUnavailable, SourceChanged, FetchRefused) as problem:
            reading.complete = False
            reason = "link-unsafe" if isinstance(problem, FetchRefused) else "gap"
            yield _unreadable(row.url, row.url, reason, f"The named list cannot be read: {problem.detail}", row)
            return
        except RecordRejected as rejected:
            reading.complete = False
            yield _unreadable(row.url, row.url, rejected.reason, rejected.detail, row)
            return
        yield from events

    def _claim(self, item: str, row: Row, place: Place, source: SourceSpec, reading: _Reading) -> None:
        """Raises RecordRejected when another row has the same store or would get the same identifier."""
        if item in reading.items:
            raise RecordRejected(f"Line {row.line} lists {item} a second time; remove one.", reason="equivocation")
        try:
            _, image = identify(row.cells, place.key, source)
        except RecordRejected:
            image = None  # said once, by map(), with the store's documents kept beside it
        if image is not None and image.curie in reading.names:
            raise RecordRejected(
                f"{item} and {reading.names[image.curie]} would both be {image.curie}; give each its own `identifier`.",
                reason="equivocation",
            )
        reading.items.add(item)
        if image is not None:
            reading.names[image.curie] = item

    def _store(
        self, item: str, row: Row, place: Place, known: Mapping[str, str], reading: _Reading
    ) -> SourceDocument | Unchanged | Unreadable:
        texts: dict[str, str] = {}
        try:
            read_documents(open_reader(place, self._fetcher, MAX_DOCUMENT_BYTES), texts)
        except StoreFault as fault:
            reading.silent += fault.silent
            return Unreadable(item, place.url, fault.reason, fault.detail, _bundle(row, place, texts))
        except RecordRejected as rejected:
            return Unreadable(item, place.url, rejected.reason, rejected.detail, _bundle(row, place, texts))
        content = _bundle(row, place, texts)
        if known.get(item) == digest(content):
            return Unchanged(item)
        return SourceDocument(item, place.url, content, MEDIA_TYPE)

    def _read_list(self, location: str) -> bytes:
        if not image_lists.is_url(location):
            return _read_local_list(image_lists.local_path(location))
        response = self._fetcher.get(location, max_bytes=MAX_LIST_BYTES)
        if response.status != 200:
            raise SourceUnavailable(f"The list {location} answers {response.status}.")
        return bytes(response.content)


def _item(place: Place, base: str) -> str:
    return unquote(place.key) if place.endpoint == base else place.url


def _bundle(row: Row, place: Place, texts: Mapping[str, str]) -> bytes:
    return canonical(
        {"row": row.cells, "root": {"endpoint": place.endpoint, "key": place.key}, "documents": dict(texts)}
    )


def _unreadable(item: str, url: str, reason: str, detail: str, row: Row) -> Unreadable:
    return Unreadable(item, url, reason, detail, canonical({"row": row.cells, "line": row.line}))


def _read_local_list(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_LIST_BYTES:
            raise SourceChanged(f"The list {path.name} is larger than {MAX_LIST_BYTES} bytes.")
        return path.read_bytes()
    except OSError as error:
        raise SourceUnavailable(f"The list {path.name} cannot be read: {error.strerror}.") from error
