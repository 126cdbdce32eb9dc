"""Values of YAML and JSON that remember where they stood, built from a parser's events within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from catalogue.validation.source import Place, SourceText

MAX_DEPTH: Final = 64
# Values of one file, those of repeated anchors counted each time; a crate has some hundred.
MAX_NODES: Final = 500_000
MAX_FAULTS: Final = 1_000


# Shared by all values that are no objects.
NO_KEYS: Final[dict[str, tuple[int, int]]] = {}


@dataclass(slots=True, eq=False)
class Node:
    """A value and its place.

    Args:
        value: plain dict, list, text, number, bool or None; shared with the values around it, so read-only.
        start, end: offsets in the text.
        parts: nodes of the members.
        keys: for objects, (start, end) of each key.
        size: number of values in it, itself included.
    """

    value: Any
    start: int
    end: int
    parts: dict[str, Node] | list[Node] | None = None
    keys: dict[str, tuple[int, int]] = field(default_factory=lambda: NO_KEYS)
    size: int = 1

    def part(self, step: str | int) -> Node | None:
        """The member of that key or index."""
        if isinstance(self.parts, dict):
            return self.parts.get(step) if isinstance(step, str) else None
        if self.parts is None or not isinstance(step, int) or step >= len(self.parts):
            return None
        return self.parts[step]

    def objects(self) -> Iterator[tuple[tuple[str | int, ...], Node]]:
        """Every object in it with the steps that lead there, itself first."""
        stack: list[tuple[tuple[str | int, ...], Node]] = [((), self)]
        while stack:
            steps, node = stack.pop()
            if isinstance(node.parts, dict):
                yield steps, node
                members: Iterator[tuple[str | int, Node]] = iter(node.parts.items())
            else:
                members = enumerate(node.parts or ())
            stack += reversed([((*steps, step), part) for step, part in members if part.parts is not None])


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the form of a file that does not keep the rest from being read.

    Args:
        code: slug of the rule.
    """

    code: str
    message: str
    place: Place


class Builder:
    """Takes a parser's events and makes nodes, one a document.

    Args:
        restart: what to do where an object begins anew with its first key: of the whole document, of a part of it.

    Every method may raise RecordRejected (`too-large`, `not-parsable`) with the place where a bound was broken.
    """

    def __init__(self, source: SourceText, restart: tuple[str, str] | None = None):
        self.source = source
        self.documents: list[Node] = []
        self.faults: list[Fault] = []
        self._restart = restart
        self._again: list[list[tuple[str, int, int, int]]] = []
        self._repeated = 0
        self._open: list[Node] = []
        self._keys: list[tuple[str, int, int] | None] = []
        self._count = 0

    @property
    def wants_key(self) -> bool:
        """True where the next scalar is the key of an object."""
        return bool(self._open) and type(self._open[-1].value) is dict and self._keys[-1] is None

    def begin(self, kind: type[dict[str, Any]] | type[list[Any]], start: int) -> Node:
        """An object or a list begins."""
        if self.wants_key:
            self.source.refuse("A key must be plain text, not a list or an object.", start)
        if len(self._open) >= MAX_DEPTH:
            self.source.refuse(f"This is nested deeper than {MAX_DEPTH} levels.", start)
        self._check_count(start, 1)
        node = Node(kind(), start, start, {}, {}) if kind is dict else Node(kind(), start, start, [])
        self._open.append(node)
        self._keys.append(None)
        self._again.append([])
        return node

    def end(self, end: int) -> Node:
        """The innermost object or list ends."""
        node = self._open.pop()
        self._keys.pop()
        self._note_repeated(node, self._again.pop())
        node.end = end
        self._put(node)
        return node

    def scalar(self, value: Any, start: int, end: int) -> Node:
        """A value without members."""
        self._check_count(start, 1)
        node = Node(value, start, end)
        self._put(node)
        return node

    def key(self, name: str, start: int, end: int) -> None:
        """The key of the next value."""
        before = self._open[-1].keys.get(name)
        if before is not None:
            self._repeated += 1
            if self._repeated > MAX_FAULTS:
                self.source.refuse(f"More than {MAX_FAULTS:,} keys stand twice in one object.", start)
            self._again[-1].append((name, before[0], start, end))
        self._keys[-1] = (name, start, end)

    def _note_repeated(self, node: Node, again: list[tuple[str, int, int, int]]) -> None:
        """One fault for each key that stands twice, or one for all where a second object begins inside the first."""
        todo = "so that its value is undecided; keep one of them"
        if self._restart and len(again) > 1 and again[0][0] == next(iter(node.keys)):
            again, todo = again[:1], self._restart[bool(self._open)]
        for name, before, start, end in again:
            line = self.source.place(before).line
            message = f"'{name[:100]}' stands twice in one object, {todo} (the other is in line {line})"
            self.faults.append(Fault("duplicate-key", message, self.source.place(start, end)))

    def again(self, node: Node, start: int, end: int) -> None:
        """A value that stood before is repeated here."""
        self._check_count(start, node.size)
        self._put(Node(node.value, start, end, node.parts, node.keys, node.size))

    def _check_count(self, start: int, more: int) -> None:
        self._count += more
        if self._count > MAX_NODES:
            self.source.refuse(f"The file has more than {MAX_NODES:,} values. Split it.", start, "too-large")

    def _put(self, node: Node) -> None:
        if not self._open:
            self.documents.append(node)
            self.faults.sort(key=lambda fault: (fault.place.line, fault.place.column))
            return
        holder, key = self._open[-1], self._keys[-1]
        holder.size += node.size
        if isinstance(holder.parts, list):
            holder.parts.append(node)
            holder.value.append(node.value)
        elif isinstance(holder.parts, dict) and key is not None:
            name, start, end = key
            holder.parts[name], holder.value[name], holder.keys[name] = node, node.value, (start, end)
            self._keys[-1] = None
