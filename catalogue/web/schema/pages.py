"""/schema and below: a page for the model, and one for each class, field, list of values and type."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from catalogue.model.crosswalks import crosswalk_names
from catalogue.model.documentation import documentation, users_of
from catalogue.model.namespaces import TERMS
from catalogue.model.profiles import profiles
from catalogue.model.vocabulary import spelled_like
from catalogue.web.negotiation import PAGE, choose
from catalogue.web.schema import content
from catalogue.web.schema.class_diagram import class_diagram, narrow_diagram
from catalogue.web.schema.crosswalk_pages import elsewhere
from catalogue.web.schema.files import file_response, files
from catalogue.web.schema.first_study import FURTHER, first_study, with_mistakes
from catalogue.web.schema.forms import OFFERS, dereference, rdf, unknown
from catalogue.web.schema.overview_diagram import overview_diagram
from catalogue.web.schema.rendering import render_page, state_term, state_vocabulary
from catalogue.web.schema.wording import register_wording
from catalogue.web.services import Links


def schema_blueprint(links: Links) -> Blueprint:
    """Routes of the pages of the model."""
    blueprint = Blueprint("schema", __name__)
    register_wording(blueprint)

    @blueprint.get("/schema")
    @blueprint.get("/schema/")
    def overview() -> Response:
        chosen = choose(request.accept_mimetypes, OFFERS)
        return _overview(links) if chosen is PAGE else rdf(links, "/schema", chosen)

    @blueprint.get("/schema.<any(ttl, jsonld, nt, rdf):suffix>")
    def whole(suffix: str) -> Response:
        return dereference(links, f"/schema.{suffix}")

    @blueprint.get("/schema/<name>")
    def element(name: str) -> Response:
        if name in files():
            return file_response(name)
        if name not in documentation()["classes"]:
            return dereference(links, f"/schema/{name}")
        chosen = choose(request.accept_mimetypes, OFFERS)
        return _class(links, name) if chosen is PAGE else rdf(links, f"/schema/{name}", chosen)

    @blueprint.get("/schema/<path:below>")
    def use(below: str) -> Response:
        return file_response(below) if below in files() else dereference(links, f"/schema/{below}")

    @blueprint.get("/schema/slots", defaults={"kind": "slots"})
    @blueprint.get("/schema/enums", defaults={"kind": "enums"})
    @blueprint.get("/schema/types", defaults={"kind": "types"})
    def index(kind: str) -> Response:
        return render_page(links, "index", kind=kind, rows=documentation()[kind])

    @blueprint.get("/schema/slots/<name>")
    def slot(name: str) -> Response:
        return _slot(links, name)

    @blueprint.get("/schema/enums/<name>")
    def enum(name: str) -> Response:
        row = _row("enums", name, links)
        return render_page(links, "enum", f"/schema/{name}", state_term(name, row), name=name, row=row)

    @blueprint.get("/schema/types/<name>")
    def type_(name: str) -> Response:
        return render_page(links, "type", f"/schema/{name}", name=name, row=_row("types", name, links))

    return blueprint


def _overview(links: Links) -> Response:
    return render_page(
        links,
        "overview",
        "/schema",
        state_vocabulary(),
        drawing=overview_diagram(links.path),
        files=[file for file in files().values() if file.about],
        first=first_study(),
        mistakes=with_mistakes(),
        further=FURTHER,
        profiles=profiles(),
        crosswalks=crosswalk_names(),
    )


def _class(links: Links, name: str) -> Response:
    row = documentation()["classes"][name]
    return render_page(
        links,
        "class",
        f"/schema/{name}",
        state_term(name, row),
        name=name,
        row=row,
        drawing=class_diagram(name, links.path),
        narrow=narrow_diagram(name, links.path),
        users=users_of(name),
        examples=content.examples_of(name),
        identifier=content.identifier_of(name),
        wrong=content.wrong_examples_of(name),
        asked=content.asked_by_profiles(name),
        rules=content.further_rules(name),
        elsewhere={slot: rows for (owner, slot), rows in elsewhere().items() if owner == name},
    )


def _slot(links: Links, name: str) -> Response:
    row = _row("slots", name, links)
    slots = {owner: documentation()["classes"][owner]["slots"] for owner in row["classes"]}
    return render_page(
        links,
        "slot",
        "",
        state_term(name, row),
        name=name,
        row=row,
        uses=[(owner, use) for owner, found in slots.items() for use in found if use["key"] == name],
        values=content.values_of(name),
        elsewhere={owner: elsewhere().get((owner, name), ()) for owner in row["classes"]},
        terms=TERMS,
    )


def _row(kind: str, name: str, links: Links) -> dict[str, Any]:
    found = documentation()[kind].get(name)
    if found is None:
        close = spelled_like(name, documentation()[kind])
        raise unknown(links, name, [(known, f"/schema/{kind}/{known}") for known in close])
    return dict(found)
