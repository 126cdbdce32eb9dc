"""Whether the format carries its own metadata."""

from __future__ import annotations

from typing import Final

from catalogue.fair.data_formats import format_of
from catalogue.fair.judging import evidence, part
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, indeterminate, passed


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("formats") if format_of(row.text)]
    good = [row for row in rows if format_of(row.text).carries_metadata]
    if good:
        name = format_of(good[0].text).name
        return passed(f"Data are in {name}, which says of itself what its axes and units are.", *evidence(good))
    if not rows:
        return indeterminate("It is not told in which format the data are, so that this cannot be decided.")
    add = (study.triple("dcterms:format", "<https://w3id.org/ommatidia/terms/OmeZarr>", part(study, "…")),)
    return failed(
        "No format of the data carries axes, units and channels in a way all programs read.", *evidence(rows), add=add
    )


METRIC: Final = Metric(
    id="data-format-described",
    version="1.0",
    principle="I1",
    title="The data say of themselves what they are",
    question="Do the image files carry their own axes, units and channels, so that programs understand them?",
    counts="At least one format of the data is OME-Zarr, OME-TIFF, DICOM, NIfTI or MRC.",
    fix="Offer the images as OME-Zarr or OME-TIFF, next to the originals.",
    mender=Mender.OWNER,
    reads=("formats",),
    judge=_judge,
    cases=(
        Case("OME-Zarr", Outcome.PASS, images=({"representations": [{"format": "OME-Zarr"}]},)),
        Case("DICOM file", Outcome.PASS, {"files": [{"media_type": "application/dicom"}]}),
        Case("PNG", Outcome.FAIL, {"files": [{"media_type": "image/png"}]}),
        Case("no format told", Outcome.INDETERMINATE),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-I1-02D.",
    limits="It goes by the format's name; whether the file is filled in well, other metrics tell.",
    answers=("RDA-I1-02D", "RDA-R1.3-02D"),
)
