"""A record as the file gives it: from the paths that rules speak of to the values, classes and places in the text."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from typing import Any, Final

from catalogue.model.namespaces import expand
from catalogue.model.table import Class, Slot, class_of, classes, record_classes
from catalogue.validation.nodes import Node
from catalogue.validation.source import Place, SourceText

Steps = tuple[str | int, ...]
_INDEX: Final = re.compile(r"\[(\d+)\]")
_NAMES: Final = ("title", "label", "name")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a path leads.

    Args:
        steps: keys and indices; the last one is not in the file where the field is missing.
        owner: the innermost object on the way that has a class.
        kind: its class; None where that is not known.
        slot: the field of `kind` that the path ends in; None for `id`, `type` and unknown fields.
        part: what is there; None where the field is missing.
    """

    steps: Steps
    owner: Node
    kind: Class | None
    slot: Slot | None
    part: Node | None

    @property
    def key(self) -> str:
        """The field that the path ends in."""
        return next((step for step in reversed(self.steps) if isinstance(step, str)), "")

    @property
    def path(self) -> str:
        """The path as people read it."""
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.steps)
        return text.removeprefix(".")

    @property
    def focus(self) -> str:
        """The id of the owner; "" where it has none."""
        name = self.owner.value.get("id")
        return name if type(name) is str else ""

    @property
    def label(self) -> str:
        """A name of the owner for people."""
        value = self.owner.value
        return next((value[key] for key in _NAMES if type(value.get(key)) is str), "")


class RecordText:
    """One record with the text it stands in.

    Args:
        source: None where the record was made and stands in no text: then nothing has a place.
    """

    def __init__(self, root: Node, source: SourceText | None, class_name: str | None = None):
        self.root = root
        self.value: dict[str, Any] = root.value
        self._source = source
        self.kind = classes().get(class_name) if class_name else _class_of(root.value, record_classes())
        self._by_iri: dict[str, list[Steps]] | None = None

    def spot(self, path: str) -> Spot:
        """Where a path such as `authors[0].orcid` leads; keys may themselves hold dots and brackets."""
        steps: list[str | int] = []
        node: Node | None = self.root
        rest = path
        while rest and node is not None:
            step, rest = _next_step(node, rest)
            steps.append(step)
            node = node.part(step)
        return self.spot_at(tuple(steps))

    def spot_at(self, steps: Steps) -> Spot:
        """Where steps lead."""
        node: Node | None = self.root
        owner, kind, slot = self.root, self.kind, None
        for step in steps:
            if isinstance(step, str):
                slot = _slot(kind, step)
            node = node.part(step) if node is not None else None
            is_object = node is not None and type(node.value) is dict
            # An object where a list is needed is no thing yet, but what is wrong with the field.
            is_thing = slot is not None and slot.kind == "node" and slot.many == isinstance(step, int)
            if node is not None and is_object and slot is not None and is_thing:
                inner = _class_of(node.value, slot.classes)
                if inner is None and step != steps[-1]:
                    owner, kind, slot = node, None, None
                elif inner is not None:
                    owner, kind, slot = node, inner, None
        return Spot(steps, owner, kind, slot, node)

    def spots_of(self, focus: str) -> list[Spot]:
        """The objects in the record that have this CURIE or IRI as id."""
        return [self.spot_at(steps) for steps in self.things().get(_iri(focus), ())]

    def things(self) -> dict[str, list[Steps]]:
        """IRI of each thing in the record -> the steps to every place that describes it."""
        if self._by_iri is None:
            self._by_iri = {}
            for steps, node in self.root.objects():
                name = node.value.get("id")
                if type(name) is str:
                    self._by_iri.setdefault(_iri(name), []).append(steps)
        return self._by_iri

    def written(self, spot: Spot) -> str:
        """What stands in the text at a spot; "" where nothing does."""
        return self._source.text[spot.part.start : spot.part.end] if self._source and spot.part else ""

    def place(self, spot: Spot) -> Place | None:
        """Where a spot is in the text: its value, its key where the value is no scalar, or the object without it."""
        if self._source is None:
            return None
        part, last = spot.part, spot.steps[-1] if spot.steps else ""
        if part is not None and part.parts is None and part.end > part.start:
            return self._source.place(part.start, part.end)
        holder = self._node(spot.steps[:-1])
        key = holder.keys.get(last) if holder is not None and isinstance(last, str) else None
        if key is not None:
            return self._source.place(*key)
        node = part or spot.owner
        first = min(node.keys.values(), default=(node.start, node.start + 1))
        return self._source.place(*(first if first[0] == node.start else (node.start, node.start + 1)))

    def place_of_key(self, spot: Spot) -> Place | None:
        """Where the key of a spot is, whatever its value."""
        holder = self._node(spot.steps[:-1])
        last = spot.steps[-1] if spot.steps else None
        if self._source is None or holder is None or not isinstance(last, str) or last not in holder.keys:
            return self.place(spot)
        return self._source.place(*holder.keys[last])

    def without(self, faulty: list[Steps]) -> dict[str, Any] | None:
        """A copy of the record that lacks what stands at these steps; None where too little would be left."""
        pruned = self.value
        # From the end, so that indices in front of it stay true.
        for steps in sorted(set(faulty), key=_by_place, reverse=True):
            if not steps or steps[-1] in ("id", "type") or isinstance(steps[-1], int):
                item = self._node(steps)
                if not steps or isinstance(steps[-1], str) or (item is not None and item.parts is not None):
                    return None
            pruned = _without(pruned, steps)
        return pruned

    def _node(self, steps: Steps) -> Node | None:
        node: Node | None = self.root
        for step in steps:
            node = node.part(step) if node is not None else None
        return node


def placeless(value: Any) -> Node:
    """A node of a value that stands in no text."""
    if isinstance(value, dict):
        return Node(value, 0, 0, {key: placeless(item) for key, item in value.items()})
    if isinstance(value, list):
        return Node(value, 0, 0, [placeless(item) for item in value])
    return Node(value, 0, 0)


def _next_step(node: Node, rest: str) -> tuple[str | int, str]:
    if isinstance(node.parts, list):
        found = _INDEX.match(rest)
        if found:
            return int(found[1]), rest[found.end() :].removeprefix(".")
    known = [key for key in (node.parts if isinstance(node.parts, dict) else ()) if _begins(rest, key)]
    if known:
        key = max(known, key=len)
        return key, rest[len(key) :].removeprefix(".")
    return rest, ""


def _begins(rest: str, key: str) -> bool:
    return rest.startswith(key) and rest[len(key) : len(key) + 1] in ("", ".", "[")


def _slot(kind: Class | None, key: str) -> Slot | None:
    return next((slot for slot in kind.slots if slot.key == key), None) if kind is not None else None


def _class_of(value: Any, allowed: tuple[str, ...]) -> Class | None:
    try:
        return class_of(value, allowed)
    except ValueError:
        return None


def _iri(name: str) -> str:
    try:
        return expand(name)
    except ValueError:
        return name


def _by_place(steps: Steps) -> list[tuple[int, str, int]]:
    return [(0, "", step) if isinstance(step, int) else (1, step, 0) for step in steps]


def _without(value: Any, steps: Steps) -> Any:
    """A copy along the path only, since the rest is shared."""
    step, *rest = steps
    present = (type(value) is dict and step in value) or (
        type(value) is list and isinstance(step, int) and step < len(value)
    )
    if not present:
        return value
    out = copy(value)
    if rest:
        out[step] = _without(value[step], tuple(rest))
    else:
        del out[step]
    if type(out) is dict and len(rest) == 1 and out.get(step) == []:
        del out[step]
    return out
