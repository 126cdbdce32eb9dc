"""Whether an embargo has an end."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence_with
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, indeterminate, not_applicable, passed
from catalogue.model.namespaces import expand

_EMBARGO: Final = expand("omm:UnderEmbargo")


def _judge(study: Subject) -> Judgement:
    rows = study.rows("access")
    if not rows:
        return indeterminate("Nothing is stated about access, so that nobody can tell whether there is an embargo.")
    evidence = tuple(row.evidence for row in rows)
    if dates := sorted(row.said("until") for row in rows if row.said("until")):
        return passed(
            f"The data become available on {dates[-1]}.", *evidence_with(rows, {"until": "dcterms:available"})
        )
    if not any(row.said("closure") == _EMBARGO for row in rows):
        return not_applicable("There is no embargo.", *evidence)
    date = '"…"^^<http://www.w3.org/2001/XMLSchema#date>'
    add = (study.triple("dcterms:available", date, node=rows[0].text),)
    return failed("There is an embargo without an end.", *evidence, add=add)


METRIC: Final = Metric(
    id="embargo-dated",
    version="1.0",
    principle="A1",
    title="An embargo has an end",
    question="Where the data become open later, does the record say when?",
    counts="The day on which the data become available (dcterms:available of the statement of access).",
    fix="State the day on which the embargo ends.",
    mender=Mender.OWNER,
    reads=("access",),
    judge=_judge,
    cases=(
        Case(
            "with its end",
            Outcome.PASS,
            {"access": {"access_level": "NON_PUBLIC", "closure_reason": "embargo", "embargo_until": "2027-01-31"}},
        ),
        Case("without", Outcome.FAIL, {"access": {"access_level": "NON_PUBLIC", "closure_reason": "embargo"}}),
        Case("public", Outcome.NOT_APPLICABLE, {"access": {"access_level": "PUBLIC"}}),
        Case("not stated", Outcome.INDETERMINATE),
    ),
    source="Horizon Europe, Model Grant Agreement, Article 17 (metadata: embargo); F-UJI metrics 0.8, FsF-A1-01M.",
    limits="An embargo that is over is not noticed: an audit knows no present day.",
)
