"""Whether the record refers to other data."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import stated
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome

_DATA: Final = (
    "/volumeMap", "/structure", "/sequenceRecord", "/expressionRecord", "/imageEntry", "/trainedModel", "#alternateOf",
)  # fmt: skip


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("relations") if row.predicate.value.endswith(_DATA)]
    add = study.triple("omm:sequenceRecord", "<https://identifiers.org/…>")
    missing = "No data of other archives are named with what they are to the study."
    return stated(rows, "Records of other archives named with what they are to the study: {n}.", missing, add)


METRIC: Final = Metric(
    id="data-referenced",
    version="1.0",
    principle="I3",
    title="Other data of the same work are linked",
    question="Can one get from the images to other data of the same work, such as sequences or structures?",
    counts="A volume map, structure, sequence, expression or image record of another archive, or the same study there.",
    fix="Give the accessions of other archives (ENA, GEO, EMDB, PDB, EMPIAR) by what they are.",
    mender=Mender.OWNER,
    reads=("relations",),
    judge=_judge,
    cases=(
        Case("a map", Outcome.PASS, {"volume_maps": ["emdb:EMD-1001"]}),
        Case("sequences", Outcome.PASS, {"sequence_records": ["ena:PRJEB1234"]}),
        Case("a page", Outcome.FAIL, {"see_also": ["https://archive.example/"]}),
        Case("none", Outcome.FAIL),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-I3-02M and RDA-I3-04M.",
    limits="A study without other data fails: no record can say that there are none.",
    answers=("RDA-I3-02M", "RDA-I3-04M"),
)
