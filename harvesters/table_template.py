"""Writes the spreadsheet template that `table` reads: headings, what goes where, lists of words; all from the model."""

from __future__ import annotations

import csv
from pathlib import Path

from catalogue.problems import BadRequest
from harvesters.table_columns import SHEETS, Column, columns

_DROP_DOWN_BYTES = 255  # what Excel allows a list of words to have


def write_template(path: Path) -> list[Path]:
    """The files written: one workbook for a name that ends in .xlsx, else a folder with a CSV file for each sheet.

    The second line of each sheet begins with # and says what each column is for; it may stay or go.

    Raises:
        BadRequest: something is there already.
    """
    if path.exists() and (path.is_file() or any(path.iterdir())):
        raise BadRequest(f"{path.name} exists already; give another name, so that nothing filled in is lost.")
    if path.suffix.lower() == ".xlsx":
        path.parent.mkdir(parents=True, exist_ok=True)
        return [_workbook(path)]
    path.mkdir(parents=True, exist_ok=True)
    return [_table(path / f"{sheet}.csv", columns(sheet)) for sheet in SHEETS]


def _explained(found: tuple[Column, ...]) -> list[str]:
    texts = []
    for column in found:
        words = [column.description]
        if column.required:
            words.append("Required.")
        if column.values:
            words.append(f"One of: {', '.join(column.values)}.")
        if column.kind == "term":
            words.append("As `label [id]`, such as mouse [NCBITaxon:10090].")
        if column.kind == "part":
            words.append(f"Title of a row of the sheet {column.target}.")
        if column.many:
            words.append("Several parted by |.")
        texts.append(" ".join(words))
    return [f"# {texts[0]}", *texts[1:]]


def _table(path: Path, found: tuple[Column, ...]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow([column.name for column in found])
        lines.writerow(_explained(found))
    return path


def _workbook(path: Path) -> Path:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    book.remove(book.worksheets[0])
    for name in SHEETS:
        sheet, found = book.create_sheet(name), columns(name)
        sheet.append([column.name for column in found])
        sheet.append(_explained(found))
        sheet.freeze_panes = "B3"
        for place, column in enumerate(found, start=1):
            letter = get_column_letter(place)
            sheet.column_dimensions[letter].width = 28
            sheet.cell(1, place).font = Font(bold=True)
            sheet.cell(2, place).font = Font(italic=True, color="666666")
            sheet.cell(2, place).alignment = Alignment(wrap_text=True, vertical="top")
            words = ",".join(column.values)
            if column.values and not column.many and len(words) <= _DROP_DOWN_BYTES:
                choice = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
                choice.add(f"{letter}3:{letter}10000")
                sheet.add_data_validation(choice)
    book.save(path)
    return path
