"""Whether the paper of the study is linked."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import PAPER_NAMES, evidence, evidence_with, part
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed


def _judge(study: Subject) -> Judgement:
    papers = study.rows("publications")
    good = [row for row in papers if row.said("doi") or row.said("pmid") or row.said("pmc")]
    if good:
        return passed(
            f"Papers linked by DOI or PubMed number: {len({row.text for row in good})}.",
            *evidence_with(good, PAPER_NAMES),
        )
    node = papers[0].text if papers else part(study, "publication/1")
    doi = f'<{node}> <http://purl.org/ontology/bibo/doi> "10.…" .'
    if papers:
        return failed("The paper is named without DOI or PubMed number.", *evidence(papers), add=(doi,))
    return failed("No paper is linked.", add=(study.triple("dcterms:isReferencedBy", f"<{node}>"), doi))


METRIC: Final = Metric(
    id="publication-linked",
    version="1.0",
    principle="I3",
    title="The paper is linked",
    question="Can one get from the data to the paper about them?",
    counts="A paper (dcterms:isReferencedBy) with DOI, PubMed or PubMed Central number.",
    fix="Add the DOI of the paper once it is out.",
    mender=Mender.OWNER,
    reads=("publications",),
    judge=_judge,
    cases=(
        Case("DOI", Outcome.PASS, {"publications": [{"doi": "10.1000/1"}]}),
        Case("PubMed", Outcome.PASS, {"publications": [{"pubmed_id": "1"}]}),
        Case("title only", Outcome.FAIL, {"publications": [{"title": "A paper"}]}),
        Case("none", Outcome.FAIL),
    ),
    source="Wellcome, Data, software and materials management and sharing policy; RDA-I3-01M.",
    limits="Data that have no paper yet fail; whether there is a paper, nobody can tell from the record.",
)
