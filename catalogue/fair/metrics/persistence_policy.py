"""Whether somebody promises to keep the metadata."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Evidence, Judgement, Mender, Outcome, failed, passed


def _judge(study: Subject) -> Judgement:
    if policy := study.node.persistence_policy:
        return passed("A persistence policy is stated.", Evidence(f"The persistence policy of this node is {policy}"))
    add = ('persistence = "…" in the part [exchange] of ommatidia.toml',)
    return failed("This node states no persistence policy.", add=add)


METRIC: Final = Metric(
    id="persistence-policy",
    version="1.0",
    principle="A2",
    title="A persistence policy is stated",
    question="Is it stated for how long the metadata are kept, also when the data are gone?",
    counts="The node states the address of its persistence policy.",
    fix="The node's operator writes down for how long records and tombstones are kept, and states the address.",
    mender=Mender.CATALOGUE,
    judge=_judge,
    cases=(
        Case("stated", Outcome.PASS, node={"persistence_policy": "https://catalogue.example/policy"}),
        Case("not stated", Outcome.FAIL),
    ),
    source="FAIR Champion, fc_metadata_persistence; RDA FAIR Data Maturity Model (2020), RDA-A2-01M.",
    limits="A promise is not yet kept; whether a withdrawn record leaves a tombstone is seen when one is asked for.",
    answers=("RDA-A2-01M",),
)
