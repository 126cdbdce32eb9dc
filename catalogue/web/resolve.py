"""/id/…: from any name of a record to the document that a client asked for (images.md, section 3)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from catalogue.problems import BadRequest
from catalogue.resolver.service import State
from catalogue.web.documents import FOUND, answer, record_type, refuse, to, tombstone_page
from catalogue.web.negotiation import choose, offers
from catalogue.web.services import Services
from catalogue.web.text import path_of


def _identify(services: Services, text: str) -> Response:
    resolution = services.resolver.resolve(text)
    if resolution.state not in FOUND:
        refuse(services, resolution)
    if resolution.replacement is not None:
        return to(services.links, f"/id/{path_of(resolution.replacement)}", 301)
    curie, kind = resolution.curie or "", resolution.kind or "study"
    proper = curie + (f"/{resolution.part}" if resolution.part else "")
    if text != proper:
        return to(services.links, f"/id/{path_of(proper)}", 301)
    if resolution.state is State.WITHDRAWN:
        return answer(services, kind, curie, tombstone_page)
    chosen = choose(request.accept_mimetypes, offers(record_type(resolution)))
    fragment = f"#{path_of(resolution.part)}" if resolution.part and not chosen.suffix else ""
    return to(services.links, services.links.document(kind, curie, chosen.suffix) + fragment, 303)


def resolver_blueprint(services: Services) -> Blueprint:
    """Routes of the resolver."""
    blueprint = Blueprint("resolve", __name__)

    @blueprint.get("/id/<path:text>")
    def identify(text: str) -> Response:
        query = request.query_string.decode("latin-1")
        # An address pasted unescaped leaves its own query string in ours: .../webclient/?show=image-1.
        if query and text.startswith(("http:", "https:")):
            text = f"{text}?{query}"
        return _identify(services, text)

    @blueprint.get("/id/")
    @blueprint.get("/id")
    def identify_query() -> Response:
        text = request.args.get("q", "").strip()
        if not text:
            raise BadRequest("Give an identifier: /id/biostudies:S-BIAD634, or /id?q= with any address or accession.")
        return _identify(services, text)

    return blueprint
