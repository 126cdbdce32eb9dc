"""At any node an IRI of the audit's vocabulary leads to RDF about itself: metrics, tests, guides, benchmarks, audits.

Pages at the same addresses are definitions.py's; what a kept audit held is read from its own files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, Final

import pyoxigraph
from flask import Blueprint, Response, request

from catalogue.fair.benchmark import get_benchmark
from catalogue.fair.forms.base import Addresses as Places
from catalogue.fair.ftr.documents import benchmarks_nodes, definition_nodes, document
from catalogue.fair.history import History
from catalogue.fair.keeping import BENCHMARKS, METRICS, read_benchmarks, read_metrics
from catalogue.fair.metrics.base import Metric, get_metric
from catalogue.model.vocabulary import serialise
from catalogue.problems import NotFound, StoreDamaged
from catalogue.web.documents import finish, to
from catalogue.web.fair.answers import Addresses
from catalogue.web.fair.kept_results import kept_nodes
from catalogue.web.fair.reports import Reports
from catalogue.web.negotiation import PAGE, Offer, choose
from catalogue.web.schema.forms import CACHE, RDF, open_to_all
from catalogue.web.services import Links, Services
from catalogue.web.text import plain

FORMS: Final = tuple(offer for offer in RDF if offer.suffix in (".jsonld", ".ttl", ".nt"))
_ENGINE: Final = {".ttl": pyoxigraph.RdfFormat.TURTLE, ".nt": pyoxigraph.RdfFormat.N_TRIPLES}
_PLAIN: Final = Offer("application/json", ".json", "JSON")
Nodes = Callable[[Places], list[dict[str, Any]]]


class WholeAddresses(Addresses):
    """Every address with the node's own before it, for forms of RDF that have no relative ones."""

    def full(self, path: str) -> str:
        """The whole address.

        Raises:
            SettingsInvalid: the node was not told its own address.
        """
        return self.absolute(path)


def linked_blueprint(services: Services, reports: Reports) -> Blueprint:
    """Routes of IRIs that have no page of their own."""
    blueprint = Blueprint("fair_linked", __name__)

    @blueprint.get("/fair/<any(tests, guides):kind>/<name>/<version>")
    def of_metric(kind: str, name: str, version: str) -> Response:
        linked = metric_as_rdf(services, reports, kind, name, version)
        return linked or to(services.links, f"/fair/metrics/{get_metric(name).id}", 303)

    return blueprint


def part_as_rdf(services: Services, history: History, name: str) -> Response:
    """A part of a kept audit that has no page, as RDF, or the redirect to that.

    Args:
        name: what follows `/fair/audits/`.
    Raises:
        NotFound: there is no such audit or part.
    """
    linked = audit_as_rdf(services, history, name)
    if linked is None:
        audit, _, rest = name.partition("/")
        kept_nodes(history.load(audit), rest, Addresses(services))  # there is such a part, or NotFound
        linked = _redirect(services.links, f"/fair/audits/{name}", FORMS[0])
    return linked


def audit_as_rdf(services: Services, history: History, name: str) -> Response | None:
    """A kept audit, or a part of one, as RDF, or the redirect to that; None where a page or plain JSON is wanted.

    Args:
        name: what follows `/fair/audits/`.
    Raises:
        NotFound: there is no such audit or part.
    """
    stem, form = split_rdf(name)
    audit_name, _, rest = stem.partition("/")
    if form is None:
        chosen = choose(request.accept_mimetypes, [PAGE, _PLAIN, *FORMS])
        if chosen in (PAGE, _PLAIN):
            return None
        kept_nodes(history.load(audit_name), rest, Addresses(services))  # nobody is led to what is not there
        return _redirect(services.links, f"/fair/audits/{stem}", chosen)
    kept = history.load(audit_name)
    return as_rdf(services, f"/fair/audits/{stem}", form, lambda places: kept_nodes(kept, rest, places))


def is_part(name: str) -> bool:
    """Whether a name below an audit is that of a study or of its making, not of a file."""
    return ":" in name or split_rdf(name)[0] == "activity"


def split_rdf(name: str) -> tuple[str, Offer | None]:
    """A name without the suffix of a form of RDF, and that form; None when it has none."""
    form = next((offer for offer in FORMS if name.endswith(offer.suffix) and name != offer.suffix), None)
    return name.removesuffix(form.suffix) if form is not None else name, form


def metric_as_rdf(services: Services, reports: Reports, kind: str, name: str, version: str) -> Response | None:
    """A metric, its test and guidance as RDF, or the redirect to that; None where the page is wanted.

    Args:
        kind: `metrics`, `tests` or `guides`.
    Raises:
        NotFound: there is no such metric, or this version of it is neither here nor in an audit that is kept.
    """
    version, form = split_rdf(version)
    metric = _metric(services, reports, name, version)

    def nodes(places: Places) -> list[dict[str, Any]]:
        return definition_nodes([metric], places, reports.audits.software)

    here = get_metric(name).version == version
    return _negotiated(services, f"/fair/{kind}/{metric.id}/{version}", form, nodes, page=here)


def _metric(services: Services, reports: Reports, name: str, version: str) -> Metric:
    here = get_metric(name)
    if version == here.version:
        return here
    for kept in map(reports.audits.shelf.find, reports.audits.shelf.names()):
        if kept is not None and kept.manifest.basis.metrics.get(name) == version:
            return read_metrics((kept.path / METRICS).read_bytes(), kept.name)[name]
    raise NotFound(
        f"The metric {name} has version {here.version} here, not {plain(version)[:20]}; a version that was replaced is "
        "told by the audits that were made by it, and none of these is kept here.",
        look_at=[{"label": f"{name} {here.version}", "url": services.links.path(f"/fair/metrics/{name}")}],
    )


def benchmark_as_rdf(services: Services, reports: Reports, name: str, version: str) -> Response | None:
    """A benchmark as RDF, or the redirect to that; None where the page is wanted.

    Raises:
        NotFound: there is none of that name and version, here or in an audit that is kept.
    """
    version, form = split_rdf(version)
    found = get_benchmark(name, reports.audits.benchmarks)
    if found.version != version:
        found = next((one for one in _kept_benchmarks(reports, name) if one.version == version), found)
    if found.version != version:
        raise NotFound(
            f"The benchmark {found.id} has version {found.version} here, not {plain(version)[:20]}.",
            look_at=[
                {"label": f"{found.id} {found.version}", "url": services.links.path(f"/fair/benchmarks/{found.id}")}
            ],
        )
    chosen = found

    def nodes(places: Places) -> list[dict[str, Any]]:
        return benchmarks_nodes([chosen], reports.metrics, places, reports.audits.software)

    return _negotiated(services, f"/fair/benchmarks/{found.id}/{version}", form, nodes)


def _kept_benchmarks(reports: Reports, name: str) -> Iterable[Any]:
    for kept in map(reports.audits.shelf.find, reports.audits.shelf.names()):
        if kept is not None and kept.frozen and name in kept.manifest.basis.benchmarks:
            try:
                # Of the whole audit this alone is read: whoever asks for versions that there never were costs little.
                yield read_benchmarks((kept.path / BENCHMARKS).read_bytes(), kept.name)[name]
            except (StoreDamaged, FileNotFoundError, KeyError):
                continue


def _negotiated(
    services: Services, path: str, form: Offer | None, nodes: Nodes, *, page: bool = True
) -> Response | None:
    """RDF, the redirect to it, or None for the page, where there is one."""
    if form is not None:
        return as_rdf(services, path, form, nodes)
    chosen = choose(request.accept_mimetypes, [PAGE, *FORMS])
    if chosen is not PAGE:
        return _redirect(services.links, path, chosen)
    return None if page else _redirect(services.links, path, FORMS[0])


def _redirect(links: Links, path: str, form: Offer) -> Response:
    response = to(links, path + form.suffix, 303)
    response.headers["Link"] = rdf_links(links, path)
    return open_to_all(response)


def rdf_links(links: Links, path: str) -> str:
    """Link header of a page or a redirect: where the RDF is."""
    start = links.full(path)
    return ", ".join(f'<{start}{offer.suffix}>; rel="describedby"; type="{offer.media_type}"' for offer in FORMS)


def as_rdf(services: Services, path: str, form: Offer, nodes: Nodes) -> Response:
    """Nodes in a form of RDF.

    Args:
        path: of the IRI that they describe, without suffix.
    Raises:
        SettingsInvalid: the form demands whole addresses and the node was not told its own.
    """
    if form.suffix == ".jsonld":
        body, charset = document(nodes(Addresses(services))), ""
    else:
        triples = pyoxigraph.parse(document(nodes(WholeAddresses(services))), pyoxigraph.RdfFormat.JSON_LD)
        body = serialise(sorted({quad.triple for quad in triples}, key=str), _ENGINE[form.suffix])
        charset = "; charset=utf-8"
    response = Response(body, content_type=form.media_type + charset)
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.headers["Content-Location"] = services.links.path(path + form.suffix)
    return open_to_all(finish(response, None, CACHE))
