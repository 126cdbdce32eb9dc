"""Whether there is a licence at all."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import stated
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome


def _judge(study: Subject) -> Judgement:
    add = study.triple("dcterms:license", "<https://creativecommons.org/licenses/by/4.0/>")
    return stated(study.rows("dcterms:license"), "A licence is stated.", "No licence is stated.", add)


METRIC: Final = Metric(
    id="licence-stated",
    version="1.0",
    principle="R1.1",
    title="A licence is stated",
    question="Is it told under which licence the data may be used?",
    counts="dcterms:license of the study, whatever it is.",
    fix="State the licence.",
    mender=Mender.OWNER,
    reads=("dcterms:license",),
    judge=_judge,
    cases=(
        Case("CC BY", Outcome.PASS, {"license": "https://creativecommons.org/licenses/by/4.0/"}),
        Case("own terms", Outcome.PASS, {"license": "https://archive.example/terms"}),
        Case("none", Outcome.FAIL, {"license": None}),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-R1.1-01M; F-UJI metrics 0.8, FsF-R1.1-01M-1.",
    answers=("RDA-R1.1-01M", "FsF-R1.1-01M-1"),
)
