"""Whether the metadata survive the loss of this node."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Evidence, Judgement, Mender, Outcome, failed, indeterminate, passed

_LEAST: Final = 2


def _judge(study: Subject) -> Judgement:
    holders = study.node.holders.get(study.owner)
    if holders is None:
        return indeterminate(f"It is not known which nodes hold the records of {study.owner}.")
    evidence = Evidence(f"Nodes that hold all records of {study.owner} by their last digests: {holders}.")
    if holders >= _LEAST:
        return passed(f"{holders} nodes hold the record.", evidence)
    return failed("No other node holds the record.", evidence)


METRIC: Final = Metric(
    id="metadata-copies",
    version="1.0",
    principle="A2",
    title="Two nodes hold the metadata",
    question="Would the record still be there if this catalogue went away?",
    counts="At least two nodes of the federation, this one included, hold all records of the archive, by their last "
    "digests.",
    fix="The node's operator finds a fellow node that follows this archive.",
    mender=Mender.CATALOGUE,
    judge=_judge,
    cases=(
        Case("two nodes", Outcome.PASS, node={"holders": {"biostudies": 2}}),
        Case("this one alone", Outcome.FAIL, node={"holders": {"biostudies": 1}}),
        Case("not known", Outcome.INDETERMINATE, node={"holders": {"idr": 2}}),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-A2-01M.",
    limits="A node whose last digest is old counts; what a digest covers is the archive as a whole.",
    answers=("RDA-A2-01M",),
)
