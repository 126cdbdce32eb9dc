"""JSON text to nodes: RFC 8259 strictly, with the place of every value and of every fault.

The standard library's parser tells no positions, and YAML parsers refuse tabs and surrogate pairs that JSON allows.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NoReturn

from catalogue.validation.nodes import Builder
from catalogue.validation.source import SourceText

_SPACE: Final = re.compile(r"[ \t\r\n]*+")
_STRING: Final = re.compile(
    r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"',
)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
_WORD: Final = re.compile(r"[A-Za-z_]\w*+")
_WORDS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None}
_CLOSE: Final = {"{": "}", "[": "]"}


def read_json(source: SourceText, *, lines: bool = False) -> Builder:
    """The one value of a JSON text, or each of a text with one value a line (`lines`).

    Raises:
        RecordRejected: not JSON, nested too deeply or too large; the member `place` says where.
    """
    return _Reader(source, lines).read()


class _Reader:
    def __init__(self, source: SourceText, lines: bool):
        self._source = source
        self._text = source.text
        self._lines = lines
        self._at = 0
        self._builder = Builder(source)
        self._open: list[str] = []

    def read(self) -> Builder:
        self._skip()
        while self._at < len(self._text):
            if self._builder.documents and not self._lines:
                self._source.refuse("The JSON value ends before this; nothing may follow it.", self._at)
            self._document()
            self._skip()
        if not self._builder.documents:
            self._source.refuse("The file is empty.", 0)
        return self._builder

    def _document(self) -> None:
        self._value()
        while self._open:
            self._skip()
            self._after_value()

    def _value(self) -> None:
        """A scalar, or the opening of an object or list and what follows it up to its first scalar."""
        while True:
            start, char = self._at, self._text[self._at : self._at + 1]
            if char not in ("{", "["):
                self._scalar()
                return
            self._builder.begin(dict if char == "{" else list, start)
            self._open.append(_CLOSE[char])
            self._at += 1
            self._skip()
            if self._text[self._at : self._at + 1] == self._open[-1]:
                self._close()
                return
            if char == "{":
                self._key()

    def _after_value(self) -> None:
        char = self._text[self._at : self._at + 1]
        if char == self._open[-1]:
            self._close()
            return
        if char != ",":
            self._refuse(f"A comma or the closing '{self._open[-1]}' is expected here")
        comma = self._at
        self._at += 1
        self._skip()
        if self._text[self._at : self._at + 1] == self._open[-1]:
            self._source.refuse(
                f"Take out this comma: nothing follows it before the closing '{self._open[-1]}'.", comma
            )
        if self._open[-1] == "}":
            self._key()
        self._value()

    def _key(self) -> None:
        found = _STRING.match(self._text, self._at)
        if found is None:
            self._refuse("A key in double quotes is expected here")
        self._builder.key(self._decoded(found), found.start(), found.end())
        self._at = found.end()
        self._skip()
        if self._text[self._at : self._at + 1] != ":":
            self._refuse("A colon is expected after the key")
        self._at += 1
        self._skip()

    def _close(self) -> None:
        self._at += 1
        self._open.pop()
        self._builder.end(self._at)

    def _scalar(self) -> None:
        found = _STRING.match(self._text, self._at)
        if found is not None:
            value: Any = self._decoded(found)
        elif (found := _NUMBER.match(self._text, self._at)) is not None:
            value = self._number(found)
        elif (found := _WORD.match(self._text, self._at)) is not None and found.group() in _WORDS:
            value = _WORDS[found.group()]
        else:
            self._refuse("A value is expected here")
        self._builder.scalar(value, found.start(), found.end())
        self._at = found.end()

    def _decoded(self, found: re.Match[str]) -> str:
        raw = found.group()
        if "\\" not in raw:
            return raw[1:-1]
        value = str(json.loads(raw))
        if any("\ud800" <= character <= "\udfff" for character in value):
            self._source.refuse(
                "A \\u escape is half of a surrogate pair and names no character. Write the character itself.",
                found.start(),
                "bad-encoding",
            )
        return value

    def _number(self, found: re.Match[str]) -> int | float:
        digits = found.group()
        try:
            value = int(digits) if digits.lstrip("-").isdigit() else float(digits)
            finite = math.isfinite(value)
        except ValueError:
            self._source.refuse("A number of so many digits cannot be read.", found.start())
        except OverflowError:  # of a whole number, which is finite and still too large
            finite = False
        if not finite:
            self._source.refuse(f"{digits[:50]} is beyond what a number can hold.", found.start())
        return value

    def _skip(self) -> None:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _refuse(self, expected: str) -> NoReturn:
        char = self._text[self._at : self._at + 1]
        if not char:
            self._source.refuse(f"{expected}, but the file ends.", self._at)
        if char == '"':
            self._source.refuse(f"{expected}; this text does not end on its line or has a wrong escape.", self._at)
        hint = {"'": " JSON wants double quotes.", "/": " JSON has no comments.", "#": " JSON has no comments."}
        word = _WORD.match(self._text, self._at)
        shown = word.group()[:50] if word else char
        self._source.refuse(f"{expected}, not '{shown}'.{hint.get(char, '')}", self._at)
