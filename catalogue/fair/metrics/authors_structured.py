"""Whether the names of authors are given in parts, so that they can be cited and sorted."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, not_applicable, passed


def _judge(study: Subject) -> Judgement:
    people = [row for row in study.rows("creators") if not row.said("organisation")]
    if not people:
        return not_applicable("No person is stated as an author.")
    whole = [row for row in people if not row.said("family")]
    if not whole:
        said = f"Family names are told from given names for all authors ({len(people)})."
        return passed(said, *(row.evidence for row in people[:3]))
    add = tuple(study.triple("schema:familyName", '"…"', node=row.text) for row in whole[:10])
    said = f"Authors whose name is in one piece, its family name not marked: {len(whole)} of {len(people)}."
    return failed(said, *(row.evidence for row in whole[:3]), add=add)


METRIC: Final = Metric(
    id="authors-structured",
    version="1.0",
    principle="F2",
    title="Family names of authors are marked as such",
    question="Can a program tell which part of an author's name is the family name, to make a citation?",
    counts="schema:familyName of every author who is a person.",
    fix="Ask for given and family name apart, and export them so.",
    mender=Mender.OWNER,
    reads=("creators",),
    judge=_judge,
    cases=(
        Case("in parts", Outcome.PASS, {"authors": [{"type": "Person", "name": "Ann Lee", "family_name": "Lee"}]}),
        Case("in one piece", Outcome.FAIL, {"authors": [{"type": "Person", "name": "Hennies J"}]}),
        Case("a consortium", Outcome.NOT_APPLICABLE, {"authors": [{"type": "Organization", "name": "Atlas"}]}),
        Case("no authors", Outcome.NOT_APPLICABLE),
    ),
    source="F-UJI 3.5.1, which reads familyName before name; DataCite metadata schema 4.5, creator, familyName.",
)
