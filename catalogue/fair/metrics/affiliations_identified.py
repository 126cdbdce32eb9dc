"""Whether the organisations that authors belong to are identified by ROR."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence_with
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, not_applicable, passed


def _author(*organisations: dict[str, str]) -> dict[str, object]:
    return {"authors": [{"type": "Person", "name": "A. Author", "affiliations": list(organisations)}]}


_WITH: Final = {"type": "Organization", "name": "Riken", "ror": "https://ror.org/01sjwvz98"}
_WITHOUT: Final = {"type": "Organization", "name": "Institute of Cells"}


def _judge(study: Subject) -> Judgement:
    rows = {row.text: row for row in study.rows("affiliations")}
    if not rows:
        return not_applicable("No author is said to belong to an organisation.")
    without = [row for row in rows.values() if not row.said("ror")]
    if not without:
        said = f"All organisations of the authors have a ROR identifier ({len(rows)})."
        return passed(said, *evidence_with(rows.values(), {"ror": "omm:ror"}))
    add = tuple(study.triple("omm:ror", "<https://ror.org/…>", node=row.text) for row in without[:10])
    said = f"Organisations of the authors without a ROR identifier: {len(without)} of {len(rows)}."
    return failed(said, *(row.evidence for row in without[:3]), add=add)


METRIC: Final = Metric(
    id="affiliations-identified",
    version="1.0",
    principle="F1",
    title="Organisations of the authors have ROR identifiers",
    question="Can it be told which institutes the authors belong to, whatever way their names are written?",
    counts="omm:ror of every organisation that an author belongs to (schema:affiliation).",
    fix="Choose the institute from the ROR list when submitting.",
    mender=Mender.OWNER,
    reads=("affiliations",),
    judge=_judge,
    cases=(
        Case("all", Outcome.PASS, _author(_WITH)),
        Case("one of two", Outcome.FAIL, _author(_WITH, _WITHOUT)),
        Case("name only", Outcome.FAIL, _author(_WITHOUT)),
        Case("no affiliation", Outcome.NOT_APPLICABLE, {"authors": [{"type": "Person", "name": "A. Author"}]}),
    ),
    source="Horizon Europe, Model Grant Agreement, Annex 5 (persistent identifiers of organisations, if possible).",
    limits="An address of an institute in words (schema:address) is not seen as an organisation.",
)
