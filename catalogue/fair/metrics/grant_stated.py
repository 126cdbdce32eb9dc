"""Whether the number of a grant is told."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, evidence_with, part
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed


def _judge(study: Subject) -> Judgement:
    grants = study.rows("grants")
    good = [row for row in grants if row.said("number") or row.said("pid")]
    if good:
        shown = evidence_with(good, {"number": "schema:identifier", "pid": "omm:grantPid"})
        return passed(f"Grants stated by number: {len({row.text for row in good})}.", *shown)
    words = [*grants, *study.rows("omm:fundingStatement"), *study.rows("omm:acknowledgements")]
    grant = grants[0].text if grants else part(study, "grant/1")
    number = study.triple("schema:identifier", '"…"', grant)
    add = (number,) if grants else (study.triple("schema:funding", f"<{grant}>"), number)
    said = "Funding is told in words, without the number of a grant." if words else "No grant is stated."
    return failed(said, *evidence(words), add=add)


METRIC: Final = Metric(
    id="grant-stated",
    version="1.0",
    principle="R1.2",
    title="A grant is stated by its number",
    question="Is it told by which grant the work was paid for?",
    counts="The number or identifier of a grant, in a field of its own.",
    fix="Give the number of the grant as the funder writes it.",
    mender=Mender.OWNER,
    reads=("grants", "omm:fundingStatement", "omm:acknowledgements"),
    judge=_judge,
    cases=(
        Case("number", Outcome.PASS, {"grants": [{"grant_identifier": "101057970"}]}),
        Case("text of a grant", Outcome.FAIL, {"grants": [{"title": "Supported by KAKENHI 16H06372."}]}),
        Case("acknowledgements", Outcome.FAIL, {"acknowledgements": "We thank Wellcome (grant 1234)."}),
        Case("nothing", Outcome.FAIL),
    ),
    source="Horizon Europe, Model Grant Agreement, Annex 5, Article 17 (project number); DataCite 4.5, awardNumber.",
    limits="Numbers inside of texts do not count; work without a grant fails too, since no record can say so.",
)
