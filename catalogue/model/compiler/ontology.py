"""The table as an OWL vocabulary: classes, properties and the meanings of enumerations, each with a label.

gen-owl types links as datatype properties and repeats every cardinality as blank nodes; validation is the shapes'.
"""

from __future__ import annotations

from typing import Final

from linkml_runtime.utils.schemaview import SchemaView

from catalogue.model.compiler.table import XSD, Row
from catalogue.model.compiler.turtle import Turtle
from catalogue.model.namespaces import TERMS

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
_OWL: Final = "http://www.w3.org/2002/07/owl#"
_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
_DCTERMS: Final = "http://purl.org/dc/terms/"
_VANN: Final = "http://purl.org/vocab/vann/"
_VOCABULARY: Final = TERMS.rstrip("/")


def compile_ontology(view: SchemaView, table: Row) -> str:
    """The text of ontology.ttl."""
    turtle = Turtle(
        {**table["prefixes"], "rdf": _RDF, "rdfs": _RDFS, "owl": _OWL, "skos": _SKOS, "vann": _VANN, "xsd": XSD}
    )
    _add_header(turtle, view, table["version"])
    for name in sorted(view.all_classes()):
        _add_class(turtle, view, str(name))
    for predicate, slots in sorted(_by_predicate(table).items()):
        _add_property(turtle, view, predicate, slots)
    _add_position(turtle, table)
    for name in sorted(view.all_enums()):
        _add_enum(turtle, view, str(name))
    return turtle.document("The vocabulary of the records. It says what terms mean; shapes/ says what must be there.")


def _add_header(turtle: Turtle, view: SchemaView, version: str) -> None:
    """What registries and FAIR tests look for in a vocabulary (fair.md section 4, FOOPS!)."""
    title = turtle.text_of(str(view.schema.title))
    description = turtle.text_of(" ".join(str(view.schema.description).split()))
    turtle.add(
        _VOCABULARY,
        [
            (_RDF + "type", turtle.iri(_OWL + "Ontology")),
            (_RDFS + "label", title),
            (_RDFS + "comment", description),
            (_DCTERMS + "title", title),
            (_DCTERMS + "description", description),
            (_OWL + "versionIRI", f"<{TERMS}{version}>"),
            (_OWL + "versionInfo", turtle.text_of(version)),
            (_DCTERMS + "license", turtle.iri(str(view.schema.license))),
            (_VANN + "preferredNamespacePrefix", turtle.text_of(str(view.schema.default_prefix))),
            (_VANN + "preferredNamespaceUri", turtle.text_of(TERMS)),
            (_RDFS + "seeAlso", turtle.iri(str(view.schema.id))),
        ],
    )


def _head(turtle: Turtle, kind: str, labels: list[str], comments: list[str]) -> list[tuple[str, str]]:
    """Type, labels, comments and where they are defined."""
    rows = [(_RDF + "type", turtle.iri(_OWL + kind))]
    rows += [(_RDFS + "label", turtle.text_of(label)) for label in dict.fromkeys(labels)]
    rows += [(_RDFS + "comment", turtle.text_of(comment)) for comment in dict.fromkeys(comments) if comment]
    rows.append((_RDFS + "isDefinedBy", turtle.iri(_VOCABULARY)))
    return rows


def _add_class(turtle: Turtle, view: SchemaView, name: str) -> None:
    definition = view.get_class(name)
    rows = _head(turtle, "Class", [_words(name)], [" ".join(str(definition.description).split())])
    if definition.is_a:
        rows.append((_RDFS + "subClassOf", turtle.iri(view.get_uri(definition.is_a, expand=True))))
    rows += [(_SKOS + "closeMatch", turtle.iri(view.expand_curie(m))) for m in definition.close_mappings]
    turtle.add(view.get_uri(definition, expand=True), _own(turtle, view.get_uri(definition, expand=True), rows))


def _by_predicate(table: Row) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in table["classes"].values():
        for slot in row["slots"]:
            found.setdefault(slot["predicate"], []).append(slot)
    return found


def _add_property(turtle: Turtle, view: SchemaView, predicate: str, slots: list[Row]) -> None:
    links = {slot["kind"] in ("ref", "iri", "node", "enum") for slot in slots}
    if len(links) > 1:
        raise ValueError(f"{predicate} leads to IRIs in one class and to literals in another")
    definitions = [view.get_slot(slot["key"]) for slot in slots]
    rows = _head(
        turtle,
        "ObjectProperty" if links == {True} else "DatatypeProperty",
        [_words(slot["key"]) for slot in slots],
        [" ".join(str(definition.description or "").split()) for definition in definitions],
    )
    ranges = {slot.get("class_iri") or slot.get("datatype") or "" for slot in slots}
    if len(ranges) == 1 and "" not in ranges:
        rows.append((_RDFS + "range", turtle.iri(ranges.pop())))
    mappings = [mapping for definition in definitions for mapping in definition.exact_mappings]
    rows += [(_SKOS + "exactMatch", turtle.iri(view.expand_curie(m))) for m in dict.fromkeys(mappings)]
    turtle.add(predicate, _own(turtle, predicate, rows))


def _add_position(turtle: Turtle, table: Row) -> None:
    found = {slot["position"] for row in table["classes"].values() for slot in row["slots"] if "position" in slot}
    for predicate in sorted(found):
        comment = "Place in the record's list, from 1, as RDF itself has no order."
        rows = _head(turtle, "DatatypeProperty", ["position"], [comment])
        turtle.add(predicate, [*rows, (_RDFS + "range", turtle.iri(XSD + "integer"))])


def _add_enum(turtle: Turtle, view: SchemaView, name: str) -> None:
    definition = view.get_enum(name)
    kind = TERMS + name
    turtle.add(kind, _head(turtle, "Class", [_words(name)], [" ".join(str(definition.description).split())]))
    for value, entry in definition.permissible_values.items():
        iri = view.expand_curie(str(entry.meaning))
        if iri in {view.get_uri(other, expand=True) for other in view.all_classes()}:
            continue  # RecordType names classes of the model, which have their own entry
        rows = _head(turtle, "NamedIndividual", [str(value)], [" ".join(str(entry.description or "").split())])
        rows.insert(1, (_RDF + "type", turtle.iri(kind)))
        turtle.add(iri, _own(turtle, iri, rows))


def _own(turtle: Turtle, iri: str, rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without the claim to define what others define."""
    return rows if iri.startswith(TERMS) else [row for row in rows if row[0] != _RDFS + "isDefinedBy"]


def _words(name: str) -> str:
    spaced = "".join(f" {c.lower()}" if c.isupper() and i else c for i, c in enumerate(name.replace("_", " ")))
    return spaced if spaced[:1].islower() else spaced[:1].lower() + spaced[1:]
