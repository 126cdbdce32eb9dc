"""Whether it is told how the images were made, in the words of the field."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import described_acquisitions, evidence, evidence_with, part
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_SAYS: Final = {
    "instrument": "omm:instrument",
    "used": "omm:instrumentUsed",
    "method": "omm:imagingMethod",
    "parameters": "omm:acquisitionParameters",
    "description": "dcterms:description",
}


def _judge(study: Subject) -> Judgement:
    rows = study.rows("acquisitions")
    good = described_acquisitions(study)
    if good:
        shown = evidence_with(good, _SAYS, most=1)
        return passed(f"Acquisitions described: {len({row.text for row in good})}.", *shown)
    node = rows[0].text if rows else part(study, "acquisition/1")
    add = (study.triple("omm:acquisition", f"<{node}>"), study.triple("omm:instrument", '"…"', node))
    return failed("No acquisition is described.", *evidence(rows), add=add)


METRIC: Final = Metric(
    id="provenance-acquisition",
    version="1.1",
    principle="R1.2",
    title="The acquisition is described",
    question="Does one know how the images were made?",
    counts='An acquisition (REMBI) with its instrument, method, settings or a description. FBbi\'s "recorded image" '
    "and texts such as `image acquisition protocol` tell nothing.",
    fix="Describe how the images were made.",
    mender=Mender.OWNER,
    reads=("acquisitions",),
    judge=_judge,
    cases=(
        Case("described", Outcome.PASS, {"acquisitions": [{"instrument": "Zeiss"}]}),
        Case(
            "recorded image",
            Outcome.FAIL,
            {"acquisitions": [{"description": "recorded image", "methods": ["FBbi:00000265"]}]},
        ),
        Case("title only", Outcome.FAIL, {"acquisitions": [{"title": "Microscopy"}]}),
        Case("none", Outcome.FAIL),
    ),
    source="REMBI 1.5, ImageAcquisition; RDA FAIR Data Maturity Model (2020), RDA-R1.2-01M.",
    answers=("RDA-R1.2-01M",),
)
