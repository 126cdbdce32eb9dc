"""Whether images have a scale."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, images_read, not_read, share, without_images
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, passed


def _positive(text: str) -> bool:
    try:
        return float(text) > 0
    except ValueError:
        return False


def _judge(study: Subject) -> Judgement:
    images, unread = images_read(study)
    sets = study.rows("image_set_pixels")
    if not images:
        wide = [row for row in sets if row.predicate.value.endswith("WidthAngstrom") and _positive(row.text)]
        high = {row.node for row in sets if row.predicate.value.endswith("HeightAngstrom") and _positive(row.text)}
        good_sets = [row for row in wide if row.node in high]
        if good_sets:
            return passed("Image sets state the size of their pixels.", *evidence(good_sets))
        return not_read(unread) if unread else without_images(study)
    good = {
        image for image, rows in images.items() if any(_positive(r.said("x")) and _positive(r.said("y")) for r in rows)
    }
    node = next((rows[0].said("representation") for image, rows in images.items() if image not in good), "")
    size = '"…"^^<http://www.w3.org/2001/XMLSchema#double>'
    add = [study.triple(name, size, node) for name in ("omm:pixelSizeX", "omm:pixelSizeY")]
    return share(study, images, good, "a physical pixel size", *add)


_SCALED: Final = {
    "representations": [{"format": "OME-Zarr", "shape": "5,5", "pixel_size_x_um": 0.1, "pixel_size_y_um": 0.1}]
}
_BARE: Final = {"representations": [{"format": "OME-Zarr", "metadata_digest": "0" * 64}]}
_SET: Final = {
    "components": [{"type": "ImageSet", "title": "t", "pixel_width_angstrom": 1.1, "pixel_height_angstrom": 1.1}]
}

METRIC: Final = Metric(
    id="pixel-size",
    version="1.0",
    principle="R1",
    title="The physical size of pixels is stated",
    question="Can one measure lengths in the images?",
    counts="Width and height of a pixel in um of every image whose metadata were read; or of image sets in angstrom.",
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
            images=(
                {
                    "representations": [
                        {"format": "TIFF", "shape": "5,5", "pixel_size_x_um": 0.0, "pixel_size_y_um": 0.0}
                    ]
                },
            ),
        ),
        Case("image set", Outcome.PASS, _SET),
        Case("an address only", Outcome.INDETERMINATE, images=({"representations": [{"format": "OME-Zarr"}]},)),
        Case("no image records", Outcome.INDETERMINATE, {"image_count": 100}),
    ),
    source="OME-NGFF, section multiscales; QUAREP-LiMi, image metadata; reference image profile 1.",
    limits="Images in lists are not looked at one by one; whether the size is right, nobody can see from metadata.",
)
