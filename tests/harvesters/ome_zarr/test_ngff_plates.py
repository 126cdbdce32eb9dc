"""A plate gives an image for each field of each well, with its place; contradictions give no place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ngff_documents import plate_v04

from catalogue.problems import RecordRejected
from harvesters.ngff_metadata import announced_images
from harvesters.ngff_plates import MAX_WELLS, PlateField, plate_fields
from harvesters.ngff_values import Findings
from harvesters.zarr_documents import Documents


def read(texts: dict[str, str]) -> tuple[list[PlateField], set[str]]:
    """The fields of a plate, and the codes of what was noticed."""
    findings = Findings()
    return plate_fields(Documents(texts), findings), {f.code for f in findings}


def test_fields_come_in_the_order_of_plate_and_wells():
    """Each image has its path, its well, its number and its acquisition."""
    fields, noted = read(plate_v04())
    assert [field.path for field in fields] == ["A/1/0", "A/1/1", "B/3/0"]
    assert [(f.well.row, f.well.column, f.well.row_name, f.well.column_name) for f in fields][2] == (1, 2, "B", "3")
    assert [(field.number, field.run) for field in fields] == [(0, 4), (1, 4), (0, 4)]
    assert noted == set()
    assert announced_images(Documents(plate_v04())) == [field.path for field in fields]


def test_a_plate_before_0_4_says_rows_and_columns_by_name():
    """Without indices the names of the plate's rows and columns tell them."""
    fields, noted = read(plate_v04({"B/3": ["0"]}, wells=[{"path": "B/3"}]))
    assert (fields[0].well.row, fields[0].well.column, noted) == (1, 2, set())


@pytest.mark.parametrize(
    "well",
    [
        {"path": "B/3", "rowIndex": 0, "columnIndex": 2},
        {"path": "B/3", "rowIndex": 1, "columnIndex": -2},
        {"path": "B/3", "rowIndex": "1", "columnIndex": 2},
    ],
)
def test_a_plate_that_contradicts_itself_gives_no_place(well):
    """Path B/3 in row 0: which is right cannot be told, so the image is kept without a place."""
    fields, noted = read(plate_v04({"B/3": ["0"]}, wells=[well]))
    assert None in (fields[0].well.row, fields[0].well.column)
    assert noted == {"well-position"}


def test_an_unnumbered_field_has_no_number():
    """A field may have any name; only a number is one."""
    fields, _ = read(plate_v04({"A/1": ["left"]}))
    assert (fields[0].path, fields[0].number) == ("A/1/left", None)


def test_a_well_without_document_is_reported_and_the_others_kept():
    """One lost well does not cost the plate."""
    texts = plate_v04()
    del texts["A/1/.zattrs"]
    fields, noted = read(texts)
    assert [field.path for field in fields] == ["B/3/0"]
    assert noted == {"well-missing"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"wells": []}, "schema-required"),
        ({"wells": {"path": "A/1"}}, "schema-required"),
        ({"wells": [{"path": "../A"}]}, "link-unsafe"),
        ({"wells": ["A/1"]}, "link-unsafe"),
        ({"wells": [{"path": "A/1"}] * (MAX_WELLS + 1)}, "too-large"),
    ],
)
def test_a_plate_that_cannot_be_read_is_refused(changes, reason):
    """No wells, more than a plate has, and paths out of the store are refused with their reason."""
    with pytest.raises(RecordRejected) as caught:
        read(plate_v04(**changes))
    assert caught.value.reason == reason


def test_too_many_images_are_refused():
    """Above a thousand images the list must name them one by one."""
    images: list[dict[str, Any]] = [{"path": str(n)} for n in range(600)]
    texts = plate_v04({"A/1": [], "B/3": []})
    for well in ("A/1", "B/3"):
        texts[f"{well}/.zattrs"] = json.dumps({"well": {"images": images}})
    with pytest.raises(RecordRejected) as caught:
        read(texts)
    assert caught.value.reason == "too-large"
