"""/ldes, /ldes/latest, /log/…: the log as Linked Data Event Stream, by negotiation and by suffix (.trig .nq .jsonld).

`.json` at the same addresses is the form in which nodes exchange, and not this module's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, request

from catalogue.exchange.ldes.forms import FORMS, PROFILE, Form
from catalogue.exchange.ldes.hypermedia import Place
from catalogue.exchange.ldes.pages import Answer, Pages
from catalogue.exchange.ldes.views import LatestView, LogView, View
from catalogue.model.namespaces import OWNERS
from catalogue.problems import NotFound
from catalogue.web.negotiation import Offer, choose
from catalogue.web.services import Services, absolute_base
from catalogue.web.text import plain

SUFFIXES: Final = "any(trig, nq, jsonld)"
SETTLED: Final = "public, max-age=604800, immutable"
# A page that grows is asked for again within seconds by whoever was told that there is something new.
GROWING: Final = "public, max-age=5"
_BY_SUFFIX: Final = {form.suffix: form for form in FORMS}


def ldes_blueprint(services: Services) -> Blueprint:
    """Routes of the whole log, of the newest versions, and of single entries."""
    blueprint, pages = Blueprint("ldes", __name__), Pages(services.ledger.log)
    views: tuple[View, ...] = (LogView(services.ledger.log), LatestView(services.ledger.log))
    for view in views:
        _route(blueprint, services, pages, view)

    @blueprint.get("/log/<owner>/<int:epoch>/<int:seq>")
    @blueprint.get(f"/log/<owner>/<int:epoch>/<int:seq>.<{SUFFIXES}:ending>")
    def entry(owner: str, epoch: int, seq: int, ending: str = "") -> Response:
        return _entry(services, pages, owner, epoch, seq, ending)

    return blueprint


def _route(blueprint: Blueprint, services: Services, pages: Pages, view: View) -> None:
    """The routes of a view whose path is fixed."""

    def root(ending: str = "") -> Response:
        return answer(services, ending, lambda form, place: pages.root(view, form, place))

    def index(number: int, ending: str = "") -> Response:
        return answer(services, ending, lambda form, place: pages.index(view, number, form, place))

    def page(number: int, ending: str = "") -> Response:
        return answer(services, ending, lambda form, place: pages.page(view, number, form, place))

    name = view.path.strip("/").replace("/", "_")
    routes: list[tuple[str, str, Callable[..., Response]]] = [
        (view.path, name, root),
        (f"{view.below}/page/<int:number>", f"{name}_page", page),
    ]
    if not view.in_order:
        routes.append((f"{view.below}/index/<int:number>", f"{name}_index", index))
    for rule, endpoint, respond_to in routes:
        blueprint.add_url_rule(rule, endpoint, respond_to)
        blueprint.add_url_rule(f"{rule}.<{SUFFIXES}:ending>", f"{endpoint}_as", respond_to)


def answer(services: Services, ending: str, make: Callable[[Form, Place], Answer]) -> Response:
    """The document that `make` gives in the form asked for."""
    form, suffix = asked_form(services, ending)
    return respond(make(form, Place(_addresses(services, form), suffix)), form)


def asked_form(services: Services, ending: str) -> tuple[Form, str]:
    """The form that suffix or Accept asks for, and the suffix that addresses of further pages get.

    N-Quads name everything by its whole address: who reached this node by another one would find a page without
    relations, so that without a public address it is given to those only who ask for it by its suffix.

    Raises:
        NotAcceptable: no form fits Accept.
    """
    if ending:
        return _BY_SUFFIX[f".{ending}"], f".{ending}"
    forms = [form for form in FORMS if form.relative or services.web.base_url]
    offers = [Offer(form.media_type, form.suffix, form.title) for form in forms]
    return _BY_SUFFIX[choose(request.accept_mimetypes, offers).suffix], ""


def _addresses(services: Services, form: Form) -> Callable[[str], str]:
    """From a path of this node to what a form writes for it."""
    if form.relative and not services.web.base_url:
        return services.links.path
    return lambda path: absolute_base(services.web) + path


def respond(told: Answer, form: Form) -> Response:
    """The answer with validators; 304 without writing the document where the client has it."""
    fresh = request.if_none_match.contains(told.etag)
    response = Response(status=304) if fresh else Response(told.body())
    if not fresh:
        response.content_type = f'{form.media_type}; profile="{PROFILE}"'
    response.set_etag(told.etag)
    response.headers["Cache-Control"] = SETTLED if told.immutable else GROWING
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.add("Accept")
    if told.modified is not None:
        response.last_modified = told.modified
    return response


def _entry(services: Services, pages: Pages, owner: str, epoch: int, seq: int, ending: str) -> Response:
    if owner not in OWNERS:
        raise NotFound(f"No archive of this federation has the prefix {plain(owner)[:40]}.")
    return answer(services, ending, lambda form, _: pages.member(owner, epoch, seq, form))
