"""A file's bytes as text, with line and column of every character; what is no text is refused with its place.

Limits are those of reliability.md section 2: strict UTF-8, bounded size, no control characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NoReturn

from catalogue.problems import RecordRejected

MAX_BYTES: Final = 32 * 1024 * 1024
# What a report shows of one line; crates are often one line of 100,000 characters.
EXCERPT: Final = 160

# Lines are counted block by block: a list of all line starts would be larger than the text.
_BLOCK: Final = 65_536
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_MARKS: Final = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"\x00\x00\xfe\xff", "UTF-32"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file.

    Args:
        line: from 1.
        column: from 1, in characters.
        length: characters from there on that are meant, on this line alone; at least 1.
        excerpt: the line, or the part of a long one around the column.
        offset: index in `excerpt` of the character at `column`.
    """

    line: int
    column: int
    length: int
    excerpt: str
    offset: int


class SourceText:
    """The text of one file; offsets into it become places. A line ends with LF, alone or after CR."""

    def __init__(self, text: str):
        self.text = text
        self._counted: list[int] | None = None

    def place(self, start: int, end: int | None = None) -> Place:
        """The place of the characters from `start` to `end`, cut at the end of the first line."""
        start = min(max(start, 0), len(self.text))
        first = self.text.rfind("\n", 0, start) + 1
        after = self.text.find("\n", start)
        line = self.text[first : after if after >= 0 else len(self.text)].removesuffix("\r")
        column = start - first
        length = max(1, min((end if end is not None else start + 1) - start, len(line) - column))
        shown_from = 0 if len(line) <= EXCERPT else max(0, min(column - EXCERPT // 2, len(line) - EXCERPT))
        excerpt = line[shown_from : shown_from + EXCERPT]
        return Place(self._line(start), column + 1, min(length, EXCERPT), excerpt, column - shown_from)

    def at(self, line: int, column: int) -> Place:
        """The place of a line and a column, both from 1, as parsers report them."""
        start = 0
        for _ in range(line - 1):
            found = self.text.find("\n", start)
            if found < 0:
                break
            start = found + 1
        return self.place(start + max(column, 1) - 1)

    def _line(self, offset: int) -> int:
        if self._counted is None:
            counts = (self.text.count("\n", at, at + _BLOCK) for at in range(0, len(self.text), _BLOCK))
            self._counted = [0, *accumulate(counts)]
        block = offset // _BLOCK
        return self._counted[block] + self.text.count("\n", block * _BLOCK, offset) + 1

    def refuse(self, why: str, start: int, reason: str = "not-parsable") -> NoReturn:
        """End the reading of this file at an offset.

        Raises:
            RecordRejected: always; its member `place` says where.
        """
        raise RecordRejected(why, reason=reason, place=self.place(start))


def decode(content: bytes) -> SourceText:
    """The text of a file; a byte order mark at its beginning is no part of it.

    Raises:
        RecordRejected: `too-large`, or `bad-encoding` with the place of the first byte that is no text.
    """
    if len(content) > MAX_BYTES:
        raise RecordRejected(
            f"The file has more than {MAX_BYTES:,} bytes, which cannot be checked at once. Split it.",
            reason="too-large",
        )
    for mark, name in _MARKS:
        if content.startswith(mark):
            raise RecordRejected(f"The file is {name}. Save it as UTF-8.", reason="bad-encoding")
    try:
        source = SourceText(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        valid = SourceText(error.object[: error.start].decode("utf-8", "replace"))
        valid.refuse(
            f"Byte 0x{error.object[error.start]:02x} is not UTF-8; the file may be Latin-1 or Windows-1252. "
            "Save it as UTF-8.",
            len(valid.text),
            "bad-encoding",
        )
    control = _CONTROL.search(source.text)
    if control is not None:
        source.refuse(
            f"The control character U+{ord(control.group()):04X} stands here, which no text needs. Take it out.",
            control.start(),
            "bad-encoding",
        )
    return source
