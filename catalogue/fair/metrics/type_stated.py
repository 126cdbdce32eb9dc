"""Whether the record says that it is about a data set."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import stated
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome

_DATASET: Final = ("http://www.w3.org/ns/dcat#Dataset", "http://schema.org/Dataset")


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("rdf:type") if row.text in _DATASET]
    add = study.triple("rdf:type", "<http://www.w3.org/ns/dcat#Dataset>")
    return stated(
        rows, "The record says that it is about a data set.", "The record does not say what it is about.", add
    )


METRIC: Final = Metric(
    id="type-stated",
    version="1.0",
    principle="R1",
    title="The type of the resource is stated",
    question="Does a program see at once that this is a data set, not a paper or a person?",
    counts="The study is a Dataset of DCAT or schema.org.",
    fix="State the type of the resource.",
    mender=Mender.HARVESTER,
    reads=("rdf:type",),
    judge=_judge,
    cases=(
        Case("a study", Outcome.PASS),
        Case("something else", Outcome.FAIL, {"type": "Tombstone", "license": None}),
    ),
    source="F-UJI metrics 0.8, FsF-R1-01M-1.",
    limits="Every study of this catalogue has the type, since the mapping writes it.",
    answers=("FsF-R1-01M-1", "FsF-R1-01MD-1", "FsF-R1-01MD-1a"),
)
