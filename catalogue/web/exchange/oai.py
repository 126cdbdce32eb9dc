"""/oai: the OAI-PMH 2.0 repository, by GET and POST."""

from __future__ import annotations

from flask import Blueprint, Response, request

from catalogue.exchange.oai.kept import KeptRecords
from catalogue.exchange.oai.repository import Identity, Repository
from catalogue.web.exchange.answers import XML, Turns, compressed
from catalogue.web.services import Services, absolute_base


def oai_blueprint(services: Services, turns: Turns) -> Blueprint:
    """The one route of OAI-PMH."""
    blueprint = Blueprint("oai", __name__)
    kept = KeptRecords(services.exchange.cache_bytes)
    exposed = services.exposed
    assert exposed is not None

    @blueprint.route("/oai", methods=["GET", "POST"])
    def oai() -> Response:
        identity = Identity(services.name, f"{absolute_base(services.web)}/oai", services.exchange.admin_email)
        repository = Repository(exposed, identity, services.secret, kept)
        given = [*request.args.items(multi=True), *request.form.items(multi=True)]
        with turns.take():
            response = compressed(repository.answer(given), XML)
        response.headers["Cache-Control"] = "no-cache"
        return response

    return blueprint
