"""Whether the imaging method is a term of FBbi."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, outside
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed
from catalogue.fair.placeholders import FBBI, names_no_method

_TISSUE: Final = {"id": "FBbi:00000002", "type": "ImagingMethod", "label": "chemically fixed tissue"}


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("term_uses") if row.predicate.value.endswith("/imagingMethod")]
    fbbi = [row for row in rows if row.text.startswith(FBBI)]
    of_samples = {row.text for row in study.rows("terms") if row.said("branch") == "sample"}
    good = [row for row in fbbi if row.text not in of_samples and not names_no_method(row.text)]
    if good:
        return passed("The imaging method is a term of FBbi.", *evidence(good))
    add = (study.triple("omm:imagingMethod", f"<{FBBI}…>"),)
    if fbbi:
        said = (
            "The terms of FBbi name no imaging method, but what stands above all of them, or how samples were prepared."
        )
        return failed(said, *evidence(fbbi), add=add)
    if rows:
        said = "The imaging method is named, but by no term of FBbi."
        return failed(said, *evidence(rows), add=add, mender=outside(study, rows))
    return failed("No imaging method is named by an ontology term.", add=add)


METRIC: Final = Metric(
    id="method-ontology",
    version="1.1",
    principle="I2",
    title="The imaging method is an ontology term",
    question="Is it told by which kind of microscopy the images were made, in a way that every program understands?",
    counts="omm:imagingMethod of the study, an acquisition or a part is a term of FBbi that names an imaging method: "
    'not "recorded image", which stands above all methods, and none of the preparation of samples or of dyes.',
    fix="Name the method by its term in FBbi, such as FBbi:00000251 for confocal microscopy.",
    mender=Mender.OWNER,
    reads=("term_uses", "terms"),
    judge=_judge,
    cases=(
        Case("confocal", Outcome.PASS, {"methods": ["FBbi:00000251"]}),
        Case("of an acquisition", Outcome.PASS, {"acquisitions": [{"methods": ["FBbi:00000251"]}]}),
        Case("recorded image", Outcome.FAIL, {"methods": ["FBbi:00000265"]}),
        Case("preparation of a sample", Outcome.FAIL, {"methods": ["FBbi:00000002"], "terms": [_TISSUE]}),
        Case("another ontology", Outcome.FAIL, {"methods": ["CHMO:0000087"]}),
        Case("the archive's own term", Outcome.FAIL, {"methods": ["biostudies:S-BIAD1/term/1"]}),
        Case("in words only", Outcome.FAIL, {"acquisitions": [{"method_names": ["confocal microscopy"]}]}),
    ),
    source="REMBI 1.5, ImageAcquisition, imaging method; GIDE search profile 0.2, measurementMethod.",
    limits="Terms of light sources and of what is measured, such as Raman scattering, pass. A method that FBbi lacks "
    "cannot pass until FBbi has a term for it; imaging mass cytometry is one. Branches are those of the tables that "
    "come with this software; a term of FBbi that they lack passes.",
    answers=("RDA-I2-01M",),
)
