"""Whether the record fulfils the rules that programs rely on."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import profile_outcome
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome


def _judge(study: Subject) -> Judgement:
    return profile_outcome(study, "records", "the hard rules of the record model")


METRIC: Final = Metric(
    id="record-valid",
    version="1.0",
    principle="I1",
    title="The record is valid RDF",
    question="Can programs rely on the form of the record?",
    counts="The record as RDF, held against the hard rules in SHACL as they are today, breaks none.",
    fix="Correct the fields that the rules name; whoever maps the source's documents may be at fault too.",
    mender=Mender.OWNER,
    reads=("profile_results", "broken_rules"),
    judge=_judge,
    cases=(
        Case("complete", Outcome.PASS),
        Case("no licence", Outcome.FAIL, {"license": None}),
        Case("no title", Outcome.FAIL, {"title": None}),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-I1-01M and RDA-I1-02M; W3C SHACL.",
    limits="It sees the record in this catalogue, not the document at the archive.",
    answers=("RDA-I1-01M", "RDA-I1-02M", "RDA-R1.3-02M"),
)
