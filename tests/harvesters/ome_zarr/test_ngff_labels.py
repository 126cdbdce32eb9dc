"""Label images are named with what their values stand for; nothing about them costs the image its record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ngff_documents import LABEL, labels_v04, store_v04, store_v05

from harvesters.ngff_labels import MAX_LABELS, MAX_VALUES, Label, parse_labels
from harvesters.ngff_values import Findings
from harvesters.zarr_documents import Documents


def read(texts: dict[str, str]) -> tuple[tuple[Label, ...], set[str]]:
    """The labels of the image at the root, and the codes of what was noticed."""
    findings = Findings()
    return parse_labels(Documents(texts), "", findings), {f.code for f in findings}


def test_a_label_gives_its_place_source_and_legend():
    """Colours and properties of one value meet; class is its label, numbers and flags become text."""
    (label,), noted = read(store_v04() | labels_v04(nuclei=LABEL))
    assert (label.name, label.path, label.source) == ("nuclei", "labels/nuclei", "../../")
    first, second = label.values
    assert (first.value, first.label, first.color) == (1, "nucleus", "FF000080")
    assert first.properties == {"class": "nucleus", "area": "1200", "kept": "true"}
    assert (second.value, second.label, second.color, second.properties) == (4, None, "00FFFFFF", {})
    assert noted == set()


def test_labels_of_zarr_3_are_read_below_ome():
    """0.5 keeps the list and the description in attributes.ome."""

    def group(**ome: Any) -> str:
        return json.dumps({"zarr_format": 3, "node_type": "group", "attributes": {"ome": ome}})

    texts = {"labels/zarr.json": group(labels=["0"]), "labels/0/zarr.json": group(**{"image-label": LABEL})}
    (label,), noted = read(store_v05() | texts)
    assert (label.name, len(label.values), noted) == ("0", 2, set())


def test_an_image_without_labels_has_none():
    """No list, no finding."""
    assert read(store_v04()) == ((), set())


def test_a_label_whose_document_is_missing_is_named_and_reported():
    """The list of the image is enough for a name (idr0076, 10501752.zarr)."""
    texts = labels_v04(nuclei=LABEL)
    del texts["labels/nuclei/.zattrs"]
    (label,), noted = read(texts)
    assert label == Label("nuclei", "labels/nuclei", None, ())
    assert noted == {"label-undescribed"}


@pytest.mark.parametrize("listed", [3, "nuclei", {"a": 1}, ["../0"], [None], ["/etc"]])
def test_a_list_that_names_no_label_is_a_finding(listed):
    """What is no list, or leads out of the image, names nothing."""
    assert read({"labels/.zattrs": json.dumps({"labels": listed})}) == ((), {"labels-form"})


@pytest.mark.parametrize("text", ["<html>Sorry</html>", "[]", "{"])
def test_a_web_page_for_labels_is_a_finding(text):
    """A server that answers 200 for what is not there costs the image nothing."""
    assert read({"labels/.zattrs": text}) == ((), {"labels-form"})


def test_a_table_of_objects_stays_in_the_store():
    """A row for each of a thousand cells is no legend; the label is kept without values."""
    described = {**LABEL, "properties": [{"label-value": n, "area": n} for n in range(MAX_VALUES + 1)]}
    (label,), noted = read(labels_v04(cells=described))
    assert [value.value for value in label.values] == [1, 4]
    assert noted == {"label-table"}


def test_the_number_of_labels_is_bounded():
    """The first sixteen are in the record, and a finding says how many there are."""
    labels, noted = read(labels_v04(**{f"l{n}": LABEL for n in range(MAX_LABELS + 5)}))
    assert len(labels) == MAX_LABELS
    assert noted == {"labels-many"}


@pytest.mark.parametrize(
    ("described", "code"),
    [
        ({"colors": [{"label-value": "1", "rgba": [1, 2, 3, 4]}]}, "label-value"),
        ({"colors": ["red"]}, "label-value"),
        ({"properties": [{"label-value": True}]}, "label-value"),
        ({"colors": [{"label-value": 1, "rgba": [256, 0, 0, 0]}]}, "label-color"),
        ({"colors": [{"label-value": 1, "rgba": [0, 0, 0]}]}, "label-color"),
        ({"properties": [{"label-value": 1, **{f"k{n}": n for n in range(20)}}]}, "label-properties"),
    ],
)
def test_an_odd_value_is_reported(described, code):
    """Values are integers, colours four bytes, properties few."""
    (label,), noted = read(labels_v04(x=described))
    assert noted == {code}
    assert all(len(value.properties) <= 8 and value.color is None for value in label.values)
