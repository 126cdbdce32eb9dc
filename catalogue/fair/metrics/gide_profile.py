"""Whether the record says all that GIDE asks for."""

from __future__ import annotations

from typing import Any, Final

from catalogue.fair.judging import profile_outcome
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome

_COMPLETE: Final[dict[str, Any]] = {
    "description": "Images of HeLa cells in mitosis.",
    "date_published": "2024-01-10",
    "organisms": ["NCBITaxon:9606"],
    "methods": ["FBbi:00000251"],
    "authors": [{"type": "Person", "name": "A. Author"}],
    "publisher": {"type": "Organization", "name": "An archive"},
}


def _judge(study: Subject) -> Judgement:
    return profile_outcome(study, "gide-0.2", "the GIDE search profile 0.2")


METRIC: Final = Metric(
    id="gide-profile",
    version="1.0",
    principle="R1.3",
    title="The record fulfils the GIDE profile 0.2",
    question="Does the record say all that the global search over image archives needs?",
    counts="The record, held against the profile gide-0.2 in SHACL, breaks no obligatory rule.",
    fix="Fill in the fields that the broken rules name.",
    mender=Mender.OWNER,
    reads=("profile_results", "broken_rules"),
    judge=_judge,
    cases=(
        Case("all that is asked for", Outcome.PASS, _COMPLETE),
        Case("no method", Outcome.FAIL, _COMPLETE | {"methods": None}),
        Case("title and licence only", Outcome.FAIL),
    ),
    source="GIDE search profile 0.2, https://www.gide-project.org/ro-crate/search/1.0/profile.",
    limits="It looks at the record here, not at the form of a crate; a thumbnail is recommended and not asked for.",
    answers=("RDA-R1.3-01M",),
)
