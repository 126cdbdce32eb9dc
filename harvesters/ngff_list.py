"""Harvester `ngff_list`: images as lists of OME-Zarr stores describe them, without opening a store.

The lists of the OME 2024 NGFF challenge, which name one another: field.md, "ome-zarr-lists"; `ome_zarr` opens stores.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from catalogue.model.documents import (
    Event,
    Listed,
    Mapped,
    Record,
    Removed,
    Severity,
    SourceDocument,
    SourceSpec,
    Unchanged,
    Unreadable,
)
from catalogue.model.identifiers import Identifier
from catalogue.model.payload import canonical, digest
from catalogue.problems import RecordRejected, SourceChanged
from harvesters import image_lists
from harvesters.http import Fetcher
from harvesters.image_identity import identify, parsed
from harvesters.image_lists import Row
from harvesters.image_records import describe, store_bytes
from harvesters.list_places import Found, iter_lists
from harvesters.ngff_values import Findings

MEDIA_TYPE: Final = "application/vnd.ommatidia.list-row+json"
_MAPPED: Final = image_lists.MAPPED | {"shape", "dimension_names"}
_IGNORED: Final = {
    "written_human_readable": "repeats written",
    "shards": "of a level whose path the list does not give; the store says it when it is opened",
    "chunks": "of a level whose path the list does not give; the store says it when it is opened",
    "source": "says who made the list",
    "wells": "counts parts of a plate, which stays one image here; `ome_zarr` reads each field",
    "images": "counts parts of a plate, which stays one image here; `ome_zarr` reads each field",
}
_PLATE: Final = "of one field of a plate"
_KINDS: Final = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}


class NgffListHarvester:
    """One Image a row, in the list's own words: address, shape, licence, organism, method, size.

    The location is one list (URL or file), whose named lists are read too, or a folder, tar archive or Git repository
    of lists. A list that cannot be read is reported and survived; then nothing counts as removed.

    Options of a source: `study` (of rows that name none), `site` (name of the holding site), `endpoint` (storage
    endpoint that the stores lie below).
    """

    name = "ngff_list"
    version = "1"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """One document a row, named by its list and its address; those of a list that did not change are Unchanged.

        Raises:
            SourceUnavailable: the location, or the first list, cannot be read.
            SourceChanged: it holds no list of image addresses.
        """
        complete, total, read = True, 0, ""
        cursor: str | None = None
        for found in iter_lists(source, since, self._fetcher, has_rows=_names_rows(known)):
            if isinstance(found, Listed):
                complete, cursor = complete and found.complete, found.cursor
            elif isinstance(found, Unreadable):
                complete = False
                yield found
            elif found.content is None:
                for item in _rows_of(found.name, known):
                    total += 1
                    yield Removed(item, "its list was removed") if found.removed else Unchanged(item)
            else:
                read = read or found.name
                for event in _documents(found, source, known):
                    total += 1
                    yield event
        yield Listed(cursor, complete, total if complete else None)

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The image of one row.

        Raises:
            RecordRejected: no study is known for it, it is another owner's, or the row is damaged.
        """
        try:
            bundle = json.loads(document.content)
            cells, root, name = dict(bundle["row"]), dict(bundle["root"]), str(bundle["list"])
            fits = all(type(text) is str for text in [*cells.values(), root["endpoint"], root["key"]])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise RecordRejected("The kept row is damaged; harvest the source again.", reason="not-parsable") from error
        if not fits:
            raise RecordRejected("The kept row is damaged; harvest the source again.", reason="not-parsable")
        findings = Findings()
        study, image = identify(_with_study(cells, root["key"], name, source, findings), root["key"], source)
        if source.owners and image.prefix not in source.owners:
            raise RecordRejected(
                f"{image.curie} belongs to {image.prefix}; this source may deliver only {', '.join(source.owners)}.",
                reason="not-owner",
                identifier=image.curie,
            )
        record = _record(study, image, cells, root, source, findings)
        mapped = Mapped([record])
        _account(cells, mapped, findings)
        mapped.findings = findings.closed()
        return mapped


def _documents(found: Found, source: SourceSpec, known: Mapping[str, str]) -> Iterator[Event]:
    """A document for each row that is no list; a row that points nowhere safe is Unreadable."""
    assert found.content is not None
    seen: set[str] = set()
    try:
        for row in image_lists.parse_list(found.content, found.name):
            if not row.is_list:
                yield _document(row, found, source, known, seen)
    except SourceChanged as problem:
        yield Unreadable(f"{found.name}#(rest)", found.url, "not-parsable", problem.detail, found.content)


def _document(row: Row, found: Found, source: SourceSpec, known: Mapping[str, str], seen: set[str]) -> Event:
    line = f"{found.name}#line-{row.line}"
    content = canonical({"row": row.cells, "line": row.line})
    if not row.url:
        return Unreadable(line, found.url, "schema-required", f"Line {row.line} has no url.", content)
    try:
        place = image_lists.resolve(row.url, found.base, source.options.get("endpoint", ""))
    except RecordRejected as rejected:
        return Unreadable(line, found.url, rejected.reason, rejected.detail, content)
    item = f"{found.name}#{unquote(place.url)}"
    if item in seen:
        return Unreadable(line, found.url, "equivocation", f"Line {row.line} lists {place.url} again.", content)
    seen.add(item)
    root = {"endpoint": place.endpoint, "key": place.key}
    content = canonical({"list": found.name, "row": row.cells, "root": root})
    if known.get(item) == digest(content):
        return Unchanged(item)
    return SourceDocument(item, place.url, content, MEDIA_TYPE)


def _names_rows(known: Mapping[str, str]) -> frozenset[str]:
    return frozenset(item.partition("#")[0] for item in known)


def _rows_of(name: str, known: Mapping[str, str]) -> list[str]:
    return [item for item in known if item.startswith(f"{name}#")]


def _with_study(
    cells: Mapping[str, str], key: str, name: str, source: SourceSpec, findings: Findings
) -> Mapping[str, str]:
    """The cells, with a study that the list's name, the store's folder or the image's name says, where none is stated.

    `idr0004_samples.csv`, `.../idr0013/LT0113_01.ome.zarr`, `48-Susaki-MouseBrainCUBIC/Fig3A_...` (SSBD).
    """
    stated = (cells.get("study", ""), cells.get("origin", ""), source.options.get("study", ""))
    if any((found := parsed(text)) is not None and found.kind == "study" for text in stated):
        return cells
    said = [
        *unquote(key).split("/")[:-1],
        name.rpartition("/")[2].partition("_")[0],
        cells.get("name", "").partition("/")[0],
    ]
    studies = {found.curie for text in said if (found := parsed(text.strip())) is not None and found.kind == "study"}
    if len(studies) != 1:
        return cells
    study = studies.pop()
    findings.note(
        "study-from-name", Severity.INFO, "row.study", study,
        "The row names no study; the names of its list, folder or image say this one. Write it into `study`.",
    )  # fmt: skip
    return {**cells, "study": study}


def _record(
    study: Identifier, image: Identifier, cells: Mapping[str, str], root: Mapping[str, str], source: SourceSpec,
    findings: Findings,
) -> Record:  # fmt: skip
    base = f"{image.curie}/representation/1"
    site = source.options.get("site") or (source.owners[0] if source.owners else study.prefix)
    representation: dict[str, Any] = {"id": base, "format": "OME-Zarr"}
    if _is_plate(cells):
        findings.note(
            "plate-as-image", Severity.INFO, "row.wells", cells.get("wells", ""),
            "The store is a plate of many images; it stays one image until its store is read.",
        )  # fmt: skip
    else:
        representation.update(_shape(base, cells, findings))
    if size := store_bytes(cells.get("written"), findings):
        representation["total_size_bytes"] = size
    representation["replicas"] = [{"id": f"{base}/replica/1", "site": site, **root}]
    record: Record = {
        "type": "Image",
        "id": image.curie,
        "accession": image.accession,
        "owner": image.prefix,
        "study": study.curie,
        "title": cells.get("name") or image.accession,
        "source_url": root["endpoint"] + root["key"],
        "representations": [representation],
    }
    if page := cells.get("origin", ""):
        origin = parsed(page)
        if origin is not None and origin.kind == "other" and page.startswith(("http://", "https://")):
            record["see_also"] = [page]
    describe(record, cells, findings)
    return record


def _is_plate(cells: Mapping[str, str]) -> bool:
    return "wells" in cells or cells.get("images", "1") not in ("", "0", "1")


def _shape(base: str, cells: Mapping[str, str], findings: Findings) -> dict[str, Any]:
    """Shape and axes, as far as the list gives them and they fit."""
    given = cells.get("shape", "")
    if not given:
        return {}
    sizes = [size.strip() for size in given.strip("()[] ").split(",")]
    if not all(size.isascii() and size.isdigit() and len(size) < 16 for size in sizes):
        findings.note("shape-form", Severity.WARNING, "row.shape", given, "Whole numbers with commas; left out.")
        return {}
    found: dict[str, Any] = {"shape": ",".join(str(int(size)) for size in sizes)}
    names = [name.strip() for name in cells.get("dimension_names", "").split(",") if name.strip()]
    if names and (len(names) != len(sizes) or len(set(names)) != len(names)):
        findings.note(
            "axes-unlike-shape", Severity.WARNING, "row.dimension_names", cells["dimension_names"],
            f"{len(names)} names for {len(sizes)} lengths, or one twice; left out.",
        )  # fmt: skip
        return found
    if names:
        found["axes"] = [
            {"id": f"{base}/axis/{place}", "index": place, "name": name, "size": int(sizes[place])}
            | ({"axis_type": _KINDS[name]} if name in _KINDS else {})
            for place, name in enumerate(names)
        ]
    return found


def _account(cells: Mapping[str, str], mapped: Mapped, findings: Findings) -> None:
    is_plate = _is_plate(cells)
    for column in sorted(cells):
        if is_plate and column in ("shape", "dimension_names"):
            mapped.ignored[f"row, {column}: {_PLATE}"] += 1
        elif column in _MAPPED:
            mapped.mapped += 1
        elif column in _IGNORED:
            mapped.ignored[f"row, {column}: {_IGNORED[column]}"] += 1
        else:
            mapped.unmapped[f"row, {column[:100]}"] += 1
            findings.note(
                "unmapped-property", Severity.INFO, f"row.{column[:100]}", cells[column], "Nobody foresaw this column."
            )
