"""Documents and crates of the BioImage Archive that lie as files, those of one study together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, Final

from catalogue.model.documents import Event, Listed, SourceDocument, SourceSpec, Unchanged
from catalogue.problems import RecordRejected, SourceChanged
from harvesters.bia_crate import METADATA
from harvesters.bia_pool import is_document
from harvesters.bundle import MEDIA_TYPE, pack
from harvesters.documents import iter_documents
from harvesters.http import Fetcher
from harvesters.jsonbytes import MAX_BYTES, parse_json

# Folders of the API's classes: STUDY/dataset/UUID.json.
TYPE_FOLDERS: Final = frozenset({
    "annotation_data", "annotation_method", "bio_sample", "creation_process", "dataset", "file_reference", "image",
    "image_acquisition_protocol", "image_representation", "protocol", "specimen",
    "specimen_imaging_preparation_protocol", "study",
})  # fmt: skip
LISTS: Final = (".tsv", ".csv")
MAX_HELD_BYTES: Final = 512 << 20
# Roots of search documents and of the export's files that are records of ours.
_ROOTS: Final = frozenset({"Study", "Image"})


def iter_bundles(source: SourceSpec, fetcher: Fetcher, known: Mapping[str, str]) -> Iterator[Event]:
    """One document a study, crate or search document, sorted by item, then one Listed.

    Every file is read each time, because a study is known whole only with all its files.

    Raises:
        SourceUnavailable, SourceChanged: see harvesters.documents; or the files are more than can be held.
    """
    files: dict[str, SourceDocument] = {}
    held = 0
    for event in iter_documents(
        source.location, since=None, known={}, suffix=(".json", *LISTS), fetcher=fetcher, max_bytes=MAX_BYTES,
        media_type="", options=source.options,
    ):  # fmt: skip
        is_list = not isinstance(event, Listed) and PurePosixPath(event.item).suffix in LISTS
        if isinstance(event, SourceDocument):
            kind = "text/tab-separated-values" if is_list else "application/json"
            files[event.item] = replace(event, media_type=kind)
            held += len(event.content)
            if held > MAX_HELD_BYTES:
                raise SourceChanged("The files are more than 512 MB; point the source at a smaller folder.")
        elif not isinstance(event, Listed) and not is_list:
            yield event
    total = 0
    for document in sorted(_documents(files), key=lambda one: one.item):
        total += 1
        if known.get(document.item) == hashlib.sha256(document.content).hexdigest():
            yield Unchanged(document.item)
        else:
            yield document
    yield Listed(None, True, total)


def _documents(files: Mapping[str, SourceDocument]) -> Iterator[SourceDocument]:
    groups: dict[str, dict[str, bytes]] = {}
    for item, event in files.items():
        path = PurePosixPath(item)
        if path.name == METADATA:
            yield _crate(path, event, files)
        elif path.suffix in LISTS:
            continue
        elif path.parent.name in TYPE_FOLDERS:
            groups.setdefault(str(path.parent.parent), {})[f"{path.parent.name}/{path.name}"] = event.content
        else:
            yield from _single(event)
    for name, content in groups.items():
        # The location itself may be the folder of one study.
        first = next(one.url for item, one in files.items() if name == "." or item.startswith(f"{name}/"))
        item = "documents" if name == "." else name
        yield SourceDocument(item, first.rpartition("/")[0], pack(content), MEDIA_TYPE)


def _crate(path: PurePosixPath, event: SourceDocument, files: Mapping[str, SourceDocument]) -> SourceDocument:
    """A crate with the tables in its folder and below."""
    stem = "" if str(path.parent) == "." else f"{path.parent}/"
    lists = {
        item.removeprefix(stem): one.content
        for item, one in files.items()
        if item.startswith(stem) and PurePosixPath(item).suffix in LISTS
    }
    content = pack({METADATA: event.content, **lists}) if lists else event.content
    return SourceDocument(event.item, event.url, content, MEDIA_TYPE if lists else "application/ld+json")


def _single(event: SourceDocument) -> Iterator[SourceDocument]:
    """A file with one document inside which all others stand, or a map of such; other JSON is none of the archive's."""
    try:
        value = parse_json(event.content).value
    except RecordRejected:
        yield event
        return
    if is_document(value):
        if value["model"]["type_name"] in _ROOTS:
            yield event
    elif type(value) is dict and value and all(is_document(one) for one in value.values()):
        for key, one in value.items():
            if one["model"]["type_name"] in _ROOTS:
                yield SourceDocument(f"{event.item}#{key}", event.url, _dumped(one), event.media_type)


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8")
