"""What LinkML can say, divided: carried over by the compiler, of no weight for data, or refused with an advice.

Whatever is not named here is refused, so that a new construct of LinkML is never lost without a word.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Informs people, or is written by LinkML itself while it loads; says nothing about what data must be.
SILENT: Final = _words(
    "name text description title from_schema imported_from source_file source_file_date source_file_size definition_uri"
    " generation_date metamodel_version owner domain_of is_usage_slot usage_slot_name"
    " alt_descriptions todos notes comments examples in_subset source see_also aliases structured_aliases created_by"
    " contributors created_on last_updated_on modified_by status rank categories keywords"
)
_MAPPINGS: Final = _words("exact_mappings close_mappings related_mappings narrow_mappings broad_mappings")
CARRIED: Final = {
    "schema": _words(
        "id version license imports prefixes default_prefix default_range types enums slots classes subsets"
    ),
    "class": _words("is_a abstract slots slot_usage class_uri annotations deprecated") | _MAPPINGS,
    "slot": _words(
        "slot_uri range required multivalued inlined inlined_as_list minimum_value maximum_value pattern identifier"
        " designates_type annotations deprecated"
    )
    | _MAPPINGS,
    "type": _words("typeof uri base repr pattern minimum_value maximum_value annotations"),
    "enum": frozenset({"permissible_values"}),
    "value": frozenset({"meaning"}) | _MAPPINGS,
}
ANNOTATIONS: Final = {
    "class": frozenset({"rdf_types"}),
    "slot": frozenset({"rule", "reference", "described_in", "position", "also", "also_key"}),
    "type": frozenset({"rule", "lexical"}),
}
BY_HAND: Final = "write it as a rule of its own in shapes/hard.ttl, or in a profile, with a bad example"
_ONE_RANGE: Final = "give the slot one range, or make one slot for each kind of value"
LIST_VALUES: Final = "list its permissible values, each with a meaning"
INSTEAD: Final = {
    "any_of": _ONE_RANGE,
    "exactly_one_of": _ONE_RANGE,
    "all_of": BY_HAND,
    "none_of": BY_HAND,
    "union_of": _ONE_RANGE,
    "range_expression": _ONE_RANGE,
    "enum_range": "name an enumeration of its own",
    "rules": BY_HAND,
    "classification_rules": BY_HAND,
    "slot_conditions": BY_HAND,
    "unique_keys": BY_HAND,
    "equals_string": "make an enumeration of one value",
    "equals_string_in": "make an enumeration",
    "equals_number": "set minimum_value and maximum_value to the number",
    "value_presence": "use required, or a rule in shapes/hard.ttl",
    "recommended": "recommend it in a profile (shapes/profiles), which may change without the model",
    "reachable_from": LIST_VALUES,
    "matches": LIST_VALUES,
    "concepts": LIST_VALUES,
    "include": LIST_VALUES,
    "minus": LIST_VALUES,
    "inherits": LIST_VALUES,
    "code_set": LIST_VALUES,
    "pv_formula": LIST_VALUES,
    "enum_uri": "leave it out; an enumeration's IRI is made of its name",
    "in_language": "leave it out; text of ours is plain, and a language needs a slot of its own",
    "attributes": "declare it under slots, so that it has one IRI wherever it is used",
    "mixin": "use is_a, or list the slots in each class",
    "mixins": "use is_a, or list the slots in each class",
    "structured_pattern": "write the whole expression as pattern",
    "minimum_cardinality": "use required, or a rule in shapes/hard.ttl",
    "exact_cardinality": BY_HAND,
    "maximum_cardinality": "use multivalued, or a rule in shapes/hard.ttl",
    "ifabsent": "leave it out; a value that is missing stays missing",
    "key": "use identifier",
    "tree_root": "leave it out; records are listed in RECORDS of the compiler's table",
    "id_prefixes": "give the identifier a pattern",
    "unit": "put the unit into the slot's name and description",
    "alias": "name the slot as the payload shall name it",
}  # fmt: skip
