"""/schema and below: a page for the model, and one for each class, field, enumeration, type, profile and crosswalk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request

from catalogue.model.crosswalks import crosswalk_names
from catalogue.model.documentation import documentation, users_of
from catalogue.model.namespaces import TERMS
from catalogue.model.profiles import profiles
from catalogue.model.vocabulary import SCHEMA, VOCABULARY, spelled_like
from catalogue.web.documents import finish
from catalogue.web.negotiation import PAGE, choose
from catalogue.web.schema import content
from catalogue.web.schema.class_diagram import class_diagram
from catalogue.web.schema.crosswalk_pages import crosswalk_page, elsewhere
from catalogue.web.schema.files import file_response, files
from catalogue.web.schema.first_study import first_study, with_mistakes
from catalogue.web.schema.forms import CACHE, OFFERS, dereference, described_by, rdf, unknown
from catalogue.web.schema.overview_diagram import overview_diagram
from catalogue.web.schema.places import rules_beyond_fields, rules_of
from catalogue.web.schema.wording import register_wording
from catalogue.web.services import Links


def schema_blueprint(links: Links) -> Blueprint:
    """Routes of the pages of the model."""
    blueprint = Blueprint("schema", __name__)
    register_wording(blueprint)

    def page(template: str, iri_path: str = "", stated: Mapping[str, Any] | None = None, **shown: Any) -> Response:
        named = {"active": "schema", "model": documentation(), "stated": stated}
        body = render_template(f"schema/{template}.html", **named, **shown)
        response = Response(body, content_type="text/html; charset=utf-8")
        if iri_path:
            response.headers["Link"] = described_by(links, iri_path)
        return finish(response, None, CACHE)

    @blueprint.get("/schema")
    @blueprint.get("/schema/")
    def overview() -> Response:
        chosen = choose(request.accept_mimetypes, OFFERS)
        if chosen is not PAGE:
            return rdf(links, "/schema", chosen)
        return page(
            "overview",
            "/schema",
            _vocabulary(),
            drawing=overview_diagram(links.path),
            files=[file for file in files().values() if file.about],
            first=first_study(),
            mistakes=with_mistakes(),
            profiles=profiles(),
            crosswalks=crosswalk_names(),
        )

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
        if chosen is not PAGE:
            return rdf(links, f"/schema/{name}", chosen)
        row = documentation()["classes"][name]
        return page(
            "class",
            f"/schema/{name}",
            _term(name, row),
            name=name,
            row=row,
            iri=SCHEMA + name,
            drawing=class_diagram(name, links.path),
            users=users_of(name),
            examples=content.examples_of(name),
            wrong=content.wrong_examples_of(name),
            asked=content.asked_by_profiles(name),
            rules=content.further_rules(name),
            elsewhere={slot: rows for (owner, slot), rows in elsewhere().items() if owner == name},
        )

    @blueprint.get("/schema/<path:below>")
    def use(below: str) -> Response:
        return file_response(below) if below in files() else dereference(links, f"/schema/{below}")

    @blueprint.get("/schema/slots", defaults={"kind": "slots"})
    @blueprint.get("/schema/enums", defaults={"kind": "enums"})
    @blueprint.get("/schema/types", defaults={"kind": "types"})
    def index(kind: str) -> Response:
        return page("index", kind=kind, rows=documentation()[kind])

    @blueprint.get("/schema/slots/<name>")
    def slot(name: str) -> Response:
        row = _row("slots", name, links)
        uses = [
            (owner, use)
            for owner in row["classes"]
            for use in documentation()["classes"][owner]["slots"]
            if use["key"] == name
        ]
        return page(
            "slot",
            "",
            _term(name, row),
            name=name,
            row=row,
            uses=uses,
            values=content.values_of(name),
            elsewhere={owner: elsewhere().get((owner, name), ()) for owner in row["classes"]},
            terms=TERMS,
        )

    @blueprint.get("/schema/enums/<name>")
    def enum(name: str) -> Response:
        row = _row("enums", name, links)
        return page("enum", f"/schema/{name}", _term(name, row), name=name, row=row)

    @blueprint.get("/schema/types/<name>")
    def type_(name: str) -> Response:
        return page("type", f"/schema/{name}", name=name, row=_row("types", name, links))

    @blueprint.get("/schema/rules")
    def rules() -> Response:
        return page("rules", rules=rules_beyond_fields())

    @blueprint.get("/schema/profiles")
    def all_profiles() -> Response:
        return page("profiles", profiles=[(header, rules_of(name)) for name, header in profiles().items()])

    @blueprint.get("/schema/profiles/<name>")
    def one_profile(name: str) -> Response:
        if name not in profiles():
            raise unknown(links, name, [(known, f"/schema/profiles/{known}") for known in profiles()])
        return page("profile", profile=profiles()[name], rules=rules_of(name))

    @blueprint.get("/schema/crosswalks")
    def all_crosswalks() -> Response:
        return page("crosswalks", crosswalks=[crosswalk_page(name) for name in crosswalk_names()])

    @blueprint.get("/schema/crosswalks/<name>")
    def crosswalk(name: str) -> Response:
        if f"crosswalks/{name}" in files():
            return file_response(f"crosswalks/{name}")
        if name not in crosswalk_names():
            known = [(close, f"/schema/crosswalks/{close}") for close in spelled_like(name, crosswalk_names())]
            raise unknown(links, name, known)
        return page("crosswalk", crosswalk=crosswalk_page(name))

    return blueprint


def _vocabulary() -> dict[str, Any]:
    """The vocabulary in the words of schema.org."""
    made = documentation()
    return {
        "@context": "https://schema.org",
        "@type": "DefinedTermSet",
        "@id": VOCABULARY,
        "name": made["title"],
        "description": made["description"],
        "version": made["version"],
        "license": made["license"],
    }


def _term(name: str, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """A class, field or list in the words of schema.org; None for the identifier, which has no IRI."""
    if not row["iri"]:
        return None
    return {
        "@context": "https://schema.org",
        "@type": "DefinedTerm",
        "@id": row["iri"],
        "name": name,
        "description": row["description"],
        "inDefinedTermSet": VOCABULARY,
    }


def _row(kind: str, name: str, links: Links) -> dict[str, Any]:
    found = documentation()[kind].get(name)
    if found is None:
        close = spelled_like(name, documentation()[kind])
        raise unknown(links, name, [(known, f"/schema/{kind}/{known}") for known in close])
    return dict(found)
