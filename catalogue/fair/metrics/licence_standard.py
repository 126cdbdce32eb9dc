"""Whether the licence is one that programs recognise."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_KNOWN: Final = ("https://creativecommons.org/", "https://spdx.org/licenses/")


def _judge(study: Subject) -> Judgement:
    rows = study.rows("dcterms:license")
    known = [row for row in rows if row.is_iri and row.text.startswith(_KNOWN)]
    if known:
        return passed("The licence is an address that programs recognise.", *(row.evidence for row in known))
    add = (study.triple("dcterms:license", "<https://creativecommons.org/licenses/by/4.0/>"),)
    said = "The licence is no address that programs recognise." if rows else "No licence is stated."
    return failed(said, *(row.evidence for row in rows), add=add)


METRIC: Final = Metric(
    id="licence-standard",
    version="1.0",
    principle="R1.1",
    title="The licence is a standard one",
    question="Is the licence given as the address of a licence that everybody knows?",
    counts="dcterms:license of the study is an IRI of Creative Commons or of the SPDX list.",
    fix="State the licence by its address at creativecommons.org or spdx.org, such as CC BY 4.0 or CC0 1.0.",
    mender=Mender.OWNER,
    reads=("dcterms:license",),
    judge=_judge,
    cases=(
        Case("CC BY", Outcome.PASS, {"license": "https://creativecommons.org/licenses/by/4.0/"}),
        Case("own terms", Outcome.FAIL, {"license": "https://archive.example/terms"}),
        Case("none", Outcome.FAIL, {"license": None}),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-R1.1-02M; F-UJI metrics 0.8, FsF-R1.1-01M.",
    answers=("RDA-R1.1-02M", "FsF-R1.1-01M-2"),
)
