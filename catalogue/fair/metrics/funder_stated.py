"""Whether it is told who paid for the work."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, part
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed


def _judge(study: Subject) -> Judgement:
    grants = study.rows("grants")
    named = [row for row in grants if row.said("name") or row.said("ror") or row.said("crossref")]
    if named:
        return passed("A funder is named.", *evidence(named))
    words = [*study.rows("omm:fundingStatement"), *(row for row in grants if row.said("title"))]
    words += study.rows("omm:acknowledgements")
    if words:
        return passed("It is told in words who paid for the work.", *evidence(words))
    grant = part(study, "grant/1")
    add = (
        study.triple("schema:funding", f"<{grant}>"),
        study.triple("schema:funder", f"<{grant}/funder>", grant),
        study.triple("schema:name", '"…"', f"{grant}/funder"),
    )
    return failed("No funder is stated.", *evidence(grants), add=add)


METRIC: Final = Metric(
    id="funder-stated",
    version="1.0",
    principle="R1.2",
    title="A funder is stated",
    question="Is it told who paid for the work?",
    counts="A funder of a grant; or, in words, a funding statement, the text of a grant, or acknowledgements.",
    fix="Name the funder in the submission.",
    mender=Mender.OWNER,
    reads=("grants", "omm:fundingStatement", "omm:acknowledgements"),
    judge=_judge,
    cases=(
        Case("named", Outcome.PASS, {"grants": [{"funder": {"type": "Organization", "name": "Wellcome"}}]}),
        Case("in words", Outcome.PASS, {"funding_statement": "Paid for by Wellcome."}),
        Case("acknowledgements", Outcome.PASS, {"acknowledgements": "We thank Wellcome for support."}),
        Case("a number alone", Outcome.FAIL, {"grants": [{"grant_identifier": "123"}]}),
        Case("nothing", Outcome.FAIL),
    ),
    source="Horizon Europe, Model Grant Agreement, Annex 5, Article 17; DataCite 4.5, fundingReference.",
    limits="Words are not read: acknowledgements may thank for something else, and `there was no funding` passes too.",
)
