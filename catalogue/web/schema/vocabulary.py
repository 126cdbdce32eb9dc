"""/terms, /shapes …: at any node, an IRI of our vocabulary leads to its page or to RDF (fair.md, section 4)."""

from __future__ import annotations

from flask import Blueprint, Response

from catalogue.web.schema.forms import dereference
from catalogue.web.services import Links


def vocabulary_blueprint(links: Links) -> Blueprint:
    """Routes of the namespaces of terms, shapes, crosswalks, and fields that crosswalks map."""
    blueprint = Blueprint("vocabulary", __name__)

    @blueprint.get("/<any(terms, shapes):namespace>")
    @blueprint.get("/<any(terms, shapes):namespace>/")
    def everything(namespace: str) -> Response:
        return dereference(links, f"/{namespace}")

    @blueprint.get("/<any(terms, shapes):namespace>.<any(ttl, jsonld, nt, rdf):suffix>")
    def everything_as(namespace: str, suffix: str) -> Response:
        return dereference(links, f"/{namespace}.{suffix}")

    @blueprint.get("/<any(terms, shapes, fields, crosswalks):namespace>/<path:name>")
    def one(namespace: str, name: str) -> Response:
        return dereference(links, f"/{namespace}/{name}")

    return blueprint
