"""Whether the licence is CC BY, CC0 or gives the same rights."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence
from catalogue.fair.licences import find_licence
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, indeterminate, passed


def _judge(study: Subject) -> Judgement:
    rows = study.rows("dcterms:license")
    found = [(row, find_licence(row.text)) for row in rows]
    good = [(row, licence) for row, licence in found if licence and licence.kind in ("free", "attribution")]
    if good:
        return passed(f"{good[0][1].id} asks for no more than credit.", good[0][0].evidence)
    if rows and all(licence is None for _, licence in found):
        return indeterminate(
            "The licence is not in the SPDX list; whether its rights are equal, it does not tell.", *evidence(rows)
        )
    add = (study.triple("dcterms:license", "<https://creativecommons.org/licenses/by/4.0/>"),)
    said = "The licence asks for more than credit." if rows else "No licence is stated."
    return failed(said, *evidence(rows), add=add)


METRIC: Final = Metric(
    id="licence-cc-by-or-cc0",
    version="1.0",
    principle="R1.1",
    title="The licence is CC BY, CC0 or equal in rights",
    question="Do the data carry the licence that European funders ask for?",
    counts="The licence is one of the SPDX list that asks for credit at most.",
    fix="Ask the authors for CC BY 4.0 or CC0 1.0.",
    mender=Mender.OWNER,
    reads=("dcterms:license",),
    judge=_judge,
    cases=(
        Case("CC0", Outcome.PASS),
        Case("CC BY", Outcome.PASS, {"license": "https://creativecommons.org/licenses/by/4.0/"}),
        Case("CC BY-SA", Outcome.FAIL, {"license": "https://creativecommons.org/licenses/by-sa/4.0/"}),
        Case("CC BY-NC", Outcome.FAIL, {"license": "https://creativecommons.org/licenses/by-nc/4.0/"}),
        Case("own terms", Outcome.INDETERMINATE, {"license": "https://archive.example/terms"}),
        Case("none", Outcome.FAIL, {"license": None}),
    ),
    source="Horizon Europe, Model Grant Agreement, Annex 5, Article 17 (open access to research data).",
    limits="The clause asks for the latest version of CC BY; older ones pass here, their rights being near equal.",
)
