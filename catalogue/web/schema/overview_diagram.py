"""The diagram of the whole model: records at the left, what they are made of in columns to the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from catalogue.model.documentation import documentation
from catalogue.web.schema.drawing import Box, Curve, Drawing, Line, across, stack, width_of

_AISLE = 88.0
_EDGE = 2.0
_SWEEPS = 6


def overview_diagram(link: Callable[[str], str]) -> Drawing:
    """Every class once, children inside the box of the class they are a kind of.

    Args:
        link: path of this node -> address to write into the diagram.
    """
    edges = _edges()
    columns = _columns(edges)
    placed: dict[str, Box] = {}
    x = _EDGE
    for column in columns:
        boxes = [_box(name, x, link) for name in column]
        wanted = [_pull(box.name, edges, placed) for box in boxes]
        for box in stack(boxes, wanted, _EDGE):
            placed[box.name] = box
        x += max(box.width for box in boxes) + _AISLE
    placed = _aligned(columns, placed)
    curves = [_curve(placed[source], placed[target], kind) for (source, target), kind in edges.items()]
    return Drawing(
        "Diagram of all classes",
        max(box.x + box.width for box in placed.values()) + _EDGE,
        max(box.y + box.height for box in placed.values()) + _EDGE,
        tuple(placed.values()),
        tuple(curves),
    )


def _family(name: str) -> str:
    """The class in whose box this one stands."""
    parents = documentation()["classes"][name]["parents"]
    return str(parents[-1]) if parents else name


def _edges() -> dict[tuple[str, str], str]:
    """(family, family) -> part or reference; part where any field holds the target whole.

    References to what is no record are left out: nearly every class refers to ontology terms.
    """
    found: dict[tuple[str, str], str] = {}
    for name, row in documentation()["classes"].items():
        for slot in row["slots"]:
            for target in slot["ranges"]:
                pair = (_family(name), _family(target["name"])) if target["kind"] == "class" else ("", "")
                if pair[0] and pair[0] != pair[1]:
                    kind = "part" if slot.get("inlined") else "reference"
                    found[pair] = "part" if "part" in (found.get(pair), kind) else "reference"
    records = {_family(name) for name in documentation()["records"]}
    return {pair: kind for pair, kind in found.items() if kind == "part" or pair[1] in records}


def _columns(edges: dict[tuple[str, str], str]) -> list[list[str]]:
    """Families by how many steps they are from a record, each column ordered so that few curves cross."""
    made = documentation()
    depth = {_family(name): 0 for name in made["records"]}
    waiting = list(depth)
    while waiting:
        source = waiting.pop(0)
        for (start, end), kind in edges.items():
            if start == source and kind == "part" and end not in depth:
                depth[end] = depth[source] + 1
                waiting.append(end)
    for name in made["classes"]:
        depth.setdefault(_family(name), 1)
    columns = [[name for name in depth if depth[name] == level] for level in range(max(depth.values()) + 1)]
    columns = [column for column in columns if column]
    for _ in range(_SWEEPS):
        for level in range(1, len(columns)):
            heights = {name: _middle(name, edges, columns) for name in columns[level]}
            columns[level].sort(key=heights.__getitem__)
    return columns


def _middle(name: str, edges: dict[tuple[str, str], str], columns: list[list[str]]) -> float:
    """Mean place of the neighbours in other columns, as a share of their column."""
    places = {member: place / max(len(column), 1) for column in columns for place, member in enumerate(column)}
    near = [places[start if end == name else end] for start, end in edges if name in (start, end)]
    return sum(near) / len(near) if near else 1.0


def _pull(name: str, edges: dict[tuple[str, str], str], placed: dict[str, Box]) -> float:
    """Height at which a box would like to stand: the mean of what leads to it."""
    heights = [placed[start].middle for start, end in edges if end == name and start in placed]
    return sum(heights) / len(heights) if heights else 0.0


def _aligned(columns: list[list[str]], placed: dict[str, Box]) -> dict[str, Box]:
    """Shorter columns moved to the middle of the tallest, so that curves stay flat."""
    bottoms = [max(placed[name].y + placed[name].height for name in column) for column in columns]
    tallest = max(bottoms)
    for column, bottom in zip(columns, bottoms, strict=True):
        for name in column:
            placed[name] = replace(placed[name], y=placed[name].y + (tallest - bottom) / 2)
    return placed


def _box(name: str, x: float, link: Callable[[str], str]) -> Box:
    row = documentation()["classes"][name]
    below = [child for child, other in documentation()["classes"].items() if name in other["parents"]]
    lines = tuple(Line(child) for child in below)
    kind = "record" if row["record"] else "class"
    return Box(name, link(f"/schema/{name}"), kind, x, 0, width_of(name, lines=lines), lines=lines)


def _curve(source: Box, target: Box, kind: str) -> Curve:
    if target.x > source.x:
        return Curve(across(source.x + source.width, source.middle, target.x, target.middle), kind)
    if target.x < source.x:
        return Curve(across(target.x + target.width, target.middle, source.x, source.middle), kind)
    # Both in one column: around its right side.
    right = max(source.x + source.width, target.x + target.width)
    y1, y2 = source.middle, target.middle
    bend = f"C{right + 40:.0f} {y1:.0f} {right + 40:.0f} {y2:.0f}"
    return Curve(f"M{source.x + source.width:.0f} {y1:.0f}{bend} {target.x + target.width:.0f} {y2:.0f}", kind)
