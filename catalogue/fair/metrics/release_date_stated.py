"""Whether it is told when the study became public."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import stated
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome


def _judge(study: Subject) -> Judgement:
    add = study.triple("dcterms:issued", '"…"^^<http://www.w3.org/2001/XMLSchema#date>')
    missing = "The day on which the study became public is not stated."
    return stated(study.rows("dcterms:issued"), "The day on which the study became public is stated.", missing, add)


METRIC: Final = Metric(
    id="release-date-stated",
    version="1.0",
    principle="R1.2",
    title="The day of publication is stated",
    question="Does one know since when the study is public?",
    counts="dcterms:issued of the study.",
    fix="State the day on which the study became public.",
    mender=Mender.OWNER,
    reads=("dcterms:issued",),
    judge=_judge,
    cases=(
        Case("stated", Outcome.PASS, {"date_published": "2024-01-10"}),
        Case("deposited only", Outcome.FAIL, {"date_deposited": "2024-01-10"}),
    ),
    source="GIDE search profile 0.2, datePublished; NIH NOT-OD-24-175 (RPPR C.5.c).",
)
