"""Whether the record says which standard it follows."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import stated
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome


def _judge(study: Subject) -> Judgement:
    add = study.triple("dcterms:conformsTo", "<https://www.ebi.ac.uk/bioimage-archive/rembi-model-reference/>")
    missing = "The record does not say which standard its description follows."
    return stated(study.rows("dcterms:conformsTo"), "The record says which standard it follows.", missing, add)


METRIC: Final = Metric(
    id="community-standard",
    version="1.0",
    principle="R1.3",
    title="A community standard is named",
    question="Does the record say by which standard the study was described?",
    counts="dcterms:conformsTo of the study.",
    fix="Name the standard or template by its address, such as REMBI's.",
    mender=Mender.OWNER,
    reads=("dcterms:conformsTo",),
    judge=_judge,
    cases=(
        Case("REMBI", Outcome.PASS, {"conforms_to": ["https://www.ebi.ac.uk/bioimage-archive/rembi-model-reference/"]}),
        Case("none", Outcome.FAIL),
    ),
    source="DCAT 3, dcterms:conformsTo; F-UJI issue 581.",
    limits="It is the source's word; whether it is true, rembi-profile and gide-profile tell. That a document is an "
    "RO-Crate or DataCite XML is about how it is packed, and does not count.",
    answers=("FsF-R1.3-01M-1",),
)
