"""Rows of images from IDR's tables, in the columns of an image table: one image a row, however many there are.

The harvester's map leaves them out; they wait for the seam that carries image tables. Tables of wells give none: a well
has several fields, which only OMERO and the plates' own stores tell apart.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Final

from catalogue.model.identifiers import Identifier
from catalogue.model.ontology_terms import repair_term
from harvesters.idr_screening import gene_curies
from harvesters.idr_tables import Column, Table

ImageRow = dict[str, str]

_TEXTS: Final = {
    "title": ("table/Image_Name", "table/Image_Name_Short", "table/Image_File", "filePaths/name"),
    "description": ("table/Image_Description", "table/Comment.Image_Description", "table/Assay_Description"),
    "figure": ("table/Comment.Publication_Figure",),
    "gene_symbol": ("table/Comment.Gene_Symbol", "table/Gene_Symbol", "table/Comment.Gene_Name", "table/Gene"),
}
_GENES: Final = ("table/Comment.Gene_Identifier", "table/Gene_Identifier", "table/Entrez_Gene_Identifier")
_FOLDERS: Final = ("table/Dataset_Name", "filePaths/target")


def iter_image_rows(table: Table, study: Identifier, components: Mapping[str, str]) -> Iterator[ImageRow]:
    """Column -> value of each image that a table names, in the order of its rows.

    Args:
        components: `screena` -> id of the component in the study's record.
    """
    columns = {slot: table.of_field(*fields) for slot, fields in _TEXTS.items()}
    organisms = table.of_field("table/Characteristics.Organism")
    genes = table.of_field(*_GENES)
    folders = table.of_field(*_FOLDERS)
    paths = table.of_field("filePaths/path")
    for row in table.rows:
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
