"""Whether it is told when the data were deposited."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed


def _judge(study: Subject) -> Judgement:
    rows = study.rows("dcterms:dateSubmitted")
    if rows:
        return passed("The day of deposit is stated.", *evidence(rows))
    add = (study.triple("dcterms:dateSubmitted", '"…"^^<http://www.w3.org/2001/XMLSchema#date>'),)
    public = study.rows("dcterms:issued")
    said = "The day of publication is stated, that of deposit is not." if public else "No day of deposit is stated."
    return failed(said, *evidence(public), add=add)


METRIC: Final = Metric(
    id="deposit-date-stated",
    version="1.0",
    principle="R1.2",
    title="The day of deposit is stated",
    question="Does one know when the authors gave the data to the archive?",
    counts="dcterms:dateSubmitted of the study.",
    fix="The archive passes on the day on which the study was sent to it, beside the day of publication.",
    mender=Mender.OWNER,
    reads=("dcterms:dateSubmitted", "dcterms:issued"),
    judge=_judge,
    cases=(
        Case("stated", Outcome.PASS, {"date_deposited": "2024-01-10"}),
        Case("published only", Outcome.FAIL, {"date_published": "2024-01-10"}),
        Case("none", Outcome.FAIL),
    ),
    source="Horizon Europe, Model Grant Agreement, Annex 5, Article 17 (metadata: date of deposit).",
)
