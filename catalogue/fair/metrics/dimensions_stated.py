"""Whether it is told how large images are and what their axes mean."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, share, without_images
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, indeterminate, passed


def _judge(study: Subject) -> Judgement:
    images = study.rows("images")
    if not images:
        sets = study.rows("image_set_shapes")
        high = {row.node for row in sets if row.predicate.value.endswith("Height")}
        good = [row for row in sets if row.predicate.value.endswith("Width") and row.node in high]
        return passed("Image sets state width and height.", *evidence(good)) if good else without_images(study)
    with_axes = {row.said("image") for row in study.rows("image_axes")}
    told = {row.node for row in images if row.said("shape") and row.node.value in with_axes}
    first = {row.node: row for row in reversed(images)}
    good = [row for node, row in first.items() if node in told]
    bad = [row for node, row in first.items() if node not in told]
    if bad and not any(row.said("representation") for row in images):
        return indeterminate("The images here have no representation whose pixels could be told.", *evidence(bad))
    node = bad[0].said("representation") or f"{bad[0].node.value}/representation/1" if bad else ""
    add = (study.triple("omm:shape", '"…"', node), study.triple("omm:axis", f"<{node}/axis/0>", node))
    return share(study, good, bad, "their lengths and axes stated", "no lengths or no axes stated", *add)


_AXES: Final = [{"id": f"biostudies:S-BIAD1.1/axis/{n}", "index": n, "name": name} for n, name in enumerate("yx")]

METRIC: Final = Metric(
    id="dimensions-stated",
    version="1.0",
    principle="R1",
    title="Dimensions of the images are stated",
    question="Does one know whether the images are stacks, films or planes, and how large, before opening them?",
    counts="Lengths (shape) and axes of every image record; or width and height of an image set.",
    fix="Offer the images as OME-Zarr or OME-TIFF, from which lengths and axes can be read.",
    mender=Mender.OWNER,
    reads=("images", "image_axes", "image_set_shapes", "omm:imageCount"),
    judge=_judge,
    cases=(
        Case(
            "stated",
            Outcome.PASS,
            images=({"representations": [{"format": "OME-Zarr", "shape": "5,5", "axes": _AXES}]},),
        ),
        Case("no axes", Outcome.FAIL, images=({"representations": [{"format": "TIFF", "shape": "5,5"}]},)),
        Case(
            "image set",
            Outcome.PASS,
            {"components": [{"type": "ImageSet", "title": "t", "image_width_px": 10, "image_height_px": 10}]},
        ),
        Case("no image records", Outcome.INDETERMINATE),
    ),
    source="OME-NGFF, section axes; REMBI 1.5, Image data, dimension extents.",
    limits="Images in lists are not looked at one by one.",
)
