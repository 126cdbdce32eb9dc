"""Whether programs can look up what the licence allows."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence
from catalogue.fair.licences import find_licence
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed


def _judge(study: Subject) -> Judgement:
    rows = study.rows("dcterms:license")
    for row in rows:
        licence = find_licence(row.text) if row.is_iri else None
        if licence is not None:
            return passed(f"The licence is {licence.id} of the SPDX list.", row.evidence)
    add = (study.triple("dcterms:license", "<https://spdx.org/licenses/CC-BY-4.0>"),)
    said = "The licence is not in the SPDX list." if rows else "No licence is stated."
    return failed(said, *evidence(rows), add=add)


METRIC: Final = Metric(
    id="licence-spdx",
    version="1.0",
    principle="R1.1",
    title="The licence is in the SPDX list",
    question="Can a program look up what the licence allows?",
    counts="The licence's address is that of a licence in the pinned part of the SPDX License List 3.29.0.",
    fix="Choose a licence of the SPDX list and state its address with its version, such as CC BY 4.0.",
    mender=Mender.OWNER,
    reads=("dcterms:license",),
    judge=_judge,
    cases=(
        Case("CC BY", Outcome.PASS, {"license": "https://creativecommons.org/licenses/by/4.0/"}),
        Case("SPDX", Outcome.PASS, {"license": "https://spdx.org/licenses/CC0-1.0"}),
        Case(
            "a page of Creative Commons that is no licence",
            Outcome.FAIL,
            {"license": "https://creativecommons.org/about/"},
        ),
        Case("own terms", Outcome.FAIL, {"license": "https://archive.example/terms"}),
        Case("none", Outcome.FAIL, {"license": None}),
    ),
    source="SPDX License List 3.29.0; RDA-R1.1-03M; F-UJI metrics 0.5, FsF-R1.1-01M-2.",
    limits="The pinned part holds Creative Commons, data licences and a few of software, not all of SPDX.",
    answers=("RDA-R1.1-03M", "FsF-R1.1-01M-2", "RDA-R1.1-02M"),
)
