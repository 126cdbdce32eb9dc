"""The schema as an OWL 2 DL vocabulary: classes, properties and the meanings of enumerations, each with a label.

gen-owl types links as datatype properties and repeats every cardinality as blank nodes; validation is the shapes'.
About terms of other vocabularies it says how records use them, and nothing that a reasoner would conclude from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from linkml_runtime.linkml_model.meta import SlotDefinition
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
_SCHEMA: Final = "http://schema.org/"
_VOCABULARY: Final = TERMS.rstrip("/")
_CREATOR: Final = "The developers of Ommatidia"
_MAPPINGS: Final = {
    "exact_mappings": _SKOS + "exactMatch",
    "close_mappings": _SKOS + "closeMatch",
    "related_mappings": _SKOS + "relatedMatch",
    "broad_mappings": _SKOS + "broadMatch",
    "narrow_mappings": _SKOS + "narrowMatch",
}
_HEADER: Final = ("title", "description", "creator", "license")
# What OWL 2 DL wants to be declared before it is said of a class or of the vocabulary itself; a property of records
# among them cannot be an object or a datatype property as well (OWL 2 Syntax, section 5.8.1).
_ABOUT_TERMS: Final = frozenset(
    {*(_DCTERMS + name for name in _HEADER), *_MAPPINGS.values(), _VANN + "preferredNamespacePrefix",
     _VANN + "preferredNamespaceUri", _SCHEMA + "domainIncludes", _SCHEMA + "rangeIncludes",
     *(_RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy")), _OWL + "versionInfo"}
)  # fmt: skip
_BUILT_IN: Final = (_RDFS, _OWL)
# OWL 2 Syntax, section 4: xsd:date and the parts of dates are no datatypes of OWL.
_OWL_DATATYPES: Final = frozenset(
    XSD + name for name in ("string", "boolean", "integer", "decimal", "double", "float", "anyURI", "dateTime")
)
_FORMS: Final = {"year": "gYear", "month": "gYearMonth", "day": "date", "instant": "dateTime"}


@dataclass
class _Property:
    """What all slots of one IRI say together."""

    slots: list[SlotDefinition] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    is_link: set[bool] = field(default_factory=set)
    ranges: set[str] = field(default_factory=set)
    labels: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def compile_ontology(view: SchemaView, table: Row) -> str:
    """The text of ontology.ttl.

    Raises:
        ValueError: a property leads to IRIs in one class and to literals in another.
    """
    namespaces = {"rdf": _RDF, "rdfs": _RDFS, "owl": _OWL, "skos": _SKOS, "xsd": XSD, "vann": _VANN, "schema": _SCHEMA}
    turtle = Turtle({**table["prefixes"], **namespaces, "dcterms": _DCTERMS})
    _add_header(turtle, view, table)
    classes = {view.get_uri(definition, expand=True) for definition in view.all_classes().values()}
    for name in sorted(view.all_classes()):
        _add_class(turtle, view, str(name), table["classes"].get(str(name), {}))
    _add_extra_types(turtle, table, classes)
    properties = _properties(view, table)
    for predicate, found in sorted(properties.items()):
        _add_property(turtle, view, predicate, found)
    for predicate in sorted(_ABOUT_TERMS - set(properties)):
        if not predicate.startswith(_BUILT_IN):
            turtle.add(predicate, [(_RDF + "type", turtle.iri(_OWL + "AnnotationProperty"))])
    for name in sorted(view.all_enums()):
        _add_enum(turtle, view, str(name), classes)
    return turtle.document("The vocabulary of the records. It says what terms mean; shapes/ says what must be there.")


def _add_header(turtle: Turtle, view: SchemaView, table: Row) -> None:
    """What registries and FAIR tests look for in a vocabulary (fair.md section 4, FOOPS!)."""
    title, about = str(view.schema.title), _line(view.schema.description)
    turtle.add(
        _VOCABULARY,
        [
            (_RDF + "type", turtle.iri(_OWL + "Ontology")),
            (_RDFS + "label", turtle.text_of(title)),
            (_RDFS + "comment", turtle.text_of(about)),
            (_DCTERMS + "title", turtle.text_of(title)),
            (_DCTERMS + "description", turtle.text_of(about)),
            (_DCTERMS + "creator", turtle.text_of(_CREATOR)),
            (_DCTERMS + "license", turtle.iri(str(view.schema.license))),
            (_OWL + "versionIRI", turtle.iri(TERMS + table["version"])),
            (_OWL + "versionInfo", turtle.text_of(table["version"])),
            (_VANN + "preferredNamespacePrefix", turtle.text_of(str(view.schema.default_prefix))),
            (_VANN + "preferredNamespaceUri", turtle.text_of(TERMS)),
            (_RDFS + "seeAlso", turtle.iri(str(view.schema.id))),
        ],
    )


def _rows(turtle: Turtle, kind: str, labels: list[str], comments: list[str], iri: str) -> list[tuple[str, str]]:
    """Type, labels, comments and, for a term of ours, where it is defined."""
    rows = [(_RDF + "type", turtle.iri(_OWL + kind))]
    rows += [(_RDFS + "label", turtle.text_of(label)) for label in dict.fromkeys(labels)]
    rows += [(_RDFS + "comment", turtle.text_of(comment)) for comment in dict.fromkeys(comments) if comment]
    if iri.startswith(TERMS):
        rows.append((_RDFS + "isDefinedBy", turtle.iri(_VOCABULARY)))
    return rows


def _add_class(turtle: Turtle, view: SchemaView, name: str, row: Row) -> None:
    definition = view.get_class(name)
    iri = view.get_uri(definition, expand=True)
    rows = _rows(turtle, "Class", [_spaced(name)], [_line(definition.description)], iri)
    if iri.startswith(TERMS):
        above = [view.get_uri(definition.is_a, expand=True)] if definition.is_a else []
        above += [other for other in row.get("types", ()) if other not in (iri, *above)]
        rows += [(_RDFS + "subClassOf", turtle.iri(other)) for other in above]
    turtle.add(iri, rows + _mappings(turtle, view, definition) + _deprecation(definition))


def _add_extra_types(turtle: Turtle, table: Row, classes: set[str]) -> None:
    """Classes that things have beside their own, for clients that know only these."""
    said_of: dict[str, list[str]] = {}
    for name, row in table["classes"].items():
        for iri in row["types"]:
            if iri not in classes:
                said_of.setdefault(iri, []).append(_spaced(name))
    for iri, names in sorted(said_of.items()):
        comment = f"Said in addition of every {' and '.join(names)}, for clients that know only this."
        turtle.add(iri, _rows(turtle, "Class", [_spaced(re.split("[/#]", iri)[-1])], [comment], iri))


def _properties(view: SchemaView, table: Row) -> dict[str, _Property]:
    """Property IRI -> what the slots of all classes say of it."""
    found: dict[str, _Property] = {}
    for name, row in table["classes"].items():
        for slot in row["slots"]:
            induced = view.induced_slot(slot["key"], name)
            entry = found.setdefault(slot["predicate"], _Property())
            entry.slots.append(view.get_slot(slot["key"]))
            entry.classes.append(name)
            entry.is_link.add(slot["kind"] in ("ref", "iri", "node", "enum"))
            entry.ranges |= _ranges(view, slot, str(induced.range))
            entry.labels.append(_spaced(slot["key"]))
            entry.comments.append(_line(view.get_slot(slot["key"]).description))
            if "also" in slot:
                also = found.setdefault(slot["also"]["predicate"], _Property())
                also.is_link.add(False)
                also.labels.append(_spaced(slot["also"]["key"]))
                also.comments.append(slot["description"])
            if "position" in slot:
                place = found.setdefault(slot["position"], _Property())
                place.is_link.add(False)
                place.ranges.add(XSD + "integer")
                place.labels.append("position")
                place.comments.append("Place in the record's list, from 1, as RDF itself has no order.")
    return found


def _ranges(view: SchemaView, slot: Row, name: str) -> set[str]:
    if name in view.all_classes():
        return {view.get_uri(name, expand=True)}
    match slot["kind"]:
        case "enum":
            return {TERMS + name}
        case "lexical":
            return {XSD + _FORMS[form] for form in slot["forms"]}
        case "text":
            return {XSD + "string"}
    return {slot["datatype"]} if "datatype" in slot else {""}


def _add_property(turtle: Turtle, view: SchemaView, predicate: str, found: _Property) -> None:
    if len(found.is_link) > 1:
        raise ValueError(f"{predicate} leads to IRIs in one class and to literals in another")
    kind = "ObjectProperty" if found.is_link == {True} else "DatatypeProperty"
    if predicate in _ABOUT_TERMS:
        kind = "AnnotationProperty"
    rows = _rows(turtle, kind, found.labels, found.comments, predicate)
    if predicate.startswith(TERMS):
        rows += _places(turtle, view, found)
    for definition in {str(slot.name): slot for slot in found.slots}.values():
        rows += _mappings(turtle, view, definition) + _deprecation(definition)
    turtle.add(predicate, list(dict.fromkeys(rows)))


def _places(turtle: Turtle, view: SchemaView, found: _Property) -> list[tuple[str, str]]:
    """Domain and range: for a reasoner where there is one, for people where there are several."""
    rows = []
    above = {
        name for name in found.classes if not set(view.class_ancestors(name, reflexive=False)) & set(found.classes)
    }
    domains = sorted({view.get_uri(_shared(view, above) or name, expand=True) for name in above})
    said = _RDFS + "domain" if len(domains) == 1 else _SCHEMA + "domainIncludes"
    rows += [(said, turtle.iri(domain)) for domain in domains]
    ranges = sorted(found.ranges - {""})
    told = len(found.ranges) == 1 and (ranges == [] or not ranges[0].startswith(XSD) or ranges[0] in _OWL_DATATYPES)
    rows += [(_RDFS + "range" if told else _SCHEMA + "rangeIncludes", turtle.iri(iri)) for iri in ranges]
    return rows


def _shared(view: SchemaView, names: set[str]) -> str | None:
    """A class whose concrete descendants are just these."""
    for parent in map(str, view.all_classes()):
        below = {str(c) for c in view.class_descendants(parent) if not view.get_class(c).abstract}
        if len(names) > 1 and below == names:
            return parent
    return None


def _mappings(turtle: Turtle, view: SchemaView, definition: Any) -> list[tuple[str, str]]:
    return [
        (predicate, turtle.iri(view.expand_curie(str(curie))))
        for name, predicate in _MAPPINGS.items()
        for curie in getattr(definition, name)
    ]


def _deprecation(definition: Any) -> list[tuple[str, str]]:
    return [(_OWL + "deprecated", "true")] if definition.deprecated else []


def _add_enum(turtle: Turtle, view: SchemaView, name: str, classes: set[str]) -> None:
    definition = view.get_enum(name)
    kind = TERMS + name
    turtle.add(kind, _rows(turtle, "Class", [_spaced(name)], [_line(definition.description)], kind))
    for value, entry in definition.permissible_values.items():
        iri = view.expand_curie(str(entry.meaning))
        if iri in classes:
            continue  # RecordType names classes of the model, which have their own entry
        rows = _rows(turtle, "NamedIndividual", [str(value)], [_line(entry.description)], iri)
        rows.insert(1, (_RDF + "type", turtle.iri(kind)))
        turtle.add(iri, rows + _mappings(turtle, view, entry))


def _line(text: Any) -> str:
    return " ".join(str(text or "").split())


def _spaced(name: str) -> str:
    spaced = "".join(f" {c.lower()}" if c.isupper() and i else c for i, c in enumerate(name.replace("_", " ")))
    return spaced if spaced[:1].islower() else spaced[:1].lower() + spaced[1:]
