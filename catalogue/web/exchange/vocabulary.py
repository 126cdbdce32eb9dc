"""/federation: the IRIs of the terms of the exchange log lead to their page, or to RDF."""

from __future__ import annotations

from functools import cache
from typing import Final

import pyoxigraph
from flask import Blueprint, Response, request

from catalogue.exchange.ldes.vocabulary import vocabulary
from catalogue.model.vocabulary import serialise
from catalogue.web.documents import finish, to
from catalogue.web.negotiation import PAGE, choose
from catalogue.web.schema.forms import CACHE, OFFERS, RDF, described_by, open_to_all
from catalogue.web.services import Links

_PATH: Final = "/federation"
_ENGINE: Final = {
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".rdf": pyoxigraph.RdfFormat.RDF_XML,
}


def log_terms_blueprint(links: Links) -> Blueprint:
    """Routes of the vocabulary of the exchange log."""
    blueprint = Blueprint("log_terms", __name__)

    @blueprint.get(_PATH)
    def terms() -> Response:
        chosen = choose(request.accept_mimetypes, OFFERS)
        response = to(links, "/docs/ldes" if chosen is PAGE else _PATH + chosen.suffix, 303)
        response.headers["Link"] = described_by(links, _PATH)
        return open_to_all(response)

    @blueprint.get(f"{_PATH}.<any(ttl, jsonld, nt, rdf):ending>")
    def terms_as(ending: str) -> Response:
        offer = next(offer for offer in RDF if offer.suffix == f".{ending}")
        charset = "" if ending == "jsonld" else "; charset=utf-8"
        response = Response(_body(offer.suffix), content_type=offer.media_type + charset)
        return open_to_all(finish(response, None, CACHE))

    return blueprint


@cache
def _body(suffix: str) -> bytes:
    return serialise(list(vocabulary()), _ENGINE[suffix])
