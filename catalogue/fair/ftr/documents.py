"""Definitions and results as JSON-LD documents of their own, as FTR's API gives them.

Source: FTR's API description (development/api/open_api_description.yaml); fair.md, section 6.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from catalogue.fair.audit import Audit
from catalogue.fair.benchmark import Benchmark
from catalogue.fair.forms.base import Addresses
from catalogue.fair.ftr.definitions import SOFTWARE, benchmark_node, dimension_nodes, metric_nodes, software_node
from catalogue.fair.ftr.names import CONTEXT, results_iri
from catalogue.fair.ftr.results import activity, study_nodes
from catalogue.fair.metrics.base import Metric

Node = dict[str, Any]


def document(nodes: Iterable[Node]) -> bytes:
    """Nodes with the context that they need; equal nodes give equal bytes."""
    told = {"@context": CONTEXT, "@graph": list(nodes)}
    return (json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n").encode()


def metrics_nodes(metrics: Iterable[Metric], links: Addresses, software: str) -> list[Node]:
    """Metrics with what they measure and who answers for them; without the tests."""
    return _defined(metrics, links, software, "ftr:Metric")


def tests_nodes(metrics: Iterable[Metric], links: Addresses, software: str) -> list[Node]:
    """Tests that implement metrics, with the guidance for those that fail."""
    return _defined(metrics, links, software, "ftr:Test", "ftr:GuidanceContext")


def definition_nodes(metrics: Iterable[Metric], links: Addresses, software: str) -> list[Node]:
    """Metrics, their tests and guidance."""
    return _defined(metrics, links, software, "ftr:Metric", "ftr:Test", "ftr:GuidanceContext")


def _defined(metrics: Iterable[Metric], links: Addresses, software: str, *kinds: str) -> list[Node]:
    chosen = list(metrics)
    nodes = [node for metric in chosen for node in metric_nodes(metric, links)]
    return [
        *(node for node in nodes if set(kinds) & {*_types(node)}),
        *dimension_nodes(chosen),
        software_node(software),
    ]


def _types(node: Node) -> list[str]:
    told = node["type"]
    return told if isinstance(told, list) else [told]


def benchmarks_nodes(
    benchmarks: Iterable[Benchmark], metrics: Iterable[Metric], links: Addresses, software: str
) -> list[Node]:
    """Benchmarks with the IRIs of the metrics that they rest on."""
    known = list(metrics)
    return [*(benchmark_node(one, known, links) for one in benchmarks), software_node(software)]


def results_nodes(audit: Audit, curie: str, metrics: Iterable[Metric], links: Addresses, *, whole: bool) -> list[Node]:
    """What an audit says of a study by some metrics, and the definitions of these.

    Args:
        curie: of a study of the audit.
        whole: with the TestResultSet that holds all results; else the results alone.
    """
    basis, chosen, judgements = audit.basis, list(metrics), audit.judgements[curie]
    title = next(study.title for study in audit.studies if study.curie == curie)
    judged = [(metric, judgements[metric.id]) for metric in chosen]
    results = list(study_nodes(basis, curie, title, judged, SOFTWARE))
    if not whole:
        results = [node for node in results if node["id"] != results_iri(basis, curie)]
    return [*results, activity(basis, SOFTWARE), *definition_nodes(chosen, links, basis.software)]
