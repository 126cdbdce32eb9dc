"""What an audit says of a study, as nodes: one TestResultSet, and for each metric one node that is TestResult (FTR),
QualityMeasurement (DQV) and Assertion (EARL) at once.

Source: FTR 1.3, https://w3id.org/ftr#; fair.md, section 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from catalogue.fair.audit import Basis
from catalogue.fair.dataset import study_iri
from catalogue.fair.ftr.names import CC0, audit_iri, guide_iri, results_iri, test_iri
from catalogue.fair.metrics.base import Metric
from catalogue.fair.outcomes import Evidence, Judgement, Outcome

Node = dict[str, Any]
# FTR knows three values; what is not applicable is told apart by its EARL outcome.
VALUE: Final = {
    Outcome.PASS: "pass",
    Outcome.FAIL: "fail",
    Outcome.INDETERMINATE: "indeterminate",
    Outcome.NOT_APPLICABLE: "indeterminate",
}
EARL: Final = {
    Outcome.PASS: "earl:passed",
    Outcome.FAIL: "earl:failed",
    Outcome.INDETERMINATE: "earl:cantTell",
    Outcome.NOT_APPLICABLE: "earl:inapplicable",
}
_DECIDED: Final = {Outcome.PASS: True, Outcome.FAIL: False}


def activity(basis: Basis, software: str) -> Node:
    """The making of the audit; its end is the moment of the ledger position, so that equal audits are equal."""
    node: Node = {
        "id": f"{audit_iri(basis)}/activity",
        "type": ["ftr:TestExecutionActivity", "prov:Activity"],
        "dcterms:title": f"FAIR audit of ledger position {basis.position}",
        "prov:wasAssociatedWith": software,
    }
    if basis.recorded_at:
        node["prov:endedAtTime"] = basis.recorded_at
    return node


def study_nodes(
    basis: Basis, curie: str, title: str, judged: Iterable[tuple[Metric, Judgement]], software: str
) -> Iterator[Node]:
    """The study, its TestResultSet and its TestResults.

    Args:
        software: IRI of the agent that tested.
    """
    study, graph = study_iri(curie), results_iri(basis, curie)
    results = [node for metric, judgement in judged for node in _result(basis, curie, metric, judgement, software)]
    yield {"id": study, "type": "prov:Entity", "dcterms:identifier": curie}
    found: Node = {
        "id": graph,
        "type": ["ftr:TestResultSet", "prov:Collection"],
        "dcterms:identifier": f"{basis.name}/{curie}",
        "dcterms:title": f"FAIR tests of {title or curie}",
        "dcterms:description": f"What each metric says of {curie} at ledger position {basis.position}.",
        "dcterms:license": CC0,
        "ftr:assessmentTarget": study,
        "prov:hadMember": [node["id"] for node in results if "ftr:TestResult" in node["type"]],
        "prov:wasGeneratedBy": f"{audit_iri(basis)}/activity",
    }
    if basis.recorded_at:
        found["prov:generatedAtTime"] = basis.recorded_at
    yield found
    yield from results


def _result(basis: Basis, curie: str, metric: Metric, judgement: Judgement, software: str) -> Iterator[Node]:
    study, graph, outcome = study_iri(curie), results_iri(basis, curie), judgement.outcome
    name = f"{graph}/{metric.id}"
    node: Node = {
        "id": name,
        "type": ["ftr:TestResult", "prov:Entity", "dqv:QualityMeasurement", "earl:Assertion"],
        "dcterms:identifier": f"{basis.name}/{curie}/{metric.id}",
        "dcterms:title": metric.title,
        "dcterms:description": f"{outcome.value}: {judgement.said}",
        "dcterms:license": CC0,
        "prov:value": VALUE[outcome],
        "ftr:log": _log(judgement),
        "ftr:completion": 100 if outcome is Outcome.PASS else 0,
        "ftr:outputFromTest": test_iri(metric),
        "ftr:assessmentTarget": study,
        "ftr:suggestion": guide_iri(metric),
        "prov:wasGeneratedBy": f"{audit_iri(basis)}/activity",
        "dqv:computedOn": study,
        "dqv:isMeasurementOf": metric.iri,
        "earl:assertedBy": software,
        "earl:subject": study,
        "earl:test": test_iri(metric),
        "earl:mode": "earl:automatic",
        "earl:result": f"{name}/result",
    }
    if outcome in _DECIDED:
        node["dqv:value"] = _DECIDED[outcome]
    yield node
    yield {
        "id": f"{name}/result",
        "type": "earl:TestResult",
        "earl:outcome": EARL[outcome],
        "earl:info": judgement.said,
    }


def _log(judgement: Judgement) -> str:
    lines = [judgement.said, *(_evidence(evidence) for evidence in judgement.evidence)]
    return "\n".join([*lines, *(f"To add: {line}" for line in judgement.add)])


def _evidence(evidence: Evidence) -> str:
    if not evidence.url:
        return f"Evidence: {evidence.text}"
    answered = "no answer" if evidence.status is None else f"status {evidence.status}"
    return f"Evidence: {evidence.text} ({evidence.url}, {answered}, {evidence.observed_at})"
