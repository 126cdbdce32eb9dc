"""The diagram of one class: above it where it is found and what it is a kind of, at its right what its fields lead to.

The class stands at the left edge, so that a narrow screen shows it first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from catalogue.model.documentation import documentation, users_of
from catalogue.web.schema.drawing import GAP, LINE, Box, Curve, Drawing, Line, across, stack, width_of

# Between the class and what its fields lead to; wider where many curves share it, so that each stays flat.
_AISLE = 92.0
_AISLE_A_CURVE = 6.0
_EDGE = 2.0
_ABOVE = 34.0
_LONGEST = 30
_MOST_LINES = 30

Link = Callable[[str], str]


def narrow_diagram(name: str, link: Link) -> Drawing:
    """The class with its parent and its children only, for screens on which the rest would not fit.

    Args:
        link: path of this node -> address to write into the diagram.
    """
    row = documentation()["classes"][name]
    above = _parents(row, link)
    main = _main(name, row, above[0].height + _EDGE + _ABOVE if above else _EDGE)
    below = _children(row, main, link)
    curves = [_kind_of(box, main) for box in above] + [_kind_of(main, box) for box in below]
    return _drawing(name, (main, *above, *below), curves)


def class_diagram(name: str, link: Link) -> Drawing:
    """The diagram of a class.

    Args:
        link: path of this node -> address to write into the diagram.
    """
    row = documentation()["classes"][name]
    above, top = _above(name, row, link)
    main, shown = _main(name, row, top), shown_slots(row)
    right, places = _targets(row, link)
    aisle = max(_AISLE, _AISLE_A_CURVE * sum(map(len, places)))
    right = stack(
        [replace(box, x=main.x + main.width + aisle) for box in right],
        [sum(map(main.line_at, fields)) / len(fields) for fields in places],
        top,
    )
    below = _children(row, main, link)
    curves = [_down(box, main) for box in above if box.kind == "owners"]
    curves += [_kind_of(box, main) for box in above if box.kind != "owners"]
    curves += [
        _out(main, shown[place], place, box) for box, fields in zip(right, places, strict=True) for place in fields
    ]
    curves += [_kind_of(main, box) for box in below]
    return _drawing(name, (main, *above, *right, *below), curves)


def _drawing(name: str, boxes: tuple[Box, ...], curves: list[Curve]) -> Drawing:
    return Drawing(
        f"Diagram of {name}",
        max(box.x + box.width for box in boxes) + _EDGE,
        max(box.y + box.height for box in boxes) + _EDGE,
        boxes,
        tuple(curves),
    )


def cardinality(slot: dict[str, Any]) -> str:
    """How many values: 1, 0..1, 1..n or 0..n."""
    least = "1" if slot.get("required") else "0"
    most = "n" if slot.get("many") else "1"
    return "1" if least == most else f"{least}..{most}"


def shown_slots(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields that the box of a class lists: all, or in a large class those that are required or lead on."""
    slots = row["slots"]
    if len(slots) <= _MOST_LINES:
        return list(slots)
    return [slot for slot in slots if slot.get("required") or any(r["kind"] != "type" for r in slot["ranges"])]


def _main(name: str, row: dict[str, Any], top: float) -> Box:
    shown = shown_slots(row)
    lines = [
        Line(
            slot["key"],
            " or ".join(found["name"] for found in slot["ranges"]) + (" *" if slot.get("many") else ""),
            bool(slot.get("required")),
        )
        for slot in shown
    ]
    if len(shown) < len(row["slots"]):
        lines.append(Line(f"and {len(row['slots']) - len(shown)} more"))
    caption = f"{row['curie']}{' (abstract)' if row['abstract'] else ''}"
    return Box(name, "", "main", _EDGE, top, width_of(name, caption, lines), caption, tuple(lines))


def _above(name: str, row: dict[str, Any], link: Link) -> tuple[list[Box], float]:
    """The parent, and the fields that lead to this class; and the height at which the class itself may begin."""
    boxes: list[Box] = []
    x = _EDGE
    for parent in _parents(row, link):
        boxes.append(parent)
        x += parent.width + GAP
    lines = tuple(
        Line(f"{owner}.{slot['key']}", cardinality(slot), href=link(f"/schema/{owner}#{slot['key']}"))
        for owner, slot in users_of(name)
    )
    if lines:
        boxes.append(Box("Found in", "", "owners", x, _EDGE, width_of("Found in", lines=lines), lines=lines))
    lowest = max((box.y + box.height for box in boxes), default=0.0)
    boxes = [replace(box, y=lowest - box.height) for box in boxes]
    return boxes, lowest + _ABOVE if boxes else _EDGE


def _parents(row: dict[str, Any], link: Link) -> list[Box]:
    """The class that this one is a kind of, in the upper left corner."""
    nearest = row["parents"][:1]
    return [Box(parent, link(f"/schema/{parent}"), "class", _EDGE, _EDGE, width_of(parent)) for parent in nearest]


def _targets(row: dict[str, Any], link: Link) -> tuple[list[Box], list[list[int]]]:
    """A box for each class and enumeration that fields lead to, and the places of those fields."""
    found: dict[tuple[str, str], list[int]] = {}
    for place, slot in enumerate(shown_slots(row)):
        for target in slot["ranges"]:
            if target["kind"] != "type":
                found.setdefault((target["kind"], target["name"]), []).append(place)
    boxes = []
    for kind, name in found:
        below = documentation()["classes"][name]["children"] if kind == "class" else []
        caption = ", ".join(below) if len(", ".join(below)) < _LONGEST else f"{len(below)} kinds"
        path = f"/schema/{name}" if kind == "class" else f"/schema/enums/{name}"
        boxes.append(Box(name, link(path), kind, 0, 0, width_of(name, caption), caption))
    return boxes, list(found.values())


def _children(row: dict[str, Any], main: Box, link: Link) -> list[Box]:
    """Boxes of the direct children, in one row below the class."""
    boxes: list[Box] = []
    x, y = main.x, main.y + main.height + _ABOVE
    for name in row["children"]:
        boxes.append(Box(name, link(f"/schema/{name}"), "class", x, y, width_of(name)))
        x += boxes[-1].width + GAP
    return boxes


def _out(main: Box, slot: dict[str, Any], place: int, box: Box) -> Curve:
    x, y = main.x + main.width, main.line_at(place)
    return Curve(across(x, y, box.x, box.middle), "part" if slot.get("inlined") else "reference")


def _down(box: Box, main: Box) -> Curve:
    x = min(box.x + 2 * LINE, main.x + main.width - LINE)
    return Curve(f"M{x:.0f} {box.y + box.height:.0f}V{main.y:.0f}", "part")


def _kind_of(parent: Box, child: Box) -> Curve:
    """A line from the child up to an open triangle at its parent."""
    x, tip = parent.x + LINE, parent.y + parent.height
    at = max(child.x + LINE, x)
    bend = f"M{at:.0f} {child.y:.0f}V{tip + _ABOVE / 2:.0f}H{x:.0f}V{tip + 10:.0f}"
    return Curve(f"{bend}H{x - 6:.0f}L{x:.0f} {tip:.0f}L{x + 6:.0f} {tip + 10:.0f}H{x:.0f}", "parent")
