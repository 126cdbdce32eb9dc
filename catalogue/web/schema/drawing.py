"""What a diagram is made of: boxes with lines of text, and curves between them; templates/schema/drawing.html draws it.

All measures are units of the SVG's view box; text widths are estimated, as no font is at hand on the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

LINE = 20.0
"""Height of one line in a box."""
PAD = 10.0
GAP = 10.0
"""Between two boxes of a stack."""
# Widest of the common system fonts at 13 units, and of the monospaced ones at 12; seen in Chromium with Liberation.
_NAME_WIDTH = 8.1
_MONO_WIDTH = 7.3


@dataclass(frozen=True, slots=True)
class Line:
    """One line below a box's name.

    Args:
        text: at the left, in the monospaced font.
        note: at the right, muted.
        strong: drawn in bold.
        href: where the text leads; without one the line is only for the eye.
    """

    text: str
    note: str = ""
    strong: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A class or an enumeration.

    Args:
        kind: main, class, record, enum or owners; decides how it is drawn.
        caption: small line below the name.
        lines: its fields, each LINE high.
    """

    name: str
    href: str
    kind: str
    x: float
    y: float
    width: float
    caption: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def baseline(self) -> float:
        """Height on which the name stands; neighbours are drawn tighter than the class itself."""
        return self.y + (PAD if self.kind == "main" else PAD / 2) + LINE * 0.65

    @property
    def head(self) -> float:
        """Height of the part with the name."""
        return 2 * (self.baseline - self.y) - LINE * 0.5 + (LINE * 0.8 if self.caption else 0)

    @property
    def height(self) -> float:
        """Height of the whole box."""
        return self.head + LINE * len(self.lines) + (PAD if self.lines else 0)

    @property
    def middle(self) -> float:
        """Height at which curves meet the box."""
        return self.y + self.head / 2

    def line_at(self, place: int) -> float:
        """Middle of a line."""
        return self.y + self.head + LINE * (place + 0.5)


@dataclass(frozen=True, slots=True)
class Curve:
    """A connection, drawn from left to right or downwards.

    Args:
        kind: part (the target is written inside), reference (its identifier is) or parent (is a kind of).
    """

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole diagram."""

    title: str
    width: float
    height: float
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]


def width_of(name: str, caption: str = "", lines: Iterable[Line] = ()) -> float:
    """Width of a box that holds these texts."""
    widest = max((len(line.text) + len(line.note) + (3 if line.note else 0) for line in lines), default=0)
    return round(max(len(name) * _NAME_WIDTH + 8, len(caption) * 6.6, widest * _MONO_WIDTH) + 2 * PAD + 4)


def stack(boxes: Sequence[Box], wanted: Sequence[float], top: float) -> list[Box]:
    """The boxes below one another, as near as their order lets them be to the heights that their heads want.

    Least squares under an order (pool adjacent violators): boxes that would overlap move as one, to their mean.
    """
    groups: list[tuple[float, list[Box]]] = []
    for box, height in zip(boxes, wanted, strict=True):
        groups.append((height - box.head / 2, [box]))
        while len(groups) > 1 and groups[-2][0] + _extent(groups[-2][1]) > groups[-1][0]:
            (upper, above), (lower, below) = groups[-2:]
            shifted = lower - _extent(above)
            mean = (upper * len(above) + shifted * len(below)) / (len(above) + len(below))
            groups[-2:] = [(mean, above + below)]
    placed: list[Box] = []
    free = top
    for start, members in groups:
        y = max(free, start)
        for box in members:
            placed.append(replace(box, y=y))
            y += box.height + GAP
        free = y
    return placed


def _extent(boxes: Sequence[Box]) -> float:
    return sum(box.height + GAP for box in boxes)


def across(x1: float, y1: float, x2: float, y2: float) -> str:
    """Path of a curve that leaves and arrives horizontally."""
    bend = max(abs(x2 - x1) / 2, 24)
    return f"M{x1:.0f} {y1:.0f}C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
