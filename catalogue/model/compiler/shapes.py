"""The table as SHACL: open shapes, every property shape with an IRI, a message for a curator and a severity.

gen-shacl loses derived patterns, names nothing and closes what must stay open (engines.md section 4).
"""

from __future__ import annotations

from typing import Final

from catalogue.model.compiler.table import XSD, Row
from catalogue.model.compiler.turtle import Turtle
from catalogue.model.namespaces import BASE
from catalogue.model.terms import canonical_double

SHAPES: Final = BASE + "shapes/"
_SH: Final = "http://www.w3.org/ns/shacl#"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
_FORMS: Final = {"year": "gYear", "month": "gYearMonth", "day": "date", "instant": "dateTime"}


def compile_shapes(table: Row) -> str:
    """The text of shapes/records.ttl."""
    turtle = Turtle({**table["prefixes"], "omsh": SHAPES, "sh": _SH, "rdf": _RDF, "rdfs": _RDFS, "xsd": XSD})
    forms = {form for row in table["classes"].values() for slot in row["slots"] for form in slot.get("forms", ())}
    for form, datatype in _FORMS.items():
        if form in forms:
            turtle.add(
                f"{SHAPES}{datatype}",
                [
                    (_RDF + "type", turtle.iri(_SH + "NodeShape")),
                    (_SH + "datatype", turtle.iri(XSD + datatype)),
                ],
            )
    for name, row in table["classes"].items():
        _add_class(turtle, name, row, _own_slots(table, row))
    return turtle.document("What every record must fulfil. Rules that LinkML cannot say are in hard.ttl.")


def _own_slots(table: Row, row: Row) -> list[Row]:
    """Slots that no parent's shape checks already: its nodes carry the parent's type as well."""
    parents = [table["classes"][name] for name in row["parents"] if name in table["classes"]]
    checked = {slot["key"] for parent in parents if parent["iri"] in row["types"] for slot in parent["slots"]}
    return [slot for slot in row["slots"] if slot["key"] not in checked]


def _add_class(turtle: Turtle, name: str, row: Row, slots: list[Row]) -> None:
    properties = [
        (_RDF + "type", turtle.iri(_SH + "NodeShape")),
        (_RDFS + "label", turtle.text_of(name)),
        (_RDFS + "comment", turtle.text_of(row["description"])),
        (_SH + "targetClass", turtle.iri(row["iri"])),
        (_SH + "nodeKind", turtle.iri(_SH + "IRI")),
        (_SH + "message", turtle.text_of(f"{name}: a thing with an IRI of its own is needed")),
        (_SH + "severity", turtle.iri(_SH + "Violation")),
    ]
    properties += [(_SH + "property", turtle.iri(f"{SHAPES}{name}-{slot['key']}")) for slot in slots]
    turtle.add(SHAPES + name, properties)
    for slot in slots:
        turtle.add(f"{SHAPES}{name}-{slot['key']}", _property(turtle, name, slot))


def _property(turtle: Turtle, name: str, slot: Row) -> list[tuple[str, str]]:
    rows = [
        (_RDF + "type", turtle.iri(_SH + "PropertyShape")),
        (_SH + "path", turtle.iri(slot["predicate"])),
        (_SH + "name", turtle.text_of(slot["key"])),
        (_SH + "description", turtle.text_of(slot["description"])),
    ]
    if slot["required"]:
        rows.append((_SH + "minCount", "1"))
    if not slot["many"]:
        rows.append((_SH + "maxCount", "1"))
    rows += _values(turtle, slot)
    rows.append((_SH + "message", turtle.text_of(f"{name}.{slot['key']}: {slot['rule']}")))
    rows.append((_SH + "severity", turtle.iri(_SH + "Violation")))
    return rows


def _values(turtle: Turtle, slot: Row) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    match slot["kind"]:
        case "ref" | "iri":
            rows.append((_SH + "nodeKind", turtle.iri(_SH + "IRI")))
            if "class_iri" in slot:
                rows.append((_SH + "class", turtle.iri(slot["class_iri"])))
        case "node":
            rows.append((_SH + "nodeKind", turtle.iri(_SH + "IRI")))
            rows.append((_SH + "class", turtle.iri(slot["class_iri"])))
        case "enum":
            rows.append((_SH + "in", turtle.iris(slot["values"].values())))
        case "lexical":
            rows.append((_SH + "or", turtle.iris(SHAPES + _FORMS[form] for form in slot["forms"])))
        case "text":
            rows.append((_SH + "datatype", turtle.iri(XSD + "string")))
        case _:
            rows.append((_SH + "datatype", turtle.iri(slot["datatype"])))
    if "pattern" in slot and slot["kind"] != "ref":
        rows.append((_SH + "pattern", turtle.text_of(slot["pattern"])))
    # A bound has the type of its values: compared with a double, the decimal 0.1 is another number to some engines.
    number = canonical_double if slot["kind"] == "double" else str
    for key, constraint in (("min", "minInclusive"), ("max", "maxInclusive")):
        if key in slot:
            rows.append((_SH + constraint, number(slot[key])))
    return rows
