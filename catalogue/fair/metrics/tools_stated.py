"""Whether it is told by which software the data can be checked or used."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import stated
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome

_TOOLS: Final = ("/software", "/trainedModel")


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("relations") if row.predicate.value.endswith(_TOOLS)]
    rows += [*study.rows("omm:analysis"), *study.rows("omm:protocol")]
    add = study.triple("omm:software", "<https://…>")
    missing = "No software, analysis or protocol is stated."
    return stated(rows, "{n} programs, analyses or protocols are stated.", missing, add)


METRIC: Final = Metric(
    id="tools-stated",
    version="1.0",
    principle="R1",
    title="Software, analyses or protocols are stated",
    question="Does one know which programs and protocols are needed to check or use the data?",
    counts="Software, a trained model, an analysis or a protocol of the study.",
    fix="Link the code and describe the analysis.",
    mender=Mender.OWNER,
    reads=("relations", "omm:analysis", "omm:protocol"),
    judge=_judge,
    cases=(
        Case("software", Outcome.PASS, {"software": ["https://code.example/tool"]}),
        Case("analysis", Outcome.PASS, {"analyses": [{"description": "Segmented with Cellpose."}]}),
        Case("nothing", Outcome.FAIL),
    ),
    source="Horizon Europe, Model Grant Agreement, Annex 5, Article 17 (information on outputs and tools).",
    limits="It does not look at what is linked.",
)
