"""Whether the archive itself names the study by a persistent identifier."""

from __future__ import annotations

from typing import Final

from catalogue.fair.identifier_schemes import DOI, persistent_scheme
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_READS: Final = (DOI, "dcat:landingPage", "omm:alternativeIdentifier")


def _judge(study: Subject) -> Judgement:
    rows = [row for fact in _READS for row in study.rows(fact)]
    for row in rows:
        if scheme := persistent_scheme(row.text):
            return passed(f"The archive names the study by the {scheme} {row.text}.", row.evidence)
    add = (f'<{study.iri}> <{DOI}> "10.…/…" .',)
    said = "None of the names that the archive gave is of a persistent scheme." if rows else "The archive gave no name."
    return failed(said, *(row.evidence for row in rows), add=add)


METRIC: Final = Metric(
    id="owner-identifier-persistent",
    version="1.0",
    principle="F1",
    title="The archive gave a persistent identifier",
    question="Did the archive give the study a DOI or another identifier that is kept up for good?",
    counts="A DOI of the study (bibo:doi), or a page or further identifier of a scheme such as DOI, Handle, ARK, PURL, "
    "w3id.org, URN or identifiers.org.",
    fix="Register a DOI for the study and state it in the archive's export.",
    mender=Mender.OWNER,
    reads=_READS,
    judge=_judge,
    cases=(
        Case("DOI", Outcome.PASS, {"doi": "10.6019/S-BIAD1"}),
        Case("page at identifiers.org", Outcome.PASS, {"landing_page": "https://identifiers.org/biostudies:S-BIAD1"}),
        Case("plain page", Outcome.FAIL, {"landing_page": "https://archive.example/studies/S-BIAD1"}),
        Case("nothing", Outcome.FAIL),
    ),
    source="F-UJI metrics 0.8, FsF-F1-02MD; Horizon Europe, Model Grant Agreement, Annex 5 (persistent identifiers).",
    limits="It sees the scheme, not whether the identifier was registered, and no DOI that the export leaves out.",
)
