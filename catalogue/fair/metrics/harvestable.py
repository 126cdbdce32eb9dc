"""Whether catalogues can fetch the record together with all others."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Evidence, Judgement, Mender, Outcome, failed, passed

_WAYS: Final = ("dcat", "ldes", "oai-pmh", "resourcesync")


def _judge(study: Subject) -> Judgement:
    ways = [way for way in _WAYS if way in study.node.harvestable]
    if ways:
        return passed("Other catalogues can fetch the record.", Evidence(f"This node offers {', '.join(ways)}."))
    return failed("This node offers no interface by which catalogues harvest.")


METRIC: Final = Metric(
    id="harvestable",
    version="1.0",
    principle="F4",
    title="Other catalogues can harvest the record",
    question="Can another catalogue fetch this record with all others and stay up to date?",
    counts="The node offers OAI-PMH, LDES, ResourceSync or a DCAT catalogue.",
    fix="The node's operator switches on one of these interfaces.",
    mender=Mender.CATALOGUE,
    judge=_judge,
    cases=(
        Case("OAI-PMH", Outcome.PASS, node={"harvestable": ("oai-pmh", "sitemap")}),
        Case("only a sitemap", Outcome.FAIL, node={"harvestable": ("sitemap",)}),
        Case("nothing", Outcome.FAIL),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-F4-01M.",
    limits="It tells what the node offers, not who comes to fetch it.",
    answers=("RDA-F4-01M",),
)
