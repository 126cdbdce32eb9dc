"""Whether a reader knows what a download is and how large."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, part
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed


def _judge(study: Subject) -> Judgement:
    good = [row for row in study.rows("files") if row.said("size") and (row.said("type") or row.said("format"))]
    good += [row for row in study.rows("images") if row.said("size") and (row.said("format") or row.said("media"))]
    if good:
        return passed(f"Files or images with a format and a size: {len(good)}.", *evidence(good))
    total = study.rows("omm:totalSizeBytes")
    node = part(study, "file/1")
    add = (
        study.triple("omm:file", f"<{node}>"),
        study.triple("schema:encodingFormat", '"…"', node),
        study.triple("omm:totalSizeBytes", '"…"^^<http://www.w3.org/2001/XMLSchema#integer>', node),
    )
    if total:
        return failed(
            "The size of the whole is stated, but of no file or image both format and size.", *evidence(total), add=add
        )
    return failed("No file or image has both a format and a size.", add=add)


METRIC: Final = Metric(
    id="data-type-and-size",
    version="1.0",
    principle="R1",
    title="Format and size of the data are stated",
    question="Does one know before a download what comes and how large it is?",
    counts="At least one file or image with both its format and its size in bytes.",
    fix="List the files with media type and size.",
    mender=Mender.OWNER,
    reads=("files", "images", "omm:totalSizeBytes"),
    judge=_judge,
    cases=(
        Case("a file", Outcome.PASS, {"files": [{"media_type": "image/tiff", "total_size_bytes": 10}]}),
        Case("an image", Outcome.PASS, images=({"representations": [{"format": "OME-Zarr", "total_size_bytes": 10}]},)),
        Case("the whole only", Outcome.FAIL, {"total_size_bytes": 10}),
        Case("nothing", Outcome.FAIL),
    ),
    source="F-UJI metrics 0.8, FsF-R1-01M-2.",
    limits="Images in lists are not looked at one by one; whether the statement is true, a live check tells.",
    answers=("FsF-R1-01M-2", "FsF-F3-01M-1", "FsF-R1-01MD-2", "FsF-R1-01MD-2a"),
)
