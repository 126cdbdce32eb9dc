"""JSON-LD: the model's own context over the payload record."""

from __future__ import annotations

import json
from typing import Any

from catalogue.exchange.base import PERSISTENCE, Document
from catalogue.exchange.ntriples import ALL_TYPES
from catalogue.model.jsonld import jsonld


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
        node: dict[str, Any] = jsonld(dict(document.record), version=document.schema_version)
        if document.provenance is not None:
            predicate, policy = PERSISTENCE
            about = {**jsonld(dict(document.provenance)), predicate: {"@id": policy}}
            if about["@context"] == node["@context"]:
                context = node.pop("@context")
                about.pop("@context")
                node = {"@context": context, "@graph": [node, about]}
            else:
                # A record of a former version of the model has that version's terms, its provenance today's.
                node = {"@graph": [node, about]}
        return json.dumps(node, ensure_ascii=False, indent=2).encode() + b"\n"


FORMAT = JsonLd()
