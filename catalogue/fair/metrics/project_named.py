"""Whether the funded project is named."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, evidence_with
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, not_applicable, passed

_NAMES: Final = {"programme": "omm:programme", "acronym": "omm:acronym", "number": "schema:identifier"}


def _judge(study: Subject) -> Judgement:
    grants = study.rows("grants")
    good = [row for row in grants if row.said("acronym") and row.said("number") and row.said("programme")]
    if good:
        return passed("Programme, acronym and number of the project are stated.", *evidence_with(good, _NAMES, most=1))
    if not grants:
        return not_applicable("No grant is stated.")
    row = grants[0]
    missing = [name for name in _NAMES if not row.said(name)]
    add = tuple(study.triple(_NAMES[name], '"…"', row.text) for name in missing)
    return failed(f"A grant is stated without {', '.join(missing)}.", *evidence(grants), add=add)


METRIC: Final = Metric(
    id="project-named",
    version="1.0",
    principle="R1.2",
    title="Programme, acronym and number of the project are stated",
    question="Is the funded project named as the European Commission asks for it?",
    counts="A grant with its programme, the acronym of the project and its number.",
    fix="Give programme (Horizon Europe or Euratom), acronym and number of the project.",
    mender=Mender.OWNER,
    reads=("grants",),
    judge=_judge,
    cases=(
        Case(
            "all three",
            Outcome.PASS,
            {"grants": [{"grant_identifier": "101057970", "acronym": "AI4LIFE", "programme": "Horizon Europe"}]},
        ),
        Case("number only", Outcome.FAIL, {"grants": [{"grant_identifier": "101057970"}]}),
        Case("no grant", Outcome.NOT_APPLICABLE),
    ),
    source="Horizon Europe, Model Grant Agreement, Annex 5, Article 17 (project name, acronym and number).",
    limits="It does not know which funder a grant is of; other funders have no acronyms.",
)
