"""The terms of the exchange log, `/federation#…`, as RDF; the page at that path is that of the members."""

from __future__ import annotations

from functools import cache
from typing import Final

import pyoxigraph
from flask import Blueprint, Response

from catalogue.exchange.ldes.vocabulary import vocabulary
from catalogue.model.vocabulary import serialise
from catalogue.web.documents import finish, to
from catalogue.web.negotiation import Offer
from catalogue.web.schema.forms import CACHE, RDF, described_by, open_to_all
from catalogue.web.services import Links

_PATH: Final = "/federation"
_ENGINE: Final = {
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".rdf": pyoxigraph.RdfFormat.RDF_XML,
}


def to_log_terms(links: Links, form: Offer) -> Response:
    """From the IRI of the vocabulary to a form of it that is no page."""
    response = to(links, _PATH + form.suffix, 303)
    response.headers["Link"] = described_by(links, _PATH)
    return open_to_all(response)


def log_terms_blueprint(links: Links) -> Blueprint:
    """Routes of the vocabulary of the exchange log."""
    blueprint = Blueprint("log_terms", __name__)

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
