"""Whether it is told by which software the data can be checked or used."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, stated
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed
from catalogue.fair.placeholders import says_nothing

_TOOLS: Final = ("/software", "/trainedModel")


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("relations") if row.predicate.value.endswith(_TOOLS)]
    procedures = study.rows("procedures")
    told = {row.node.value: row for row in procedures if row.is_iri or not says_nothing(row.text)}
    rows += told.values()
    add = study.triple("omm:software", "<https://…>")
    missing = "No software, analysis or protocol is stated."
    if procedures and not rows:
        said = "Analyses or protocols are named, and their text is no more than that name."
        return failed(said, *evidence(procedures), add=(add,))
    return stated(rows, "Programs, analyses or protocols stated: {n}.", missing, add)


METRIC: Final = Metric(
    id="tools-stated",
    version="1.1",
    principle="R1",
    title="Software, analyses or protocols are stated",
    question="Does one know which programs and protocols are needed to check or use the data?",
    counts="Software, a trained model, an analysis or a protocol of the study; the name of a kind of protocol, such as "
    "`data analysis protocol`, tells none.",
    fix="Link the code and describe the analysis.",
    mender=Mender.OWNER,
    reads=("relations", "procedures"),
    judge=_judge,
    cases=(
        Case("software", Outcome.PASS, {"software": ["https://code.example/tool"]}),
        Case("analysis", Outcome.PASS, {"analyses": [{"description": "Segmented with Cellpose."}]}),
        Case("name only", Outcome.FAIL, {"analyses": [{"title": "data analysis protocol"}]}),
        Case("nothing", Outcome.FAIL),
    ),
    source="Horizon Europe, Model Grant Agreement, Annex 5, Article 17 (information on outputs and tools).",
    limits="It does not look at what is linked, nor judge words that are more than a name.",
)
