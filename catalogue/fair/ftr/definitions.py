"""Metrics, the tests that implement them, guidance, dimensions and benchmarks, as nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from catalogue.fair.benchmark import Benchmark, shipped
from catalogue.fair.forms.base import Addresses
from catalogue.fair.ftr.names import CC0, FAIR, IMPLEMENTS, guide_iri, principle_iri, test_iri
from catalogue.fair.metrics.base import METRIC_BASE, Metric
from catalogue.model.namespaces import BASE

Node = dict[str, Any]
SOFTWARE: Final = FAIR + "software"
"""The agent that tests."""
_BOOLEAN: Final = "http://www.w3.org/2001/XMLSchema#boolean"


def software_node(version: str) -> Node:
    """The software that tests, which also answers for its tests."""
    return {
        "id": SOFTWARE,
        "type": ["prov:SoftwareAgent", "prov:Agent", "earl:Software", "vcard:Organization"],
        "vcard:organization-name": "Ommatidia",
        "dcterms:title": "ommatidia-node",
        "dcat:version": version or "unstated",
        "dcat:landingPage": BASE,
    }


def metric_nodes(metric: Metric, links: Addresses) -> Iterator[Node]:
    """A metric, its test, and the guidance for it."""
    dimension, described = principle_iri(metric.principle), f"{metric.question} It passes when: {metric.counts}"
    yield {
        "id": metric.iri,
        "type": ["ftr:Metric", "dqv:Metric"],
        "dcterms:identifier": metric.iri.removeprefix(METRIC_BASE),
        "dcterms:title": metric.title,
        "dcterms:description": described,
        "skos:definition": metric.counts,
        "dcterms:license": CC0,
        "dcat:version": metric.version,
        "dcat:landingPage": links.full(f"/fair/metrics/{metric.id}"),
        "dqv:inDimension": dimension,
        "dqv:expectedDataType": _BOOLEAN,
        "dcterms:creator": SOFTWARE,
        "dcat:contactPoint": SOFTWARE,
    }
    yield {
        "id": test_iri(metric),
        "type": ["ftr:Test", "dcat:DataService"],
        "dcterms:identifier": metric.id,
        "dcterms:title": metric.title,
        "dcterms:description": described,
        "dcterms:license": CC0,
        "dcat:version": metric.version,
        "dqv:inDimension": dimension,
        "dcat:endpointURL": links.full(f"/fair/api/assess/test/{metric.id}"),
        "dcat:endpointDescription": links.full("/fair/api/openapi.json"),
        "dcterms:creator": SOFTWARE,
        "dcat:contactPoint": SOFTWARE,
        **{name: metric.iri for name in IMPLEMENTS},
    }
    yield {
        "id": guide_iri(metric),
        "type": "ftr:GuidanceContext",
        "dcterms:title": f"How to mend it: {metric.title}",
        "dcterms:description": metric.fix,
    }


def dimension_nodes(metrics: Iterable[Metric]) -> list[Node]:
    """The FAIR principles that some metrics test."""
    return [
        {"id": principle_iri(name), "type": "dqv:Dimension", "dcterms:title": f"FAIR principle {name}"}
        for name in sorted({metric.principle for metric in metrics})
    ]


def benchmark_node(benchmark: Benchmark, metrics: Iterable[Metric], links: Addresses) -> Node:
    """A benchmark with the metrics that it rests on."""
    node: Node = {
        "id": benchmark.iri,
        "type": "ftr:Benchmark",
        "dcterms:identifier": f"{benchmark.id}/{benchmark.version}",
        "dcterms:title": benchmark.title,
        "dcterms:description": benchmark.description,
        "dcat:version": benchmark.version,
        "dcat:landingPage": links.full(f"/fair/benchmarks/{benchmark.id}"),
        "ftr:hasAssociatedMetric": [metric.iri for metric in metrics if metric.id in benchmark.metrics],
    }
    if benchmark.license:
        node["dcterms:license"] = benchmark.license
    if benchmark.id in shipped():  # an institution's own is neither by us nor ours to answer for
        node["dcterms:creator"] = node["dcat:contactPoint"] = SOFTWARE
    if benchmark.source.startswith("https://"):
        node["dcterms:source"] = benchmark.source
    return node
