"""Whether it is stated who may have the data."""

from __future__ import annotations

from typing import Final

from catalogue.fair.data_links import LEVELS
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed


def _judge(study: Subject) -> Judgement:
    if rows := study.rows("access"):
        return passed("There is a statement of access.", *(row.evidence for row in rows))
    access = f"{study.iri}/access"
    add = (
        study.triple("dcterms:accessRights", f"<{access}>"),
        study.triple("omm:accessLevel", f"<{LEVELS}…>", node=access),
    )
    return failed("Nothing is stated about access.", add=add)


METRIC: Final = Metric(
    id="access-stated",
    version="1.0",
    principle="A1",
    title="It is stated who may have the data",
    question="Does the record say whether everybody may have the data, or only some, or nobody?",
    counts="dcterms:accessRights of the study. A licence does not count: it says what may be done with the data, not "
    "who has them.",
    fix="State the access, also where the data are open to everybody.",
    mender=Mender.OWNER,
    reads=("access",),
    judge=_judge,
    cases=(
        Case("public", Outcome.PASS, {"access": {"access_level": "PUBLIC"}}),
        Case("in words", Outcome.PASS, {"access": {"reason": "patients' data"}}),
        Case("only a licence", Outcome.FAIL),
    ),
    source="F-UJI metrics 0.8, FsF-A1-01M-1; RDA FAIR Data Maturity Model (2020), RDA-A1-01M.",
    answers=("FsF-A1-01M-1", "RDA-A1-01M"),
)
