"""Reads the study's RDF as strangers get it and holds it against the ledger's record, triple by triple."""

from __future__ import annotations

from typing import Final

import pyoxigraph as px

from catalogue.exchange.base import Document
from catalogue.exchange.ntriples import sorted_triples
from catalogue.fair.live.base import Check, Seen, Target, Visit, fine, wrong
from catalogue.fair.live.forms_negotiated import TURTLE
from catalogue.fair.live.pages import identifier_path, way_here
from catalogue.store.graph_view import catalog_record

_SHOWN: Final = 3


def _look(study: Target, visit: Visit) -> Seen:
    way = way_here(visit, identifier_path(study.curie), TURTLE)
    end = way.end
    if way.fault or end.status != 200 or end.media_type != TURTLE:
        return wrong(f"No Turtle is given at the identifier ({way.fault or f'{end.status} {end.media_type}'}).", end)
    try:
        given = {str(triple) for triple in px.parse(end.content, px.RdfFormat.TURTLE, base_iri=study.iri)}
    except SyntaxError as error:
        return wrong(f"The Turtle given cannot be parsed: {str(error)[:200]}.", end)
    kept = _kept(study)
    if given == kept:
        return fine(f"The Turtle parses to the {len(kept)} triples of the record.", end)
    lacking, foreign = kept - given, given - kept
    said = f"The Turtle differs from the record: {len(lacking)} triples are lacking, {len(foreign)} are not of it."
    return wrong(said, end, lacking=sorted(lacking)[:_SHOWN], foreign=sorted(foreign)[:_SHOWN])


def _kept(study: Target) -> set[str]:
    entry = study.entry
    assert entry is not None  # a check of studies
    lines = sorted_triples(Document(entry.record, catalog_record(entry), entry.schema_version))
    return {str(triple) for triple in px.parse(lines, px.RdfFormat.N_TRIPLES)}


CHECK: Final = Check(
    name="rdf-offered",
    asks="This node's resolver, for the study as Turtle, which is parsed and compared with the record.",
    fresh_days=30,
    look=_look,
)
