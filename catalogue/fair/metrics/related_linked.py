"""Whether the record leads anywhere else."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import part, stated
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome

_PAPER: Final = {"publications": [{"title": "A paper"}]}


def _judge(study: Subject) -> Judgement:
    rows = [*study.rows("publications"), *study.rows("relations")]
    add = study.triple("dcterms:isReferencedBy", f"<{part(study, 'publication/1')}>")
    missing = "The record names no paper, no related data and no other page."
    return stated(rows, "Related resources named: {n}.", missing, add)


METRIC: Final = Metric(
    id="related-linked",
    version="1.0",
    principle="I3",
    title="Related resources are named",
    question="Does the record say what belongs to it: papers, other data, samples, copies elsewhere?",
    counts="At least one paper, related resource, link, record of another archive or statement of the same study.",
    fix="Name the paper of the study and the records of other archives that belong to it.",
    mender=Mender.OWNER,
    reads=("publications", "relations"),
    judge=_judge,
    cases=(
        Case("a paper", Outcome.PASS, _PAPER),
        Case("a link", Outcome.PASS, {"links": [{"url": "https://github.example/code"}]}),
        Case("nothing", Outcome.FAIL),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-I3-01M; F-UJI metrics 0.8, FsF-I3-01M-1.",
    limits="A study that nothing else belongs to yet fails, since nobody can tell it from one whose links are missing.",
    answers=("RDA-I3-01M", "FsF-I3-01M-1", "FsF-R1.2-01M-1"),
)
