"""Rows as CSV in parts of some size; what the tables of this package share."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_PART_CHARACTERS: Final = 1 << 16
_FORMULA: Final = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What makes a spreadsheet take a cell for a formula; the last four are wide forms, as East Asian ones read them."""


def iter_csv(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The rows as CSV in UTF-8 (RFC 4180), never more than a part of them in memory."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        table.writerow(row)
        if out.tell() >= _PART_CHARACTERS:
            yield out.getvalue().encode("utf-8")
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode("utf-8")


def plain(text: str) -> str:
    """A cell that no spreadsheet runs as a formula (OWASP, CSV injection): it gets an apostrophe before it."""
    return f"'{text}" if text[:1] in _FORMULA else text
