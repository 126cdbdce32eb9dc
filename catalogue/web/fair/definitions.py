"""/fair/metrics and /fair/benchmarks: what is tested and who asks for it, generated from the definitions themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template

from catalogue import resources
from catalogue.fair.benchmark import DEFAULT, Benchmark, get_benchmark
from catalogue.fair.facts import AREA, VALUES_QUERY, is_property
from catalogue.fair.metrics.base import Case, Metric, get_metric, metrics
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Counts, Report
from catalogue.model.namespaces import expand
from catalogue.problems import NotFound
from catalogue.web.documents import finish
from catalogue.web.fair.answers import vocabulary
from catalogue.web.fair.linked import benchmark_as_rdf, metric_as_rdf, rdf_links
from catalogue.web.fair.reports import Reports
from catalogue.web.services import Services
from catalogue.web.text import plain

_SLOT: Final = "UNDEF"


@dataclass(frozen=True, slots=True)
class ReadFact:
    """A query that a metric reads, with its parameter filled.

    Args:
        name: CURIE of a property, or name of the query.
        run: path at which it is run; "" where SPARQL is not offered.
    """

    name: str
    text: str
    run: str


def definitions_blueprint(services: Services, reports: Reports) -> Blueprint:
    """Routes of metrics and benchmarks."""
    blueprint = Blueprint("fair_definitions", __name__)

    @blueprint.get("/fair/metrics")
    @blueprint.get("/fair/metrics/")
    def all_metrics() -> Response:
        report = _everything(reports)
        counts = {item.id: counted.counts for item, counted in report.items}
        return _answer("metrics.html", metrics=metrics(), report=report, counts=counts)

    @blueprint.get("/fair/metrics/<name>")
    def metric(name: str) -> Response:
        found = get_metric(name)
        return metric_as_rdf(services, reports, "metrics", name, found.version) or _metric(services, reports, found)

    @blueprint.get("/fair/metrics/<name>/<version>")
    def metric_version(name: str, version: str) -> Response:
        linked = metric_as_rdf(services, reports, "metrics", name, version)
        if linked is not None:
            return linked
        found = get_metric(name)
        _check_version("metric", found.id, version, found.version, services.links.path(f"/fair/metrics/{found.id}"))
        return _with_rdf(services, f"/fair/metrics/{name}/{version}", _metric(services, reports, found))

    @blueprint.get("/fair/benchmarks")
    @blueprint.get("/fair/benchmarks/")
    def all_benchmarks() -> Response:
        return _answer("benchmarks.html", benchmarks=reports.audits.benchmarks)

    @blueprint.get("/fair/benchmarks/<name>")
    def benchmark(name: str) -> Response:
        found = get_benchmark(name, reports.audits.benchmarks)
        return benchmark_as_rdf(services, reports, name, found.version) or _benchmark(found)

    @blueprint.get("/fair/benchmarks/<name>/<version>")
    def benchmark_version(name: str, version: str) -> Response:
        linked = benchmark_as_rdf(services, reports, name, version)
        if linked is not None:
            return linked
        found = get_benchmark(name, reports.audits.benchmarks)
        page = services.links.path(f"/fair/benchmarks/{found.id}")
        _check_version("benchmark", found.id, version, found.version, page)
        return _with_rdf(services, f"/fair/benchmarks/{name}/{version}", _benchmark(found))

    return blueprint


def _with_rdf(services: Services, path: str, page: Response) -> Response:
    """The page, which tells where the same is as RDF."""
    page.headers["Link"] = rdf_links(services.links, path)
    return page


def _answer(template: str, **told: Any) -> Response:
    return finish(Response(render_template(f"fair/{template}", active="fair", **vocabulary(), **told)), None)


def _check_version(kind: str, name: str, asked: str, here: str, page: str) -> None:
    if asked != here:
        raise NotFound(
            f"The {kind} {name} has version {here} here, not {plain(asked)[:20]}; a version that was replaced is told "
            "by the software that had it.",
            look_at=[{"label": f"{name} {here}", "url": page}],
        )


def _everything(reports: Reports) -> Report:
    return reports.get(partial(reports.audits.scope, kind="federation"), reports.benchmark(DEFAULT))


def _metric(services: Services, reports: Reports, metric: Metric) -> Response:
    report = _everything(reports)
    return _answer(
        "metric.html",
        metric=metric,
        page=f"/fair/metrics/{metric.id}",
        facts=[_fact(services, name) for name in metric.reads],
        cases=[(case, case_text(case)) for case in metric.cases],
        total=report.count(metric.id),
        by_member=by_member(report, metric.id),
        used=[known for known in reports.audits.benchmarks.values() if metric.id in known.metrics],
        report=report,
    )


def by_member(report: Report, metric: str) -> Mapping[str, Counts]:
    """Owner -> outcomes of one metric over its studies, by owner."""
    found: dict[str, dict[Outcome, int]] = {}
    for study in report.studies if metric in report.audit.metrics else ():
        counts = found.setdefault(study.owner, dict.fromkeys(Outcome, 0))
        counts[report.audit.judgements.verdict(study.curie, metric).outcome] += 1
    return dict(sorted(found.items()))


def _fact(services: Services, name: str) -> ReadFact:
    text = fact_text(name)
    run = services.links.path("/sparql") + "?" + urlencode({"query": text}) if services.pool is not None else ""
    return ReadFact(name, text, run)


@cache
def fact_text(name: str) -> str:
    """The query of a fact, as it can be run: a property fills the slot of the query of values."""
    query = VALUES_QUERY if is_property(name) else name
    text = resources.query_file(AREA, query).read_text("utf-8")
    if is_property(name):
        text = text.replace(_SLOT, f"<{expand(name)}>", 1)
    return "\n".join(line for line in text.splitlines() if not line.startswith("#+")) + "\n"


def case_text(case: Case) -> str:
    """What a case sets, as JSON; "" for one that sets nothing."""
    told: dict[str, Any] = {
        "record": dict(case.record),
        "images": [dict(image) for image in case.images],
        "observed": {check: f"{outcome.value}: {said}" for check, (outcome, said) in case.observed.items()},
        "node": dict(case.node),
    }
    told = {name: value for name, value in told.items() if value}
    return json.dumps(told, ensure_ascii=False, indent=1, default=str) if told else ""


def _benchmark(benchmark: Benchmark) -> Response:
    return _answer("benchmark.html", benchmark=benchmark, metrics=metrics(), page=f"/fair/benchmarks/{benchmark.id}")
