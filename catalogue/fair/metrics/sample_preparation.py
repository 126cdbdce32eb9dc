"""Whether it is told how the sample was prepared."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, part, stated
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed
from catalogue.fair.placeholders import says_nothing


def _judge(study: Subject) -> Judgement:
    add = study.triple("omm:samplePreparation", '"…"', part(study, "specimen/1"))
    rows = study.rows("preparations")
    good = [row for row in rows if row.is_iri or not says_nothing(row.text)]
    if rows and not good:
        return failed("Protocols are named, and their text is no more than that name.", *evidence(rows), add=(add,))
    missing = "It is not told how the sample was prepared."
    return stated(good, "It is told how the sample was prepared.", missing, add)


METRIC: Final = Metric(
    id="sample-preparation",
    version="1.1",
    principle="R1",
    title="Sample preparation is described",
    question="Does one know how the sample was grown, fixed and stained?",
    counts="A specimen with its preparation in words, a method, a growth protocol or a protocol; the name of a kind of "
    "protocol, such as `growth protocol`, is no description of one.",
    fix="Describe fixation, staining and mounting, or link the protocol.",
    mender=Mender.OWNER,
    reads=("preparations",),
    judge=_judge,
    cases=(
        Case("in words", Outcome.PASS, {"specimens": [{"title": "s", "sample_preparation": "Fixed with PFA."}]}),
        Case("growth", Outcome.PASS, {"specimens": [{"title": "s", "growth_protocol": "Grown in DMEM."}]}),
        Case(
            "name of a protocol only",
            Outcome.FAIL,
            {"specimens": [{"title": "s", "growth_protocol": "growth protocol"}]},
        ),
        Case("a bare specimen", Outcome.FAIL, {"specimens": [{"title": "s"}]}),
        Case("none", Outcome.FAIL),
    ),
    source="REMBI 1.5, Specimen, experimental status and sample preparation.",
    limits="It does not read the words; a protocol elsewhere that is only linked by the paper is not seen.",
)
