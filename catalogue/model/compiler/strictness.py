"""Refuses a schema that says something which the generated files would not say.

LinkML's generators drop what they do not know without a word (engines.md section 4, field.md section 3). Here every
construct is either carried over by table, shapes, JSON Schema, context and ontology, or stops the build.
"""

from __future__ import annotations

import itertools
import keyword
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from linkml_runtime.linkml_model.meta import SlotDefinition
from linkml_runtime.utils.schemaview import SchemaView

from catalogue.model.compiler.constructs import ANNOTATIONS, BY_HAND, CARRIED, INSTEAD, LIST_VALUES, SILENT
from catalogue.model.compiler.table import XSD

_LINKML_TYPES: Final = "https://w3id.org/linkml/types"
_DATATYPES: Final = frozenset(
    XSD + name
    for name in (
        "string", "boolean", "integer", "double", "anyURI",
        "date", "dateTime", "time", "gYear", "gYearMonth", "duration",
    )
)  # fmt: skip
_NUMBERS: Final = frozenset({XSD + "integer", XSD + "double"})
# The type of ours whose CURIEs the emitter expands; those of LinkML's own types would be written as they stand.
_REFERENCE: Final = "curie_or_iri"
_NEVER_EXPANDED: Final = frozenset({"uriorcurie", "curie", "objectidentifier", "nodeidentifier"})
# Known to one of Rust's, Python's and ECMA's regular expressions, and not, or otherwise, to another.
_DIALECT: Final = re.compile(r"\(\?[^:]|\\[1-9bBpPAzZGkg]|\[\[:")
# In a pydantic class such a field hides the type of its own annotation: any value passes.
_ANNOTATION_NAMES: Final = frozenset(
    {"str", "int", "float", "bool", "date", "datetime", "time", "list", "dict", "Any", "Optional", "Union", "Literal"}
)


class SchemaRefused(ValueError):
    """The schema says what the generated files would not.

    Args:
        faults: one sentence each: element, construct, what to do.
    """

    def __init__(self, faults: list[str]):
        super().__init__("\n".join(faults))
        self.faults = faults


def refuse_what_would_be_lost(view: SchemaView) -> None:
    """Stop the build of a schema that the compiler cannot carry over whole.

    Raises:
        SchemaRefused: with every fault there is.
    """
    checks = (
        _constructs, _twice, _names, _descriptions, _enums, _types, _ranges, _patterns, _bounds, _classes, _unused
    )  # fmt: skip
    view.imports_closure()  # loads the modules; until then only the first is in the schema map
    faults = list(dict.fromkeys(fault for check in checks for fault in check(view)))
    if faults:
        raise SchemaRefused(faults)


def _elements(view: SchemaView) -> Iterator[tuple[str, str, Any]]:
    """(kind, name for a message, definition) of everything that is ours."""
    for schema in view.schema_map.values():
        if str(schema.id) == _LINKML_TYPES:
            continue
        yield "schema", f"schema {schema.name}", schema
        for kind, members in (("class", schema.classes), ("slot", schema.slots), ("type", schema.types)):
            for name, definition in members.items():
                yield kind, f"{kind} {name}", definition
        for name, definition in schema.classes.items():
            for slot, usage in definition.slot_usage.items():
                yield "slot", f"slot {slot} of class {name}", usage
        for name, definition in schema.enums.items():
            yield "enum", f"enumeration {name}", definition
            for value, entry in definition.permissible_values.items():
                yield "value", f"value {value} of enumeration {name}", entry


def _constructs(view: SchemaView) -> Iterator[str]:
    for kind, name, definition in _elements(view):
        for field in fields(definition):
            if field.name in SILENT or field.name in CARRIED[kind] or not _is_said(definition, field.name):
                continue
            advice = INSTEAD.get(field.name, BY_HAND)
            yield f"{name}: {field.name} is not carried over by this compiler; {advice}"
        for annotation in _annotations(definition) if kind in ANNOTATIONS else ():
            if annotation not in ANNOTATIONS[kind]:
                yield f"{name}: annotation {annotation} is read by nothing; leave it out, or teach the compiler"


def _is_said(definition: Any, field: str) -> bool:
    value = getattr(definition, field)
    return value is not None and value is not False and value not in ("", [], {}) and bool(str(value))


def _annotations(definition: Any) -> list[str]:
    found = getattr(definition, "annotations", None) or {}
    return [str(name) for name in (found if isinstance(found, Mapping) else vars(found))]


def _twice(view: SchemaView) -> Iterator[str]:
    """Of two definitions of one name, LinkML keeps one."""
    modules: dict[str, list[str]] = defaultdict(list)
    prefixes: dict[str, set[str]] = defaultdict(set)
    for schema in view.schema_map.values():
        for kind, members in (
            ("class", schema.classes), ("slot", schema.slots), ("type", schema.types), ("enumeration", schema.enums)
        ):  # fmt: skip
            for name in members:
                modules[f"{kind} {name}"].append(str(schema.name))
        for name, prefix in schema.prefixes.items():
            prefixes[str(name)].add(str(prefix.prefix_reference))
    for name, places in modules.items():
        if len(places) > 1:
            yield f"{name} is defined in {' and in '.join(places)}, and one would be dropped; keep one"
    for name, references in prefixes.items():
        if len(references) > 1:
            yield f"prefix {name} means {' and '.join(sorted(references))}; give it one namespace in all modules"


def _names(view: SchemaView) -> Iterator[str]:
    taken = {str(name) for name in (*view.all_types(), *view.all_classes(), *view.all_enums())} | _ANNOTATION_NAMES
    kinds = {"class": view.all_classes(), "enumeration": view.all_enums(), "type": view.all_types()}
    for (first, ones), (second, others) in itertools.combinations(kinds.items(), 2):
        for name in ones:
            if name in others:
                yield f"{first} {name} is also the name of one {second}, and a range could mean either; rename one"
    for kind, members, form in (
        ("slot", view.all_slots(attributes=False), r"[a-z][a-z0-9_]*"),
        ("class", view.all_classes(), r"[A-Z][A-Za-z0-9]*"),
        ("enumeration", view.all_enums(), r"[A-Z][A-Za-z0-9]*"),
    ):
        for name in map(str, members):
            if not re.fullmatch(form, name):
                yield f"{kind} {name}: generators rename it, each in its own way; use a name of the form {form}"
            if kind == "slot" and name in taken:
                yield f"slot {name} is named like a type, so that its pydantic field takes any value; name it otherwise"
            if kind == "slot" and (keyword.iskeyword(name) or name.startswith("model_")):
                yield f"slot {name}: no pydantic field can have this name; name it otherwise"


def _descriptions(view: SchemaView) -> Iterator[str]:
    for kind, name, definition in _elements(view):
        usage = " of class " in name
        if not usage and not str(definition.description or "").strip():
            yield f"{name} has no description; say in a sentence what it is"
        if kind == "schema" and not definition.id:
            yield f"{name} has no id; give it an IRI"


def _enums(view: SchemaView) -> Iterator[str]:
    for name, definition in view.all_enums().items():
        seen: dict[str, str] = {}
        if not definition.permissible_values:
            yield f"enumeration {name} has no values, so no value would be valid; {LIST_VALUES}"
        for value, entry in definition.permissible_values.items():
            where, meaning = f"value {value} of enumeration {name}", str(entry.meaning or "")
            if not meaning:
                yield f"{where} has no meaning; give it the CURIE of a term"
            elif "://" in meaning:
                yield f"{where} has an IRI as meaning, which other generators write as text; give it as CURIE"
            elif meaning.partition(":")[0] not in view.namespaces():
                yield f"{where}: the prefix of {meaning} is not declared; add it to prefixes"
            elif seen.setdefault(meaning, str(value)) != value:
                yield f"{where} means {meaning} as value {seen[meaning]} does; RDF could not tell them apart"


def _types(view: SchemaView) -> Iterator[str]:
    used = {str(slot.range) for slot in _induced(view)}
    for name in sorted(used & {str(name) for name in view.all_types()}):
        chain = [str(ancestor) for ancestor in view.type_ancestors(name)]
        uri = view.expand_curie(str(view.induced_type(name).uri))
        if uri not in _DATATYPES:
            yield f"type {name}: nothing emits {uri}; use one of {', '.join(sorted(_DATATYPES))}"
        if _NEVER_EXPANDED & set(chain):
            yield f"type {name}: CURIEs of it would stay text in RDF; derive it from {_REFERENCE} or web_address"


def _ranges(view: SchemaView) -> Iterator[str]:
    known = {str(name) for name in (*view.all_types(), *view.all_classes(), *view.all_enums())}
    for slot in _induced(view):
        where, target = f"slot {slot.name} of class {slot.owner}", str(slot.range)
        if target not in known:
            yield f"{where}: range {target} is neither class, type nor enumeration; mend its name"
        elif target in view.all_classes() and (slot.inlined or slot.inlined_as_list):
            if slot.multivalued and not slot.inlined_as_list:
                yield f"{where}: inlined as a dictionary, which RDF and context read as one thing; add inlined_as_list"
            concrete = [c for c in view.class_descendants(target) if not view.get_class(c).abstract]
            unnamed = [str(c) for c in concrete if not any(s.designates_type for s in view.class_induced_slots(c))]
            if not concrete:
                yield f"{where}: no class below {target} can be made, all are abstract; make one concrete"
            if len(concrete) > 1 and unnamed:
                yield f"{where}: nothing tells {', '.join(unnamed)} from the other classes of the range; add slot type"


def _patterns(view: SchemaView) -> Iterator[str]:
    for slot in _induced(view):
        where = f"slot {slot.name} of class {slot.owner}"
        kind = view.induced_type(slot.range) if slot.range in view.all_types() else None
        pattern = str(slot.pattern or (kind.pattern if kind else None) or "")
        if not pattern:
            continue
        if _DIALECT.search(pattern):
            yield f"{where}: pattern {pattern} is not the same to all engines; do without (?...), \\b, \\p and \\1"
        if kind is None or (_is_reference(view, slot) and pattern != view.get_type(_REFERENCE).pattern):
            yield f"{where}: pattern of a reference, whose CURIE and IRI differ; write a rule in shapes/hard.ttl"
        elif view.expand_curie(str(kind.uri)) in _NUMBERS:
            yield f"{where}: pattern of a number, which JSON Schema ignores; use minimum_value and maximum_value"


def _is_reference(view: SchemaView, slot: SlotDefinition) -> bool:
    return "reference" in _annotations(slot) or _REFERENCE in map(str, view.type_ancestors(slot.range))


def _bounds(view: SchemaView) -> Iterator[str]:
    for slot in _induced(view):
        kind = view.induced_type(slot.range) if slot.range in view.all_types() else None
        uri = view.expand_curie(str(kind.uri)) if kind else ""
        for field in ("minimum_value", "maximum_value"):
            found = [getattr(definition, field) for definition in (slot, kind) if definition is not None]
            bounds = [value for value in found if value is not None]
            if len(bounds) > 1:
                yield f"slot {slot.name} of class {slot.owner}: {field} of slot and of type {slot.range}; keep one"
            for bound in bounds:
                where = f"slot {slot.name} of class {slot.owner}: {field} {bound}"
                if uri not in _NUMBERS:
                    yield f"{where} bounds what is no number; use a pattern"
                elif isinstance(bound, bool) or not isinstance(bound, int | float):
                    yield f"{where} is no number; give one"
                elif uri == XSD + "integer" and bound != int(bound):
                    yield f"{where} is no whole number though the values are; give one, or use range double"


def _classes(view: SchemaView) -> Iterator[str]:
    by_iri: dict[str, list[str]] = defaultdict(list)
    for name, definition in view.all_classes().items():
        by_iri[view.get_uri(definition, expand=True)].append(str(name))
        known = {str(slot) for slot in view.class_slots(name)}
        for slot in definition.slot_usage:
            if str(slot) not in known:
                yield f"class {name}: slot_usage of {slot}, which it does not have; add it to its slots"
        if definition.abstract:
            continue
        slots = view.class_induced_slots(name)
        if not any(slot.identifier for slot in slots):
            yield f"class {name} has no identifier, so its things would be blank nodes; add slot id"
        predicates: dict[str, str] = {}
        for slot in slots:
            if not (slot.identifier or slot.designates_type):
                other = predicates.setdefault(view.get_uri(slot, expand=True), str(slot.name))
                if other != slot.name:
                    yield f"class {name}: slots {other} and {slot.name} have one IRI; their values would run together"
    for iri, names in by_iri.items():
        if len(names) > 1:
            yield f"classes {', '.join(names)} share {iri}: their shapes would become one (linkml 3011)"


def _unused(view: SchemaView) -> Iterator[str]:
    used = {str(slot.name) for slot in _induced(view)}
    for name in view.all_slots(attributes=False):
        if str(name) not in used:
            yield f"slot {name} stands in no class, so nothing of it would be generated; use it or leave it out"
    ranges = {str(slot.range) for slot in _induced(view)}
    for name in view.all_enums():
        if str(name) not in ranges:
            yield f"enumeration {name} is the range of no slot; use it or leave it out"


def _induced(view: SchemaView) -> Iterator[SlotDefinition]:
    for name in view.all_classes():
        yield from view.class_induced_slots(name)
