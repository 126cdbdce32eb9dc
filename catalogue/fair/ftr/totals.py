"""The numbers of a report as DQV: how many studies have each outcome in each item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from catalogue.fair.benchmark import Item
from catalogue.fair.forms.base import Addresses
from catalogue.fair.ftr.names import audit_iri, principle_iri
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Report

Node = dict[str, Any]
_INTEGER: Final = "http://www.w3.org/2001/XMLSchema#integer"


def totals_iri(report: Report) -> str:
    """IRI of the totals of a report."""
    scope, benchmark = report.scope, report.benchmark
    about = f"{scope.kind}/{quote(scope.id, safe='')}" if scope.id else scope.kind
    return f"{audit_iri(report.basis)}/totals/{about}/{benchmark.id}/{benchmark.version}"


def total_nodes(report: Report, links: Addresses, elsewhere: Mapping[str, str]) -> Iterator[Node]:
    """The totals, each as a QualityMeasurement with the metric that it counts.

    Args:
        elsewhere: IRI of a study's results -> address of the document that has them.
    """
    name, found = totals_iri(report), []
    for item, tally in report.items:
        for outcome in Outcome:
            node = _measurement(report, name, item, outcome, tally.counts[outcome])
            found.append(node["id"])
            yield node
            yield _counting(report, item, outcome)
    whole: Node = {
        "id": name,
        "type": ["dqv:QualityMeasurementDataset", "prov:Collection"],
        "dcterms:title": f"{report.benchmark.title}: {report.scope.title}",
        "dcterms:description": " ".join(report.headline),
        "dcat:landingPage": links.full(report.scope.path),
        "prov:hadMember": [*found, *elsewhere],
        "prov:wasGeneratedBy": f"{audit_iri(report.basis)}/activity",
    }
    yield whole
    for iri, address in elsewhere.items():
        yield {"id": iri, "type": "ftr:TestResultSet", "rdfs:seeAlso": {"id": address}}


def _measurement(report: Report, name: str, item: Item, outcome: Outcome, count: int) -> Node:
    return {
        "id": f"{name}/{item.id}/{_word(outcome)}",
        "type": "dqv:QualityMeasurement",
        "dqv:computedOn": report.scope.iri,
        "dqv:isMeasurementOf": _counting(report, item, outcome)["id"],
        "dqv:value": count,
        "prov:wasGeneratedBy": f"{audit_iri(report.basis)}/activity",
    }


def _counting(report: Report, item: Item, outcome: Outcome) -> Node:
    """The metric whose value is a number of studies."""
    node: Node = {
        "id": f"{report.benchmark.iri}/{item.id}/{_word(outcome)}",
        "type": "dqv:Metric",
        "skos:definition": f"Number of studies with the outcome '{outcome.value}' in: {item.title}",
        "dqv:expectedDataType": _INTEGER,
    }
    return node | ({"dqv:inDimension": principle_iri(item.principle)} if item.principle else {})


def _word(outcome: Outcome) -> str:
    return outcome.value.replace(" ", "-")
