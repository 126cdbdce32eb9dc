"""OME-Zarr metadata of every version and storage format becomes one structure, or is refused with a reason."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from ngff_documents import (
    AXES,
    consolidated_v2,
    consolidated_v3,
    multiscale,
    store_v04,
    store_v05,
    v2_array,
    v3_array,
)

from catalogue.model.documents import Severity
from catalogue.problems import RecordRejected
from harvesters.ngff_metadata import Multiscale, announced_images, parse_image
from harvesters.ngff_values import Findings
from harvesters.zarr_documents import Documents


def parsed(texts: dict[str, str], path: str = "") -> tuple[Multiscale, Findings]:
    """The image in a store's texts, and what was noticed."""
    findings = Findings()
    return parse_image(Documents(texts), path, findings), findings


def codes(findings: Findings) -> set[str]:
    """Slugs of the findings."""
    return {finding.code for finding in findings}


def changed(texts: dict[str, str], path: str, change: Callable[[dict[str, Any]], None]) -> dict[str, str]:
    """The texts with one document changed."""
    document = json.loads(texts[path])
    change(document)
    return {**texts, path: json.dumps(document)}


def test_both_versions_on_both_storage_formats_give_the_same_structure():
    """A 0.4 store on Zarr v2 and a 0.5 store on Zarr v3 of one image differ only in what names the format."""

    def common(image: Multiscale) -> tuple[Any, ...]:
        levels = [(level.path, level.scale, level.array.shape, level.array.chunks) for level in image.levels]
        return image.axes, levels, image.channels, image.name, image.levels[0].array.data_type

    old, old_findings = parsed(store_v04())
    new, new_findings = parsed(store_v05())
    assert common(old) == common(new)
    assert (old.version, old.zarr_format, new.version, new.zarr_format) == ("0.4", 2, "0.5", 3)
    assert not old_findings and not new_findings


@pytest.mark.parametrize(
    ("store", "consolidated"), [(store_v04, consolidated_v2), (store_v05, consolidated_v3)], ids=["v2", "v3"]
)
def test_consolidated_metadata_says_the_same_as_the_documents(store, consolidated):
    """Reading a store through its consolidated document changes nothing but the digest."""
    plain, _ = parsed(store())
    short, _ = parsed(consolidated(store()))
    assert dataclasses.replace(short, digest=plain.digest) == plain


def test_pixel_sizes_are_in_micrometres():
    """Nanometres are converted, micrometres kept."""
    image, _ = parsed(store_v04())
    assert image.pixel_size_um("z") == pytest.approx(0.5)
    assert image.pixel_size_um("x") == 0.25


def test_a_missing_unit_gives_no_pixel_size():
    """Without a unit there is a finding and no pixel size: micrometre is never assumed."""
    axes = [{k: v for k, v in axis.items() if k != "unit"} for axis in AXES]
    image, findings = parsed(store_v05(axes=axes))
    assert image.pixel_size_um("x") is None
    assert image.levels[0].scale is not None
    assert "unit-missing" in codes(findings)


def test_a_unit_symbol_is_repaired():
    """`µm` in place of micrometer is understood and reported as repaired."""
    axes = [AXES[0], *({**axis, "unit": "µm"} for axis in AXES[1:])]
    image, findings = parsed(store_v05(axes=axes))
    assert image.pixel_size_um("x") == 0.25
    assert {(f.code, f.severity) for f in findings} == {("unit-form", Severity.REPAIRED)}


def test_group_scale_multiplies_level_scales():
    """A scale on the multiscales multiplies every level's."""
    outer = [{"type": "scale", "scale": [1, 1, 2, 4]}]
    image, _ = parsed(store_v04(coordinateTransformations=outer))
    assert image.levels[0].scale == (1, 500, 0.5, 1.0)
    assert image.levels[1].scale == (1, 500, 1.0, 2.0)


@pytest.mark.parametrize(
    ("transformations", "code"),
    [
        ([], "scale-missing"),
        ([{"type": "translation", "translation": [0, 0, 0, 0]}], "transformations"),
        ([{"type": "scale", "scale": [1, 1]}], "scale-invalid"),
        ([{"type": "scale", "scale": [1, 1, 0, 1]}], "scale-invalid"),
        ([{"type": "scale", "scale": [1, 1, "2", 1]}], "scale-invalid"),
    ],
)
def test_unusable_scales_are_findings_not_guesses(transformations, code):
    """A level without exactly one usable scale has none, and says so."""
    datasets = [{"path": str(i), "coordinateTransformations": transformations} for i in range(2)]
    image, findings = parsed(store_v05(datasets=datasets))
    assert image.levels[0].scale is None
    assert code in codes(findings)


def test_a_sharded_array_gives_its_inner_chunk():
    """The chunk is what decodes by itself; the shard is kept beside it."""
    texts = store_v05() | {"0/zarr.json": json.dumps(v3_array([2, 8, 256, 320], shard=[1, 8, 256, 320]))}
    image, _ = parsed(texts)
    assert image.levels[0].array.chunks == (1, 1, 64, 64)
    assert image.levels[0].array.shards == (1, 8, 256, 320)
    assert image.levels[0].array.codecs == ("bytes", "zstd")


def test_codecs_are_named_in_the_order_of_encoding():
    """Filters come before the compressor of Zarr v2; null stands for none, and what is no name is left out."""
    filters = [{"id": "delta"}, None, {"id": 3}, {"id": "no name"}]
    texts = changed(store_v04(), "0/.zarray", lambda d: d.update(filters=filters))
    assert parsed(texts)[0].levels[0].array.codecs == ("delta", "zstd")


def test_time_between_moments_is_in_seconds():
    """Milliseconds are converted; without a unit there is no step."""
    axes = [{"name": "t", "type": "time", "unit": "millisecond"}, *AXES[1:]]
    datasets = [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [250, 1, 1, 1]}]}]
    assert parsed(store_v04(axes=axes, datasets=datasets))[0].time_step_s == 0.25
    axes[0] = {"name": "t", "type": "time"}
    assert parsed(store_v04(axes=axes, datasets=datasets))[0].time_step_s is None


def test_long_name_and_discreteness_of_an_axis_are_kept():
    """What 0.6 adds to an axis is read wherever a file has it."""
    axes = [{**AXES[0], "longName": "dyes", "discrete": True}, *AXES[1:]]
    image, _ = parsed(store_v05(axes=axes))
    assert (image.axes[0].long_name, image.axes[0].discrete) == ("dyes", True)
    assert (image.axes[1].long_name, image.axes[1].discrete) == (None, None)


@pytest.mark.parametrize("huge", [1e308, 10**400])
def test_extreme_numbers_give_no_pixel_size(huge):
    """A scale whose product leaves the range of numbers is no scale."""
    outer = [{"type": "scale", "scale": [huge] * 4}]
    datasets = [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1, 1e10, 1e10, 1e10]}]}]
    image, _ = parsed(store_v04(coordinateTransformations=outer, datasets=datasets))
    assert all(size is None or size < 1e300 for size in map(image.pixel_size_um, "xyz"))


@pytest.mark.parametrize("axes", [5, "tczyx", {"name": "x"}, [[]], [{"name": "\ud800"}, {"name": "x"}]])
def test_axes_of_another_form_are_refused(axes):
    """Whatever stands in the place of axes ends in a reason, never in an error of ours."""
    with pytest.raises(RecordRejected):
        parsed(store_v04(axes=axes))


def test_dimension_names_of_another_form_are_no_names():
    """Lists inside dimension_names are as if there were none."""
    texts = changed(store_v05(), "0/zarr.json", lambda d: d.update(dimension_names=[["c"], "z", "y", "x"]))
    assert "dimension-names" in codes(parsed(texts)[1])


@pytest.mark.parametrize(
    ("given", "expected"),
    [("<u2", "uint16"), (">i4", "int32"), ("|u1", "uint8"), ("<f4", "float32"), ("|b1", "bool"), ("<f2", "float16")],
)
def test_v2_types_get_their_numpy_names(given, expected):
    """Type strings of Zarr v2 lose byte order and width code."""
    texts = changed(store_v04(), "0/.zarray", lambda d: d.update(dtype=given))
    assert parsed(texts)[0].levels[0].array.data_type == expected


@pytest.mark.parametrize("given", ["|O", "|S4", [["a", "<u2"]], "<u3", "<M8[ns]", None])
def test_types_that_are_no_numbers_are_refused(given):
    """Objects, strings, structures and dates are no pixels."""
    texts = changed(store_v04(), "0/.zarray", lambda d: d.update(dtype=given))
    with pytest.raises(RecordRejected) as caught:
        parsed(texts)
    assert caught.value.reason == "shape-violation"


def test_axes_and_shape_that_contradict_are_refused():
    """Four axes over a three-dimensional array leave nothing to choose from."""
    texts = store_v04() | {"0/.zarray": json.dumps(v2_array([2, 256, 320], chunks=[1, 64, 64]))}
    with pytest.raises(RecordRejected) as caught:
        parsed(texts)
    assert caught.value.reason == "shape-violation"
    assert "3 dimensions" in caught.value.detail


def test_permuted_dimension_names_are_refused():
    """Axes c,z,y,x over dimensions named c,y,z,x: which is right cannot be told."""
    texts = changed(store_v05(), "0/zarr.json", lambda d: d.update(dimension_names=["c", "y", "z", "x"]))
    with pytest.raises(RecordRejected) as caught:
        parsed(texts)
    assert caught.value.reason == "shape-violation"


def test_an_unusual_order_of_axes_is_a_finding():
    """Space axes in the order x, y, z (webknossos) are read as they are; a channel after space is reported."""
    axes = [AXES[3], AXES[2], AXES[1], AXES[0]]
    _, findings = parsed(store_v04(axes=axes))
    assert "axes-order" in codes(findings)
    _, findings = parsed(store_v04(axes=[AXES[0], AXES[3], AXES[2], AXES[1]]))
    assert "axes-order" not in codes(findings)


def test_repeated_axis_names_are_refused():
    """Two axes called x contradict each other."""
    with pytest.raises(RecordRejected):
        parsed(store_v04(axes=[AXES[0], AXES[1], AXES[3], AXES[3]]))


def test_old_versions_get_their_axes_from_the_specification():
    """0.1 means t,c,z,y,x; 0.3 names axes without types."""
    five = {"0/.zarray": json.dumps(v2_array([1, 2, 8, 256, 320], chunks=[1, 1, 1, 64, 64]))}
    oldest = {".zattrs": json.dumps({"multiscales": [{"version": "0.1", "datasets": [{"path": "0"}]}]})} | five
    assert "".join(axis.name for axis in parsed(oldest)[0].axes) == "tczyx"
    third = {"version": "0.3", "axes": ["c", "z", "y", "x"], "datasets": [{"path": "0"}]}
    texts = {".zattrs": json.dumps({"multiscales": [third]}), "0/.zarray": store_v04()["0/.zarray"]}
    assert [axis.kind for axis in parsed(texts)[0].axes] == ["channel", "space", "space", "space"]


def test_a_later_version_is_refused_by_name():
    """0.6 changes the meaning of transformations: it is not read as if it were 0.5."""
    texts = changed(store_v05(), "zarr.json", lambda d: d["attributes"]["ome"].update(version="0.6"))
    with pytest.raises(RecordRejected) as caught:
        parsed(texts)
    assert caught.value.reason == "policy"


def test_a_version_that_nobody_states_is_a_finding():
    """Without a version the form decides, and a finding says so."""
    texts = changed(store_v05(), "zarr.json", lambda d: d["attributes"]["ome"].pop("version"))
    image, findings = parsed(texts)
    assert image.version == "0.5"
    assert "version-missing" in codes(findings)


def test_a_lost_small_level_is_a_finding_and_a_lost_first_level_is_fatal():
    """Level 1 may be missing; without level 0 nothing is known."""
    texts = store_v04()
    del texts["1/.zarray"]
    image, findings = parsed(texts)
    assert len(image.levels) == 1
    assert "level-missing" in codes(findings)
    del texts["0/.zarray"]
    with pytest.raises(RecordRejected) as caught:
        parsed(texts)
    assert caught.value.reason == "schema-required"


@pytest.mark.parametrize("path", ["../other.zarr/0", "/etc", "a//b", "http://host/0", "..", "0?x", "", None, 3])
def test_a_dataset_path_out_of_the_store_is_refused(path):
    """Paths inside metadata never lead anywhere else."""
    with pytest.raises(RecordRejected) as caught:
        parsed(store_v05(datasets=[{"path": path}]))
    assert caught.value.reason == "link-unsafe"


def test_channels_beyond_the_axis_are_cut_and_reported():
    """omero lists three channels where the array has two."""

    def add(document: dict[str, Any]) -> None:
        document["omero"]["channels"].append({"label": "third"})

    image, findings = parsed(changed(store_v04(), ".zattrs", add))
    assert [channel.label for channel in image.channels] == ["DAPI", "GFP"]
    assert "channel-count" in codes(findings)


def test_bad_channel_settings_are_findings():
    """A colour in words and an upside-down window are left out and reported."""

    def spoil(document: dict[str, Any]) -> None:
        document["omero"]["channels"][0].update(color="blue", window={"start": 9, "end": 9})

    image, findings = parsed(changed(store_v04(), ".zattrs", spoil))
    assert (image.channels[0].color, image.channels[0].window) == (None, None)
    assert codes(findings) == {"channel-color", "channel-window"}


@pytest.mark.parametrize(
    ("attributes", "word"),
    [
        ({"plate": {"wells": []}}, "no images"),
        ({"plate": {}, "bioformats2raw.layout": 3}, "no images"),
        ({"well": {"images": []}}, "well"),
        ({"scene": {}}, "scene"),
        ({"labels": ["nuclei"]}, "labels"),
        ({"something": 1}, "multiscales"),
    ],
)
def test_what_is_no_image_is_refused_by_its_name(attributes, word):
    """Empty plates, wells, scenes and label groups are told apart from images."""
    with pytest.raises(RecordRejected) as caught:
        announced_images(Documents({".zattrs": json.dumps(attributes)}))
    assert word in caught.value.detail


def test_a_collection_gives_all_its_series():
    """A bioformats2raw collection names its images in OME/, else they count up from 0."""
    root = {".zattrs": json.dumps({"bioformats2raw.layout": 3})}
    counted = root | store_v04("0/") | store_v04("1/")
    assert announced_images(Documents(counted)) == ["0", "1"]
    named = counted | {"OME/.zattrs": json.dumps({"series": ["1"]})}
    assert announced_images(Documents(named)) == ["1"]
    image, _ = parsed(named, "1")
    assert [level.path for level in image.levels] == ["0", "1"]


def test_a_web_page_in_place_of_metadata_is_not_parsable():
    """HTML with status 200 is refused, with its beginning as evidence."""
    with pytest.raises(RecordRejected) as caught:
        announced_images(Documents({"zarr.json": "<!DOCTYPE html><html>Not found</html>"}))
    assert caught.value.reason == "not-parsable"
    assert "<!DOCTYPE html>" in caught.value.detail


def test_the_digest_is_of_the_served_bytes():
    """The metadata digest is the SHA-256 of the root document as it came."""
    import hashlib

    texts = store_v05()
    assert parsed(texts)[0].digest == hashlib.sha256(texts["zarr.json"].encode()).hexdigest()


def test_levels_that_grow_are_a_finding():
    """Levels are listed from the largest to the smallest; the other way round is reported."""
    texts = store_v04() | {"1/.zarray": json.dumps(v2_array([2, 8, 512, 640]))}
    assert "level-order" in codes(parsed(texts)[1])
    assert multiscale()["datasets"][0]["path"] == "0"
