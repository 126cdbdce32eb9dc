"""SchemaView to documentation.json: what a reader of the model wants to know and the table does not hold.

Pages, diagrams and the description of the schema as RDF are made from it; nothing here knows a class by name.
"""

from __future__ import annotations

from typing import Any, Final

from linkml_runtime.linkml_model.meta import ClassDefinition, SlotDefinition
from linkml_runtime.utils.schemaview import SchemaView

from catalogue.model.compiler.table import NOTE, Row

_MAPPINGS: Final = ("exact", "close", "related", "narrow", "broad")
_KINDS: Final = ("class", "enum", "type")
_RDF_TYPE: Final = {"iri": "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "curie": "rdf:type"}
_NOTHING: Final = {"iri": "", "curie": ""}


def compile_documentation(view: SchemaView, table: Row) -> Row:
    """The whole document.

    Args:
        table: of compile_table; it has the words of each rule.

    Raises:
        ValueError: the range of a slot is neither a class nor an enumeration nor a type.
    """
    order = _reading_order(view, table["records"])
    classes = {name: _class(view, table, name) for name in order}
    enums = {str(name): _enum(view, str(name)) for name in view.all_enums()}
    types = {name: _type(view, name) for name in _used_types(view, classes)}
    slots = {
        str(name): _slot(view, str(name), classes)
        for name in sorted(map(str, view.all_slots()))
        if any(slot["key"] == name for row in classes.values() for slot in row["slots"])
    }
    for kind, rows in zip(_KINDS, (classes, enums, types), strict=True):
        for name, row in rows.items():
            row["used_by"] = _users(classes, kind, name)
    return {
        "_comment": NOTE,
        "iri": str(view.schema.id),
        "title": str(view.schema.title or view.schema.name),
        "version": table["version"],
        "description": _text(view.schema.description),
        "license": str(view.schema.license or ""),
        "prefixes": table["prefixes"],
        "records": table["records"],
        "modules": _modules(view, classes, enums, types),
        "classes": classes,
        "slots": slots,
        "enums": enums,
        "types": types,
    }


def _reading_order(view: SchemaView, records: list[str]) -> list[str]:
    """Records first, then their parts as their fields name them, a parent before its children; all others last."""
    found: list[str] = []
    waiting = list(records)
    while waiting:
        name = waiting.pop(0)
        family = [*reversed(view.class_ancestors(name)), *sorted(view.class_children(name))]
        fresh = [str(member) for member in family if str(member) not in found]
        found += fresh
        for member in fresh:
            for slot in view.class_slots(member):
                waiting += [r for r in _range_names(view, view.induced_slot(slot, member)) if r in view.all_classes()]
    return found + sorted(str(name) for name in view.all_classes() if str(name) not in found)


def _class(view: SchemaView, table: Row, name: str) -> Row:
    definition = view.get_class(name)
    extra = _annotation(definition, "rdf_types").split()
    return {
        "iri": view.get_uri(definition, expand=True),
        "curie": view.get_uri(definition, expand=False),
        "module": _module_of(view, name),
        "abstract": bool(definition.abstract),
        "record": name in table["records"],
        **_words(view, definition),
        "types": [{"curie": curie, "iri": view.expand_curie(curie)} for curie in extra],
        "parents": [str(parent) for parent in view.class_ancestors(name, reflexive=False)],
        "children": sorted(str(child) for child in view.class_children(name)),
        "slots": [_use(view, table, definition, slot) for slot in _slots_in_order(view, name)],
    }


def _slots_in_order(view: SchemaView, name: str) -> list[SlotDefinition]:
    """Identifier and type, then what the parents bring, then the class's own."""
    slots = [view.induced_slot(slot, name) for slot in view.class_slots(name)]
    parent = view.get_class(name).is_a
    inherited = {str(slot): place for place, slot in enumerate(view.class_slots(parent) if parent else ())}
    return sorted(
        slots,
        key=lambda slot: (
            not slot.identifier,
            not slot.designates_type,
            inherited.get(str(slot.name), len(inherited)),
        ),
    )


def _use(view: SchemaView, table: Row, owner: ClassDefinition, slot: SlotDefinition) -> Row:
    """One slot as one class uses it."""
    key, name = str(slot.name), str(owner.name)
    origin = next((str(c) for c in reversed(view.class_ancestors(name)) if key in view.class_slots(c)), name)
    row: Row = {
        "key": key,
        **_statement(view, slot),
        "description": _text(slot.description),
        "ranges": _ranges(view, slot),
        "rule": _rule(view, table, name, slot),
    }
    facts = {
        "required": bool(slot.required or slot.identifier),
        "recommended": bool(slot.recommended),
        "many": bool(slot.multivalued),
        "inlined": bool(slot.inlined or slot.inlined_as_list),
        "pattern": _pattern(view, slot),
        "from": "" if origin == name else origin,
    }
    return row | {fact: value for fact, value in facts.items() if value} | _measure(slot)


def _slot(view: SchemaView, name: str, classes: dict[str, Row]) -> Row:
    """One slot by itself; where classes differ in how they use it, their rows say so."""
    definition = view.get_slot(name)
    used = [(owner, use) for owner, row in classes.items() for use in row["slots"] if use["key"] == name]
    induced = view.induced_slot(name, used[0][0])
    return {
        **_statement(view, induced),
        "module": _module_of(view, name),
        **_words(view, definition),
        "many": bool(induced.multivalued),
        "ranges": _ranges(view, induced),
        "pattern": _pattern(view, induced),
        **_measure(induced),
        "classes": [owner for owner, _ in used],
        "required_in": [owner for owner, use in used if use.get("required")],
        "position": _expanded(view, _annotation(definition, "position")),
        "also": sorted({_expanded(view, curie) for owner, _ in used for curie in _also(view, owner, name)}),
    }


def _also(view: SchemaView, owner: str, name: str) -> list[str]:
    return _annotation(view.induced_slot(name, owner), "also").split()


def _statement(view: SchemaView, slot: SlotDefinition) -> Row:
    """The predicate that the slot becomes; none for the identifier, which is the subject itself."""
    if slot.identifier:
        return _NOTHING
    if slot.designates_type:
        return _RDF_TYPE
    return {"iri": str(view.get_uri(slot, expand=True)), "curie": str(view.get_uri(slot, expand=False))}


def _rule(view: SchemaView, table: Row, owner: str, slot: SlotDefinition) -> str:
    """The words of the table; for what the table leaves out, those of the type."""
    if slot.identifier:
        said = _annotation(slot, "rule") or _annotation(view.get_type(str(slot.range)), "rule")
        return f"exactly one value is needed: {said or 'a name'}"
    concrete = [str(c) for c in view.class_descendants(owner) if str(c) in table["classes"]]
    if slot.designates_type:
        return f"the name of the class: {' or '.join(concrete)}"
    rows = (row for name in concrete for row in table["classes"][name]["slots"])
    return next((str(row["rule"]) for row in rows if row["key"] == slot.name), "")


def _range_names(view: SchemaView, slot: SlotDefinition) -> list[str]:
    options = [str(option.range) for option in slot.any_of or () if option.range]
    return options or [str(slot.range)]


def _ranges(view: SchemaView, slot: SlotDefinition) -> list[Row]:
    found = []
    for name in _range_names(view, slot):
        known = (view.all_classes(), view.all_enums(), view.all_types())
        kind = next((kind for kind, names in zip(_KINDS, known, strict=True) if name in names), None)
        if kind is None:
            raise ValueError(f"{slot.name}: its range {name} is neither class nor enumeration nor type")
        found.append({"name": name, "kind": kind})
    return found


def _pattern(view: SchemaView, slot: SlotDefinition) -> str:
    """Of the slot, else of its type."""
    own = slot.pattern
    if not own and str(slot.range) in view.all_types():
        own = view.induced_type(str(slot.range)).pattern
    return str(own or "")


def _measure(slot: SlotDefinition) -> Row:
    """Limits and unit, where there are any."""
    row: Row = {}
    for source, target in (("minimum_value", "min"), ("maximum_value", "max")):
        value = getattr(slot, source)
        if value is not None:
            row[target] = value if isinstance(value, int | float) else str(value)
    if slot.unit is not None:
        row["unit"] = str(slot.unit.symbol or slot.unit.descriptive_name or slot.unit.ucum_code)
    return row


def _enum(view: SchemaView, name: str) -> Row:
    definition = view.get_enum(name)
    return {
        "iri": f"{_namespace(view)}{name}",
        "module": _module_of(view, name),
        **_words(view, definition),
        "values": [
            {
                "value": str(value),
                "iri": _expanded(view, str(entry.meaning or "")),
                "curie": str(entry.meaning or ""),
                **_words(view, entry),
            }
            for value, entry in definition.permissible_values.items()
        ],
    }


def _used_types(view: SchemaView, classes: dict[str, Row]) -> list[str]:
    """Types that a field has, and what they are made from."""
    used = {
        r["name"] for row in classes.values() for slot in row["slots"] for r in slot["ranges"] if r["kind"] == "type"
    }
    return sorted({str(parent) for name in used for parent in view.type_ancestors(name)})


def _type(view: SchemaView, name: str) -> Row:
    definition, induced = view.get_type(name), view.induced_type(name)
    return {
        "iri": str(view.expand_curie(str(induced.uri))),
        "curie": str(induced.uri),
        "module": _module_of(view, name),
        **_words(view, definition),
        "typeof": str(definition.typeof or ""),
        "rule": _annotation(definition, "rule"),
        "pattern": str(induced.pattern or ""),
        "forms": _annotation(definition, "lexical").split(),
    }


def _words(view: SchemaView, definition: Any) -> Row:
    """What an element says about itself; keys without a value are left out."""
    title = str(getattr(definition, "title", None) or "")
    mappings = {
        kind: [{"curie": str(curie), "iri": view.expand_curie(str(curie))} for curie in found]
        for kind in _MAPPINGS
        if (found := getattr(definition, f"{kind}_mappings", None))
    }
    row: Row = {"description": _text(definition.description)}
    extra = {
        "title": title,
        "mappings": mappings,
        "comments": [_text(comment) for comment in definition.comments or ()],
        "see_also": [view.expand_curie(str(place)) for place in definition.see_also or ()],
        "deprecated": _text(getattr(definition, "deprecated", None)),
        "examples": [
            {"value": str(example.value), "description": _text(example.description)}
            for example in getattr(definition, "examples", None) or ()
        ],
    }
    return row | {key: value for key, value in extra.items() if value}


def _modules(view: SchemaView, classes: dict[str, Row], enums: dict[str, Row], types: dict[str, Row]) -> list[Row]:
    """Schema files that define something, in reading order of their classes."""
    names = list(dict.fromkeys(row["module"] for rows in (classes, enums, types) for row in rows.values()))
    modules = {str(schema.name): schema for schema in view.schema_map.values()}
    return [
        {
            "name": name,
            "title": str(modules[name].title or name.replace("_", " ").capitalize()),
            "iri": str(modules[name].id),
            "description": _text(modules[name].description),
            **{
                kind: [key for key, row in rows.items() if row["module"] == name]
                for kind, rows in (("classes", classes), ("enums", enums), ("types", types))
            },
        }
        for name in names
    ]


def _users(classes: dict[str, Row], kind: str, name: str) -> list[Row]:
    """Fields whose values are of it, without those that children only inherit."""
    return [
        {"class": owner, "slot": slot["key"]}
        for owner, row in classes.items()
        for slot in row["slots"]
        if {"name": name, "kind": kind} in slot["ranges"] and "from" not in slot
    ]


def _module_of(view: SchemaView, name: str) -> str:
    return str(view.in_schema(name))


def _namespace(view: SchemaView) -> str:
    return str(view.namespaces()[view.schema.default_prefix])


def _expanded(view: SchemaView, curie: str) -> str:
    return str(view.expand_curie(curie)) if curie else ""


def _annotation(element: Any, name: str) -> str:
    # LinkML gives annotations of types as a dict and those of slots and classes as an object.
    annotations = element.annotations or {}
    found = annotations.get(name) if isinstance(annotations, dict) else getattr(annotations, name, None)
    return "" if found is None else str(found.value)


def _text(value: Any) -> str:
    return " ".join(str(value or "").split())
