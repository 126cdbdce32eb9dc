"""Whether there are words by which the study can be found."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_FACTS: Final = ("dcat:keyword", "dcterms:subject")
_TERM: Final = {"id": "GO:0000278", "type": "OntologyTerm", "label": "mitotic cell cycle"}


def _judge(study: Subject) -> Judgement:
    rows = [row for fact in _FACTS for row in study.rows(fact)]
    if rows:
        return passed(f"Keywords or subjects stated: {len(rows)}.", *(row.evidence for row in rows[:5]))
    return failed("There are no keywords and no subjects.", add=(study.triple("dcat:keyword", '"…"'),))


METRIC: Final = Metric(
    id="keywords-stated",
    version="1.0",
    principle="F2",
    title="There are keywords",
    question="Are there keywords or subjects by which somebody who does not know the study would find it?",
    counts="dcat:keyword (free words) or dcterms:subject (ontology terms) of the study.",
    fix="Give keywords when submitting; an archive that has them exports them.",
    mender=Mender.OWNER,
    reads=_FACTS,
    judge=_judge,
    cases=(
        Case("words", Outcome.PASS, {"keywords": ["mitosis"]}),
        Case("a term", Outcome.PASS, {"subjects": ["GO:0000278"], "terms": [_TERM]}),
        Case("none", Outcome.FAIL),
    ),
    source="F-UJI metrics 0.8, FsF-F2-01M-3 (keywords).",
    limits="Organisms and imaging methods have metrics of their own and do not count here.",
    answers=("FsF-F2-01M-3", "RDA-F2-01M"),
)
