"""Whether the study is described in words."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_FACT: Final = "dcterms:description"


def _judge(study: Subject) -> Judgement:
    if rows := study.rows(_FACT):
        return passed("There is a description.", *(row.evidence for row in rows))
    return failed("There is no description.", add=(study.triple(_FACT, '"…"'),))


METRIC: Final = Metric(
    id="summary-stated",
    version="1.0",
    principle="F2",
    title="There is a description",
    question="Is there a text that says what the study is about?",
    counts="dcterms:description of the study.",
    fix="Write an abstract when submitting; an archive that has one exports it.",
    mender=Mender.OWNER,
    reads=(_FACT,),
    judge=_judge,
    cases=(
        Case("a text", Outcome.PASS, {"description": "Confocal images of dividing cells."}),
        Case("none", Outcome.FAIL),
    ),
    source="F-UJI metrics 0.8, FsF-F2-01M-3 (summary).",
    limits="Whether the text is long enough to be of use is asked by description-informative.",
    answers=("FsF-F2-01M-3", "RDA-F2-01M"),
)
