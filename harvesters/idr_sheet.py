"""A study file of IDR taken apart: the study's rows, then a part for each screen or experiment with its blocks.

Keys and their blocks are those of the crosswalk; rows that lost a tab or were broken are mended (field.md 5, idr).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from catalogue.model.crosswalks import load_crosswalk
from catalogue.problems import RecordRejected
from harvesters.idr_text import Row, Text, rows_of_cells

Block = dict[str, list[Row]]
"""Slug of a key -> the rows that begin with it, each without its key."""

MAX_PARTS: Final = 500
MAX_CELLS: Final = 500_000
MAX_KEY: Final = 60
# A key's block, where the crosswalk does not know the key.
_STEMS: Final = {
    "Study ": "study", "Screen ": "screen", "Experiment ": "experiment", "Library ": "library", "Assay ": "assay",
    "Protocol ": "protocol", "Phenotype ": "phenotype", "Raw Image ": "data", "Feature Level ": "data",
    "Processed Data ": "data",
}  # fmt: skip
_STARTS: Final = {"Screen_Number": "screen", "Experiment_Number": "experiment"}
_FAMILIES: Final = ("Raw_Image", "Feature_Level", "Processed_Data")


@dataclass(slots=True)
class Part:
    """A screen or experiment.

    Args:
        kind: `screen` or `experiment`, which is also the name of its own block.
        blocks: `library`, `assay`, `protocol`, `phenotype` and its own.
        data: groups of rows about raw data, feature files and processed files, in order.
    """

    kind: str
    blocks: dict[str, Block] = field(default_factory=dict)
    data: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """A study file.

    Args:
        repairs: (code, value shown, message) of what was mended.
        strays: rows that stand below no key.
    """

    study: Block = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    repairs: list[tuple[str, str, str]] = field(default_factory=list)
    strays: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Key:
    block: str
    slug: str


def parse_sheet(text: Text) -> Sheet:
    """The blocks of a study file.

    Raises:
        RecordRejected: `too-large` for more parts or cells than a study has; `not-parsable` when no row is a study's.
    """
    sheet = Sheet(repairs=list(text.repairs))
    above: Row | None = None
    cells_in_all = 0
    for cells in rows_of_cells(text, _starts_row):
        if not any(cells):
            continue
        if cells[0].startswith("#"):
            above = None
            continue
        cells_in_all += len(cells)
        if cells_in_all > MAX_CELLS or len(sheet.parts) > MAX_PARTS:
            raise RecordRejected(
                f"The study file has more than {MAX_CELLS:,} cells or {MAX_PARTS} screens. Split it.",
                reason="too-large",
            )
        key, values = _read_key(cells, sheet)
        if key is not None:
            above = values
            _place(sheet, key, values)
        elif above is None:
            sheet.strays.append(cells)
        else:
            _continue(above, cells)
            shown = next(cell for cell in cells if cell)[:100]
            sheet.repairs.append(("broken-row", shown, "A line without a key continues the row above it."))
    if not sheet.study:
        raise RecordRejected(
            "The file has no row that begins with a key of IDR's study files, such as 'Study Title'.",
            reason="not-parsable",
        )
    return sheet


@cache
def _keys() -> dict[str, _Key]:
    """Folded words of a key -> its block and slug, of all keys in the crosswalk."""
    blocks = {*_STEMS.values()}
    found = {}
    for row in load_crosswalk("idr").rows:
        block, _, slug = row.subject_id.partition(":")[2].partition("/")
        if block in blocks:
            found[_folded(row.subject_label)] = _Key(block, slug)
    return found


def _folded(words: str) -> str:
    return " ".join(words.split()).casefold()


def _starts_row(cell: str) -> bool:
    return cell.startswith(("#", '"#')) or _folded(cell) in _keys()


def _read_key(cells: Row, sheet: Sheet) -> tuple[_Key | None, Row]:
    """The key of a row and its cells; None for a row that continues the one above."""
    first = " ".join(cells[0].split())
    known = _keys().get(first.casefold())
    if known is not None:
        return known, cells[1:]
    stem = next((stem for stem in _STEMS if first.startswith(stem)), None)
    if stem is None and not first.startswith(("Comment[", "Quality Control", "Term Source", "Additional File")):
        return None, cells
    words = max((key for key in _keys() if _begins(first.casefold(), key)), key=len, default="")
    if words:
        # idr0171 "Screen Type primary screen", idr0080 "Screen Example Images,", idr0096 with runs of blanks.
        rest = re.split(r"\s{2,}", _after(cells[0], words).strip(" ,\t"))
        sheet.repairs.append(("missing-tab", cells[0][:100], "The tab behind the key is missing; read as its values."))
        return _keys()[words], [*(rest if any(rest) else ()), *cells[1:]]
    if len(first) <= MAX_KEY and len(cells) > 1 and stem is not None:
        return _Key(_STEMS[stem], re.sub(r"[^\w.@*-]+", "_", first, flags=re.ASCII).strip("_")), cells[1:]
    return None, cells


def _begins(text: str, key: str) -> bool:
    return text.startswith(key) and not text[len(key) : len(key) + 1].isalnum()


def _after(cell: str, words: str) -> str:
    """What stands in a cell behind the words of a key, blanks as they were."""
    pattern = r"\s*" + r"\s+".join(re.escape(word) for word in words.split())
    return re.sub(pattern, "", cell, count=1, flags=re.IGNORECASE)


def _continue(above: Row, cells: Row) -> None:
    """Append a broken line to the row above: its first cell to the last one there, the others behind it.

    One empty cell at the end of the row above is the place of the broken-off text (idr0061), more are padding.
    """
    while len(above) > 1 and not above[-1] and not above[-2]:
        above.pop()
    if not above:
        above.append("")
    above[-1] = "\n".join(text for text in (above[-1], cells[0]) if text)
    above.extend(cells[1:])


def _place(sheet: Sheet, key: _Key, values: Row) -> None:
    """Add a row to its block; Screen Number and Experiment Number begin a new part."""
    if key.slug in _STARTS:
        sheet.parts.append(Part(_STARTS[key.slug]))
    if key.block == "study" or not sheet.parts:
        sheet.study.setdefault(key.slug, []).append(values)
        return
    part = sheet.parts[-1]
    if key.block == "data":
        _group(part, key.slug).setdefault(key.slug, []).append(values)
        return
    part.blocks.setdefault(key.block, {}).setdefault(key.slug, []).append(values)


def _group(part: Part, slug: str) -> Block:
    """The group of data rows that a key belongs to; a key that it has already begins the next one."""
    family = next((name for name in _FAMILIES if slug.startswith(name)), "")
    last = next((group for group in reversed(part.data) if next(iter(group)).startswith(family)), None)
    if last is None or slug in last:
        last = {}
        part.data.append(last)
    return last
