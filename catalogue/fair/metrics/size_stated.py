"""Whether the size of the whole study is told."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, stated
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("omm:totalSizeBytes") if row.text != "0"]
    add = study.triple("omm:totalSizeBytes", '"…"^^<http://www.w3.org/2001/XMLSchema#integer>')
    zero = study.rows("omm:totalSizeBytes")
    if zero and not rows:
        return failed("The size of the study is stated as 0 bytes.", *evidence(zero), add=(add,))
    return stated(
        rows, "The size of the study in bytes is stated.", "The size of the study in bytes is not stated.", add
    )


METRIC: Final = Metric(
    id="size-stated",
    version="1.0",
    principle="R1",
    title="The size of the study is stated",
    question="Does one know how much disk space the study needs?",
    counts="omm:totalSizeBytes of the study, greater than 0.",
    fix="State the size of all files in bytes.",
    mender=Mender.OWNER,
    reads=("omm:totalSizeBytes",),
    judge=_judge,
    cases=(
        Case("stated", Outcome.PASS, {"total_size_bytes": 10}),
        Case("zero", Outcome.FAIL, {"total_size_bytes": 0}),
        Case("in words only", Outcome.FAIL, {"size_statement": "2 TB"}),
    ),
    source="GIDE search profile 0.2, size.",
)
