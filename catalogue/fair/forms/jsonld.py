"""JSON-LD: totals and definitions in the audit's graph, each study's results in a named graph of its own.

A report about very many studies names their documents instead of holding all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from catalogue.fair.forms.base import Addresses
from catalogue.fair.ftr.definitions import SOFTWARE, benchmark_node, dimension_nodes, metric_nodes, software_node
from catalogue.fair.ftr.names import CONTEXT, audit_iri, results_iri
from catalogue.fair.ftr.results import activity, study_nodes
from catalogue.fair.ftr.totals import total_nodes
from catalogue.fair.report import Report

SUFFIX: Final = ".jsonld"
MEDIA_TYPE: Final = "application/ld+json"
TITLE: Final = "JSON-LD (FTR, DQV, EARL)"
MOST_STUDIES: Final = 200
"""Whose single results one document holds; 90 tests of a study take 130 kB."""


def iter_parts(report: Report, links: Addresses) -> Iterator[bytes]:
    """The report as linked data, graph by graph."""
    whole = len(report.studies) <= MOST_STUDIES
    first = {"id": audit_iri(report.basis), "@graph": _definitions(report, links, whole)}
    yield f'{{"@context":{_text(CONTEXT)},"@graph":[{_text(first)}'.encode()
    for graph in _studies(report) if whole else ():
        yield f",{_text(graph)}".encode()
    yield b"]}\n"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _definitions(report: Report, links: Addresses, whole: bool) -> list[dict[str, Any]]:
    basis = report.basis
    return [
        activity(basis, SOFTWARE),
        software_node(basis.software),
        benchmark_node(report.benchmark, report.metrics, links),
        *dimension_nodes(report.metrics),
        *(node for metric in report.metrics for node in metric_nodes(metric, links)),
        *total_nodes(report, links, {} if whole else _elsewhere(report, links)),
    ]


def _elsewhere(report: Report, links: Addresses) -> dict[str, str]:
    """IRI of each study's results -> where they can be had."""
    found = {}
    for study in report.studies:
        path = links.full(f"/fair/studies/{study.curie}{SUFFIX}")
        found[results_iri(report.basis, study.curie)] = path
    return found


def _studies(report: Report) -> Iterator[dict[str, Any]]:
    basis = report.basis
    for study in report.studies:
        judgements = report.audit.judgements[study.curie]
        judged = [(metric, judgements[metric.id]) for metric in report.metrics]
        nodes = list(study_nodes(basis, study.curie, study.title, judged, SOFTWARE))
        yield {"id": results_iri(basis, study.curie), "@graph": nodes}
