"""Crosswalks as pages show them: fields of another vocabulary under their headings, each with its places here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from catalogue.model.crosswalk_rdf import all_crosswalks, expand_curie
from catalogue.model.crosswalks import OUR_PREFIX, Coverage, Row

# Read from their field to ours (SKOS, section 10).
_RELATIONS = {
    "skos:exactMatch": "the same",
    "skos:closeMatch": "nearly the same",
    "skos:broadMatch": "ours is wider",
    "skos:narrowMatch": "ours is narrower",
    "skos:relatedMatch": "related",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands here.

    Args:
        relation: how the two compare, in words.
        label: `Class.field`, `Class`, or the value of a list.
        iri: of that place; "" where there is none, deliberately.
        comment: for a field without a place, the reason.
    """

    relation: str
    label: str
    iri: str
    comment: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of another vocabulary."""

    curie: str
    label: str
    iri: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A crosswalk.

    Args:
        groups: (heading, fields), in the order of the file.
    """

    name: str
    title: str
    description: str
    version: str
    license: str
    coverage: Coverage
    groups: tuple[tuple[str, tuple[Field, ...]], ...]


@cache
def crosswalk_page(name: str) -> Shown:
    """A crosswalk by the name of its file."""
    crosswalk = all_crosswalks()[name]
    said = crosswalk.metadata
    groups: dict[str, list[Field]] = {}
    for curie, rows in crosswalk.by_field.items():
        heading = rows[0].subject_category if rows else ""
        label = (rows[0].subject_label if rows else "") or curie
        iri = expand_curie(crosswalk, curie)
        places = tuple(_place(row, expand_curie(crosswalk, row.object_id)) for row in rows)
        groups.setdefault(heading, []).append(Field(curie, label, iri, places))
    return Shown(
        name,
        str(said.get("mapping_set_title") or name),
        str(said.get("mapping_set_description") or ""),
        str(said.get("subject_source_version") or ""),
        str(said.get("license") or ""),
        crosswalk.coverage,
        tuple((heading, tuple(fields)) for heading, fields in groups.items()),
    )


@cache
def elsewhere() -> dict[tuple[str, str], tuple[tuple[str, str, str, str], ...]]:
    """(class, field or "") -> (crosswalk, CURIE, label, relation) of each field elsewhere that has its place there."""
    found: dict[tuple[str, str], list[tuple[str, str, str, str]]] = {}
    for name, crosswalk in all_crosswalks().items():
        for row in crosswalk.rows:
            if row.is_mapped and row.object_id.startswith(OUR_PREFIX):
                class_name, _, slot = row.object_id.removeprefix(OUR_PREFIX).partition("/")
                entry = (name, row.subject_id, row.subject_label, relation(row.predicate_id))
                found.setdefault((class_name, slot), []).append(entry)
    return {place: tuple(rows) for place, rows in found.items()}


@cache
def field_places() -> dict[str, tuple[str, str]]:
    """IRI of a field elsewhere -> (crosswalk, CURIE)."""
    return {
        expand_curie(crosswalk, curie): (name, curie)
        for name, crosswalk in all_crosswalks().items()
        for curie in crosswalk.by_field
    }


def relation(predicate: str) -> str:
    """A mapping's predicate in words, or as it is where we have none."""
    return _RELATIONS.get(predicate, predicate)


def _place(row: Row, iri: str) -> Place:
    if not row.is_mapped:
        return Place("", "", "", row.comment)
    label = row.object_id.partition(":")[2].replace("/", ".")
    return Place(relation(row.predicate_id), label, iri, row.comment)
