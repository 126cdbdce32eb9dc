"""Whether annotations are described as MIFA asks for."""

from __future__ import annotations

from typing import Any, Final

from catalogue.fair.judging import profile_outcome
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome

_METHOD: Final[dict[str, Any]] = {"title": "By hand"}
_COMPLETE: Final[dict[str, Any]] = {
    "description": "Nuclei of HeLa cells, segmented.",
    "funding_statement": "There was no funding.",
    "version": "1",
    "annotation_methods": [
        {
            "annotation_overview": "Masks of nuclei.",
            "description": "Drawn by two experts.",
            "annotation_types": ["segmentation_mask"],
        }
    ],
}


def _judge(study: Subject) -> Judgement:
    return profile_outcome(study, "mifa-1.0", "MIFA 1.0")


METRIC: Final = Metric(
    id="mifa-profile",
    version="1.0",
    principle="R1.3",
    title="Annotations fulfil MIFA 1.0",
    question="Are annotations described well enough to train programs with them?",
    counts="A study with annotations, held against the profile mifa-1.0 in SHACL, breaks no obligatory rule.",
    fix="Describe how annotations were made, by whom, of which images, and under which licence.",
    mender=Mender.OWNER,
    reads=("profile_results", "broken_rules"),
    judge=_judge,
    cases=(
        Case("all that is asked for", Outcome.PASS, _COMPLETE),
        Case("no annotations", Outcome.NOT_APPLICABLE),
        Case("a bare method", Outcome.FAIL, {"annotation_methods": [_METHOD]}),
    ),
    source="MIFA 1.0, https://www.ebi.ac.uk/bioimage-archive/mifa-model-reference/.",
    limits="Annotations that the record does not mention are not missed.",
)
