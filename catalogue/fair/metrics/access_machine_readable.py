"""Whether programs understand who may have the data."""

from __future__ import annotations

from typing import Final

from catalogue.fair.data_links import LEVELS
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Evidence, Judgement, Mender, Outcome, failed, passed
from catalogue.model.namespaces import expand


def _judge(study: Subject) -> Judgement:
    rows = study.rows("access")
    for row in rows:
        level = row.said("level")
        if level.startswith(LEVELS):
            triple = Evidence(f"{row.value} <{expand('omm:accessLevel')}> <{level}> .")
            return passed(f"The level of access is {level.removeprefix(LEVELS)}.", row.evidence, triple)
    node = rows[0].text if rows else f"{study.iri}/access"
    add = [study.triple("omm:accessLevel", f"<{LEVELS}…>", node=node)]
    if not rows:
        add.insert(0, study.triple("dcterms:accessRights", f"<{node}>"))
    said = "The statement of access has no level." if rows else "Nothing is stated about access."
    return failed(said, *(row.evidence for row in rows), add=tuple(add))


METRIC: Final = Metric(
    id="access-machine-readable",
    version="1.0",
    principle="A1",
    title="The level of access is a term that programs know",
    question="Can a program tell open from restricted data without reading a sentence?",
    counts="omm:accessLevel of the statement of access (dcterms:accessRights) is PUBLIC, RESTRICTED or NON_PUBLIC of "
    "the EU's access-right vocabulary.",
    fix="Export the level of access as an address of the EU's, COAR's or another list that this node knows.",
    mender=Mender.OWNER,
    reads=("access",),
    judge=_judge,
    cases=(
        Case("public", Outcome.PASS, {"access": {"access_level": "PUBLIC"}}),
        Case("restricted", Outcome.PASS, {"access": {"access_level": "RESTRICTED"}}),
        Case("in words", Outcome.FAIL, {"access": {"reason": "patients' data"}}),
        Case("nothing", Outcome.FAIL),
    ),
    source="F-UJI metrics 0.5, FsF-A1-01M-2; Publications Office of the EU, access-right.",
    answers=("FsF-A1-01M-2", "FsF-A1-01M-3"),
)
