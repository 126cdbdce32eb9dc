"""Whether it is told which repository holds the data."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import stated
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome


def _judge(study: Subject) -> Judgement:
    add = study.triple("dcterms:publisher", f"<{study.iri}/publisher>")
    missing = "The repository that publishes the study is not stated."
    return stated(study.rows("dcterms:publisher"), "The repository that publishes the study is stated.", missing, add)


METRIC: Final = Metric(
    id="repository-stated",
    version="1.0",
    principle="R1.2",
    title="The repository is stated",
    question="Is it told which archive keeps the data?",
    counts="dcterms:publisher of the study.",
    fix="Name the archive that publishes the study.",
    mender=Mender.OWNER,
    reads=("dcterms:publisher",),
    judge=_judge,
    cases=(
        Case("stated", Outcome.PASS, {"publisher": {"type": "Organization", "name": "BioImage Archive"}}),
        Case("none", Outcome.FAIL),
    ),
    source="NIH NOT-OD-24-175 (RPPR C.5.c: in which repository); Horizon Europe, Annex 5 (venue).",
    limits="It does not judge whether the repository can be trusted.",
)
