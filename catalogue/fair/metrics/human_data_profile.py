"""Whether studies of people say who may have the data, and on what basis."""

from __future__ import annotations

from typing import Any, Final

from catalogue.fair.judging import profile_outcome
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome

_HUMAN: Final[dict[str, Any]] = {"organisms": ["NCBITaxon:9606"]}


def _judge(study: Subject) -> Judgement:
    return profile_outcome(study, "human-data-1", "the rules for human data")


METRIC: Final = Metric(
    id="human-data-profile",
    version="1.0",
    principle="R1.1",
    title="Human data say who may have them and why",
    question="If the images are of people or their tissue: is it told who may get them, how, and on what basis?",
    counts="A study of Homo sapiens, held against the profile human-data-1 in SHACL, breaks no obligatory rule.",
    fix="State the access level; of closed data also the reason, the committee and the policy.",
    mender=Mender.OWNER,
    reads=("profile_results", "broken_rules"),
    judge=_judge,
    cases=(
        Case("public", Outcome.PASS, _HUMAN | {"access": {"access_level": "PUBLIC"}}),
        Case("silent", Outcome.FAIL, _HUMAN),
        Case("mouse", Outcome.NOT_APPLICABLE, {"organisms": ["NCBITaxon:10090"]}),
    ),
    source="Human data 1, https://w3id.org/ommatidia/shapes/human-data-1; Horizon Europe, Annex 5; EGA.",
    limits="Established cell lines are told from people only where the record names the cell line.",
)
