"""YAML text to nodes: scalars by the core schema of YAML 1.2, so that dates and `no` stay text; no tags.

libyaml's events come one by one, so that depth, size and repeated anchors are bounded before anything is built.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final

import yaml

from catalogue.validation.nodes import Builder, Node
from catalogue.validation.source import SourceText

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL: Final = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
_INT: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_TEXT_TAGS: Final = ("!", "tag:yaml.org,2002:str")
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAB: Final = "A tab stands here, and YAML is indented with spaces alone. Use spaces"
# libyaml's words, for people who write a record and not a parser.
_PLAINLY: Final = {
    "mapping values are not allowed in this context": "A colon and a blank stand where no new field can begin. Put "
    "the value into quotes, or mend the indentation",
    "found character that cannot start any token": "This character cannot begin a value (@, ` or %). Put the "
    "value into quotes",
    "did not find expected key": "A field is expected here; look at the indentation and the quotes above",
    "did not find expected '-' indicator": "This line is indented less than the fields of the item above it. Indent "
    "it as they are, or begin a new item with '- '",
    "did not find expected ',' or ']'": "A comma or ']' is expected here",
    "did not find expected ',' or '}'": "A comma or '}' is expected here",
    "could not find expected ':'": "A colon is expected here, after the name of the field",
    "found unexpected end of stream": "The text that begins with this quote does not end; close it with the same quote",
}
# Where these begin says more than where they were noticed.
_FROM_ITS_BEGINNING: Final = ("found unexpected end of stream",)
_RESTART: Final = (
    "as if a second record began here; put a line --- before it",
    "as if a second thing began here; write a list and begin each thing in it with '- '",
)


def read_yaml(source: SourceText) -> Builder:
    """Every document of a YAML text.

    Raises:
        RecordRejected: not YAML, nested too deeply or too large; the member `place` says where.
    """
    reader = _Reader(source)
    try:
        for event in yaml.parse(source.text, Loader=_LOADER):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        problem = str(error.problem or error.context or error)
        marks = (error.problem_mark, error.context_mark)
        mark = marks[problem in _FROM_ITS_BEGINNING] or marks[0] or marks[1]
        start = mark.index if mark is not None else 0
        is_tab = source.text[start : start + 1] == "\t"
        source.refuse((_TAB if is_tab else _PLAINLY.get(problem, f"This is not YAML: {problem}")) + ".", start)
    except yaml.reader.ReaderError as error:
        source.refuse(f"This is not YAML: {error.reason}.", int(error.position), "bad-encoding")
    if not reader.builder.documents:
        source.refuse("The file is empty.", 0)
    return reader.builder


class _Reader:
    def __init__(self, source: SourceText):
        self.builder = Builder(source, _RESTART)
        self._source = source
        self._anchors: dict[str, Node | None] = {}
        self._pending: list[str | None] = []

    def take(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, start, end)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._check_tag(event, start)
            self.builder.begin(dict if isinstance(event, yaml.MappingStartEvent) else list, start)
            self._pending.append(event.anchor)
            if event.anchor:
                self._anchors[event.anchor] = None
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._keep(self._pending.pop(), self.builder.end(end))
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event, start, end)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._anchors.clear()

    def _scalar(self, event: Any, start: int, end: int) -> None:
        if self.builder.wants_key:
            self.builder.key(event.value, start, end)
            return
        if event.tag is not None and event.tag not in _TEXT_TAGS:
            self._check_tag(event, start)
        plain = not event.style and event.implicit[0]
        value = self._core(event.value, start) if plain else event.value
        self._keep(event.anchor, self.builder.scalar(value, start, end))

    def _keep(self, anchor: str | None, node: Node) -> None:
        if anchor:
            self._anchors[anchor] = node

    def _alias(self, event: Any, start: int, end: int) -> None:
        node = self._anchors.get(event.anchor)
        if node is None:
            inside = event.anchor in self._anchors
            why = "stands inside what it names" if inside else "was not named before with &"
            self._source.refuse(f"*{event.anchor[:50]} {why}.", start)
        if self.builder.wants_key:
            self._source.refuse("A key must be plain text, not a repeated value.", start)
        self.builder.again(node, start, end)

    def _check_tag(self, event: Any, start: int) -> None:
        if event.tag is not None:
            self._source.refuse(f"The tag {event.tag[:80]} is not read; write the value without it.", start)

    def _core(self, text: str, start: int) -> Any:
        """A plain scalar by the core schema. Source: YAML 1.2.2, section 10.3.2."""
        if text in _NULL:
            return None
        if text in _BOOL:
            return _BOOL[text]
        if len(text) > 400 or not (text[0].isdigit() or text[0] in "+-."):
            return text
        if _INT.fullmatch(text):
            return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
        if _FLOAT.fullmatch(text):
            number = float(text)
            if math.isinf(number):
                self._source.refuse(f"{text[:50]} is beyond what a number can hold.", start)
            return number
        return text
