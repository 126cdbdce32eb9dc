"""Whether the persistent identifier leads to the record."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject, observed, seen_as_evidence
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

CHECK: Final = "identifier"


def _judge(study: Subject) -> Judgement:
    seen = observed(study, CHECK)
    if isinstance(seen, Judgement):
        return seen
    evidence = seen_as_evidence(seen)
    return passed(seen.said, evidence) if seen.outcome == Outcome.PASS else failed(seen.said, evidence)


METRIC: Final = Metric(
    id="identifier-resolves",
    version="1.0",
    principle="A1",
    title="The identifier resolves here",
    question="Does the persistent identifier of the study lead to its record?",
    counts="This node's resolver answers the identifier with a redirect to a page that answers 200.",
    fix="Nothing that an owner can mend: the node's operator looks at the resolver.",
    mender=Mender.CATALOGUE,
    checks=(CHECK,),
    judge=_judge,
    cases=(
        Case("redirect, then 200", Outcome.PASS, observed={CHECK: (Outcome.PASS, "303, then 200.")}),
        Case("404", Outcome.FAIL, observed={CHECK: (Outcome.FAIL, "The resolver answered 404.")}),
        Case("time-out", Outcome.INDETERMINATE, observed={CHECK: (Outcome.INDETERMINATE, "No answer in 10 s.")}),
        Case("never looked at", Outcome.INDETERMINATE),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-A1-03M.",
    answers=("RDA-A1-03M", "FsF-A1-02MD-1"),
)
