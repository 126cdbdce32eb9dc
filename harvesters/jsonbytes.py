"""Partner JSON, parsed strictly and within bounds: what is doubtful is refused with a reason, never guessed.

Source: reliability.md section 2 (JSON) and TP7.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from catalogue.problems import RecordRejected

MAX_BYTES: Final = 10_000_000
MAX_DEPTH: Final = 64

_BOM: Final = b"\xef\xbb\xbf"
_NOT_STRUCTURE: Final = bytes(set(range(256)) - set(b'{}[]"'))
_STRING: Final = re.compile(rb'"[^"]*"')
# XML 1.0 cannot carry these, so no RDF/XML or SPARQL/XML answer could.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SUSPECT_ESCAPE: Final = re.compile(r"\\u(00[01]|[fF]{3}[eEfF]|[dD][89a-fA-F])")


@dataclass(frozen=True, slots=True)
class ParsedJson:
    """A JSON value and what had to be mended in its bytes.

    Args:
        value: the parsed value; no NaN, no infinity, no duplicate key, no lone surrogate.
        had_bom: True when the bytes began with a byte order mark.
        controls_removed: number of characters taken out because XML cannot carry them.
    """

    value: Any
    had_bom: bool = False
    controls_removed: int = 0


def parse_json(content: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> ParsedJson:
    """The value of a JSON document.

    Raises:
        RecordRejected: `too-large` over `max_bytes`; `bad-encoding` when not UTF-8 or with a lone surrogate;
            `not-parsable` when not JSON (RFC 8259), nested deeper than `max_depth`, with a key twice in one object,
            NaN, an infinity, or a number of more than 4,300 digits.
    """
    if len(content) > max_bytes:
        raise RecordRejected(
            f"The document has {len(content):,} bytes; {max_bytes:,} are allowed. Split it.", reason="too-large"
        )
    had_bom = content.startswith(_BOM)
    try:
        text = content.decode("utf-8-sig" if had_bom else "utf-8")
    except UnicodeDecodeError as error:
        raise RecordRejected(
            f"Byte {error.start} (0x{content[error.start]:02x}) is not UTF-8. Write the document as UTF-8.",
            reason="bad-encoding",
        ) from error
    if not _within_depth(content, max_depth):
        _refuse(f"it is nested deeper than {max_depth} levels, or its brackets do not match")
    value = _load(text)
    # Most crates have no escape at all, and a pattern over the whole text costs 150 microseconds.
    suspects = set(_SUSPECT_ESCAPE.findall(text)) if b"\\" in content and "\\u" in text else set()
    if any(escape[0] in "dD" for escape in suspects):
        _check_surrogates(value)
    removed = 0
    if any(escape[0] not in "dD" for escape in suspects) or "\ufffe" in text or "\uffff" in text:
        value, removed = _without_controls(value)
    return ParsedJson(value, had_bom, removed)


def _load(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)
    except RecursionError as error:
        raise RecordRejected("The document is nested too deeply.", reason="not-parsable") from error
    except ValueError as error:  # JSONDecodeError, and int() beyond 4,300 digits
        raise RecordRejected(f"The document is not JSON: {str(error)[:200]}.", reason="not-parsable") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        _refuse(f"the key '{twice[:100]}' stands twice in one object, so that its value is undecided")
    return result


def _constant(name: str) -> NoReturn:
    _refuse(f"{name} is not a JSON number")


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        _refuse(f"the number {digits[:50]} is beyond what a double can hold")
    return number


def _refuse(why: str) -> NoReturn:
    raise RecordRejected(f"The document cannot be parsed: {why}.", reason="not-parsable")


def _within_depth(content: bytes, max_depth: int) -> bool:
    """True when brackets close within `max_depth` levels, counted without parsing.

    Peeling innermost brackets off the bare structure costs 15 microseconds on a crate; walking the parsed value 200.
    """
    if b"\\" in content:
        content = content.replace(b"\\\\", b"").replace(b'\\"', b"")
    shape = content.translate(None, _NOT_STRUCTURE).replace(b'""', b"")
    if b'"' in shape:
        shape = _STRING.sub(b"", shape)
    for _ in range(max_depth):
        if not shape:
            return True
        before = len(shape)
        shape = shape.replace(b"{}", b"").replace(b"[]", b"")
        if len(shape) == before:
            break
    return not shape


def _check_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise RecordRejected(
            "A \\u escape is half of a surrogate pair and names no character. Write the character as UTF-8.",
            reason="bad-encoding",
        ) from error


def _without_controls(value: Any) -> tuple[Any, int]:
    if isinstance(value, str):
        return _FORBIDDEN.subn("", value)
    if isinstance(value, list):
        cleaned = [_without_controls(item) for item in value]
        return [item for item, _ in cleaned], sum(count for _, count in cleaned)
    if isinstance(value, dict):
        result: dict[str, Any] = {}
        total = 0
        for key, item in value.items():
            name, in_key = _FORBIDDEN.subn("", key)
            if name in result:
                _refuse("two keys of one object differ only in control characters")
            result[name], inside = _without_controls(item)
            total += in_key + inside
        return result, total
    return value, 0
