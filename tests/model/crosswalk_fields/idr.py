"""IDR: the rows of its study files and templates, the columns of its tables, the lists of its site."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from .walking import slug

SOURCE = "idr"

# A row's block, by the first words of its key. A first cell that begins otherwise continues the cell above it.
BLOCKS = {
    "Study ": "study",
    "Comment[IDR Study": "study",
    "Term Source ": "study",
    "Additional File": "study",
    "Screen ": "screen",
    "Comment[IDR Screen": "screen",
    "Experiment ": "experiment",
    "Comment[IDR Experiment": "experiment",
    "Library ": "library",
    "Assay ": "assay",
    "Quality Control Description": "assay",
    "Protocol ": "protocol",
    "Phenotype ": "phenotype",
    "Raw Image ": "data",
    "Feature Level ": "data",
    "Processed Data ": "data",
}
# Keys that lost the tab before their value: idr0171, idr0156, idr0096.
GLUED = {
    "Screen Type primary screen": "Screen Type",
    "Screen Type Term Source REF EFO": "Screen Type Term Source REF",
    "Experiment Size 5D Images:": "Experiment Size",
}
# Column families whose bracket is the author's own word; members with a place of their own are listed.
FAMILY = re.compile(r"(Characteristics|Comment|Experimental Condition)s? ?\[(.+)\]$", re.IGNORECASE)
OWN_PLACE = {
    "Characteristics": {
        "Age", "Cell Line", "Cell Line or Strain", "Developmental Stage", "Diagnosis", "Ecotype", "Genotype",
        "Growth Condition", "Mouse Age", "Organ", "Organism", "Organism Part", "Sex", "Strain",
    },
    "Comment": {
        "BioSample ID", "BioSample URL", "Cell Line", "Cell Line Name", "Developmental Stage", "Gene Identifier",
        "Gene Name", "Gene Symbol", "Gene Symbol Synonyms", "Genotype", "Image Description", "Image File",
        "Image File Path", "Image File Type", "Image Stack Voxel Size", "Organism Part Comments", "XYZ Pixel Size",
    },
    "Experimental Condition": {
        "Antibody Target", "Compound", "Contrasting", "Detector", "Dose", "Embedding Resin", "Fixation", "Genotype",
        "Microscope", "Primary Antibody", "RNA interference", "Secondary Antibody", "Transgenic Line",
    },
}  # fmt: skip
# Results of one study that stand in its annotation table: idr0096, idr0111, idr0147, idr0156.
MEASURED = re.compile(
    r"%_|Area_|(Min|Max)_|Num_|Total_Adipocytes|Pathologist\d_|Glomeruli - |Cell Number|Cell Sheet Radius|Density$"
    r"|Refractive Index|(Sir|Thresholded) Tag|(Label|Staining) Ch0|Image Number|Date$|ROI_Number"
)
# Files of results under a heading line or in words: idr0113, idr0118.
NO_TABLE = {"idr0113-experimentA-processed.txt", "idr0118-experimentA-processed.txt"}
RESULTS = "idr_meta:processed/result_column"
# Columns that tables of results share with the other tables; all others are results of that study.
SHARED = re.compile(
    r"Characteristics|Comment|Experimental Condition \[[^]]+\]$|Dataset Name|Image Name|Source ?Name|Gene |Antibody Ide"
    r"|Phenotype|Has Phenotype|In Final Gene Hit List|Results |Validated localizations"
)


def iter_fields(partners: Path) -> Iterator[str]:
    folder = partners / "idr"
    for path in (*(folder / "studies").iterdir(), *(folder / "templates").iterdir()):
        yield from _iter_keys(path)
    for path in (folder / "tables").rglob("*.*"):
        yield from _iter_columns(path)
    for path in (folder / "site").glob("*.tsv"):
        yield from (f"idr_meta:site/{path.stem}/{slug(column)}" for column in _rows(path)[0] if column.strip())


def _iter_keys(path: Path) -> Iterator[str]:
    for row in _rows(path):
        key = re.split(r"\s{2,}|,", row[0].strip(), maxsplit=1)[0] if row else ""
        key = GLUED.get(key, key)
        block = next((block for words, block in BLOCKS.items() if key.startswith(words)), None)
        if block:
            yield f"idr_meta:{block}/{slug(key)}"


def _iter_columns(path: Path) -> Iterator[str]:
    if "filePaths" in path.name:
        yield from (f"idr_meta:filePaths/{name}" for name in ("target", "path", "name")[: len(_rows(path)[0])])
        return
    if path.name in NO_TABLE:
        yield RESULTS
        return
    for cell in _rows(path)[0]:
        column = cell.strip()
        if column:
            yield _column(column, processed="processed" in path.name)


def _column(column: str, *, processed: bool) -> str:
    """One field a column; counters inside a name are left out (Phenotype 3 Term Name, Protocol REF 2)."""
    if MEASURED.match(column) or (processed and not SHARED.match(column)):
        return RESULTS
    family = FAMILY.fullmatch(column)
    if family is None:
        return f"idr_meta:table/{slug(re.sub(r'[ _][0-9]+(?= |$)| [ab]$', '', column))}"
    kind, member = family[1], re.sub(r" [0-9]+$", "", family[2])
    return f"idr_meta:table/{slug(kind)}.{slug(member) if member in OWN_PLACE[kind] else '*'}"


def _rows(path: Path) -> list[list[str]]:
    """Rows of a text table: UTF-8 or one of its older neighbours, any line end, tab or comma."""
    payload = path.read_bytes()
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = payload.decode("latin-1")
    text = re.sub("\r\n?", "\n", text).lstrip("\n")
    delimiter = "\t" if "\t" in text.partition("\n")[0] or path.suffix == ".tsv" or "study" in path.name else ","
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))
