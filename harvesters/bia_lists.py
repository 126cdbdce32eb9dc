"""File lists of an image-level crate: rows as files, images and annotations, columns by what the crate says of them."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote

from catalogue.model.documents import Severity
from catalogue.problems import RecordRejected
from harvesters.account import Entry
from harvesters.bia_crate import Crate, Node, refs_in
from harvesters.bia_pool import Doc, Pool

MAX_ROWS: Final = 30_000
_MAX_CELL: Final = 131_072
# Last part of a column's propertyUrl -> property of the documents that a row becomes.
ROLES: Final = {
    "filePath": "file_path", "sizeInBytes": "size_in_bytes", "isPartOf": "submission_dataset_uuid", "type": "type",
    "name": "label", "sourceImageLabel": "source_label", "sourceImageName": "source_label",
    "sourceImagePath": "source_path", "associatedSourceImage": "source_path",
    "associatedSubject": "subject_specimen_uuid", "associatedSpecimen": "subject_specimen_uuid",
    "associatedAnnotationMethod": "annotation_method_uuid", "associatedProtocol": "protocol_uuid",
    "associatedImageAcquisitionProtocol": "image_acquisition_protocol_uuid",
    "associatedBiologicalEntity": "bio_sample_uuid", "associatedCreationProcess": "creation_process_uuid",
    "associatedSpecimenImagingPreparationProtocol": "specimen_imaging_preparation_protocol_uuid",
    "associatedImagingPreparationProtocol": "specimen_imaging_preparation_protocol_uuid",
}  # fmt: skip
_PROCESS: Final = ("annotation_method_uuid", "protocol_uuid", "image_acquisition_protocol_uuid")
_CLASSES: Final = {"Image": "Image", "AnnotationData": "AnnotationData"}


def read_lists(crate: Crate, pool: Pool, files: Mapping[str, bytes]) -> None:
    """Put what the rows of all file lists describe into the pool.

    Raises:
        RecordRejected: `too-large`, more rows than one document may have; `bad-encoding`, a list is not UTF-8.
    """
    lists = [(name, node) for name, node in crate.nodes.items() if crate.kind_of(node) == "FileList"]
    rows: list[_Row] = []
    for name, node in lists:
        crate.use(node)
        columns = _columns(crate, node)
        _describe(crate, pool, name, node, columns)
        content = files.get(unquote(name)) or files.get(name)
        if content is None:
            crate.account.note(
                "file-list-missing", Severity.WARNING, "FileList/@id", name,
                "The crate names this file list, and it does not lie beside it.",
            )  # fmt: skip
            continue
        rows += _rows(crate, pool, name, content, columns)
        if len(rows) > MAX_ROWS:
            raise RecordRejected(
                f"The file lists have more than {MAX_ROWS:,} rows; split the crate.", reason="too-large"
            )
    by_label: dict[str, list[str]] = {}
    for row in rows:
        if row.label:
            by_label.setdefault(row.label, []).append(row.path)
    paths = {row.path for row in rows} | set(crate.nodes)
    for row in rows:
        _link(crate, pool, row, by_label, paths)


class _Row:
    """A row of a list with the document it became."""

    __slots__ = ("doc", "label", "path", "process", "sources")

    def __init__(self, doc: Doc, path: str, label: str | None, process: Doc, sources: tuple[list[str], list[str]]):
        self.doc, self.path, self.label, self.process, self.sources = doc, path, label, process, sources


def _columns(crate: Crate, node: Node) -> dict[str, str]:
    """Name of a column -> the property it holds, by the schema of the list."""
    found: dict[str, str] = {}
    for schema in crate.refer(node.get("tableSchema"), "FileList/tableSchema"):
        crate.use(crate.nodes[schema])
        for column in crate.refer(crate.nodes[schema].get("column"), "Schema/column"):
            entity = crate.nodes[column]
            crate.use(entity)
            name, url = str(entity.get("columnName") or ""), str(entity.get("propertyUrl") or "")
            if name:
                found[name] = url.replace("#", "/").rpartition("/")[2] or name
    return found


def _describe(crate: Crate, pool: Pool, name: str, node: Node, columns: Mapping[str, str]) -> None:
    """The list itself as a file of the study."""
    entry = crate.account.open({key: value for key, value in node.items() if key != "@type"}, "FileList")
    entry.raw("@id")
    entry.raw("tableSchema")
    for study in pool.all("Study"):
        study.lists.append((name, dict(columns)))


def _rows(crate: Crate, pool: Pool, name: str, content: bytes, columns: Mapping[str, str]) -> list[_Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordRejected(f"The file list {name[:100]} is not UTF-8.", reason="bad-encoding") from error
    delimiter = "," if PurePosixPath(name).suffix == ".csv" else "\t"
    found: list[_Row] = []
    seen: set[str] = set()
    for cells in _cells(name, text, delimiter):
        named = {_role(columns, column): value for column, value in cells.items() if column is not None}
        entry = crate.account.open({key: value for key, value in named.items() if type(value) is str}, "FileList")
        path = entry.text("file_path", word=True)
        if not path:
            crate.account.note(
                "row-without-path", Severity.WARNING, "FileList/filePath", str(cells)[:200],
                "A row of the list names no file; left out.",
            )  # fmt: skip
            entry.leave_rest("a row that names no file")
        elif path in seen:
            crate.account.note(
                "duplicate-path", Severity.WARNING, "FileList/filePath", path,
                "The list names this file twice; the first row counts. Name each file once.",
            )  # fmt: skip
            entry.leave_rest("a file that the list names twice")
        else:
            seen.add(path)
            row = _row(crate, pool, entry, path)
            pool.add(row.doc)
            pool.add(row.process)
            found.append(row)
    return found


def _cells(name: str, text: str, delimiter: str) -> Iterator[dict[Any, Any]]:
    """The rows of a list by the names of its columns."""
    try:
        for row in csv.DictReader(io.StringIO(text), delimiter=delimiter, quoting=csv.QUOTE_MINIMAL):
            # csv's own limit is the whole process's, and another harvester's to change.
            if any(isinstance(cell, str) and len(cell) > _MAX_CELL for cell in row.values()):
                raise csv.Error(f"a cell has more than {_MAX_CELL} characters")
            yield row
    except csv.Error as error:
        raise RecordRejected(f"The file list {name[:100]} is no table: {error}.", reason="not-parsable") from error


def _role(columns: Mapping[str, str], column: str) -> str:
    return ROLES.get(columns.get(column, ""), column)


def _row(crate: Crate, pool: Pool, entry: Entry, path: str) -> _Row:
    key = crate.key(path)
    given = (entry.text("type") or "").replace("#", "/").rpartition("/")[2].rpartition(":")[2]
    label = entry.text("label", word=True)
    refs: dict[str, list[str]] = {}
    for name in ("submission_dataset_uuid", "subject_specimen_uuid", *_PROCESS, "bio_sample_uuid",
                 "specimen_imaging_preparation_protocol_uuid", "creation_process_uuid"):  # fmt: skip
        refs[name] = [crate.key(one) for one in crate.refer(_many(entry.text(name)), f"FileList/{name}")]
    sources = (_many(entry.text("source_path", word=True)), _many(entry.text("source_label", word=True)))
    size = entry.whole("size_in_bytes")
    file = crate.account.open({"file_path": path, **({} if size is None else {"size_in_bytes": size})}, "FileReference")
    own = {column: entry.text(column, word=True) for column in entry.value if column not in ROLES.values()}
    process = Doc("CreationProcess", f"{key}-process", crate.account.open({}, "CreationProcess"))
    process.refs = {name: refs[name] for name in ("subject_specimen_uuid", *_PROCESS) if refs[name]}
    kind = _CLASSES.get(given)
    held = pool.find(kind or "", key) if kind else None
    reference = Doc("FileReference", key, file, refs={"submission_dataset_uuid": refs["submission_dataset_uuid"]})
    reference.own = {name: text for name, text in own.items() if text}
    if kind is None:
        _replace(pool, key)
        return _Row(reference, path, label, process, sources)
    _replace(pool, key)
    pool.add(reference)
    doc = held or Doc(kind, key, crate.account.open({"label": label} if label else {}, kind))
    doc.refs.setdefault("submission_dataset_uuid", refs["submission_dataset_uuid"])
    doc.refs.setdefault("original_file_reference_uuid", [key])
    # What the crate itself says of an image goes before the row about its file.
    doc.refs.setdefault("creation_process_uuid", refs["creation_process_uuid"] or [process.key])
    if refs["specimen_imaging_preparation_protocol_uuid"] and not refs["subject_specimen_uuid"]:
        process.prepared = (refs["specimen_imaging_preparation_protocol_uuid"], refs["bio_sample_uuid"])
    return _Row(doc, path, label, process, sources)


def _replace(pool: Pool, key: str) -> None:
    """The row says more of a file than the entity of its name."""
    named = pool.find("FileReference", key)
    if named is not None:
        named.entry.leave("file_path", "the path of an entity that the file list describes")


def _link(crate: Crate, pool: Pool, row: _Row, by_label: Mapping[str, list[str]], paths: set[str]) -> None:
    """The images that a row was made from, by path or label."""
    found = []
    for name, known in ((row.sources[0], None), (row.sources[1], by_label)):
        for text in name:
            named = known.get(text, []) if known is not None else [text] if text in paths else []
            if named:
                found += [crate.key(path) for path in named]
            else:
                crate.account.note(
                    "dangling-reference", Severity.WARNING, "FileList/sourceImage", text,
                    "No row or entity of the crate is this source image; left out.",
                )  # fmt: skip
    if found:
        row.process.refs["input_image_uuid"] = list(dict.fromkeys(found))


def _many(text: str | None) -> list[str]:
    """The values of a cell, which may be a list as Python or JSON writes it."""
    if text is None:
        return []
    if text.startswith("[") and text.endswith("]") and len(text) < 100_000:
        try:
            value: Any = ast.literal_eval(text)
            return [str(one) for one in value if str(one).strip()] if type(value) is list else [text]
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return [text]
    return list(refs_in(text))
