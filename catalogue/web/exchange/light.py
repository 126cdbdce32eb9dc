"""/feed.atom with its archives, and /activity (IIIF Change Discovery): light views of the log."""

from __future__ import annotations

from flask import Blueprint, Response

from catalogue.exchange import activity, atom
from catalogue.exchange.log_pages import log_page
from catalogue.web.documents import finish
from catalogue.web.exchange.ldes import GROWING, SETTLED
from catalogue.web.services import Services


def light_blueprint(services: Services) -> Blueprint:
    """Routes of Atom and IIIF Change Discovery."""
    blueprint, log = Blueprint("light", __name__), services.ledger.log

    @blueprint.get("/feed.atom")
    def newest() -> Response:
        return _answer(atom.newest_feed(log, services.name, services.absolute("")), atom.MEDIA_TYPE, False)

    @blueprint.get("/feed/archive/<int:number>.atom")
    def archive(number: int) -> Response:
        page = log_page(log, number)
        return _answer(atom.archive_feed(page, services.name, services.absolute("")), atom.MEDIA_TYPE, page.settled)

    @blueprint.get("/activity")
    def collection() -> Response:
        return _answer(activity.activity_collection(log, services.absolute("")), activity.MEDIA_TYPE, False)

    @blueprint.get("/activity/page/<int:number>")
    def activities(number: int) -> Response:
        page = log_page(log, number)
        return _answer(activity.activity_page(page, services.absolute("")), activity.MEDIA_TYPE, page.settled)

    return blueprint


def _answer(body: bytes, media_type: str, settled: bool) -> Response:
    profile = f'; profile="{activity.PROFILE}"' if media_type == activity.MEDIA_TYPE else ""
    response = Response(body, content_type=media_type + profile)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return finish(response, None, SETTLED if settled else GROWING)
