"""/policy/persistence: what becomes of metadata in the long run, as page and as RDF."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from catalogue.exchange.dcat.forms import FORMS, Form, render
from catalogue.exchange.persistence import METADATA_ONLY, PATH, POLICY, PROMISES, TITLE, Stated, policy_triples
from catalogue.web.documents import finish, to
from catalogue.web.exchange.rdf import document, form_of
from catalogue.web.exchange.rendered import digested
from catalogue.web.negotiation import PAGE, choose
from catalogue.web.promises import released
from catalogue.web.schema.forms import OFFERS
from catalogue.web.services import Services
from catalogue.web.signposting import TypedLink, header

_CACHE = "public, max-age=3600"


def _stated(services: Services) -> Stated:
    return Stated(services.exchange.persistence, services.exchange.metadata_license)


def _page(services: Services) -> Response:
    page = render_template(
        "policy.html",
        title=TITLE,
        promises=PROMISES,
        data=METADATA_ONLY,
        stated=_stated(services),
        forms=FORMS,
        path=PATH,
    )
    response = Response(page)
    forms = (TypedLink("describedby", services.links.full(PATH + form.suffix), form.media_type) for form in FORMS)
    response.headers["Link"] = header([TypedLink("cite-as", POLICY), *forms])
    return finish(response, released(), _CACHE)


def _document(services: Services, form: Form) -> Response:
    path = services.links.path(PATH + form.suffix)
    return document(form, lambda: digested(render([policy_triples(_stated(services))], form)), path, released())


def policy_blueprint(services: Services) -> Blueprint:
    """Routes of the policy."""
    blueprint = Blueprint("policy", __name__)

    @blueprint.get(PATH)
    def policy() -> Response:
        chosen = choose(request.accept_mimetypes, OFFERS)
        return _page(services) if chosen is PAGE else to(services.links, PATH + chosen.suffix, 303)

    @blueprint.get(f"{PATH}.<suffix>")
    def policy_as(suffix: str) -> Response:
        return _document(services, form_of(suffix))

    return blueprint
