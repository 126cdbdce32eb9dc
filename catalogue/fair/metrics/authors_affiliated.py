"""Whether it is stated where the authors work."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, not_applicable, passed

_WITH: Final = {
    "type": "Person",
    "name": "A. Author",
    "affiliations": [{"type": "Organization", "name": "Institute of Cells"}],
}
_WITHOUT: Final = {"type": "Person", "name": "B. Author"}


def _judge(study: Subject) -> Judgement:
    people = [row for row in study.rows("creators") if not row.said("organisation")]
    if not people:
        return not_applicable("No person is stated as an author.")
    placed = {row.node.value: row for row in study.rows("affiliations")}
    without = [row for row in people if row.text not in placed]
    if not without:
        said = f"All authors are said to belong to an organisation ({len(people)})."
        return passed(said, *(row.evidence for row in list(placed.values())[:3]))
    add = tuple(study.triple("schema:affiliation", "<…>", node=row.text) for row in without[:10])
    said = f"Authors without an organisation: {len(without)} of {len(people)}."
    return failed(said, *(row.evidence for row in without[:3]), add=add)


METRIC: Final = Metric(
    id="authors-affiliated",
    version="1.0",
    principle="F2",
    title="Every author has an organisation",
    question="Is it stated at which institute each author works?",
    counts="Every person among the authors has an organisation (schema:affiliation).",
    fix="Name the institute of each author in the submission, as an organisation and not as part of an address.",
    mender=Mender.OWNER,
    reads=("creators", "affiliations"),
    judge=_judge,
    cases=(
        Case("all", Outcome.PASS, {"authors": [_WITH]}),
        Case("one of two", Outcome.FAIL, {"authors": [_WITH, _WITHOUT]}),
        Case("a consortium", Outcome.NOT_APPLICABLE, {"authors": [{"type": "Organization", "name": "Atlas"}]}),
    ),
    source="DataCite metadata schema 4.5, creator, affiliation.",
)
