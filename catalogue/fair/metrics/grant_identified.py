"""Whether a grant has a persistent identifier."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, evidence_with
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, not_applicable, passed


def _judge(study: Subject) -> Judgement:
    grants = study.rows("grants")
    good = [row for row in grants if row.said("pid")]
    if good:
        return passed("A grant is named by its persistent identifier.", *evidence_with(good, {"pid": "omm:grantPid"}))
    if not grants:
        return not_applicable("No grant is stated, so that none can be identified.")
    add = (study.triple("omm:grantPid", "<https://doi.org/…>", grants[0].text),)
    return failed("Grants are stated without a persistent identifier.", *evidence(grants), add=add)


METRIC: Final = Metric(
    id="grant-identified",
    version="1.0",
    principle="R1.2",
    title="The grant has a persistent identifier",
    question="Can a program get from the data to the grant that paid for them?",
    counts="omm:grantPid of a grant: a grant DOI of Crossref, or its page at CORDIS or NIH RePORTER.",
    fix="Give the DOI of the grant or its page at the funder.",
    mender=Mender.OWNER,
    reads=("grants",),
    judge=_judge,
    cases=(
        Case("DOI", Outcome.PASS, {"grants": [{"grant_pid": "https://doi.org/10.3030/101057970"}]}),
        Case("number", Outcome.FAIL, {"grants": [{"grant_identifier": "101057970"}]}),
        Case("nothing", Outcome.NOT_APPLICABLE),
    ),
    source="Horizon Europe, Model Grant Agreement, Annex 5, Article 17 (identifier of the grant, if possible).",
    limits="Many funders register no identifiers of grants.",
)
