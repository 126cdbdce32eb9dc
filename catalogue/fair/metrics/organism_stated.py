"""Whether it is stated which organism was imaged."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_FACT: Final = "omm:organism"
_TERM: Final = {"id": "NCBITaxon:9606", "type": "Taxon", "label": "Homo sapiens"}


def _judge(study: Subject) -> Judgement:
    if rows := study.rows(_FACT):
        return passed(f"Organisms stated: {len(rows)}.", *(row.evidence for row in rows[:5]))
    add = (study.triple(_FACT, "<http://purl.obolibrary.org/obo/NCBITaxon_…>"),)
    return failed("No organism is stated.", add=add)


METRIC: Final = Metric(
    id="organism-stated",
    version="1.0",
    principle="F2",
    title="The organism is stated",
    question="Is it stated of which organism the images are?",
    counts="omm:organism of the study.",
    fix="Name the species of each sample in the submission, not only in the description.",
    mender=Mender.OWNER,
    reads=(_FACT,),
    judge=_judge,
    cases=(
        Case("human", Outcome.PASS, {"organisms": ["NCBITaxon:9606"], "terms": [_TERM]}),
        Case("none", Outcome.FAIL),
    ),
    source="REMBI 1.5, Biosample, organism; RDA FAIR Data Maturity Model (2020), RDA-F2-01M.",
    limits="A study of no organism, such as beads or simulated cells, fails: records cannot say so. An organism that "
    "stands in a text only is not seen.",
    answers=("RDA-F2-01M",),
)
