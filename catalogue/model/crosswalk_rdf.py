"""Crosswalks as RDF: each field of another vocabulary, with the SKOS links to its places here.

Fields that their owners gave no IRI have one of ours, below `…/fields/`; a crosswalk itself is `…/crosswalks/NAME`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from catalogue.model.crosswalks import Crosswalk, Row, crosswalk_names, load_crosswalk
from catalogue.model.namespaces import BASE

FIELDS: Final = BASE + "fields/"
CROSSWALKS: Final = BASE + "crosswalks/"

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
_DCTERMS: Final = "http://purl.org/dc/terms/"
_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
_MAPPING_SET: Final = "https://w3id.org/sssom/MappingSet"


@cache
def all_crosswalks() -> dict[str, Crosswalk]:
    """Every crosswalk by name, read once."""
    return {name: load_crosswalk(name) for name in crosswalk_names()}


def expand_curie(crosswalk: Crosswalk, curie: str) -> str:
    """The IRI of a CURIE under the crosswalk's own prefixes.

    Raises:
        ValueError: the header does not know the prefix.
    """
    prefix, _, local = curie.partition(":")
    namespace: Any = crosswalk.metadata.get("curie_map", {}).get(prefix)
    if not namespace:
        raise ValueError(f"{crosswalk.name}: the header has no prefix for {curie}")
    return f"{namespace}{local}"


def crosswalk_triples(crosswalk: Crosswalk) -> Iterator[Triple]:
    """The mapping set and each of its rows."""
    said = crosswalk.metadata
    mapping_set = NamedNode(CROSSWALKS + crosswalk.name)
    yield Triple(mapping_set, NamedNode(_RDF + "type"), NamedNode(_MAPPING_SET))
    yield Triple(mapping_set, NamedNode(_RDFS + "label"), Literal(str(said.get("mapping_set_title") or crosswalk.name)))
    if said.get("mapping_set_description"):
        yield Triple(mapping_set, NamedNode(_RDFS + "comment"), Literal(str(said["mapping_set_description"])))
    if said.get("license"):
        yield Triple(mapping_set, NamedNode(_DCTERMS + "license"), NamedNode(str(said["license"])))
    for rows in crosswalk.by_field.values():
        yield from _field_triples(crosswalk, mapping_set, rows)


def _field_triples(crosswalk: Crosswalk, mapping_set: NamedNode, rows: tuple[Row, ...]) -> Iterator[Triple]:
    for place, row in enumerate(rows):
        field = NamedNode(expand_curie(crosswalk, row.subject_id))
        if place == 0 and field.value.startswith(FIELDS):
            yield Triple(field, NamedNode(_RDFS + "label"), Literal(row.subject_label or row.subject_id))
            yield Triple(field, NamedNode(_RDFS + "isDefinedBy"), mapping_set)
        if row.is_mapped:
            predicate = _SKOS + row.predicate_id.removeprefix("skos:")
            yield Triple(field, NamedNode(predicate), NamedNode(expand_curie(crosswalk, row.object_id)))
        elif row.comment:
            yield Triple(field, NamedNode(_SKOS + "editorialNote"), Literal(f"Not mapped: {row.comment}"))
