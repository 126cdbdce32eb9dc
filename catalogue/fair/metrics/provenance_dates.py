"""Whether it is told when the study became public or was deposited."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import stated
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome

_DATES: Final = ("dcterms:issued", "dcterms:dateSubmitted", "schema:dateModified")


def _judge(study: Subject) -> Judgement:
    rows = [row for name in _DATES for row in study.rows(name)]
    add = study.triple("dcterms:issued", '"…"^^<http://www.w3.org/2001/XMLSchema#date>')
    return stated(rows, "Dates of the study stated: {n}.", "No date of the study is stated.", add)


METRIC: Final = Metric(
    id="provenance-dates",
    version="1.0",
    principle="R1.2",
    title="Dates are stated",
    question="Does one know when the study was deposited, published or last changed?",
    counts="Day of publication, of deposit, or of the last change.",
    fix="State the day of publication.",
    mender=Mender.OWNER,
    reads=_DATES,
    judge=_judge,
    cases=(
        Case("published", Outcome.PASS, {"date_published": "2024-01-10"}),
        Case("deposited", Outcome.PASS, {"date_deposited": "2024-01-10"}),
        Case("none", Outcome.FAIL),
    ),
    source="F-UJI metrics 0.8, FsF-R1.2-01M-1.",
    answers=("FsF-R1.2-01M-1", "RDA-R1.2-01M"),
)
