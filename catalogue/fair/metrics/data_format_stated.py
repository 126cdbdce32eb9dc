"""Whether it is told in which format the data are."""

from __future__ import annotations

from typing import Final

from catalogue.fair.data_formats import format_of
from catalogue.fair.judging import evidence, part
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed


def _judge(study: Subject) -> Judgement:
    rows = study.rows("formats")
    known = [row for row in rows if format_of(row.text)]
    if known:
        names = sorted({format_of(row.text).name for row in known})
        return passed(f"The data are said to be in {', '.join(names[:5])}.", *evidence(known))
    add = (study.triple("schema:encodingFormat", '"image/tiff"', part(study, "file/1")),)
    if rows:
        return failed("The format is told in words that name no format known here.", *evidence(rows), add=add)
    return failed("It is not told in which format the data are.", add=add)


METRIC: Final = Metric(
    id="data-format-stated",
    version="1.0",
    principle="I1",
    title="The format of the data is stated",
    question="Is it told in which file format the images are?",
    counts="The format of an image or of a file: as a term, as a media type, or by a name that is known here.",
    fix="List the files with their media type, or state the format of the images.",
    mender=Mender.OWNER,
    reads=("formats",),
    judge=_judge,
    cases=(
        Case("a file with a media type", Outcome.PASS, {"files": [{"media_type": "image/tiff"}]}),
        Case("in words", Outcome.PASS, {"files": [{"format_name": "MRC"}]}),
        Case("an image in OME-Zarr", Outcome.PASS, images=({"representations": [{"format": "OME-Zarr"}]},)),
        Case("unknown words", Outcome.FAIL, {"files": [{"format_name": "our own"}]}),
        Case("nothing", Outcome.FAIL),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-I1-01D; F-UJI metrics 0.8, FsF-R1.3-02D.",
    limits="Of images in lists it sees the formats of the list, not of each image; it does not open any file.",
    answers=("RDA-I1-01D",),
)
