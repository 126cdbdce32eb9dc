"""Whether references say how things belong together."""

from __future__ import annotations

from typing import Final

from catalogue.fair.facts import Row
from catalogue.fair.judging import evidence, part
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, not_applicable, passed


def _judge(study: Subject) -> Judgement:
    papers, others = study.rows("publications"), study.rows("relations")
    if not papers and not others:
        return not_applicable("The record refers to nothing, so that no reference can say what it is.")
    bare = [row for row in others if not row.said("role")]
    if not bare:
        return passed(f"Every reference says what it is ({len(papers) + len(others)}).", *evidence([*papers, *others]))
    add = tuple(line for number, row in enumerate(bare[:5], 1) for line in _qualified(study, row, number))
    said = f"References that do not say what they are: {len(bare)} of {len(papers) + len(others)}."
    return failed(said, *evidence(bare), add=add)


def _qualified(study: Subject, row: Row, number: int) -> tuple[str, ...]:
    """What says of a reference what it is: its kind, or of one that has no node of its own a related resource."""
    if row.node.value != study.iri:
        return (study.triple("omm:linkType", '"…"', row.node.value),)
    node = part(study, f"related/{number}")
    return (
        study.triple("omm:relatedResource", f"<{node}>"),
        study.triple("dcterms:relation", str(row.value), node),
        study.triple("dcat:hadRole", "<https://w3id.org/ommatidia/terms/…>", node),
    )


METRIC: Final = Metric(
    id="references-qualified",
    version="1.0",
    principle="I3",
    title="References say what they are",
    question="Does each link say how what it leads to belongs to the study?",
    counts="Every reference is a paper, a typed relation, a statement of the same study, or a link with its kind.",
    fix="Say of each link what it leads to, such as sequencing data or analysis code.",
    mender=Mender.OWNER,
    reads=("publications", "relations"),
    judge=_judge,
    cases=(
        Case("a paper", Outcome.PASS, {"publications": [{"doi": "10.1000/1"}]}),
        Case(
            "a link with its kind",
            Outcome.PASS,
            {"links": [{"url": "https://code.example/", "link_type": "analysis code"}]},
        ),
        Case("see also", Outcome.FAIL, {"see_also": ["https://archive.example/"]}),
        Case("a bare link", Outcome.FAIL, {"links": [{"url": "https://code.example/"}]}),
        Case("no references", Outcome.NOT_APPLICABLE),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-I3-03M.",
    answers=("RDA-I3-03M",),
)
