"""SchemaView to one table: per class its IRIs and slots, per slot its predicate and how values become terms.

Emitter, JSON-LD context and shapes all read this table, so they cannot disagree.
"""

from __future__ import annotations

from typing import Any, Final

from linkml_runtime.linkml_model.meta import ClassDefinition, SlotDefinition, TypeDefinition
from linkml_runtime.utils.schemaview import SchemaView

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
NOTE: Final = "generated, do not edit (python -m catalogue.model.compiler writes this file)"
# What `type` names in a payload: the roots of records.
RECORDS: Final = ("Study", "Image", "Tombstone", "CatalogRecord")
_COUNT: Final = {
    (True, False): "exactly one value is needed: ",
    (True, True): "one or more values are needed, each ",
    (False, False): "at most one value: ",
    (False, True): "each value must be ",
}
_TYPED_RULES: Final = {
    "integer": "a whole number",
    "double": "a number",
    "boolean": "true or false",
    "date": "a day that exists, such as 2023-03-07",
    "datetime": "an instant with its zone, such as 2026-11-22T10:00:00Z",
}

Row = dict[str, Any]


def compile_table(view: SchemaView) -> Row:
    """The whole model as plain data, ready for table.json.

    Raises:
        ValueError: a slot has different IRIs or kinds of value in different classes.
    """
    classes = {
        name: _class_row(view, definition) for name, definition in view.all_classes().items() if not definition.abstract
    }
    _check_one_predicate_per_key(classes)
    return {
        "_comment": NOTE,
        "version": str(view.schema.version),
        "records": list(RECORDS),
        "prefixes": _prefixes(view),
        "classes": classes,
    }


def _prefixes(view: SchemaView) -> dict[str, str]:
    return {
        str(prefix.prefix_prefix): str(prefix.prefix_reference)
        for prefix in sorted(
            {p.prefix_prefix: p for s in view.schema_map.values() for p in s.prefixes.values()}.values(),
            key=lambda p: str(p.prefix_prefix),
        )
        if prefix.prefix_prefix not in ("linkml", "shex")
    }


def _class_row(view: SchemaView, definition: ClassDefinition) -> Row:
    name = str(definition.name)
    slots = [view.induced_slot(slot, name) for slot in view.class_slots(name)]
    extra = _annotation(definition, "rdf_types").split()
    return {
        "iri": view.get_uri(definition, expand=True),
        "types": [view.get_uri(definition, expand=True), *(view.expand_curie(curie) for curie in extra)],
        "extra": extra,
        "parents": [str(c) for c in view.class_ancestors(name, reflexive=False)],
        "designated": any(slot.designates_type for slot in slots),
        "description": _text(definition.description),
        "slots": [_slot_row(view, name, slot) for slot in slots if not (slot.identifier or slot.designates_type)],
    }


def _slot_row(view: SchemaView, owner: str, slot: SlotDefinition) -> Row:
    row: Row = {
        "key": str(slot.name),
        "predicate": view.get_uri(slot, expand=True),
        "many": bool(slot.multivalued),
        "required": bool(slot.required),
        **_range(view, slot),
    }
    if slot.pattern:
        row["pattern"] = str(slot.pattern)
    row |= _bounds(slot)
    if _annotation(slot, "position"):
        row["position"] = view.expand_curie(_annotation(slot, "position"))
    if _annotation(slot, "also"):
        row["also"] = {
            "key": _annotation(slot, "also_key"),
            "predicate": view.expand_curie(_annotation(slot, "also")),
        }
    rule = _annotation(slot, "rule") or row["rule"]
    row["form"] = rule + _limits(row)
    row["rule"] = _COUNT[row["required"], row["many"]] + row["form"]
    row["description"] = _text(slot.description)
    if slot.examples:
        row["examples"] = [str(example.value) for example in slot.examples]
    return row


def _bounds(definition: SlotDefinition | TypeDefinition) -> Row:
    found = {"min": definition.minimum_value, "max": definition.maximum_value}
    return {key: value for key, value in found.items() if value is not None}


def _limits(row: Row) -> str:
    words = [f"{row[key]} or {word}" for key, word in (("min", "more"), ("max", "less")) if key in row]
    return f", {' and '.join(words)}" if words else ""


def _range(view: SchemaView, slot: SlotDefinition) -> Row:
    name = str(slot.range)
    if name in view.all_classes():
        if not (slot.inlined or slot.inlined_as_list):
            return _reference(view, slot, name)
        concrete = [str(c) for c in view.class_descendants(name) if not view.get_class(c).abstract]
        return {
            "kind": "node",
            "classes": concrete,
            "class_iri": view.get_uri(name, expand=True),
            "rule": f"a thing of class {' or '.join(concrete)}",
        }
    if name in view.all_enums():
        values = view.get_enum(name).permissible_values
        return {
            "kind": "enum",
            "values": {str(v): view.expand_curie(str(entry.meaning)) for v, entry in values.items()},
            "rule": f"one of {', '.join(map(str, values))}",
        }
    return _literal(view, slot, name)


def _reference(view: SchemaView, slot: SlotDefinition, name: str) -> Row:
    row: Row = {"kind": "ref", "rule": f"the identifier of a thing of class {name}"}
    if name in RECORDS or _annotation(slot, "described_in"):
        return row
    # A part of the same record: without its description a query by label finds nothing.
    where = "listed in terms" if name in view.class_descendants("OntologyTerm") else "described in the same record"
    return row | {
        "class_iri": view.get_uri(name, expand=True),
        "rule": f"the identifier of a thing of class {name} that is {where}",
    }


def _literal(view: SchemaView, slot: SlotDefinition, name: str) -> Row:
    kind = view.induced_type(name)
    uri = view.expand_curie(str(kind.uri))
    ancestors = [str(ancestor) for ancestor in view.type_ancestors(name)]
    row: Row = {
        "rule": _inherited(view, ancestors, "rule") or next(filter(None, map(_TYPED_RULES.get, ancestors)), "text")
    }
    if kind.pattern and not slot.pattern:
        row["pattern"] = str(kind.pattern)
    row |= _bounds(kind)
    if _annotation(slot, "reference") or "curie_or_iri" in ancestors:
        return {"kind": "ref", "rule": row["rule"]}
    if uri == XSD + "anyURI":
        return {"kind": "iri", **row}
    lexical = _inherited(view, ancestors, "lexical")
    if lexical:
        return {"kind": "lexical", "forms": lexical.split(), **row}
    if uri in (XSD + "integer", XSD + "double", XSD + "boolean"):
        return {"kind": uri.removeprefix(XSD), "datatype": uri, **row}
    if uri == XSD + "string":
        return {"kind": "text", **row}
    return {"kind": "typed", "datatype": uri, **row}


def _inherited(view: SchemaView, types: list[str], name: str) -> str:
    """The annotation of the first of the types, from the derived to its bases, that has it."""
    return next((found for kind in types if (found := _annotation(view.get_type(kind), name))), "")


def _annotation(element: Any, name: str) -> str:
    # LinkML gives annotations of types as a dict and those of slots and classes as an object.
    annotations = element.annotations or {}
    found = annotations.get(name) if isinstance(annotations, dict) else getattr(annotations, name, None)
    return "" if found is None else str(found.value)


def _text(value: Any) -> str:
    return " ".join(str(value or "").split())


def _check_one_predicate_per_key(classes: dict[str, Row]) -> None:
    seen: dict[str, Row] = {}
    for row in classes.values():
        for slot in row["slots"]:
            other = seen.setdefault(slot["key"], slot)
            for field in ("predicate", "values", "datatype", "forms"):
                if other.get(field) != slot.get(field):
                    raise ValueError(f"slot {slot['key']} has two values of {field}; the context knows one")
