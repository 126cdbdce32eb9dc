"""Whether it is stated why data are not open."""

from __future__ import annotations

from typing import Final

from catalogue.fair import data_links
from catalogue.fair.judging import evidence_with
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, indeterminate, not_applicable, passed


def _judge(study: Subject) -> Judgement:
    rows = study.rows("access")
    evidence = tuple(row.evidence for row in rows)
    level = data_links.access_level(study)
    if level == "PUBLIC":
        return not_applicable("Everybody may have the data.", *evidence)
    if not level:
        return indeterminate(
            "No level of access is stated, so that nobody can tell whether data are closed.", *evidence
        )
    if any(row.said("closure") or row.said("reason") for row in rows):
        why = evidence_with(rows, {"closure": "omm:closureReason", "reason": "omm:reason"})
        return passed("It is stated why the data are not open.", *why)
    add = (study.triple("omm:closureReason", "<…>", node=rows[0].text),)
    return failed("The data are not open, and no reason is stated.", *evidence, add=add)


METRIC: Final = Metric(
    id="closure-reason-stated",
    version="1.0",
    principle="A1",
    title="It is stated why data are not open",
    question="Where not everybody may have the data, does the record say why?",
    counts="Of data that are restricted or closed: omm:closureReason (one of a list) or omm:reason (in words).",
    fix="State the reason, such as data about people, an embargo or rights of others.",
    mender=Mender.OWNER,
    reads=("access",),
    judge=_judge,
    cases=(
        Case("people", Outcome.PASS, {"access": {"access_level": "RESTRICTED", "closure_reason": "personal_data"}}),
        Case("in words", Outcome.PASS, {"access": {"access_level": "NON_PUBLIC", "reason": "a rare species"}}),
        Case("no reason", Outcome.FAIL, {"access": {"access_level": "RESTRICTED"}}),
        Case("public", Outcome.NOT_APPLICABLE, {"access": {"access_level": "PUBLIC"}}),
        Case("not stated", Outcome.INDETERMINATE),
    ),
    source="Horizon Europe, Model Grant Agreement, Article 17 (as open as possible, as closed as necessary).",
)
