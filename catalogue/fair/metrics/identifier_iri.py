"""Whether the record has an identifier of its own that is unique everywhere and kept up for good."""

from __future__ import annotations

from typing import Final

from catalogue.fair.identifier_schemes import persistent_scheme
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed


def _judge(study: Subject) -> Judgement:
    rows = study.rows("dcterms:identifier")
    accession = study.curie.partition(":")[2]
    named = [row for row in rows if row.text == accession]
    if named and (scheme := persistent_scheme(study.iri)):
        return passed(f"The study has the {scheme} identifier {study.iri}.", *(row.evidence for row in named))
    add = (study.triple("dcterms:identifier", f'"{accession}"'),)
    said = "The accession is another than that in the identifier." if rows else "No accession is stated."
    return failed(said, *(row.evidence for row in rows), add=add)


METRIC: Final = Metric(
    id="identifier-iri",
    version="1.0",
    principle="F1",
    title="The study has a unique and persistent identifier",
    question="Is there a web address that names this study, no other one, and will go on doing so?",
    counts="The study has an IRI at w3id.org made of its archive and accession, and states that accession "
    "(dcterms:identifier).",
    fix="State the accession exactly as the archive gives it.",
    mender=Mender.HARVESTER,
    reads=("dcterms:identifier",),
    judge=_judge,
    cases=(
        Case("accession and IRI agree", Outcome.PASS),
        Case("another accession", Outcome.FAIL, {"accession": "S-BIAD2"}),
        Case("no accession", Outcome.FAIL, {"accession": None}),
    ),
    source="F-UJI metrics 0.8, FsF-F1-01MD and FsF-F1-02MD; RDA FAIR Data Maturity Model (2020), RDA-F1-01M and 02M.",
    limits="Whether the address leads anywhere is asked by identifier-resolves.",
    answers=("FsF-F1-01MD-1", "FsF-F1-01D-1", "FsF-F1-02MD-1", "FsF-F1-02D-1", "RDA-F1-01M", "RDA-F1-02M"),
)
