"""Tables that come with a study of IDR: what each is, its columns as the crosswalk knows them, its rows.

What the columns say is idr_samples.py's (of the study) and idr_images.py's (of single images).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from catalogue.model.crosswalks import load_crosswalk
from catalogue.problems import RecordRejected
from harvesters.idr_text import Row, parse_text, table_rows

RESULT: Final = "processed/result_column"
MAX_COLUMNS: Final = 5_000
_FAMILY: Final = re.compile(r"(Characteristics|Comment|Experimental Condition)s? ?\[(.+)\]", re.IGNORECASE)
_FAMILIES: Final = {
    "characteristics": "Characteristics",
    "comment": "Comment",
    "experimental condition": "Experimental Condition",
}
# Counters inside a name: Phenotype 3 Term Name, Protocol REF 2, DuplexCatalogNumber_1; a and b of idr0034.
_COUNTERS: Final = re.compile(r"[ _][0-9]+(?= |$)| [ab]$")
# Results in words that stand in annotation tables (idr0096, idr0147, idr0156); those in numbers are known by that.
_RESULTS: Final = re.compile(
    r"%_|Area_|(Min|Max)_|Num_|Total_|Pathologist\d|Glomeruli - |Cell (Number|Sheet Radius)|Density$|Refractive Index"
    r"|(Sir|Thresholded) Tag|(Label|Staining) Ch\d|Image Number|Date$|ROI_Number"
)
# Columns that tables of results share with the others.
_SHARED: Final = re.compile(
    r"Characteristics|Comment|Experimental Condition \[[^]]+\]$|Dataset Name|Image Name|Source ?Name|Gene |Antibody Ide"
    r"|Phenotype|Has Phenotype|In Final Gene Hit List|Results |Validated localizations"
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Args:
        heading: as it stands there; a second one of that name has its number behind it.
        field: of the crosswalk, such as `table/Gene_Identifier`; None for one that is not known.
        member: the author's own word in brackets, "" where there is none.
    """

    place: int
    heading: str
    field: str | None
    member: str = ""


@dataclass(slots=True)
class Table:
    """A table of a study.

    Args:
        name: of the file.
        role: of DataFile (`assay`, `library`, `processed_data`, `file_list`, `annotation`).
        part: `screena`, as the name says; "" when it names no part.
        rows: without the heading; of a table that was cut, the first ones.
        row_count: of the whole table.
        prose: the text of a file that is no table (idr0113, idr0118).
    """

    name: str
    role: str
    part: str
    size_bytes: int
    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    row_count: int = 0
    prose: str = ""
    repairs: list[tuple[str, str, str]] = field(default_factory=list)

    def cell(self, row: Row, column: Column) -> str:
        """The trimmed text of a cell, "" where there is none or a stand-in for nothing."""
        text = row[column.place].strip() if column.place < len(row) else ""
        return "" if text.lower() in ("nan", "na", "n/a", "#n/a") else text

    def of_field(self, *fields: str) -> list[Column]:
        """The columns of some fields of the crosswalk, in their order."""
        return [column for column in self.columns if column.field in fields]


def table_role(name: str) -> str | None:
    """What a file is by its name; None for one that is no table of a study."""
    folded = name.rpartition("/")[2].casefold()
    if not folded.endswith((".csv", ".tsv", ".txt")) or folded.endswith(("-study.txt", "readme.txt")):
        return None
    words = (
        ("filepaths", "file_list"), ("processed", "processed_data"), ("library", "library"), ("assay", "assay"),
        ("manual_annotation", "annotation"), ("annotation", "assay"),
    )  # fmt: skip
    return next((role for word, role in words if word in folded), None)


def parse_table(name: str, content: bytes, *, row_count: int | None = None, size_bytes: int | None = None) -> Table:
    """A table, read whole, or its first rows.

    Args:
        row_count, size_bytes: of the whole table, where `content` is only its beginning.
    Raises:
        RecordRejected: it cannot be read, or has no heading.
    """
    base = name.rpartition("/")[2]
    part = re.search(r"(?:^|[-_])((?:screen|experiment)[A-Za-z]{1,2})(?=[-_.])", base, re.IGNORECASE)
    role = table_role(name)
    if role is None:
        raise RecordRejected(f"{base} is no table of a study by its name.", reason="not-parsable")
    size = len(content) if size_bytes is None else size_bytes
    table = Table(base, role, part[1].lower() if part else "", size)
    text = parse_text(content)
    table.repairs = text.repairs
    first = next((line for line in text.lines if line.strip()), "")
    if not first:
        raise RecordRejected(f"{base} is empty.", reason="not-parsable")
    delimiter = "\t" if "\t" in first or base.lower().endswith(".tsv") else ","
    rows = [row for row in table_rows(text, delimiter) if any(cell.strip() for cell in row)]
    if role == "processed_data" and (len(rows) == 1 or len(rows[0]) == 1):
        table.prose = "\n".join(line for line in text.lines if line.strip())
        return table
    if role == "file_list":
        table.rows = rows
        names = ("target", "path", "name")[: max(map(len, rows))]
        table.columns = [Column(place, word, f"filePaths/{word}") for place, word in enumerate(names)]
    else:
        table.rows = rows[1:]
        table.columns = list(_columns(rows, processed=role == "processed_data"))
    table.row_count = len(table.rows) if row_count is None else row_count
    return table


def _columns(rows: list[Row], *, processed: bool) -> Iterator[Column]:
    if len(rows[0]) > MAX_COLUMNS:
        raise RecordRejected(f"The table has more than {MAX_COLUMNS} columns.", reason="too-large")
    seen: dict[str, int] = {}
    for place, cell in enumerate(rows[0]):
        heading = " ".join(cell.split())
        if not heading:
            continue
        seen[heading] = seen.get(heading, 0) + 1
        name = heading if seen[heading] == 1 else f"{heading} ({seen[heading]})"
        found, member = column_field(heading, processed=processed)
        if found is None and _all_numbers(rows[1:], place):
            found = RESULT
        yield Column(place, name, found, member)


def column_field(heading: str, *, processed: bool = False) -> tuple[str | None, str]:
    """Field of the crosswalk and the author's word in brackets, of a column's heading."""
    if _RESULTS.match(heading) or (processed and not _SHARED.match(heading)):
        return RESULT, ""
    family = _FAMILY.fullmatch(heading)
    if family is not None:
        kind = _FAMILIES[" ".join(family[1].split()).casefold()]
        member = re.sub(r" [0-9]+$", "", family[2].strip())
        own = f"table/{_slug(kind)}.{_slug(member)}"
        return (own if own in _fields() else f"table/{_slug(kind)}.*"), member
    found = f"table/{_slug(_COUNTERS.sub('', heading))}"
    return (found if found in _fields() else None), ""


def left_out(column: Column) -> str | None:
    """Why the crosswalk leaves a column out; None where it has a place."""
    return _fields().get(column.field or "") or None


@cache
def _fields() -> Mapping[str, str]:
    """Field of a table -> why it is left out, "" for those that have a place."""
    found: dict[str, str] = {}
    for row in load_crosswalk("idr").rows:
        name = row.subject_id.partition(":")[2]
        if name.startswith(("table/", "processed/", "filePaths/")):
            found[name] = "" if row.is_mapped or found.get(name) == "" else row.comment
    return found


def _slug(name: str) -> str:
    return re.sub(r"[^\w.@*-]+", "_", name, flags=re.ASCII).strip("_")


def _all_numbers(rows: list[Row], place: int) -> bool:
    cells = [row[place].strip() for row in rows if place < len(row) and row[place].strip()]
    return bool(cells) and all(re.fullmatch(r"[+-]?[0-9.,]+(?:[eE][+-]?[0-9]+)?%?|nan", cell) for cell in cells)
