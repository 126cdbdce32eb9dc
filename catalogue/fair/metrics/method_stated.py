"""Whether it is stated how the images were made."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_READS: Final = ("omm:imagingMethod", "omm:modality", "imaging")
_TERM: Final = {"id": "FBbi:00000253", "type": "ImagingMethod", "label": "spinning disk confocal microscopy"}


def _judge(study: Subject) -> Judgement:
    rows = [row for fact in _READS for row in study.rows(fact)]
    if rows:
        return passed("It is stated how the images were made.", *(row.evidence for row in rows[:3]))
    add = (study.triple("omm:imagingMethod", "<http://purl.obolibrary.org/obo/FBbi_…>"),)
    return failed("It is not stated how the images were made.", add=add)


METRIC: Final = Metric(
    id="method-stated",
    version="1.0",
    principle="F2",
    title="The imaging method is stated",
    question="Is it stated with which kind of microscope or scanner the images were made?",
    counts="omm:imagingMethod or omm:modality of the study, or an acquisition (omm:acquisition) with a title, "
    "description, instrument or method.",
    fix="Choose the imaging method in the submission.",
    mender=Mender.OWNER,
    reads=_READS,
    judge=_judge,
    cases=(
        Case("a term", Outcome.PASS, {"methods": ["FBbi:00000253"], "terms": [_TERM]}),
        Case("in words", Outcome.PASS, {"acquisitions": [{"title": "brightfield, Nanozoomer 2.0HT"}]}),
        Case("none", Outcome.FAIL),
    ),
    source="REMBI 1.5, Image acquisition; RDA FAIR Data Maturity Model (2020), RDA-F2-01M.",
    limits="Words count as they stand; whether a term of an ontology says it is asked by method-ontology.",
)
