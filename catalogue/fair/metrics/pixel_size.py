"""Whether images have a scale."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, share, without_images
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, indeterminate, passed


def _positive(text: str) -> bool:
    try:
        return float(text) > 0
    except ValueError:
        return False


def _judge(study: Subject) -> Judgement:
    images = study.rows("images")
    sets = study.rows("image_set_pixels")
    if not images:
        wide = [row for row in sets if row.predicate.value.endswith("WidthAngstrom") and _positive(row.text)]
        high = {row.node for row in sets if row.predicate.value.endswith("HeightAngstrom") and _positive(row.text)}
        good = [row for row in wide if row.node in high]
        return passed("Image sets state the size of their pixels.", *evidence(good)) if good else without_images(study)
    scaled = {row.node for row in images if _positive(row.said("x")) and _positive(row.said("y"))}
    first = {row.node: row for row in reversed(images)}
    good_rows = [row for node, row in first.items() if node in scaled]
    bad = [row for node, row in first.items() if node not in scaled]
    if bad and not any(row.said("representation") for row in images):
        return indeterminate("The images here have no representation whose pixels could be told.", *evidence(bad))
    node = bad[0].said("representation") or f"{bad[0].node.value}/representation/1" if bad else ""
    size = '"…"^^<http://www.w3.org/2001/XMLSchema#double>'
    add = tuple(study.triple(name, size, node) for name in ("omm:pixelSizeX", "omm:pixelSizeY"))
    return share(study, good_rows, bad, "a physical pixel size", "no physical pixel size", *add)


_SCALED: Final = {"representations": [{"format": "OME-Zarr", "pixel_size_x_um": 0.1, "pixel_size_y_um": 0.1}]}
_BARE: Final = {"representations": [{"format": "OME-Zarr"}]}
_SET: Final = {
    "components": [{"type": "ImageSet", "title": "t", "pixel_width_angstrom": 1.1, "pixel_height_angstrom": 1.1}]
}

METRIC: Final = Metric(
    id="pixel-size",
    version="1.0",
    principle="R1",
    title="The physical size of pixels is stated",
    question="Can one measure lengths in the images?",
    counts="Width and height of a pixel of every image record, in micrometres; or of an image set, in angstrom.",
    fix="Write the pixel size into the image's metadata (OME-Zarr scale, OME-XML PhysicalSizeX and -Y).",
    mender=Mender.OWNER,
    reads=("images", "image_set_pixels", "omm:imageCount"),
    judge=_judge,
    cases=(
        Case("stated", Outcome.PASS, images=(_SCALED,)),
        Case("one of two", Outcome.FAIL, images=(_SCALED, _BARE)),
        Case(
            "zero",
            Outcome.FAIL,
            images=({"representations": [{"format": "TIFF", "pixel_size_x_um": 0.0, "pixel_size_y_um": 0.0}]},),
        ),
        Case("image set", Outcome.PASS, _SET),
        Case("images without pixels here", Outcome.INDETERMINATE, images=({},)),
        Case("no image records", Outcome.INDETERMINATE, {"image_count": 100}),
    ),
    source="OME-NGFF, section multiscales; QUAREP-LiMi, image metadata; reference image profile 1.",
    limits="Images in lists are not looked at one by one; whether the size is right, nobody can see from metadata.",
)
