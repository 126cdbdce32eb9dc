"""Whether it is stated what was imaged."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed


def _judge(study: Subject) -> Judgement:
    rows = study.rows("imaged_material")
    if rows:
        samples = len({row.node.value for row in rows})
        return passed(f"Samples described: {samples}.", *(row.evidence for row in rows[:3]))
    sample = f"{study.iri}/biosample/1"
    add = (
        study.triple("omm:biosample", f"<{sample}>"),
        study.triple("omm:biologicalEntity", '"…"', node=sample),
    )
    return failed("No sample is described.", add=add)


METRIC: Final = Metric(
    id="sample-described",
    version="1.0",
    principle="F2",
    title="The sample is described",
    question="Is it stated what was imaged: which cells, tissue or part of the organism?",
    counts="A biosample of the study (omm:biosample) with a text: omm:biologicalEntity, dcterms:title or "
    "dcterms:description.",
    fix="Describe each sample in the submission, as REMBI asks.",
    mender=Mender.OWNER,
    reads=("imaged_material",),
    judge=_judge,
    cases=(
        Case("a sample", Outcome.PASS, {"biosamples": [{"biological_entity": "mouse corpus callosum"}]}),
        Case("a sample without words", Outcome.FAIL, {"biosamples": [{"sex": "female"}]}),
        Case("no sample", Outcome.FAIL),
    ),
    source="REMBI 1.5, Biosample, biological entity; RDA FAIR Data Maturity Model (2020), RDA-F2-01M.",
    limits="A title such as 'Biosample 1' counts.",
)
