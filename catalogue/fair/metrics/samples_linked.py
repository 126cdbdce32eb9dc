"""Whether samples are linked to their own records."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import stated
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome

_LINKS: Final = ("/sampleRecord", "#wasDerivedFrom")


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("relations") if row.predicate.value.endswith(_LINKS)]
    add = study.triple("omm:sampleRecord", "<https://identifiers.org/biosample:SAM…>")
    return stated(rows, "Records of samples linked: {n}.", "No record of the samples is linked.", add)


METRIC: Final = Metric(
    id="samples-linked",
    version="1.0",
    principle="I3",
    title="Samples are linked to their records",
    question="Can one get from the images to the records of the very samples, and to other data from them?",
    counts="omm:sampleRecord of the study or a sample, or the sample that a sample was taken from.",
    fix="Register the samples at BioSamples and give their accessions.",
    mender=Mender.OWNER,
    reads=("relations",),
    judge=_judge,
    cases=(
        Case("BioSamples", Outcome.PASS, {"sample_records": ["biosample:SAMEA3774859"]}),
        Case("of one sample", Outcome.PASS, {"biosamples": [{"sample_records": ["biosample:SAMEA3774859"]}]}),
        Case("none", Outcome.FAIL),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-I3-03M.",
    limits="Few archives ask for sample records today; a fail is common and no fault of one study.",
)
