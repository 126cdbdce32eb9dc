"""/usage: how often records are used, by archive, month and study, and the reports that Make Data Count takes."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, jsonify, render_template, request

from catalogue.fair.usage.hits import METHODS, METRICS
from catalogue.fair.usage.label import USES
from catalogue.fair.usage.months import last_day, months_before, parse_month
from catalogue.fair.usage.report import dataset_report
from catalogue.fair.usage.summary import usage_document, usage_rdf
from catalogue.problems import Withdrawn
from catalogue.resolver.service import Resolution
from catalogue.store.entries import stamp
from catalogue.web.documents import FOUND, finish, refuse, to
from catalogue.web.negotiation import Offer, choose
from catalogue.web.services import Services
from catalogue.web.text import path_of

_MONTHS: Final = 12
_SHOWN: Final = 50
_LIVE: Final = "public, max-age=300"
_FORMS: Final = (
    Offer("application/json", ".json", "JSON"),
    Offer("text/turtle", ".ttl", "Turtle", also=("application/x-turtle",)),
)


def usage_blueprint(services: Services) -> Blueprint:
    """Routes of usage counts."""
    blueprint = Blueprint("usage", __name__)

    @blueprint.get("/usage")
    def overview() -> Response:
        return finish(Response(_page(services)), None, _LIVE)

    @blueprint.get("/usage/reports/<month>.json")
    def report(month: str) -> Response:
        return _report(services, parse_month(month))

    @blueprint.get("/usage/<path:name>")
    def record(name: str) -> Response:
        return _record(services, name)

    return blueprint


def _page(services: Services) -> str:
    ledger = services.ledger
    since = ledger.usage.since()
    last = stamp(since.until if since is not None else ledger.clock())[:7]
    first = months_before(last, _MONTHS - 1)
    most = ledger.usage.sums(USES, first, last, limit=2 * _SHOWN)
    heads = ledger.find_heads(curie for curie, _ in most)
    public = [(heads[curie], uses) for curie, uses in most if curie in heads and heads[curie].status == "public"]
    owners = ledger.usage.owners(first, last)
    return render_template(
        "usage.html",
        counting=services.usage is not None,
        since=since,
        first=first,
        last=last,
        owners=owners,
        months=list(dict.fromkeys(one.month for one in owners)),
        metrics=METRICS,
        methods=METHODS,
        most=public[:_SHOWN],
        labels=services.labels.all() if services.labels is not None else {},
    )


def _report(services: Services, month: str) -> Response:
    until = services.ledger.usage.since()
    # Made when its month was over, however often it is asked for, so that equal reports are equal bytes.
    created = until.until if until is not None else services.ledger.clock()
    response = jsonify(dataset_report(services.ledger, month, services.name, created))
    response.headers.set("Content-Disposition", "inline", filename=f"dsr-{last_day(month).isoformat()[:7]}.json")
    return finish(response, None, _LIVE)


def _record(services: Services, name: str) -> Response:
    suffix = next((form.suffix for form in _FORMS if name.endswith(form.suffix)), "")
    found = services.resolver.resolve(name.removesuffix(suffix))
    if found.state not in FOUND or found.tombstone is not None:
        _refuse(services, found)
    if name.removesuffix(suffix) != found.curie:
        return to(services.links, f"/usage/{path_of(found.curie or '')}{suffix}", 301)
    form = next((form for form in _FORMS if form.suffix == suffix), None) or choose(request.accept_mimetypes, _FORMS)
    response = _as_json(services, found) if form is _FORMS[0] else _as_turtle(services, found)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return finish(response, None, _LIVE)


def _refuse(services: Services, found: Resolution) -> None:
    if found.tombstone is not None:
        detail = f"{found.curie} was withdrawn; how often it was used is not told any more."
        raise Withdrawn(detail, tombstone=dict(found.tombstone))
    refuse(services, found)


def _as_json(services: Services, found: Resolution) -> Response:
    curie = found.curie or ""
    label = services.labels.all().get(curie) if services.labels is not None else None
    document: dict[str, Any] = usage_document(services.ledger, curie, services.name, label)
    return jsonify(document)


def _as_turtle(services: Services, found: Resolution) -> Response:
    key = services.ledger.key
    node = key.node if key is not None else "node"
    kind = "Image" if found.kind == "image" else "Study"
    body = usage_rdf(services.ledger, found.curie or "", kind, node, services.name)
    return Response(body, content_type="text/turtle; charset=utf-8")
