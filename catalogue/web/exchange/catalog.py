"""/catalog: every public study in DCAT-AP, in pages; also as .ttl, .jsonld, .rdf, .nt."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, request

from catalogue.exchange.dcat.catalog import PAGE_SIZE, Page, page_path, render_page
from catalogue.exchange.dcat.forms import Form
from catalogue.problems import BadRequest
from catalogue.store.study_lists import study_counts, study_positions
from catalogue.web.documents import to
from catalogue.web.exchange.addresses import place_of
from catalogue.web.exchange.interfaces import about, interfaces
from catalogue.web.exchange.rdf import chosen_form, document, form_of, wants_page
from catalogue.web.exchange.rendered import Rendered, RenderedPages
from catalogue.web.promises import last_change
from catalogue.web.services import Services

_LONGEST_CURIE = 300


def _answer(services: Services, pages: RenderedPages, form: Form) -> Response:
    after = request.args.get("after", "")
    if len(after) > _LONGEST_CURIE:
        raise BadRequest("The parameter after is a CURIE such as idr:idr0001; follow hydra:next from /catalog.")
    engine = services.ledger.engine
    changed = last_change(services.ledger)
    # What only the first page says, so that others stay as they are when something else changes.
    total, stated = (sum(study_counts(engine).values()), changed) if not after else (0, None)

    def rendered() -> Rendered:
        key = (form.name, after, study_positions(engine, after, PAGE_SIZE + 1), total, stated)
        return pages.get(key, lambda: _page(services, after, total, stated, form))

    response = document(form, rendered, services.links.path(page_path(after, form)), changed)
    response.headers.add("Link", f'<{services.links.full("/.well-known/api-catalog")}>; rel="api-catalog"')
    return response


def _page(services: Services, after: str, total: int, changed: datetime | None, form: Form) -> bytes:
    found = services.ledger.heads("study", "public", after_curie=after, limit=PAGE_SIZE + 1)
    page = Page(found[:PAGE_SIZE], after, len(found) > PAGE_SIZE, total, changed)
    return render_page(page, about(services), interfaces(services), place_of(services), form)


def catalog_blueprint(services: Services) -> Blueprint:
    """Routes of the catalogue."""
    blueprint, pages = Blueprint("catalog", __name__), RenderedPages()

    @blueprint.get("/catalog")
    def negotiated() -> Response:
        if wants_page():
            return to(services.links, "/docs/dcat", 303)
        return _answer(services, pages, chosen_form())

    @blueprint.get("/catalog.<suffix>")
    def suffixed(suffix: str) -> Response:
        return _answer(services, pages, form_of(suffix))

    return blueprint
