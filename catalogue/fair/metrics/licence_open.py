"""Whether the licence allows any use and changed versions."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence
from catalogue.fair.licences import find_licence
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, indeterminate, passed


def _judge(study: Subject) -> Judgement:
    rows = study.rows("dcterms:license")
    add = (study.triple("dcterms:license", "<https://creativecommons.org/licenses/by/4.0/>"),)
    if not rows:
        return failed("No licence is stated, so that nothing is allowed.", add=add)
    found = [(row, find_licence(row.text)) for row in rows]
    good = [(row, licence) for row, licence in found if licence is not None and licence.kind != "restricted"]
    if good:
        return passed(f"{good[0][1].id} allows any use and changed versions.", good[0][0].evidence)
    known = [(row, licence) for row, licence in found if licence is not None]
    if known:
        said = f"{known[0][1].id} forbids commercial use, changed versions, or both."
        return failed(said, *evidence(rows), add=add)
    return indeterminate("The licence is not in the SPDX list, so that nobody but a lawyer can tell.", *evidence(rows))


METRIC: Final = Metric(
    id="licence-open",
    version="1.0",
    principle="R1.1",
    title="The licence allows any use and changed versions",
    question="May anybody use the images for any purpose, crop and annotate them, and publish the result?",
    counts="The licence is one of the SPDX list that forbids neither commercial use nor changed versions.",
    fix="Ask the authors for CC BY or CC0; ND forbids publishing annotated images, NC much of machine learning.",
    mender=Mender.OWNER,
    reads=("dcterms:license",),
    judge=_judge,
    cases=(
        Case("CC BY", Outcome.PASS, {"license": "https://creativecommons.org/licenses/by/4.0/"}),
        Case("CC BY-SA", Outcome.PASS, {"license": "https://creativecommons.org/licenses/by-sa/4.0/"}),
        Case("CC BY-NC", Outcome.FAIL, {"license": "https://creativecommons.org/licenses/by-nc/4.0/"}),
        Case("CC BY-ND", Outcome.FAIL, {"license": "https://creativecommons.org/licenses/by-nd/4.0/"}),
        Case("own terms", Outcome.INDETERMINATE, {"license": "https://archive.example/terms"}),
        Case("none", Outcome.FAIL, {"license": None}),
    ),
    source="Open Definition 2.1; Wellcome, Data, software and materials management and sharing policy.",
    limits="Share-alike passes here; funders that ask for CC BY or CC0 are answered by licence-cc-by-or-cc0.",
)
