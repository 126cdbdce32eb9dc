"""The RDF forms of catalogue pages, all from the same sorted N-Triples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from catalogue.exchange.dcat.triples import NAMESPACES, Triples


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a document.

    Args:
        suffix: what its address ends with.
        also: further media types under which clients ask for it.
        charset: whether the type is text of its own, so that the encoding is said.
    """

    name: str
    title: str
    suffix: str
    media_type: str
    also: tuple[str, ...] = ()
    charset: bool = False


TURTLE: Final = Form("turtle", "Turtle", ".ttl", "text/turtle", ("application/x-turtle",), charset=True)
JSON_LD: Final = Form("jsonld", "JSON-LD", ".jsonld", "application/ld+json", ("application/json",))
RDF_XML: Final = Form("rdfxml", "RDF/XML", ".rdf", "application/rdf+xml", ("application/xml", "text/xml"), charset=True)
N_TRIPLES: Final = Form("ntriples", "N-Triples", ".nt", "application/n-triples", charset=True)
FORMS: Final = (TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
_ENGINE: Final = {
    TURTLE.name: ox.RdfFormat.TURTLE, JSON_LD.name: ox.RdfFormat.JSON_LD, RDF_XML.name: ox.RdfFormat.RDF_XML,
}  # fmt: skip


def render(blocks: Sequence[Triples], form: Form) -> bytes:
    """The blocks one after the other, then what they share, in a form; each statement once."""
    shared = set().union(*(block.shared for block in blocks))
    lines = dict.fromkeys(line for block in blocks for line in block.ordered())
    written = "".join([*lines, *sorted(shared - lines.keys())])
    if form is N_TRIPLES:
        return written.encode()
    used = {prefix: namespace for prefix, namespace in NAMESPACES.items() if f"<{namespace}" in written}
    triples = ox.parse(written, format=ox.RdfFormat.N_TRIPLES)
    rendered = ox.serialize(triples, format=_ENGINE[form.name], prefixes=used)
    return rendered if rendered is not None else b""
