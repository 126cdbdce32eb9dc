"""Turtle: the triples of N-Triples with the prefixes of the map that occur."""

from __future__ import annotations

import pyoxigraph

from catalogue.exchange.base import Document
from catalogue.exchange.ntriples import ALL_TYPES, sorted_triples
from catalogue.model.namespaces import BASE, PREFIXES


class Turtle:
    """RDF for people to read (W3C Turtle 1.1)."""

    name = "turtle"
    title = "Turtle"
    suffix = ".ttl"
    media_type = "text/turtle"
    profile = None
    types = ALL_TYPES

    def render(self, document: Document) -> bytes:
        """Triples grouped by subject in code-point order, prefixes only where used."""
        lines = sorted_triples(document)
        text = lines.decode()
        used = {
            name: namespace
            for name, namespace in PREFIXES.items()
            if not namespace.startswith(BASE + name) and f"<{namespace}" in text
        }
        triples = pyoxigraph.parse(lines, format=pyoxigraph.RdfFormat.N_TRIPLES)
        rendered = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.TURTLE, prefixes=used)
        return rendered if rendered is not None else b""


FORMAT = Turtle()
