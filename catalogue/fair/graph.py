"""The newest audit for SPARQL: each study's results in a graph of its own, what they share in the graph of audits.

Names hold no audit, so that a graph is written again only when what it says has changed. Source: FTR 1.3, DQV, EARL.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

import pyoxigraph as px
import structlog

from catalogue.fair.audit import Audit
from catalogue.fair.benchmark import Benchmark, tally
from catalogue.fair.ftr.definitions import benchmark_node, dimension_nodes, metric_nodes
from catalogue.fair.ftr.documents import document
from catalogue.fair.ftr.names import FAIR, audit_iri
from catalogue.fair.ftr.results import EARL, VALUE
from catalogue.fair.keeping import load_audit
from catalogue.fair.metrics.base import Metric
from catalogue.fair.outcomes import Judgement, Outcome
from catalogue.fair.shelf import AuditShelf, Kept
from catalogue.model.namespaces import BASE
from catalogue.problems import StoreDamaged
from catalogue.store.folder_shelf import LATEST

log = structlog.get_logger(__name__)

Mode = Literal["all", "failing", "none"]
SHARED: Final = BASE + "fair"
# Rises when the form of the graphs changes.
_FORM: Final = 1
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DQV: Final = "http://www.w3.org/ns/dqv#"
_EARL: Final = "http://www.w3.org/ns/earl#"
_FTR: Final = "https://w3id.org/ftr#"
_PROV: Final = "http://www.w3.org/ns/prov#"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
# Addresses of this node are no part of what a test means.
_PLACES: Final = frozenset({"dcat:landingPage", "dcat:endpointURL", "dcat:endpointDescription"})


class AuditGraphs:
    """What the graph view writes of the newest kept audit (catalogue.store.graph_view.RecordGraphs).

    Args:
        mode: `all` results, those that fail (`failing`), or none at all; totals are there with either of both.
    """

    name = SHARED

    def __init__(self, shelf: AuditShelf, mode: Mode) -> None:
        self._shelf = shelf
        self._mode = mode

    def state(self) -> str:
        """Name of the newest audit and what is written of it; "" without any."""
        kept = self._newest()
        return f"{_FORM} {self._mode} {kept.name} {len(kept.redacted)}" if kept is not None else ""

    def graph_of(self, curie: str) -> str:
        """IRI of the graph with the results of a study."""
        return results_graph(curie)

    def graphs(self, held: Mapping[str, str]) -> Iterator[tuple[str, str, bytes | None]]:
        """(graph, digest, N-Quads) of each graph; the quads of those that are written already are None."""
        kept = self._newest()
        if kept is None:
            return
        try:
            read = load_audit(kept, grounds=False)
        except (StoreDamaged, FileNotFoundError) as error:
            # Records go on being published; what was written of audits stays until the next one.
            log.error("audit.damaged", detail=str(error))
            yield from ((graph, digest, None) for graph, digest in held.items())
            return
        gone = {results_graph(curie) for curie in kept.redacted}
        for graph, quads in audit_graphs(read.audit, read.benchmarks.values(), self._mode):
            if graph in gone:
                continue
            digest = hashlib.sha256(quads).hexdigest()
            yield graph, digest, None if held.get(graph) == digest else quads

    def _newest(self) -> Kept | None:
        try:
            return self._shelf.find(LATEST) if self._mode != "none" else None
        except StoreDamaged:
            return None  # whoever reads it tells; what was written stays


def results_graph(curie: str) -> str:
    """IRI of the graph with the results of a study."""
    return f"{BASE}{curie}/fair"


def outcome_iri(outcome: Outcome) -> str:
    """IRI of the one earl:TestResult of all results with an outcome: a node for each would be half of all triples."""
    return f"{FAIR}outcomes/{EARL[outcome].removeprefix('earl:')}"


def audit_graphs(audit: Audit, benchmarks: Iterable[Benchmark], mode: Mode) -> Iterator[tuple[str, bytes]]:
    """(graph, N-Quads) of an audit: what is shared first, then each study that has results to show."""
    yield SHARED, _shared(audit, list(benchmarks))
    told = {name: _Told(metric) for name, metric in audit.metrics.items()}
    for study in audit.studies:
        graph = results_graph(study.curie)
        shown = [
            told[name].lines(study.curie, graph, judgement)
            for name, judgement in audit.judgements[study.curie].items()
            if mode == "all" or judgement.outcome is Outcome.FAIL
        ]
        if shown:
            yield graph, "".join(shown).encode()


class _Told:
    """The parts of a metric's results that are the same for every study, written once."""

    def __init__(self, metric: Metric) -> None:
        self._id = metric.id
        self._metric = f"<{_DQV}isMeasurementOf> <{metric.iri}>"

    def lines(self, curie: str, graph: str, judgement: Judgement) -> str:
        """The N-Quads of one result."""
        name, end = f"<{graph}/{self._id}>", f" <{graph}> .\n"
        outcome = judgement.outcome
        found = [
            f"{name} <{_RDF}type> <{_DQV}QualityMeasurement>",
            f"{name} <{_RDF}type> <{_EARL}Assertion>",
            f"{name} <{_RDF}type> <{_FTR}TestResult>",
            f"{name} <{_DQV}computedOn> <{BASE}{curie}>",
            f"{name} {self._metric}",
            f'{name} <{_PROV}value> "{VALUE[outcome]}"',
            f"{name} <{_EARL}result> <{outcome_iri(outcome)}>",
        ]
        if outcome in (Outcome.FAIL, Outcome.INDETERMINATE):
            found.append(f"{name} <{_FTR}log> {px.Literal(judgement.said)}")
        return "".join(line + end for line in found)


def _shared(audit: Audit, benchmarks: list[Benchmark]) -> bytes:
    """Definitions, which audit it is, and for each archive how many studies have each outcome of each metric."""
    metrics = list(audit.metrics.values())
    nodes: list[dict[str, Any]] = [node for metric in metrics for node in metric_nodes(metric, _Nowhere())]
    nodes += dimension_nodes(metrics)
    nodes += [benchmark_node(one, metrics, _Nowhere()) for one in benchmarks]
    nodes.append({"id": SHARED, "type": "dqv:QualityMeasurementDataset", "prov:wasDerivedFrom": audit_iri(audit.basis)})
    nodes += [{"id": outcome_iri(one), "type": "earl:TestResult", "earl:outcome": EARL[one]} for one in Outcome]
    nodes += _totals(audit)
    bare = [{name: value for name, value in node.items() if name not in _PLACES} for node in nodes]
    triples = {quad.triple for quad in px.parse(document(bare), px.RdfFormat.JSON_LD)}
    graph = px.NamedNode(SHARED)
    lines = sorted(
        f"{px.Quad(triple.subject, triple.predicate, triple.object, graph)} .\n"
        for triple in triples
        if not isinstance(triple.subject, px.Triple)
    )
    return "".join(lines).encode()


def _totals(audit: Audit) -> Iterator[dict[str, Any]]:
    owners: dict[str, list[str]] = {}
    for study in audit.studies:
        owners.setdefault(study.owner, []).append(study.curie)
    for metric in audit.metrics.values():
        for outcome in Outcome:
            yield {
                "id": _counting(metric, outcome),
                "type": "dqv:Metric",
                "skos:notation": outcome.value,
                "skos:definition": f"Number of studies with the outcome '{outcome.value}' in: {metric.title}",
                "dqv:expectedDataType": _XSD + "integer",
                "prov:wasDerivedFrom": metric.iri,
            }
        for owner, curies in sorted(owners.items()):
            counts = tally(audit.judgements.verdict(curie, metric.id).outcome for curie in curies)
            for outcome in Outcome:
                yield {
                    "id": f"{FAIR}newest/{owner}/{metric.id}/{outcome.value.replace(' ', '-')}",
                    "type": "dqv:QualityMeasurement",
                    "dqv:computedOn": BASE + owner,
                    "dqv:isMeasurementOf": _counting(metric, outcome),
                    "dqv:value": counts[outcome],
                }


def _counting(metric: Metric, outcome: Outcome) -> str:
    """IRI of the metric that counts studies."""
    return f"{metric.iri}/{outcome.value.replace(' ', '-')}"


class _Nowhere:
    """Addresses that are left out afterwards."""

    def full(self, path: str) -> str:
        """The path, below nothing."""
        return BASE + path.lstrip("/")

    absolute = full
