"""Partner XML, parsed within bounds into plain dicts; no DOCTYPE, no entities of its own, no network.

Source: reliability.md section 2 (entity bombs, nesting) and TP7; XML 1.0, section 2.8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from xml.parsers import expat

from catalogue.problems import RecordRejected

MAX_BYTES: Final = 10_000_000
MAX_DEPTH: Final = 64
MAX_NODES: Final = 1_000_000
_ENCODINGS: Final = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252", "utf8"})
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")


def parse_xml(
    content: bytes,
    prefixes: Mapping[str, str],
    *,
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    max_nodes: int = MAX_NODES,
) -> dict[str, Any]:
    """The document as `{root name: element}`.

    An element without attributes and children is its text; any other is a dict with `@name` for attributes, the
    children's names with the list of all children of that name in order, and `#text` for its own text, where it has
    any. Names of the namespaces in `prefixes` are `prefix:local` (`local` for the prefix ""), others
    `{namespace}local`.

    Args:
        prefixes: namespace -> prefix.
    Raises:
        RecordRejected: `too-large`; `bad-encoding` for bytes that are not of the declared encoding, or one that is not
            UTF-8, ASCII, Latin-1 or Windows-1252; `not-parsable` when not well-formed, with a DOCTYPE, nested deeper
            than `max_depth`.
    """
    if len(content) > max_bytes:
        raise RecordRejected(
            f"The document has {len(content):,} bytes; {max_bytes:,} are allowed. Split it.", reason="too-large"
        )
    declared = _DECLARED.match(content.removeprefix(b"\xef\xbb\xbf"))
    encoding = declared[1].decode().lower() if declared else "utf-8"
    if encoding not in _ENCODINGS or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise RecordRejected(
            f"The encoding {encoding} is not read here. Write the document as UTF-8.", reason="bad-encoding"
        )
    try:
        text = content.decode("utf-8-sig" if encoding.startswith("utf") else encoding)
    except UnicodeDecodeError as error:
        raise RecordRejected(
            f"Byte {error.start} (0x{content[error.start]:02x}) is not {encoding}. Write the document as UTF-8.",
            reason="bad-encoding",
        ) from error
    builder = _Builder(prefixes, max_depth, max_nodes)
    try:
        builder.feed(text)
    except expat.ExpatError as error:
        raise RecordRejected(f"The document is not well-formed XML: {error}.", reason="not-parsable") from error
    return builder.root


class _Builder:
    """Turns expat's events into dicts."""

    def __init__(self, prefixes: Mapping[str, str], max_depth: int, max_nodes: int):
        self.root: dict[str, Any] = {}
        self._prefixes, self._max_depth, self._max_nodes = prefixes, max_depth, max_nodes
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []
        self._nodes = 0
        parser = expat.ParserCreate(namespace_separator="\n")
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        self._parser = parser

    def feed(self, text: str) -> None:
        # Given as UTF-8, whatever the declaration says: the text was decoded by it.
        self._parser.Parse(re.sub(r"^<\?xml[^>]*\?>", "", text, count=1).encode("utf-8"), True)

    def _doctype(self, *_: object) -> None:
        raise RecordRejected("The document has a DOCTYPE, which is never read. Leave it out.", reason="not-parsable")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._nodes += 1 + len(attributes)
        if len(self._open) >= self._max_depth or self._nodes > self._max_nodes:
            raise RecordRejected(
                f"The document nests deeper than {self._max_depth} elements or has more than {self._max_nodes:,}.",
                reason="not-parsable" if self._nodes <= self._max_nodes else "too-large",
            )
        values = {f"@{self._name(key)}": value for key, value in attributes.items()}
        self._open.append((self._name(name), values, []))

    def _end(self, _name: str) -> None:
        name, values, texts = self._open.pop()
        text = "".join(texts)
        if text.strip():
            values["#text"] = text
        value: Any = text if not values or list(values) == ["#text"] else values
        if self._open:
            self._open[-1][1].setdefault(name, []).append(value)
        else:
            self.root = {name: value}

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1][2].append(text)

    def _name(self, name: str) -> str:
        namespace, _, local = name.rpartition("\n")
        if not namespace:
            return local
        prefix = self._prefixes.get(namespace)
        if prefix is None:
            return f"{{{namespace}}}{local}"
        return f"{prefix}:{local}" if prefix else local
