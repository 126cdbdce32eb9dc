"""JSON-LD: the model's own context over the payload record."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from catalogue.exchange.base import PERSISTENCE, Document
from catalogue.exchange.ntriples import ALL_TYPES
from catalogue.model.jsonld import context, jsonld


@cache
def _opening() -> str:
    """How a document with the present context begins; that is several times as long as what follows."""
    return _text({"@context": context()}).removesuffix("\n}") + ","


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


class JsonLd:
    """The record as it is kept, readable as JSON and as RDF (JSON-LD 1.1)."""

    name = "jsonld"
    title = "JSON-LD"
    suffix = ".jsonld"
    media_type = "application/ld+json"
    profile = None
    types = ALL_TYPES

    def render(self, document: Document) -> bytes:
        """Indented JSON; with provenance a `@graph` of the record and its CatalogRecord."""
        node = jsonld(dict(document.record), version=document.schema_version)
        if document.provenance is None:
            return _text(node).encode() + b"\n"
        predicate, policy = PERSISTENCE
        about = {**jsonld(dict(document.provenance)), predicate: {"@id": policy}}
        if node["@context"] != context():
            # A record of a former version of the model has that version's terms, its provenance today's.
            return _text({"@graph": [node, about]}).encode() + b"\n"
        del node["@context"], about["@context"]
        return (_opening() + _text({"@graph": [node, about]}).removeprefix("{")).encode() + b"\n"


FORMAT = JsonLd()
