from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.model.documentation import documentation, users_of
from catalogue.web.schema.class_diagram import cardinality, class_diagram, narrow_diagram, shown_slots
from catalogue.web.schema.drawing import GAP, Box, Curve, Drawing, Line, stack
from catalogue.web.schema.overview_diagram import overview_diagram

CLASSES = documentation()["classes"]


def overlapping(drawing: Drawing) -> list[tuple[str, str]]:
    """Pairs of boxes that lie on one another."""
    return [
        (one.name, other.name)
        for one, other in combinations(drawing.boxes, 2)
        if one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    ]


@pytest.mark.parametrize("name", CLASSES)
def test_class_diagram_shows_fields_neighbours_and_family(name: str) -> None:
    """Each field is a line, each class or list that fields lead to a box, and so are parent and children."""
    row, drawing = CLASSES[name], class_diagram(name, lambda path: path)
    main = drawing.boxes[0]
    shown = [slot["key"] for slot in shown_slots(row)]
    left_out = len(row["slots"]) - len(shown)
    assert [line.text for line in main.lines] == shown + [f"and {left_out} more"] * bool(left_out)
    around = {box.name for box in drawing.boxes[1:]}
    led_to = {found["name"] for slot in row["slots"] for found in slot["ranges"] if found["kind"] != "type"}
    assert led_to | set(row["parents"][:1]) | set(row["children"]) <= around
    owners = [line.text for box in drawing.boxes if box.kind == "owners" for line in box.lines]
    assert owners == [f"{owner}.{slot['key']}" for owner, slot in users_of(name)]


@pytest.mark.parametrize("name", CLASSES)
def test_class_diagram_is_inside_its_frame_and_nothing_overlaps(name: str) -> None:
    """No box covers another or sticks out."""
    drawing = class_diagram(name, lambda path: path)
    assert overlapping(drawing) == []
    for box in drawing.boxes:
        assert box.x >= 0 and box.y >= 0
        assert box.x + box.width <= drawing.width and box.y + box.height <= drawing.height


def numbers(curve: Curve) -> list[float]:
    """Coordinates of a curve's path, x and y by turns."""
    return [float(found) for found in re.findall(r"-?\d+", curve.path)]


def test_a_curve_leaves_each_field_that_leads_to_a_class() -> None:
    """Every link of a class is a curve that begins at the line of its field."""
    for name, row in CLASSES.items():
        drawing = class_diagram(name, lambda path: path)
        main = drawing.boxes[0]
        linked = [
            round(main.line_at(place))
            for place, slot in enumerate(shown_slots(row))
            for found in slot["ranges"]
            if found["kind"] != "type"
        ]
        begun = [numbers(curve)[1] for curve in drawing.curves if numbers(curve)[0] == round(main.x + main.width)]
        assert sorted(begun) == sorted(linked), name


# Of one character, in Chromium with Liberation: names 13 units bold, fields 12 and notes 11 units monospaced.
WIDTHS = {"name": 7.9, "field": 7.3, "note": 6.7}


def texts(drawing: Drawing) -> list[tuple[str, float, float, float, float]]:
    """Every text of a drawing with its left, top, right and bottom, as templates/schema/drawing.html places it."""
    placed = []
    for box in drawing.boxes:
        placed.append((box.name, "name", box.x + 10, box.baseline))
        placed += [(box.caption, "note", box.x + 10, box.baseline + 16)] if box.caption else []
        for place, line in enumerate(box.lines):
            height = box.line_at(place) + 4
            placed.append((line.text, "field", box.x + 10, height))
            left = box.x + box.width - 10 - len(line.note) * WIDTHS["note"]
            placed += [(line.note, "note", left, height)] if line.note else []
    return [(text, x, y - 10, x + len(text) * WIDTHS[kind], y + 3) for text, kind, x, y in placed]


@pytest.mark.parametrize("draw", [class_diagram, narrow_diagram])
def test_texts_of_a_class_diagram_do_not_overlap(draw: Callable[..., Drawing]) -> None:
    """No name, field or note lies on another or sticks out of the frame."""
    for name in CLASSES:
        drawing = draw(name, lambda path: path)
        found = texts(drawing)
        for one, other in combinations(found, 2):
            apart = one[3] <= other[1] or other[3] <= one[1] or one[4] <= other[2] or other[4] <= one[2]
            assert apart, (name, one, other)
        assert all(left >= 0 and right <= drawing.width for _, left, _, right, _ in found), name


def test_curves_to_the_right_keep_to_the_aisle() -> None:
    """What leads to other classes runs between the class and them, and across no text."""
    for name in CLASSES:
        drawing = class_diagram(name, lambda path: path)
        main = drawing.boxes[0]
        edge = main.x + main.width
        targets = {round(box.x): box for box in drawing.boxes[1:] if box.x > edge and box.y >= main.y}
        for curve in drawing.curves:
            if numbers(curve)[0] == round(edge):
                assert set(targets) >= {numbers(curve)[-2]}, name
                assert all(edge - 1 <= x <= numbers(curve)[-2] for x in numbers(curve)[::2]), name


def test_narrow_diagram_fits_a_telephone() -> None:
    """It has every field of the wide one, with parent and children, and is drawn at no less than 70 % on 390 pixels."""
    for name, row in CLASSES.items():
        drawing = narrow_diagram(name, lambda path: path)
        assert drawing.boxes[0].lines == class_diagram(name, lambda path: path).boxes[0].lines
        assert [box.name for box in drawing.boxes[1:]] == [*row["parents"][:1], *row["children"]]
        assert overlapping(drawing) == []
        assert drawing.width * 0.7 <= 320, (name, drawing.width)


def test_overview_has_every_class_once_and_nothing_overlaps() -> None:
    """Each class is a box, or a line in the box of the class that it is a kind of."""
    drawing = overview_diagram(lambda path: path)
    shown = [box.name for box in drawing.boxes] + [line.text for box in drawing.boxes for line in box.lines]
    assert sorted(shown) == sorted(CLASSES)
    assert overlapping(drawing) == []


def test_large_class_keeps_what_leads_on_and_what_must_be() -> None:
    """A class of many fields drops only optional fields without a link from its box, and says how many."""
    for row in CLASSES.values():
        shown = [slot["key"] for slot in shown_slots(row)]
        for slot in row["slots"]:
            leads = any(found["kind"] != "type" for found in slot["ranges"])
            assert slot["key"] in shown or not (leads or slot.get("required"))
        assert len(row["slots"]) > 30 or len(shown) == len(row["slots"])


def test_cardinality_is_written_as_in_uml() -> None:
    """Required or not, one or many."""
    assert cardinality({}) == "0..1"
    assert cardinality({"many": True}) == "0..n"
    assert cardinality({"required": True}) == "1"
    assert cardinality({"required": True, "many": True}) == "1..n"


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-500, 500)), max_size=12), st.floats(0, 100))
def test_stacked_boxes_keep_order_and_distance(wishes: list[tuple[int, float]], top: float) -> None:
    """Whatever heights are wished for, boxes stay in order, apart, and below the top."""
    boxes = [
        Box(str(place), "", "class", 0, 0, 50, lines=(Line("x"),) * lines) for place, (lines, _) in enumerate(wishes)
    ]
    placed = stack(boxes, [wish for _, wish in wishes], top)
    assert [box.name for box in placed] == [box.name for box in boxes]
    assert all(box.y >= top for box in placed)
    for upper, lower in pairwise(placed):
        assert lower.y >= upper.y + upper.height + GAP - 1e-6


def test_a_box_alone_stands_where_it_wants() -> None:
    """Without neighbours in the way, the head of a box is level with what leads to it."""
    (placed,) = stack([Box("a", "", "class", 0, 0, 50)], [200.0], 0)
    assert placed.middle == 200.0
