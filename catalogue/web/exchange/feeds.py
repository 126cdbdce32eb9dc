"""/feeds/{kind}/{term}: parts of the log for added-value databases, as streams of their own."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from catalogue.exchange.feeds.matching import KINDS, FeedRules
from catalogue.exchange.feeds.view import FeedView, Findings
from catalogue.exchange.ldes.pages import Pages
from catalogue.problems import Withdrawn
from catalogue.web.exchange.ldes import SUFFIXES, answer
from catalogue.web.services import Services

_CACHE_BYTES: Final = 32 << 20


def feeds_blueprint(services: Services, rules: FeedRules) -> Blueprint:
    """Routes of filtered feeds."""
    blueprint = Blueprint("feeds", __name__)
    log, findings = services.ledger.log, Findings()
    pages = Pages(log, _CACHE_BYTES)
    root_rule = f"/feeds/<any({', '.join(KINDS)}):kind>/<term>"

    def feed(kind: str, term: str) -> FeedView:
        return FeedView(f"/feeds/{kind}/{term}", log, rules.matcher(kind, term), findings)

    def in_force(kind: str, term: str, version: str) -> FeedView:
        view = feed(kind, term)
        if view.below != f"{view.path}/{version}":
            # Readers take 410 for an empty page and go on; other refusals stop them.
            raise Withdrawn(f"This feed is made by other rules now. Begin again at {view.path}.")
        return view

    @blueprint.get(root_rule)
    def root(kind: str, term: str) -> Response:
        # A dot may be part of a term, so that no rule can tell a suffix.
        stem, dot, ending = term.rpartition(".")
        if dot and ending in ("trig", "nq", "jsonld"):
            return answer(services, ending, lambda form, place: pages.root(feed(kind, stem), form, place))
        return answer(services, "", lambda form, place: pages.root(feed(kind, term), form, place))

    @blueprint.get(f"{root_rule}/<version>/index/<int:number>")
    @blueprint.get(f"{root_rule}/<version>/index/<int:number>.<{SUFFIXES}:ending>")
    def index(kind: str, term: str, version: str, number: int, ending: str = "") -> Response:
        view = in_force(kind, term, version)
        return answer(services, ending, lambda form, place: pages.index(view, number, form, place))

    @blueprint.get(f"{root_rule}/<version>/page/<int:number>")
    @blueprint.get(f"{root_rule}/<version>/page/<int:number>.<{SUFFIXES}:ending>")
    def page(kind: str, term: str, version: str, number: int, ending: str = "") -> Response:
        view = in_force(kind, term, version)
        return answer(services, ending, lambda form, place: pages.page(view, number, form, place))

    return blueprint
