"""Whether there is a small picture of the study."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_FACT: Final = "schema:thumbnailUrl"


def _judge(study: Subject) -> Judgement:
    if rows := study.rows(_FACT):
        return passed(f"Small pictures stated: {len(rows)}.", *(row.evidence for row in rows[:3]))
    return failed("There is no small picture.", add=(study.triple(_FACT, "<https://…>"),))


METRIC: Final = Metric(
    id="thumbnail-stated",
    version="1.0",
    principle="F2",
    title="There is a small picture",
    question="Can somebody see in a list of results what the images look like?",
    counts="schema:thumbnailUrl of the study.",
    fix="Name an example image, and let the archive export the address of its thumbnail.",
    mender=Mender.OWNER,
    reads=(_FACT,),
    judge=_judge,
    cases=(
        Case("a picture", Outcome.PASS, {"thumbnails": ["https://archive.example/a.png"]}),
        Case("none", Outcome.FAIL),
    ),
    source="GIDE search profile 0.2, thumbnailUrl.",
    limits="It does not look at the picture, nor whether its address answers.",
)
