"""Whether it is told how large images are and what their axes mean."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, images_read, not_read, share, without_images
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, passed


def _judge(study: Subject) -> Judgement:
    with_axes = {row.said("image") for row in study.rows("image_axes")}
    images, unread = images_read(study, with_axes)
    if not images:
        sets = study.rows("image_set_shapes")
        high = {row.node for row in sets if row.predicate.value.endswith("Height")}
        good_sets = [row for row in sets if row.predicate.value.endswith("Width") and row.node in high]
        if good_sets:
            return passed("Image sets state width and height.", *evidence(good_sets))
        return not_read(unread) if unread else without_images(study)
    good = {image for image, rows in images.items() if image in with_axes and any(r.said("shape") for r in rows)}
    node = next((rows[0].said("representation") for image, rows in images.items() if image not in good), "")
    add = study.triple("omm:axis", f"<{node}/axis/0>", node)
    return share(study, images, good, "their axes stated beside their lengths", add)


_AXES: Final = [{"id": f"biostudies:S-BIAD1.1/axis/{n}", "index": n, "name": name} for n, name in enumerate("yx")]

METRIC: Final = Metric(
    id="dimensions-stated",
    version="1.0",
    principle="R1",
    title="Dimensions of the images are stated",
    question="Does one know whether the images are stacks, films or planes, and how large, before opening them?",
    counts="Lengths (shape) and axes of every image whose metadata were read; or width and height of an image set.",
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
        Case("an address only", Outcome.INDETERMINATE, images=({"representations": [{"format": "TIFF"}]},)),
        Case("no image records", Outcome.INDETERMINATE),
    ),
    source="OME-NGFF, section axes; REMBI 1.5, Image data, dimension extents.",
    limits="Images in lists are not looked at one by one.",
)
