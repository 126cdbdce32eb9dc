"""/fair/api: tests, metrics and benchmarks of this node as an API of FAIR tests, for any study.

Source: FTR 1.3, API description; OSTrails FAIR-IF; fair.md, section 6.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from flask import Blueprint, Response, request

from catalogue.fair.assess.base import Assessment
from catalogue.fair.assess.service import Assessor
from catalogue.fair.benchmark import BENCHMARK_BASE, Benchmark, get_benchmark
from catalogue.fair.forms.base import Addresses as Places
from catalogue.fair.ftr.documents import benchmarks_nodes, document, metrics_nodes, results_nodes, tests_nodes
from catalogue.fair.ftr.names import FAIR
from catalogue.fair.metrics.base import METRIC_BASE, Metric, get_metric
from catalogue.problems import BadRequest, NotFound, SettingsInvalid, TooLargeToAssess
from catalogue.web.documents import finish
from catalogue.web.fair.answers import Addresses
from catalogue.web.fair.api_description import describe_api
from catalogue.web.fair.linked import WholeAddresses
from catalogue.web.fair.reports import Reports
from catalogue.web.schema.forms import open_to_all
from catalogue.web.services import Services
from catalogue.web.text import plain

API: Final = "/fair/api"
MOST_BYTES: Final = 4 << 20
_JSONLD: Final = "application/ld+json"
_BASES: Final = (FAIR + "tests/", METRIC_BASE, BENCHMARK_BASE)
Thing = TypeVar("Thing", Metric, Benchmark)


def api_blueprint(services: Services, reports: Reports) -> Blueprint:
    """Routes of the API; those that assess only where there is an assessor."""
    blueprint = Blueprint("fair_api", __name__, url_prefix=API)
    blueprint.after_request(_open_to_posts)
    software = reports.audits.software

    @blueprint.get("/tests")
    def tests() -> Response:
        return _linked(tests_nodes(_asked("testid", reports.metrics, get_metric), places_of(services), software))

    @blueprint.get("/tests/<path:name>")
    def test(name: str) -> Response:
        return _linked(tests_nodes([named(name, get_metric)], places_of(services), software))

    @blueprint.get("/metrics")
    def metrics() -> Response:
        return _linked(metrics_nodes(_asked("metricid", reports.metrics, get_metric), places_of(services), software))

    @blueprint.get("/benchmarks")
    def benchmarks() -> Response:
        known = reports.audits.benchmarks
        chosen = _asked("benchmarkid", known.values(), lambda name: get_benchmark(name, known))
        return _linked(benchmarks_nodes(chosen, reports.metrics, places_of(services), software))

    @blueprint.get("/openapi.json")
    def description() -> Response:
        told = describe_api(places_of(services).full(API), software)
        body = json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"
        return open_to_all(finish(Response(body, content_type="application/json"), None))

    if services.assessor is not None:
        _add_assessing(blueprint, services, reports, services.assessor)
    return blueprint


def _add_assessing(blueprint: Blueprint, services: Services, reports: Reports, assessor: Assessor) -> None:
    @blueprint.post("/assess/test/<path:name>")
    def assess_test(name: str) -> Response:
        metric = named(name, get_metric)
        return _result(services, _assessed(assessor), [metric.id], whole=False)

    @blueprint.post("/assess/benchmark/<path:name>")
    def assess_benchmark(name: str) -> Response:
        benchmark = named(name, lambda text: get_benchmark(text, reports.audits.benchmarks))
        return _result(services, _assessed(assessor), benchmark.metrics, whole=True)


def _open_to_posts(response: Response) -> Response:
    """Pages of other sites may ask for assessments, too."""
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
    return response


def places_of(services: Services) -> Places:
    """Where this node is, whole where it was told."""
    try:
        services.absolute("/")
    except SettingsInvalid:
        return Addresses(services)
    return WholeAddresses(services)


def named(name: str, get: Callable[[str], Thing]) -> Thing:
    """The metric or benchmark of a name: identifier, identifier with version, or IRI of one of ours.

    Raises:
        NotFound: there is none, or none of this version.
    """
    local = name
    for base in _BASES:
        local = local.removeprefix(base)
    identifier, _, version = local.partition("/")
    found = get(identifier)
    if version and version != found.version:
        raise NotFound(f"{identifier} has version {found.version} here, not {plain(version)[:20]}; ask for that.")
    return found


def _asked(parameter: str, everything: Iterable[Thing], get: Callable[[str], Thing]) -> list[Thing]:
    name = request.args.get(parameter, "")[:500]
    return [named(name, get)] if name else list(everything)


def _assessed(assessor: Assessor) -> Assessment:
    """The assessment of what the request names or holds."""
    said = _body()
    metadata = said.get("metadata")
    if isinstance(metadata, str) and "resource_identifier" not in said:
        name = said.get("file_name", "")
        return assessor.posted(name[:200] if isinstance(name, str) else "", metadata.encode("utf-8", "surrogatepass"))
    name = said.get("resource_identifier")
    if not isinstance(name, str) or not name.strip():
        raise BadRequest('Say what is to be assessed: {"resource_identifier": "https://…"}, a text.')
    return assessor.named(name.strip())


def _body() -> dict[str, Any]:
    """The object that the request carries.

    Raises:
        TooLargeToAssess: it is too large.
        BadRequest: it is none.
    """
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLargeToAssess(f"The request has more than {MOST_BYTES:,} bytes; assess the file with the command.")
    try:
        found = json.loads(request.stream.read(MOST_BYTES + 1))
    except (ValueError, RecursionError) as error:
        raise BadRequest('The request is no JSON object such as {"resource_identifier": "https://…"}.') from error
    if not isinstance(found, dict):
        raise BadRequest('The request is no JSON object such as {"resource_identifier": "https://…"}.')
    return found


def _result(services: Services, found: Assessment, wanted: Iterable[str], *, whole: bool) -> Response:
    audit = found.audit
    chosen = [metric for name, metric in audit.metrics.items() if name in set(wanted)]
    return _linked(results_nodes(audit, found.target, chosen, places_of(services), whole=whole), cache="no-store")


def _linked(nodes: Iterable[dict[str, Any]], cache: str | None = None) -> Response:
    """Nodes as JSON-LD; as plain JSON to those who take nothing else."""
    best = request.accept_mimetypes.best_match([_JSONLD, "application/json"], _JSONLD)
    response = Response(document(nodes), content_type=best)
    if cache is not None:
        response.headers["Cache-Control"] = cache
        response.vary.add("Accept")
        return open_to_all(response)
    return open_to_all(finish(response, None))
