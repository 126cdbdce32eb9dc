"""Whether the funder is named by an identifier."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, evidence_with, part
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, not_applicable, passed

_WORDS: Final = ("omm:fundingStatement", "omm:acknowledgements")


def _judge(study: Subject) -> Judgement:
    grants = study.rows("grants")
    good = [row for row in grants if row.said("ror") or row.said("crossref")]
    if good:
        identifiers = {"ror": "omm:ror", "crossref": "omm:crossrefFunderId"}
        shown = evidence_with(good, identifiers, "funder")
        return passed("The funder is named by its ROR or Crossref identifier.", *shown)
    words = [row for name in _WORDS for row in study.rows(name)]
    if not grants and not words:
        return not_applicable("No funder is stated, so that none can be identified.")
    grant = grants[0].text if grants else part(study, "grant/1")
    funder = (grants[0].said("funder") if grants else "") or f"{grant}/funder"
    add = (
        *(() if grants else (study.triple("schema:funding", f"<{grant}>"),)),
        *(() if grants and grants[0].said("funder") else (study.triple("schema:funder", f"<{funder}>", grant),)),
        study.triple("omm:ror", "<https://ror.org/…>", funder),
    )
    said = "The funder is told in words or by name, without an identifier."
    return failed(said, *evidence([*grants, *words]), add=add)


METRIC: Final = Metric(
    id="funder-identified",
    version="1.0",
    principle="R1.2",
    title="The funder is identified",
    question="Can a funder find all that it paid for, whatever its name is written like?",
    counts="ROR or Crossref funder identifier of the funder of a grant.",
    fix="Give the funder's ROR, such as https://ror.org/029chgv08 for Wellcome.",
    mender=Mender.OWNER,
    reads=("grants", *_WORDS),
    judge=_judge,
    cases=(
        Case(
            "ROR",
            Outcome.PASS,
            {"grants": [{"funder": {"type": "Organization", "name": "Wellcome", "ror": "https://ror.org/029chgv08"}}]},
        ),
        Case("name", Outcome.FAIL, {"grants": [{"funder": {"type": "Organization", "name": "Wellcome"}}]}),
        Case("in words", Outcome.FAIL, {"acknowledgements": "We thank Wellcome."}),
        Case("nothing", Outcome.NOT_APPLICABLE),
    ),
    source="DataCite 4.5, funderIdentifier; Horizon Europe, Model Grant Agreement, Annex 5, Article 17.",
    limits="It looks at the record itself; what this catalogue infers about funders stands on the funder's page.",
)
