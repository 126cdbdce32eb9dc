"""/grant/{ROR id}/{number}: a grant's IRI leads to its page, or to RDF about it."""

from __future__ import annotations

import hashlib
from typing import Final

import pyoxigraph
from flask import Blueprint, Response, request

from catalogue.fair.funding import FUNDERS
from catalogue.model.funding.index import FundingIndex, Grant, StudyLink, grant_iri
from catalogue.model.funding.link import FundingLink
from catalogue.model.funding.rdf import funding_quads, grant_page
from catalogue.model.namespaces import BASE
from catalogue.model.vocabulary import serialise
from catalogue.web.documents import finish, to
from catalogue.web.fair.linked import FORMS, rdf_links, split_rdf
from catalogue.web.fair.reports import Reports
from catalogue.web.negotiation import PAGE, Offer, choose
from catalogue.web.schema.forms import CACHE, open_to_all
from catalogue.web.services import Services

_ENGINE: Final = {
    ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
}


def grant_iris_blueprint(services: Services, reports: Reports) -> Blueprint:
    """The route of grants' IRIs; their pages are funders.py's."""
    blueprint = Blueprint("grant_iris", __name__)

    @blueprint.get("/grant/<ror>/<path:award>")
    def named(ror: str, award: str) -> Response:
        index = reports.audit().funding
        award, form = split_rdf(award)
        iri = grant_iri(index.get_funder(ror).ror or "", award)
        if form is None:
            form = choose(request.accept_mimetypes, [PAGE, *FORMS])
            if form is PAGE:
                return to(services.links, grant_page(iri) or FUNDERS, 303)
            path = iri.removeprefix(BASE.rstrip("/"))
            index.get_grant(ror, award)  # nobody is led to what is not there
            response = to(services.links, path + form.suffix, 303)
            response.headers["Link"] = rdf_links(services.links, path)
            return open_to_all(response)
        return _as_rdf(services, index, index.get_grant(ror, award), form)

    return blueprint


def _as_rdf(services: Services, index: FundingIndex, grant: Grant, form: Offer) -> Response:
    """The grant, its funder, its studies, and how each is known."""
    found: dict[str, tuple[FundingLink, ...]] = {}
    for study in _studies(index, grant):
        found[study.curie] = (*found.get(study.curie, ()), study.link)
    quads = pyoxigraph.parse(funding_quads(FundingIndex(found)), pyoxigraph.RdfFormat.N_QUADS)
    body = serialise(sorted({quad.triple for quad in quads}, key=str), _ENGINE[form.suffix])
    charset = "" if form.suffix == ".jsonld" else "; charset=utf-8"
    response = Response(body, content_type=form.media_type + charset)
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.headers["Content-Location"] = services.links.path(request.path)
    return open_to_all(finish(response, None, CACHE))


def _studies(index: FundingIndex, grant: Grant) -> list[StudyLink]:
    return list(index.studies_of_grant(grant.funder.ror or "", grant.award))
