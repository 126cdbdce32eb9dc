"""Whether it is stated how many files or images there are."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_MOST_EVIDENCE: Final = 4


def _judge(study: Subject) -> Judgement:
    rows = study.rows("amounts")
    some = [row for row in rows if row.text != "0"]
    if some:
        return passed("The number of files or images is stated.", *(row.evidence for row in some[:_MOST_EVIDENCE]))
    add = (study.triple("omm:fileCount", '"…"^^<http://www.w3.org/2001/XMLSchema#integer>'),)
    said = "By the record there are no files and no images." if rows else "No number of files or images is stated."
    return failed(said, *(row.evidence for row in rows[:_MOST_EVIDENCE]), add=add)


METRIC: Final = Metric(
    id="data-counted",
    version="1.0",
    principle="F3",
    title="It is stated how many files or images there are",
    question="Does the record say how many files or images belong to the study?",
    counts="omm:fileCount or omm:imageCount of the study or a part of it, above 0.",
    fix="Export the number of files; look into a study that has none.",
    mender=Mender.OWNER,
    reads=("amounts",),
    judge=_judge,
    cases=(
        Case("files", Outcome.PASS, {"file_count": 12}),
        Case("images", Outcome.PASS, images=({"title": "cells"},)),
        Case("of a part", Outcome.PASS, {"components": [{"type": "Screen", "title": "A", "image_count": 12}]}),
        Case("no files", Outcome.FAIL, {"file_count": 0}),
        Case("not stated", Outcome.FAIL),
    ),
    source="GIDE search profile 0.2, size (file count); F-UJI metrics 0.5, FsF-F3-01M-1.",
    limits="It does not count what the archive really has. How large the files are is asked by size-stated.",
)
