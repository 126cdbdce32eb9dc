"""Whether the imaging method is a term of FBbi."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, outside
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed
from catalogue.model.namespaces import ONTOLOGIES

_FBBI: Final = ONTOLOGIES["FBbi"]["namespace"]


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("term_uses") if row.predicate.value.endswith("/imagingMethod")]
    good = [row for row in rows if row.text.startswith(_FBBI)]
    if good:
        return passed("The imaging method is a term of FBbi.", *evidence(good))
    add = (study.triple("omm:imagingMethod", f"<{_FBBI}…>"),)
    if rows:
        said = "The imaging method is named, but by no term of FBbi."
        return failed(said, *evidence(rows), add=add, mender=outside(study, rows))
    return failed("No imaging method is named by an ontology term.", add=add)


METRIC: Final = Metric(
    id="method-ontology",
    version="1.0",
    principle="I2",
    title="The imaging method is an ontology term",
    question="Is it told by which kind of microscopy the images were made, in a way that every program understands?",
    counts="omm:imagingMethod of the study, an acquisition or a part is a term of FBbi.",
    fix="Name the method by its term in FBbi, such as FBbi:00000251 for confocal microscopy.",
    mender=Mender.OWNER,
    reads=("term_uses", "terms"),
    judge=_judge,
    cases=(
        Case("confocal", Outcome.PASS, {"methods": ["FBbi:00000251"]}),
        Case("of an acquisition", Outcome.PASS, {"acquisitions": [{"methods": ["FBbi:00000251"]}]}),
        Case("another ontology", Outcome.FAIL, {"methods": ["CHMO:0000087"]}),
        Case("the archive's own term", Outcome.FAIL, {"methods": ["biostudies:S-BIAD1/term/1"]}),
        Case("in words only", Outcome.FAIL, {"acquisitions": [{"method_names": ["confocal microscopy"]}]}),
    ),
    source="REMBI 1.5, ImageAcquisition, imaging method; GIDE search profile 0.2, measurementMethod.",
    limits="A method that FBbi lacks cannot pass until FBbi has a term for it; imaging mass cytometry is one.",
    answers=("RDA-I2-01M",),
)
