"""Bytes of IDR's text files as rows of cells: encodings guessed by plausible letters, any line ends, broken quotes.

What the rows mean is idr_sheet.py's (study files) and idr_tables.py's (tables); traps: field.md section 5, idr.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from catalogue.problems import RecordRejected

Row = list[str]

MAX_CELL: Final = 1 << 20
MAX_LINES_OF_CELL: Final = 50
_NEWLINES: Final = re.compile(r"\r+\n|\r")
# XML 1.0 cannot carry these; idr0156 has one in a description.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_SYMBOLS: Final = frozenset("°µ®©™±×²³½¼–—‘’“”…·•≥≤≈→αβγδεκλσχ\u00a0")
_COMMON_CAPITALS: Final = frozenset("ÄÖÜÅØÉÁÓÇÑŠŽÍ")
_NAMES: Final = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman"}


@dataclass(slots=True)
class Text:
    """A decoded file and what had to be mended: (code, value shown, message) each.

    Args:
        lines: without their ends.
    """

    lines: list[str]
    repairs: list[tuple[str, str, str]] = field(default_factory=list)


def parse_text(content: bytes) -> Text:
    """The lines of a text file in UTF-8, else in the 8-bit encoding whose letters are most plausible.

    Lines that are UTF-8 are read as such; the choice is made once for all others of the file.

    Raises:
        RecordRejected: `bad-encoding` for UTF-16 or a binary file.
    """
    if b"\x00" in content:
        raise RecordRejected(
            "The file holds zero bytes: it is no text, or UTF-16. Save it as UTF-8.", reason="bad-encoding"
        )
    found = Text([])
    if content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
        found.repairs.append(("byte-order-mark", "EF BB BF", "A text file begins without a mark."))
    text = _decode(content, found)
    ends = {end for end in ("\r\n", "\r", "\n") if end in re.sub("\r\n", "", text) or (end == "\r\n" and end in text)}
    if len(ends) > 1 or "\r" in ends:
        shown = ", ".join(sorted(ascii(end)[1:-1] for end in ends))
        found.repairs.append(("line-ends", shown, "Several kinds of line ends, or old ones; all were read as one."))
    text, removed = _CONTROLS.subn("", _NEWLINES.sub("\n", text))
    if removed:
        found.repairs.append(("control-character", str(removed), "Control characters were taken out of the text."))
    found.lines = text.split("\n")
    return found


def _decode(content: bytes, found: Text) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    parts = re.split(rb"(\r+\n|\r|\n)", content)
    odd = [part for part in parts if not _is_utf8(part)]
    name = max(("cp1252", "mac_roman"), key=lambda encoding: sum(_plausibility(part, encoding) for part in odd))
    shown = "ISO 8859-1" if name == "cp1252" and not any(0x80 <= c <= 0x9F for p in odd for c in p) else _NAMES[name]
    first = next((part[max(0, n - 10) : n + 10] for part in odd for n, c in enumerate(part) if c > 0x7F), b"")
    found.repairs.append(
        ("encoding-guessed", first.decode(name, "replace"), f"Not UTF-8; read as {shown}. Save the file as UTF-8.")
    )
    return "".join(part.decode("utf-8" if _is_utf8(part) else name, "replace") for part in parts)


def _is_utf8(part: bytes) -> bool:
    try:
        part.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _plausibility(part: bytes, encoding: str) -> int:
    """How much the characters beyond ASCII look like what people write; larger is better."""
    text = part.decode(encoding, "replace")
    score = 0
    for place, char in enumerate(text):
        if char < "\x80":
            continue
        before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
        score += _weight(char, before, after)
    return score


def _weight(char: str, before: str, after: str) -> int:
    if char in _SYMBOLS:
        return 2 if char == "’" and before.isalpha() and after.isalpha() else 1
    if char == "\ufffd" or "\x80" <= char <= "\x9f":
        return -3
    if char.islower():
        return 2 if before.isalpha() or after.isalpha() else -1
    if char.isupper():
        if before.islower():
            return -2
        return 2 if char in _COMMON_CAPITALS and after.isalpha() else 0
    return -1


def rows_of_cells(text: Text, starts_row: Callable[[str], bool]) -> list[Row]:
    """Rows of a tab-separated sheet whose quoted cells may hold line breaks, and whose quotes may be unpaired.

    A cell that opens with a quote and does not close it runs on until a cell that does, but never over a line that
    begins with a known key, nor over more than fifty lines: then the quote is a character like others (idr0161).

    Args:
        starts_row: whether a first cell is the key of a row.
    """
    rows: list[Row] = []
    lines = [_without_padding(line) for line in text.lines]
    number = 0
    while number < len(lines):
        cells, is_open = _split(lines[number])
        taken = 1
        while is_open:
            more = _lines_to_quote(lines, number + taken, starts_row)
            if more == 0 or taken + more > MAX_LINES_OF_CELL:
                break
            taken += more
            longer, is_open = _split("\n".join(lines[number : number + taken]))
            cells = cells if is_open else longer
        if is_open:
            taken = 1
        rows.append([_unquoted(cell) for cell in cells])
        number += taken
    return rows


def _without_padding(line: str) -> str:
    """The line with two of the tabs at its end at most: spreadsheets write hundreds, and how many says nothing."""
    said = line.rstrip("\t")
    return said + "\t\t" if len(line) > len(said) + 2 else line


def _lines_to_quote(lines: list[str], start: int, starts_row: Callable[[str], bool]) -> int:
    """Number of lines up to the next one with a quote; 0 when a new row begins before, or too late."""
    for number, line in enumerate(lines[start : start + MAX_LINES_OF_CELL], 1):
        if starts_row(line.partition("\t")[0].strip()):
            return 0
        if '"' in line:
            return number
    return 0


def _split(line: str) -> tuple[Row, bool]:
    """Cells of a line, quotes included, and whether one opens a quote that nothing closes."""
    pieces = line.split("\t")
    cells: Row = []
    place = 0
    while place < len(pieces):
        end = place
        if pieces[place].startswith('"') and not _closes(pieces[place]):
            end = next((n for n in range(place + 1, len(pieces)) if _ends_quote(pieces[n])), -1)
            if end < 0:
                return cells + pieces[place:], True
        cells.append("\t".join(pieces[place : end + 1]))
        place = end + 1
    return cells, False


def _closes(cell: str) -> bool:
    return len(cell.rstrip()) > 1 and cell.startswith('"') and _ends_quote(cell)


def _ends_quote(cell: str) -> bool:
    plain = cell.rstrip()
    return (len(plain) - len(plain.rstrip('"'))) % 2 == 1


def _unquoted(cell: str) -> str:
    plain = cell.strip()
    return plain[1:-1].replace('""', '"').strip() if _closes(plain) else plain


def table_rows(text: Text, delimiter: str) -> list[Row]:
    """Rows of a comma- or tab-separated table, quoted as RFC 4180 has it.

    Raises:
        RecordRejected: `not-parsable`, a cell longer than a million characters: a quote that is never closed.
    """
    csv.field_size_limit(MAX_CELL)
    source = io.StringIO("\n".join(text.lines).lstrip("\n"), newline="")
    try:
        return list(csv.reader(source, delimiter=delimiter))
    except csv.Error as error:
        raise RecordRejected(
            f"The table cannot be read: {error}. Look at its quotes.", reason="not-parsable"
        ) from error
