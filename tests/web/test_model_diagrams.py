from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.model.documentation import documentation, users_of
from catalogue.web.schema.class_diagram import cardinality, class_diagram, shown_slots
from catalogue.web.schema.drawing import GAP, Box, Drawing, Line, stack
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


def test_a_curve_leaves_each_field_that_leads_to_a_class() -> None:
    """Every link of a class is drawn with its cardinality."""
    for name, row in CLASSES.items():
        linked = [slot for slot in row["slots"] for found in slot["ranges"] if found["kind"] != "type"]
        labels = [curve.label for curve in class_diagram(name, lambda path: path).curves if curve.label]
        assert sorted(labels) == sorted(cardinality(slot) for slot in linked), name


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
