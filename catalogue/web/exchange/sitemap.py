"""/sitemap.xml, the sitemaps it names, and /robots.txt."""

from __future__ import annotations

from flask import Blueprint, Response

from catalogue.exchange.sitemap import robots, sitemap, sitemap_index
from catalogue.web.exchange.answers import Turns, cached
from catalogue.web.services import Services, absolute_base

_XML = "application/xml; charset=utf-8"


def sitemap_blueprint(services: Services, turns: Turns) -> Blueprint:
    """Routes for crawlers."""
    blueprint = Blueprint("sitemap", __name__)
    exposed = services.exposed
    assert exposed is not None

    @blueprint.get("/sitemap.xml")
    def index() -> Response:
        with turns.take():
            return cached(sitemap_index(exposed, absolute_base(services.web)), _XML)

    @blueprint.get("/sitemap/<int:number>.xml")
    def part(number: int) -> Response:
        with turns.take():
            return cached(sitemap(exposed, absolute_base(services.web), number), _XML)

    @blueprint.get("/robots.txt")
    def for_robots() -> Response:
        return cached(robots(absolute_base(services.web)).encode(), "text/plain; charset=utf-8")

    return blueprint
