"""Whether it is told what contributors did."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, not_applicable, passed


def _judge(study: Subject) -> Judgement:
    rows = study.rows("roles")
    if rows:
        return passed(
            f"People or organisations whose part is told: {len({row.node for row in rows})}.", *evidence(rows)
        )
    agents = [*study.rows("dcterms:creator"), *study.rows("dcterms:contributor")]
    if not agents:
        return not_applicable("No author or contributor is stated.")
    add = (study.triple("omm:contributorType", "<https://w3id.org/ommatidia/terms/…>", agents[0].text),)
    return failed(
        f"Of no author or contributor is it told what they did (of {len(agents)}).", *evidence(agents), add=add
    )


METRIC: Final = Metric(
    id="contributor-roles",
    version="1.0",
    principle="R1.2",
    title="Roles of contributors are stated",
    question="Does one know who made the images, who leads the work and whom to ask?",
    counts="The role of at least one author or contributor, in DataCite's terms or in words.",
    fix="State roles, at least the contact person and who collected the data.",
    mender=Mender.OWNER,
    reads=("roles", "dcterms:creator", "dcterms:contributor"),
    judge=_judge,
    cases=(
        Case(
            "contact",
            Outcome.PASS,
            {"authors": [{"type": "Person", "name": "A", "contributor_types": ["ContactPerson"]}]},
        ),
        Case("in words", Outcome.PASS, {"contributors": [{"type": "Person", "name": "A", "roles": ["microscopy"]}]}),
        Case("names only", Outcome.FAIL, {"authors": [{"type": "Person", "name": "A"}]}),
        Case("nobody", Outcome.NOT_APPLICABLE),
    ),
    source="DataCite 4.5, contributorType; RDA FAIR Data Maturity Model (2020), RDA-R1.2-01M.",
)
