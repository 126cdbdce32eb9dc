"""Whether authors are identified by ORCID."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence_with
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, not_applicable, passed

_ORCID: Final = "https://orcid.org/0000-0002-1825-0097"


def _judge(study: Subject) -> Judgement:
    rows = study.rows("authors")
    if not rows:
        return not_applicable("No author is stated, so that none can be identified.")
    identified = [row for row in rows if row.said("orcid")]
    if identified:
        return passed(
            f"Authors with an ORCID: {len(identified)} of {len(rows)}.",
            *evidence_with(identified, {"orcid": "omm:orcid"}),
        )
    add = (study.triple("omm:orcid", "<https://orcid.org/…>", node=rows[0].text),)
    return failed(f"No author has an ORCID (of {len(rows)}).", rows[0].evidence, add=add)


METRIC: Final = Metric(
    id="authors-identified",
    version="1.0",
    principle="F1",
    title="At least one author has an ORCID",
    question="Can it be told who made the study, beyond a name?",
    counts="omm:orcid of at least one author (dcterms:creator).",
    fix="Give the ORCID of each author in the submission.",
    mender=Mender.OWNER,
    reads=("authors",),
    judge=_judge,
    cases=(
        Case(
            "one of two",
            Outcome.PASS,
            {"authors": [{"type": "Person", "name": "A. Author", "orcid": _ORCID}, {"type": "Person", "name": "B"}]},
        ),
        Case("names only", Outcome.FAIL, {"authors": [{"type": "Person", "name": "A. Author"}]}),
        Case("no authors", Outcome.NOT_APPLICABLE, {"authors": None}),
    ),
    source="Horizon Europe, Model Grant Agreement, Annex 5 (persistent identifiers of authors).",
)
