"""Whether it is stated how much data there is."""

from __future__ import annotations

from typing import Final

from catalogue.fair.facts import Row
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed
from catalogue.model.namespaces import expand

_SIZE: Final = "omm:totalSizeBytes"
_SIZE_IRI: Final = expand(_SIZE)
_MOST_EVIDENCE: Final = 4


def _judge(study: Subject) -> Judgement:
    rows = study.rows("amounts")
    sizes = [row for row in rows if row.predicate.value == _SIZE_IRI]
    numbers = [row for row in rows if row.predicate.value != _SIZE_IRI]
    add = (*_add(study, numbers, "omm:fileCount"), *_add(study, sizes, _SIZE))
    evidence = [row.evidence for row in (*numbers[:_MOST_EVIDENCE], *sizes[:_MOST_EVIDENCE])]
    if not add:
        return passed("Number and size are stated.", *evidence)
    if not rows:
        return failed("Neither number nor size is stated.", add=add)
    if not numbers or not sizes:
        missing = "size in bytes" if numbers else "number of files or images"
        return failed(f"Not stated: {missing}.", *evidence, add=add)
    return failed("By the record there are no data: a number or size is 0.", *evidence, add=add)


def _add(study: Subject, rows: list[Row], fact: str) -> tuple[str, ...]:
    if any(row.text != "0" for row in rows):
        return ()
    return (study.triple(fact, '"…"^^<http://www.w3.org/2001/XMLSchema#integer>'),)


METRIC: Final = Metric(
    id="data-amount-stated",
    version="1.0",
    principle="F3",
    title="It is stated how much data there is",
    question="Does the record say how many files or images there are and how large they are together?",
    counts="omm:fileCount or omm:imageCount, and omm:totalSizeBytes, of the study or a part of it, above 0.",
    fix="Export number and size of the files; look into a study whose files count 0.",
    mender=Mender.OWNER,
    reads=("amounts",),
    judge=_judge,
    cases=(
        Case("both", Outcome.PASS, {"file_count": 12, "total_size_bytes": 4096}),
        Case("images and size", Outcome.PASS, {"total_size_bytes": 4096}, images=({"title": "cells"},)),
        Case(
            "of a part",
            Outcome.PASS,
            {"components": [{"type": "Screen", "title": "A", "image_count": 12, "total_size_bytes": 4096}]},
        ),
        Case("no size", Outcome.FAIL, {"file_count": 12}),
        Case("no bytes", Outcome.FAIL, {"file_count": 0, "total_size_bytes": 0}),
        Case("neither", Outcome.FAIL),
    ),
    source="F-UJI metrics 0.5, FsF-F3-01M-1 (size of the data), here for the study as a whole.",
    limits="It does not count what the archive really has.",
)
