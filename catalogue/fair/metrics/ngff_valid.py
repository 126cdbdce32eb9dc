"""Whether OME-Zarr images are what the specification asks for."""

from __future__ import annotations

from typing import Final

from catalogue.fair.facts import Row
from catalogue.fair.judging import evidence, not_read
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Evidence, Judgement, Mender, Outcome, failed, indeterminate, not_applicable, passed
from catalogue.fair.profiles import rules
from catalogue.model.profiles import SHAPES

_PROFILE: Final = SHAPES + "ngff-image-1"


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("image_profile_results") if row.said("profile") == _PROFILE]
    if not rows:
        return not_applicable("No image record of the study here is in OME-Zarr.")
    opened = {row.node.value for row in study.rows("images") if row.said("digest")}
    read = [row for row in rows if row.said("image") in opened]
    if not read:
        return not_read(len(rows))
    broken = [row for row in read if row.text.endswith("/Failed")]
    if broken:
        add = (f"<{broken[0].said('image')}/…> … … .",)
        said = f"{len(broken)} of {len(read)} OME-Zarr images break the specification."
        return failed(said, *evidence(broken), *_rules(study, broken), add=add)
    unsure = [row for row in read if not row.text.endswith("/Passed")]
    if unsure:
        return indeterminate("The check could not be finished for all images.", *evidence(unsure))
    return passed(f"All {len(read)} OME-Zarr images here fulfil the specification.", *evidence(read))


def _rules(study: Subject, broken: list[Row]) -> list[Evidence]:
    """The rules that the first of the images breaks."""
    first = broken[0].node
    shapes = [row.text for row in study.rows("image_broken_rules") if row.node == first and row.text in rules()]
    return [Evidence(f"{shape.removeprefix(SHAPES)}: {rules()[shape].message}") for shape in shapes]


_GOOD: Final = {
    "format": "OME-Zarr",
    "metadata_digest": "0" * 64,
    "format_version": "0.4",
    "zarr_format": 2,
    "multiscales_path": "",
    "data_type": "uint8",
    "shape": "512,512",
    "axes": [
        {"id": "biostudies:S-BIAD1.1/a/0", "index": 0, "name": "y", "axis_type": "space", "unit": "micrometer"},
        {"id": "biostudies:S-BIAD1.1/a/1", "index": 1, "name": "x", "axis_type": "space", "unit": "micrometer"},
    ],
    "levels": [
        {
            "id": "biostudies:S-BIAD1.1/l/0",
            "index": 0,
            "path": "0",
            "shape": "512,512",
            "coordinate_transformations": [
                {
                    "id": "biostudies:S-BIAD1.1/l/0/t/0",
                    "index": 0,
                    "transformation_type": "scale",
                    "parameters": "[0.1, 0.1]",
                }
            ],
        }
    ],
}

METRIC: Final = Metric(
    id="ngff-valid",
    version="1.0",
    principle="R1.3",
    title="OME-Zarr images fulfil the specification",
    question="Will viewers and programs for OME-Zarr open the images?",
    counts="All OME-Zarr images whose metadata were read fulfil the obligatory rules of OME-NGFF (ngff-image-1).",
    fix="Write the store anew with a library that follows OME-NGFF, or correct its multiscales metadata.",
    mender=Mender.OWNER,
    reads=("image_profile_results", "image_broken_rules", "images"),
    judge=_judge,
    cases=(
        Case("as specified", Outcome.PASS, images=({"representations": [_GOOD]},)),
        Case(
            "no levels",
            Outcome.FAIL,
            images=({"representations": [{"format": "OME-Zarr", "metadata_digest": "0" * 64}]},),
        ),
        Case("TIFF", Outcome.NOT_APPLICABLE, images=({"representations": [{"format": "TIFF"}]},)),
        Case("an address only", Outcome.INDETERMINATE, images=({"representations": [{"format": "OME-Zarr"}]},)),
        Case("no images here", Outcome.NOT_APPLICABLE),
    ),
    source="OME-NGFF 0.4, 0.5 and 0.6; RDA FAIR Data Maturity Model (2020), RDA-R1.3-02D.",
    limits="It sees what the catalogue keeps of a store, and image records only, not images in lists.",
    answers=("RDA-R1.3-02D",),
)
