"""Whether the microscope is named."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, evidence_with, part
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed


def _judge(study: Subject) -> Judgement:
    rows = study.rows("acquisitions")
    good = [row for row in rows if row.said("instrument") or row.said("used")]
    node = rows[0].text if rows else part(study, "acquisition/1")
    add = study.triple("omm:instrument", '"…"', node)
    if good:
        shown = evidence_with(good, {"instrument": "omm:instrument", "used": "omm:instrumentUsed"})
        return passed("The instrument is named.", *shown)
    return failed("No instrument is named.", *evidence(rows), add=(add,))


METRIC: Final = Metric(
    id="instrument-stated",
    version="1.0",
    principle="R1",
    title="The instrument is named",
    question="Does one know with which microscope the images were made?",
    counts="An acquisition with its instrument, in words or described with its parts.",
    fix="Name maker and model of the microscope.",
    mender=Mender.OWNER,
    reads=("acquisitions",),
    judge=_judge,
    cases=(
        Case("in words", Outcome.PASS, {"acquisitions": [{"instrument": "Zeiss LSM 880"}]}),
        Case("with parts", Outcome.PASS, {"acquisitions": [{"instruments": [{"manufacturer": "Zeiss"}]}]}),
        Case("method only", Outcome.FAIL, {"acquisitions": [{"methods": ["FBbi:00000251"]}]}),
        Case("none", Outcome.FAIL),
    ),
    source="REMBI 1.5, ImageAcquisition, instrument attributes.",
    limits="An instrument that stands only in the text of a description is not seen.",
)
