"""Whether related resources can be reached by their identifiers."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import PAPER_NAMES, evidence, evidence_with, part
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_NAMES: Final = ("doi", "pmid", "pmc", "url")


def _judge(study: Subject) -> Judgement:
    papers = study.rows("publications")
    good = [row for row in papers if any(row.said(name) for name in _NAMES)]
    good += [row for row in study.rows("relations") if row.is_iri]
    if good:
        shown = evidence_with(good, PAPER_NAMES)
        return passed(f"Related resources with an address or identifier: {len(good)}.", *shown)
    node = papers[0].text if papers else part(study, "publication/1")
    doi = f'<{node}> <http://purl.org/ontology/bibo/doi> "10.…" .'
    if not papers:
        paper = study.triple("dcterms:isReferencedBy", f"<{node}>")
        return failed("No related resource is named.", add=(paper, doi))
    return failed("Related papers are named without an address or identifier.", *evidence(papers), add=(doi,))


METRIC: Final = Metric(
    id="related-identified",
    version="1.0",
    principle="I3",
    title="Related resources have identifiers",
    question="Can programs follow the record to what belongs to it?",
    counts="At least one related resource is given by URL, DOI, PubMed or archive identifier.",
    fix="Give the DOI of the paper, and identifiers instead of names elsewhere.",
    mender=Mender.OWNER,
    reads=("publications", "relations"),
    judge=_judge,
    cases=(
        Case("DOI", Outcome.PASS, {"publications": [{"title": "A paper", "doi": "10.1000/1"}]}),
        Case("title only", Outcome.FAIL, {"publications": [{"title": "A paper"}]}),
        Case("nothing", Outcome.FAIL),
    ),
    source="F-UJI metrics 0.8, FsF-I3-01M-2.",
    limits="It does not look whether the identifiers resolve.",
    answers=("FsF-I3-01M-2", "RDA-I3-03M"),
)
