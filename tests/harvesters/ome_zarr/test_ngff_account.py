"""Every property of a store's documents is mapped, left out for a reason, or reported."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ngff_documents import LABEL, labels_v04, plate_v04, store_v04, store_v05

from harvesters.ngff_account import Account
from harvesters.ngff_metadata import announced_images
from harvesters.ngff_plates import plate_fields
from harvesters.ngff_values import Findings
from harvesters.zarr_documents import Documents


def account(texts: dict[str, str]) -> Account:
    """The account of a store."""
    documents, made = Documents(texts), Account()
    wells = [field.well.path for field in plate_fields(documents, Findings())] if "plate" in texts[_root(texts)] else []
    made.read(documents, announced_images(documents), ["", *wells])
    return made


def _root(texts: dict[str, str]) -> str:
    return "zarr.json" if "zarr.json" in texts else ".zattrs"


@pytest.mark.parametrize(
    "texts",
    [store_v04() | labels_v04(n=LABEL), store_v05(), plate_v04() | labels_v04("A/1/0/", n=LABEL)],
    ids=["labels", "v3", "plate"],
)
def test_ordinary_stores_leave_nothing_over(texts):
    """Images with labels, on both storage formats and on plates, hold nothing unknown."""
    made = account(texts)
    assert not made.unmapped
    assert made.mapped > 40
    assert all(": " in reason for reason in made.ignored)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ((), "mood"),
        (("omero",), "omero/mood"),
        (("omero", "channels", 0), "omero/channels/mood"),
        (("omero", "channels", 0, "window"), "omero/channels/window/mood"),
        (("multiscales", 0), "multiscales/mood"),
        (("multiscales", 0, "axes", 1), "axis/mood"),
        (("multiscales", 0, "datasets", 0), "multiscales/datasets/mood"),
        (("multiscales", 0, "datasets", 0, "coordinateTransformations", 0), "coordinateTransformation/mood"),
    ],
)
def test_a_property_that_nobody_foresaw_is_reported(place, name):
    """Wherever it stands, it is counted once and becomes a finding."""
    document: dict[str, Any] = json.loads(store_v04()[".zattrs"])
    inner: Any = document
    for step in place:
        inner = inner[step]
    inner["mood"] = {"good": True}
    made, findings = account(store_v04() | {".zattrs": json.dumps(document)}), Findings()
    made.report(findings)
    assert dict(made.unmapped) == {name: 1}
    assert [(finding.code, finding.path) for finding in findings] == [("unmapped-property", name)]


def test_left_out_properties_say_why():
    """The writer's name and how the pyramid was made are counted with their reasons, once with all inside."""
    document = json.loads(store_v04()[".zattrs"])
    document["_creator"] = {"name": "omero-zarr", "version": "0.4.0"}
    document["multiscales"][0]["metadata"] = {"method": "mean", "kwargs": {"a": 1}}
    made = account(store_v04() | {".zattrs": json.dumps(document)})
    assert made.ignored["_creator: about the program that wrote the store"] == 1
    assert made.ignored["multiscales/metadata: how lower resolutions were computed"] == 1
    assert not made.unmapped


def test_another_vocabulary_beside_ome_is_counted():
    """Attributes of other programs stand beside `ome` in Zarr v3 and are none of ours."""
    root = json.loads(store_v05()["zarr.json"])
    root["attributes"]["scanner"] = {"laser": 3}
    made = account(store_v05() | {"zarr.json": json.dumps(root)})
    assert made.ignored["attributes beside ome: of another vocabulary"] == 1


def test_a_flood_of_unknown_properties_is_bounded():
    """One document cannot fill the book."""
    document = json.loads(store_v04()[".zattrs"]) | {f"x{n}": n for n in range(5_000)}
    made, findings = account(store_v04() | {".zattrs": json.dumps(document)}), Findings()
    made.report(findings)
    assert made.unmapped.total() == 5_000
    assert len(made.unmapped) <= 201
    assert len(findings.closed()) == 51
