"""What others ask of records and how they name things: rules, profiles and crosswalks, one page each."""

from __future__ import annotations

from flask import Blueprint, Response

from catalogue.model.crosswalks import crosswalk_names
from catalogue.model.profiles import profiles
from catalogue.model.vocabulary import spelled_like
from catalogue.web.schema.crosswalk_pages import crosswalk_page
from catalogue.web.schema.files import file_response, files
from catalogue.web.schema.forms import unknown
from catalogue.web.schema.places import rules_beyond_fields, rules_of
from catalogue.web.schema.rendering import render_page
from catalogue.web.services import Links


def profiles_blueprint(links: Links) -> Blueprint:
    """Routes of rules, profiles and crosswalks."""
    blueprint = Blueprint("schema_profiles", __name__)

    @blueprint.get("/schema/rules")
    def rules() -> Response:
        return render_page(links, "rules", rules=rules_beyond_fields())

    @blueprint.get("/schema/profiles")
    def all_profiles() -> Response:
        return render_page(
            links, "profiles", profiles=[(header, rules_of(name)) for name, header in profiles().items()]
        )

    @blueprint.get("/schema/profiles/<name>")
    def one_profile(name: str) -> Response:
        if name not in profiles():
            raise unknown(links, name, [(known, f"/schema/profiles/{known}") for known in profiles()])
        return render_page(links, "profile", profile=profiles()[name], rules=rules_of(name))

    @blueprint.get("/schema/crosswalks")
    def all_crosswalks() -> Response:
        return render_page(links, "crosswalks", crosswalks=[crosswalk_page(name) for name in crosswalk_names()])

    @blueprint.get("/schema/crosswalks/<name>")
    def one_crosswalk(name: str) -> Response:
        if f"crosswalks/{name}" in files():
            return file_response(f"crosswalks/{name}")
        if name not in crosswalk_names():
            close = spelled_like(name, crosswalk_names())
            raise unknown(links, name, [(known, f"/schema/crosswalks/{known}") for known in close])
        return render_page(links, "crosswalk", crosswalk=crosswalk_page(name))

    return blueprint
