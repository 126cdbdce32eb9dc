"""create_web: blueprints, security headers and templates put together; every part comes in through Services."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, request

from catalogue.web.counting import count_answers
from catalogue.web.data_links import data_links_blueprint
from catalogue.web.docs import docs_blueprint
from catalogue.web.dumps import dumps_blueprint
from catalogue.web.errors import register_errors
from catalogue.web.exchange.answers import Turns
from catalogue.web.exchange.catalog import catalog_blueprint
from catalogue.web.exchange.fdp import fdp_blueprint
from catalogue.web.exchange.feeds import feeds_blueprint
from catalogue.web.exchange.ldes import ldes_blueprint
from catalogue.web.exchange.light import light_blueprint
from catalogue.web.exchange.oai import oai_blueprint
from catalogue.web.exchange.resourcesync import resourcesync_blueprint
from catalogue.web.exchange.sitemap import sitemap_blueprint
from catalogue.web.exchange.vocabulary import log_terms_blueprint
from catalogue.web.exchange.well_known import well_known_blueprint
from catalogue.web.fair.blueprints import fair_blueprints
from catalogue.web.federation.digests import digests_blueprint
from catalogue.web.federation.exchange import exchange_blueprint
from catalogue.web.federation.inbox import inbox_blueprint
from catalogue.web.federation.members import members_blueprint
from catalogue.web.federation.pages import federation_blueprint
from catalogue.web.filters import Door, register_filters
from catalogue.web.image_lists import image_lists_blueprint
from catalogue.web.images import images_blueprint
from catalogue.web.linksets import linksets_blueprint
from catalogue.web.pages import pages_blueprint
from catalogue.web.policy import policy_blueprint
from catalogue.web.promises import Moment, keep_promises, last_change, released
from catalogue.web.resolve import resolver_blueprint
from catalogue.web.schema.pages import schema_blueprint
from catalogue.web.schema.profile_pages import profiles_blueprint
from catalogue.web.schema.vocabulary import vocabulary_blueprint
from catalogue.web.search import search_blueprint
from catalogue.web.services import Links, Services
from catalogue.web.sparql import create_sparql_only, sparql_blueprint
from catalogue.web.studies import studies_blueprint
from catalogue.web.usage import usage_blueprint

__all__ = ["Services", "create_reading", "create_sparql_only", "create_web"]

# No script runs anywhere; styles, pictures and forms are this node's own (experience.md section 9: no third parties).
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_MAX_FORM_BYTES = 4 << 20
_READING = (Door("schema", "Model", "/schema"), Door("docs", "Docs", "/docs"))
_STATIC_CACHE = "public, max-age=31536000, immutable"


def create_web(services: Services) -> Flask:
    """The node's web application, a WSGI callable.

    Nothing is read from the environment, and nothing a request says about its host goes into an answer.
    """
    doors = [Door("search", "Search", "/search")]
    if services.pool is not None:
        doors.append(Door("sparql", "SPARQL", "/sparql"))
    if services.audits is not None:
        doors += (Door("fair", "FAIR audit", "/fair"), Door("funders", "Funders", "/funders/"))
    app = _application(services.links, services.name, [*doors, *_READING], lambda: last_change(services.ledger))
    count_answers(app, services.usage, services.counting.trusted_proxies)
    app.jinja_env.globals["counted_page"] = services.links.path("/docs/usage")
    app.jinja_env.globals["members_page"] = services.links.path("/federation")
    app.jinja_env.globals["partners_page"] = services.links.path("/federation/quarantine")
    blueprints = (
        image_lists_blueprint,
        linksets_blueprint,
        pages_blueprint,
        resolver_blueprint,
        images_blueprint,
        data_links_blueprint,
        studies_blueprint,
        search_blueprint,
        federation_blueprint,
        dumps_blueprint,
        exchange_blueprint,
        catalog_blueprint,
        fdp_blueprint,
        well_known_blueprint,
        ldes_blueprint,
        members_blueprint,
        digests_blueprint,
        inbox_blueprint,
        light_blueprint,
        usage_blueprint,
        policy_blueprint,
    )
    for make in blueprints:
        app.register_blueprint(make(services))
    if services.audits is not None:
        app.jinja_env.globals["fair_page"] = services.links.path("/fair")
        if services.audit_history is not None:
            app.jinja_env.globals["audits_page"] = services.links.path("/fair/audits")
        for blueprint in fair_blueprints(services, services.audits):
            app.register_blueprint(blueprint)
    if services.feeds is not None:
        app.register_blueprint(feeds_blueprint(services, services.feeds))
    if services.exposed is not None:
        turns = Turns(services.exchange)
        for made in (oai_blueprint, resourcesync_blueprint, sitemap_blueprint):
            app.register_blueprint(made(services, turns))
    if services.pool is not None:
        app.register_blueprint(sparql_blueprint(services.pool, services.query, base_url=services.web.base_url))
    return app


def create_reading(name: str) -> Flask:
    """An application with the model and the documentation only, for writing them down as static pages.

    Args:
        name: in the masthead and in titles.
    """
    app = _application(Links(""), name, _READING, released)
    app.add_url_rule("/", "front", app.view_functions["docs.index"])
    return app


def _application(links: Links, name: str, doors: Sequence[Door], modified: Moment) -> Flask:
    """What every application of this package has: security headers, templates, problems, model and documentation."""
    app = Flask("catalogue.web", static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = _MAX_FORM_BYTES
    # Redirects that the router makes by itself carry the host of the request.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    register_filters(app, links, name, doors)
    for make in (schema_blueprint, profiles_blueprint, vocabulary_blueprint, docs_blueprint, log_terms_blueprint):
        app.register_blueprint(make(links))
    register_errors(app)
    app.after_request(_secure)
    keep_promises(app, modified)
    return app


def _secure(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint == "static" and response.status_code == 200:
        response.headers["Cache-Control"] = _STATIC_CACHE if "v" in request.args else "public, max-age=300"
    return response
