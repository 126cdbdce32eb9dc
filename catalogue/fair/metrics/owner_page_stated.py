"""Whether a person can read about the study at its archive."""

from __future__ import annotations

from typing import Final

from catalogue.fair.identifier_schemes import DOI
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_READS: Final = ("dcat:landingPage", DOI)


def _judge(study: Subject) -> Judgement:
    rows = [row for fact in _READS for row in study.rows(fact)]
    if rows:
        return passed("The archive's page is stated.", *(row.evidence for row in rows))
    return failed("Neither a page of the archive nor a DOI is stated.", add=(study.triple(_READS[0], "<https://…>"),))


METRIC: Final = Metric(
    id="owner-page-stated",
    version="1.0",
    principle="A1",
    title="The archive's page is stated",
    question="Is there a page of the archive where a person can read about the study and get the data by hand?",
    counts="dcat:landingPage or a DOI of the study.",
    fix="Export the address of the study's page.",
    mender=Mender.OWNER,
    reads=_READS,
    judge=_judge,
    cases=(
        Case("a page", Outcome.PASS, {"landing_page": "https://archive.example/S-BIAD1"}),
        Case("a DOI", Outcome.PASS, {"doi": "10.6019/S-BIAD1"}),
        Case("neither", Outcome.FAIL),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-A1-02M and RDA-A1-02D.",
    limits="Whether the page answers is asked by owner-page-resolves.",
    answers=("RDA-A1-02M", "RDA-A1-02D"),
)
