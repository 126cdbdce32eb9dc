"""Whether it is stated how the images were made."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed
from catalogue.fair.placeholders import names_no_method, says_nothing

_READS: Final = ("omm:imagingMethod", "omm:modality", "imaging")
_TERM: Final = {"id": "FBbi:00000253", "type": "ImagingMethod", "label": "spinning disk confocal microscopy"}
_RECORDED: Final = {"title": "recorded image", "methods": ["FBbi:00000265"]}


def _judge(study: Subject) -> Judgement:
    rows = [row for fact in _READS for row in study.rows(fact)]
    good = [row for row in rows if not (names_no_method(row.text) or says_nothing(row.text))]
    if good:
        return passed("It is stated how the images were made.", *evidence(good))
    add = (study.triple("omm:imagingMethod", "<http://purl.obolibrary.org/obo/FBbi_…>"),)
    if rows:
        said = "It is only stated that images were made, not by which method."
        return failed(said, *evidence(rows), add=add)
    return failed("It is not stated how the images were made.", add=add)


METRIC: Final = Metric(
    id="method-stated",
    version="1.1",
    principle="F2",
    title="The imaging method is stated",
    question="Is it stated with which kind of microscope or scanner the images were made?",
    counts="omm:imagingMethod or omm:modality of the study, or an acquisition (omm:acquisition) with a title, "
    'description, instrument or method. FBbi\'s "recorded image", which stands above all methods, tells none.',
    fix="Choose the imaging method in the submission.",
    mender=Mender.OWNER,
    reads=_READS,
    judge=_judge,
    cases=(
        Case("a term", Outcome.PASS, {"methods": ["FBbi:00000253"], "terms": [_TERM]}),
        Case("in words", Outcome.PASS, {"acquisitions": [{"title": "brightfield, Nanozoomer 2.0HT"}]}),
        Case("recorded image", Outcome.FAIL, {"methods": ["FBbi:00000265"], "acquisitions": [_RECORDED]}),
        Case("none", Outcome.FAIL),
    ),
    source="REMBI 1.5, Image acquisition; RDA FAIR Data Maturity Model (2020), RDA-F2-01M.",
    limits="Words count as they stand; whether a term of an ontology says it is asked by method-ontology.",
    answers=("RDA-F2-01M",),
)
