"""/fdp: the catalogue as a FAIR Data Point, in Turtle and JSON-LD."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response

from catalogue.exchange.dcat import fdp
from catalogue.exchange.dcat.forms import JSON_LD, TURTLE, render
from catalogue.exchange.dcat.triples import Triples
from catalogue.problems import NotFound
from catalogue.store.study_lists import study_counts, study_curies
from catalogue.web.exchange.addresses import place_of
from catalogue.web.exchange.interfaces import about
from catalogue.web.exchange.rdf import chosen_form, document
from catalogue.web.exchange.rendered import Rendered, digested
from catalogue.web.promises import last_change
from catalogue.web.services import Services

_FORMS = (TURTLE, JSON_LD)


def _answer(services: Services, path: str, triples: Triples, modified: datetime | None) -> Response:
    form = chosen_form(_FORMS)

    def rendered() -> Rendered:
        return digested(render([triples], form))

    return document(form, rendered, services.links.path(path), modified)


def _root(services: Services) -> Response:
    triples = fdp.root_document(study_counts(services.ledger.engine), about(services), place_of(services))
    return _answer(services, "/fdp", triples, last_change(services.ledger))


def _catalog(services: Services, owner: str, number: int) -> Response:
    of = len(fdp.numbers(study_counts(services.ledger.engine).get(owner, 0)))
    if not 1 <= number <= of:
        raise NotFound(f"There is no catalogue {number} of {owner[:50]} here; /fdp lists those there are.")
    curies = study_curies(services.ledger.engine, owner, (number - 1) * fdp.CONTAINER_SIZE, fdp.CONTAINER_SIZE)
    triples = fdp.catalog_document(owner, number, of, curies, about(services), place_of(services))
    return _answer(services, fdp.catalog_path(owner, number), triples, last_change(services.ledger))


def _dataset(services: Services, curie: str) -> Response:
    entry = services.ledger.head(curie)
    if entry is None or entry.kind != "study" or entry.status != "public":
        shown = curie[:100]
        raise NotFound(f"No public study {shown} is in this catalogue; /id/{shown} may know what became of it.")
    triples = fdp.dataset_document(entry, place_of(services), about(services).license)
    return _answer(services, fdp.dataset_path(curie), triples, entry.recorded_at)


def fdp_blueprint(services: Services) -> Blueprint:
    """Routes of the FAIR Data Point."""
    blueprint = Blueprint("fdp", __name__)

    @blueprint.get("/fdp")
    @blueprint.get("/fdp/catalog/")
    def root() -> Response:
        return _root(services)

    @blueprint.get("/fdp/catalog/<owner>")
    @blueprint.get("/fdp/catalog/<owner>/container")
    def first_catalog(owner: str) -> Response:
        return _catalog(services, owner, 1)

    @blueprint.get("/fdp/catalog/<owner>/<int:number>")
    @blueprint.get("/fdp/catalog/<owner>/<int:number>/container")
    def catalog(owner: str, number: int) -> Response:
        return _catalog(services, owner, number)

    @blueprint.get("/fdp/dataset/<path:curie>")
    def dataset(curie: str) -> Response:
        return _dataset(services, curie)

    return blueprint
