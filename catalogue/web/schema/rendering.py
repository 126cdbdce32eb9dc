"""One way to give a page of the model: its template, what it states about itself, and where the same is as RDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, render_template

from catalogue.model.documentation import documentation
from catalogue.model.vocabulary import VOCABULARY
from catalogue.web.documents import finish
from catalogue.web.schema.forms import CACHE, described_by
from catalogue.web.services import Links


def render_page(
    links: Links, template: str, iri_path: str = "", stated: Mapping[str, Any] | None = None, **shown: Any
) -> Response:
    """The page as an answer that caches keep.

    Args:
        template: name of a file in templates/schema, without its ending.
        iri_path: path of the IRI that the page explains, where that has RDF of its own.
        stated: the page's JSON-LD.
        shown: what the template prints.
    """
    body = render_template(f"schema/{template}.html", active="schema", model=documentation(), stated=stated, **shown)
    response = Response(body, content_type="text/html; charset=utf-8")
    if iri_path:
        response.headers["Link"] = described_by(links, iri_path)
    return finish(response, None, CACHE)


def state_vocabulary() -> dict[str, Any]:
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


def state_term(name: str, row: Mapping[str, Any]) -> dict[str, Any] | None:
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
