"""/ for people who arrive, /healthz and /readyz for machines that watch."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, jsonify, render_template

from catalogue.exchange.dumps.shelf import LATEST
from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import OWNERS
from catalogue.problems import Problem
from catalogue.web.documents import finish
from catalogue.web.search import Asked, find, item
from catalogue.web.services import Services

log = structlog.get_logger(__name__)

_RECENT = 6


def _not_ready(services: Services) -> dict[str, str]:
    """What is wrong, by part; empty when every part can serve."""
    wrong: dict[str, str] = {}
    try:
        services.ledger.last_position()
    except Exception as error:  # noqa: BLE001  any driver's error means the same here; its text may hold a path
        log.warning("readyz.ledger", error=repr(error))
        wrong["ledger"] = f"cannot be read ({type(error).__name__})"
    if services.snapshot is not None and not services.snapshot.exists():
        wrong["graph"] = "no snapshot is published yet"
    if services.index is not None and not (services.index / "meta.json").exists():
        wrong["search"] = "no index is published yet"
    for name, check in (services.ready or {}).items():
        said = check()
        if said is not None:
            wrong[name] = said
    if services.search is not None:
        try:
            services.search.search("", limit=0)
        except Problem as problem:
            wrong["search"] = problem.detail
    return wrong


def pages_blueprint(services: Services) -> Blueprint:
    """Routes of the front page and of the health checks."""
    blueprint = Blueprint("pages", __name__)

    @blueprint.get("/")
    def home() -> Response:
        counts = services.ledger.counts()
        archives = [
            {"owner": owner, "name": owner_name(owner) if owner in OWNERS else owner, **numbers}
            for owner, numbers in counts["owners"].items()
        ]
        recent = [item(services, hit) for hit in find(services, Asked("", 1, {})).hits[:_RECENT]]
        dumps = services.dumps is not None and services.dumps.find(LATEST) is not None
        page = render_template("home.html", counts=counts, archives=archives, recent=recent, dumps=dumps)
        return finish(Response(page), None)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        response = jsonify(status="ok")
        response.headers["Cache-Control"] = "no-store"
        return response

    @blueprint.get("/readyz")
    def readyz() -> Response:
        wrong = _not_ready(services)
        response = jsonify(status="unready" if wrong else "ready", wrong=wrong)
        response.status_code = 503 if wrong else 200
        response.headers["Cache-Control"] = "no-store"
        return response

    return blueprint
