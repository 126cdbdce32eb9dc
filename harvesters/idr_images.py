"""Images of IDR's tables as an image table of their study: one image a row, however many there are.

Tables of wells give none: a well has several fields, which only OMERO and the plates' own stores tell apart.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from catalogue.model.documents import ImageTable
from catalogue.model.identifiers import Identifier
from catalogue.model.ontology_terms import repair_term
from catalogue.problems import RecordRejected
from harvesters.idr_screening import gene_curies
from harvesters.idr_tables import Column, Table, parse_table
from harvesters.idr_text import Row

if TYPE_CHECKING:
    import pyarrow as pa

ImageRow = dict[str, str]

FORM: Final = "1"
"""Changes whenever the same tables would give other rows."""
BATCH_ROWS: Final = 5_000
MAX_WHOLE_BYTES: Final = 16 << 20
"""Bytes up to which a table is read whole, with its encoding guessed; larger ones are read as UTF-8, line by line."""
HEAD_BYTES: Final = 64 << 10
_COLUMNS: Final = (
    "accession", "title", "description", "component", "figure", "organism", "organism_label", "gene", "gene_symbol",
)  # fmt: skip
# Tables of a part that name its images, best first: what a better one names is not read from the next.
_KINDS: Final = ("annotation", "assay", "filepaths")

_TEXTS: Final = {
    "title": ("table/Image_Name", "table/Image_Name_Short", "table/Image_File", "filePaths/name"),
    "description": ("table/Image_Description", "table/Comment.Image_Description", "table/Assay_Description"),
    "figure": ("table/Comment.Publication_Figure",),
    "gene_symbol": ("table/Comment.Gene_Symbol", "table/Gene_Symbol", "table/Comment.Gene_Name", "table/Gene"),
}
_GENES: Final = ("table/Comment.Gene_Identifier", "table/Gene_Identifier", "table/Entrez_Gene_Identifier")
_FOLDERS: Final = ("table/Dataset_Name", "filePaths/target")


def image_table(
    study: Identifier, url: str, files: Mapping[str, Path], components: Mapping[str, str]
) -> ImageTable | None:
    """The images that a study's tables name; None when they name none.

    Args:
        files: name of a table -> where it lies, whole.
        components: `experimenta` -> id of the component in the study's record.
    """
    chosen = _choose(files)
    if not chosen:
        return None
    parts = [FORM, *(f"{part} {components[part]}" for part in sorted(components))]
    for name in chosen:
        with files[name].open("rb") as file:
            parts.append(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}")
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    rows = [files[name] for name in chosen]
    return ImageTable(
        f"{study.accession}/images", url, study.curie, digest, lambda: _batches(chosen, rows, study, components)
    )


def _choose(files: Mapping[str, Path]) -> list[str]:
    """Of each part of the study the tables of the best kind that name images."""
    best: dict[str, dict[str, list[str]]] = {}
    for name in sorted(files):
        try:
            with files[name].open("rb") as file:
                table = parse_table(name, file.read(HEAD_BYTES))
        except RecordRejected:
            continue
        kind = next((kind for kind in _KINDS if kind in name.casefold()), "")
        named = table.role in ("assay", "file_list") and table.of_field(*_TEXTS["title"], "filePaths/path")
        if kind and named:
            best.setdefault(table.part, {}).setdefault(kind, []).append(name)
    return [name for kinds in best.values() for name in kinds[min(kinds, key=_KINDS.index)]]


def _batches(
    names: list[str], paths: list[Path], study: Identifier, components: Mapping[str, str]
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa  # a tenth of a second that most commands do not need

    schema = pa.schema([pa.field(name, pa.string()) for name in _COLUMNS])
    for name, path in zip(names, paths, strict=True):
        table, rows = _open(name, path)
        found = iter_image_rows(table, rows, study, components)
        while batch := list(islice(found, BATCH_ROWS)):
            yield pa.RecordBatch.from_pylist(batch, schema=schema)


def _open(name: str, path: Path) -> tuple[Table, Iterable[Row]]:
    """A table and its rows, which are read as they are asked for where the table is large."""
    size = path.stat().st_size
    with path.open("rb") as file:
        table = parse_table(name, file.read() if size <= MAX_WHOLE_BYTES else file.read(HEAD_BYTES))
    return table, table.rows if size <= MAX_WHOLE_BYTES else _stream(path, table)


def _stream(path: Path, table: Table) -> Iterator[Row]:
    comma = path.suffix == ".csv"
    with path.open(encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        rows = csv.reader(file, delimiter="," if comma else "\t")
        if table.role != "file_list":
            next(rows, None)
        yield from rows


def iter_image_rows(
    table: Table, rows: Iterable[Row], study: Identifier, components: Mapping[str, str]
) -> Iterator[ImageRow]:
    """Column -> value of each image that rows of a table name, in their order.

    Args:
        components: `experimenta` -> id of the component in the study's record.
    """
    columns = {slot: table.of_field(*fields) for slot, fields in _TEXTS.items()}
    organisms = table.of_field("table/Characteristics.Organism")
    genes = table.of_field(*_GENES)
    folders = table.of_field(*_FOLDERS)
    paths = table.of_field("filePaths/path")
    for row in rows:
        found = {slot: text for slot in columns if (text := _first(table, row, columns[slot]))}
        path = _first(table, row, paths)
        # A folder or a pattern in filePaths stands for images that it does not name.
        title = found.get("title") or ("" if path.endswith("/") else path.rpartition("/")[2])
        if not title or "*" in title:
            continue
        folder = _first(table, row, folders).rpartition("Dataset:name:")[2]
        found |= {"accession": image_accession(study, table.part, folder, title), "title": title}
        if table.part in components:
            found["component"] = components[table.part]
        _organism(table, row, organisms, found)
        for column in genes:
            if curies := gene_curies(table.cell(row, column), column):
                found.setdefault("gene", curies[0])
        yield found


def image_accession(study: Identifier, part: str, folder: str, title: str) -> str:
    """`{study}.{part}-{folder}-{title}` in letters, digits and hyphens; a digest where signs or length were lost.

    IDR's own numbers of images stand in none of its files.
    """
    told = "-".join(text for text in (part, folder, title) if text)
    clean = re.sub(r"[^A-Za-z0-9]+", "-", told).strip("-")
    if clean == told and len(clean) <= 100:
        return f"{study.accession}.{clean}"
    digest = hashlib.sha256("\n".join((part, folder, title)).encode()).hexdigest()[:10]
    return f"{study.accession}.{clean[:89].strip('-')}-{digest}" if clean else f"{study.accession}.{digest}"


def _first(table: Table, row: list[str], columns: list[Column]) -> str:
    return next((text for column in columns if (text := table.cell(row, column))), "")


def _organism(table: Table, row: list[str], columns: list[Column], found: ImageRow) -> None:
    for column in columns:
        behind = table.columns[table.columns.index(column) + 1 :][:2]
        given = [table.cell(row, one) for one in behind if (one.field or "").startswith("table/Term_Source")]
        numbers = [text.rpartition(" ")[2] for text in reversed(given)]
        form = next((form for text in numbers if (form := repair_term(text, "NCBITaxon"))), None)
        if form is not None and form.curie.startswith("NCBITaxon:"):
            found["organism"] = form.curie
            if label := table.cell(row, column):
                found["organism_label"] = label
            return
