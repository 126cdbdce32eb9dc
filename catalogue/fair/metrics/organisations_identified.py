"""Whether the authors' organisations are identified."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, not_applicable, passed


def _judge(study: Subject) -> Judgement:
    rows = study.rows("affiliations")
    if not rows:
        return not_applicable("No organisation of an author is stated.")
    good = [row for row in rows if row.said("ror")]
    if good:
        return passed("At least one organisation has a ROR.", *evidence(good))
    add = (study.triple("omm:ror", "<https://ror.org/…>", rows[0].text),)
    return failed(f"None of {len({row.text for row in rows})} organisations has a ROR.", *evidence(rows), add=add)


METRIC: Final = Metric(
    id="organisations-identified",
    version="1.0",
    principle="R1.2",
    title="At least one organisation has a ROR",
    question="Can an institution find the studies of its own people?",
    counts="omm:ror of an affiliation of an author.",
    fix="Give the ROR of the authors' institutions.",
    mender=Mender.OWNER,
    reads=("affiliations",),
    judge=_judge,
    cases=(
        Case(
            "ROR",
            Outcome.PASS,
            {
                "authors": [
                    {
                        "type": "Person",
                        "name": "A",
                        "affiliations": [
                            {"type": "Organization", "name": "EMBL-EBI", "ror": "https://ror.org/02catss52"}
                        ],
                    }
                ]
            },
        ),
        Case(
            "name",
            Outcome.FAIL,
            {
                "authors": [
                    {"type": "Person", "name": "A", "affiliations": [{"type": "Organization", "name": "EMBL-EBI"}]}
                ]
            },
        ),
        Case("no organisation", Outcome.NOT_APPLICABLE, {"authors": [{"type": "Person", "name": "A"}]}),
    ),
    source="Horizon Europe, Model Grant Agreement, Annex 5, Article 17 (identifiers of organisations, if possible).",
)
