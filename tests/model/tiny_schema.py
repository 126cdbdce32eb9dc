"""A tiny schema, changes to it, and those that the compiler must refuse.

Numbers are issues of the linkml project; what gen-shacl and others do with a construct is measured in engines.md.
"""

from __future__ import annotations

import copy
from typing import Any

E = "https://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
REFERENCE = r"^(?:https?://[^\s]+|[A-Za-z][A-Za-z0-9_.]*:[^\s/]+)$"
TINY: dict[str, Any] = {
    "id": E + "schema", "name": "tiny", "title": "Tiny", "description": "A tiny schema.", "version": "1",

           "license": E + "licence",
    "prefixes": {"linkml": "https://w3id.org/linkml/", "e": E, "o": "https://example.net/", "xsd": XSD},
    "default_prefix": "e", "default_range": "text",
    # Those of linkml:types that are needed: to load them all takes longer than a test.
    "types": {
        **{
            name: {"uri": f"xsd:{uri}", "base": base, "description": f"A {name}."}
            for name, uri, base in (
                ("string", "string", "str"), ("integer", "integer", "int"), ("double", "double", "float"),
                ("decimal", "decimal", "Decimal"), ("date", "date", "XSDDate"), ("uri", "anyURI", "URI"),
                ("uriorcurie", "anyURI", "URIorCURIE"),
            )
        },
        "text": {"typeof": "string", "uri": "xsd:string", "pattern": r"\S", "description": "Text."},
        "curie_or_iri": {"typeof": "string", "uri": "xsd:anyURI", "pattern": REFERENCE, "description": "A name."},
    },
    "classes": {"Study": {"class_uri": "e:Study", "description": "A study.", "slots": ["id", "x"]}},
    "slots": {
        "id": {"identifier": True, "range": "curie_or_iri", "description": "Its name."},
        "x": {"slot_uri": "e:x", "description": "Something."},
    },
}  # fmt: skip
OTHER = {"class_uri": "e:Other", "description": "Another thing.", "slots": ["id"]}
TERMS = {"description": "Terms.", "permissible_values": {"a": {"meaning": "e:a", "description": "The a."}}}


def changed(change: dict[str, Any]) -> dict[str, Any]:
    """The tiny schema with other values at dotted paths; None takes a key out."""
    schema = copy.deepcopy(TINY)
    for path, value in change.items():
        node, *rest = path.split("/")
        place = schema
        for step in rest:
            place, node = place.setdefault(node, {}), step
        if value is None:
            del place[node]
        else:
            place[node] = copy.deepcopy(value)
    return schema


def named(slot: str) -> dict[str, Any]:
    """The change that gives Study.x another name."""
    return {"classes/Study/slots": ["id", slot], "slots/x": None, f"slots/{slot}": {"description": "S."}}


ENUM_X = {"slots/x/range": "Terms", "enums/Terms": TERMS}
CLASS_X = {"slots/x/range": "Other", "slots/x/inlined": True, "classes/Other": OTHER}
# What is asked for, and the sentence that must answer.
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    # gen-shacl: `sh:or ([] [])`, always true; patterns inside are lost (1600)
    "any_of": ({"slots/x/any_of": [{"pattern": "a"}, {"range": "integer"}]}, r"slot x: any_of .* one range"),
    # gen-shacl: ignored, and a default datatype xsd:string put in its place (2400)
    "all_of": ({"slots/x/all_of": [{"pattern": "a"}]}, r"slot x: all_of .* shapes/hard\.ttl"),
    "none_of": ({"slots/x/none_of": [{"pattern": "a"}]}, r"slot x: none_of .* shapes/hard\.ttl"),
    "exactly_one_of": ({"slots/x/exactly_one_of": [{"range": "text"}]}, r"slot x: exactly_one_of .* one range"),
    "any_of of a class": ({"classes/Study/any_of": [{"is_a": "Study"}]}, r"class Study: any_of"),
    "any_of in slot_usage": (
        {"classes/Study/slot_usage": {"x": {"any_of": [{"range": "integer"}]}}}, r"slot x of class Study: any_of"),
    # gen-shacl: not emitted
    "rules": (
        {"classes/Study/rules": [{"preconditions": {"slot_conditions": {"x": {"equals_string": "a"}}},
                                  "postconditions": {"slot_conditions": {"x": {"required": True}}}}]},
        r"class Study: rules .* shapes/hard\.ttl"),
    "unique_keys": ({"classes/Study/unique_keys": {"one": {"unique_key_slots": ["x"]}}}, r"class Study: unique_keys"),
    "equals_expression": ({"slots/x/equals_expression": "{id}"}, r"slot x: equals_expression"),
    "equals_string": ({"slots/x/equals_string": "a"}, r"slot x: equals_string .* enumeration of one value"),
    "equals_number": ({"slots/x/range": "integer", "slots/x/equals_number": 3}, r"slot x: equals_number"),
    "value_presence": ({"slots/x/value_presence": "ABSENT"}, r"slot x: value_presence .* required"),
    # gen-shacl: datatype xsd:string all the same, so that "T"@en is at fault
    "in_language": ({"slots/x/in_language": "en"}, r"slot x: in_language .* plain"),
    "rdf:langString": (
        {"types/words": {"typeof": "string", "uri": LANG_STRING, "description": "W."}, "slots/x/range": "words"},
        r"type words: nothing emits .*langString"),
    # gen-shacl: sh:in of an empty blank node
    "reachable_from": (
        {"slots/x/range": "Terms", "enums/Terms": TERMS | {"reachable_from": {"source_nodes": ["e:a"]}}},
        r"enumeration Terms: reachable_from .* list its permissible values"),
    "enumeration without values": (
        {"slots/x/range": "Terms", "enums/Terms": {"description": "None."}}, r"enumeration Terms has no values"),
    # gen-shacl: IRIs and strings in one list

           "value without meaning": (
        ENUM_X | {"enums/Terms/permissible_values/a/meaning": None}, r"value a of enumeration Terms has no meaning"),
    # the IRI in SHACL, plain text in the dumper
    "meaning as full IRI": (ENUM_X | {"enums/Terms/permissible_values/a/meaning": E + "a"}, r"give it as CURIE"),
    "meaning of unknown prefix": (ENUM_X | {"enums/Terms/permissible_values/a/meaning": "zz:a"}, r"prefix of zz:a"),
    "two values of one meaning": (
        ENUM_X | {"enums/Terms/permissible_values/b": {"meaning": "e:a", "description": "The b."}},
        r"could not tell them apart"),
    # gen-pydantic: the annotation becomes NoneType
    "slot named like a type": (
        named("date"), r"slot date is named like a type"),
    "slot named like a Python type": (
        named("str"), r"slot str is named like a type"),
    "slot with a blank": (
        named("a b"), r"slot a b: generators rename it"),
    "slot named like a keyword": (
        named("from"), r"slot from: no pydantic field"),
    "class with a hyphen": ({"classes/A-b": OTHER}, r"class A-b: generators rename it"),
    "class and enumeration of one name": (
        ENUM_X | {"classes/Terms": OTHER | {"class_uri": "e:Terms"}},
        r"class Terms is also the name of one enumeration"),
    # 3011: one shape of both
    "two classes of one class_uri": ({"classes/Other": OTHER | {"class_uri": "e:Study"}},
        r"classes Other, Study share .*3011"),
    "two slots of one IRI": (
        {"classes/Study/slots": ["id", "x", "y"], "slots/y": {"slot_uri": "e:x", "description": "Y."}},
        r"slots x and y have one IRI"),
    # Ours drops it: annotations are read by name.
    "unknown annotation": ({"slots/x/annotations": {"rul": "text"}}, r"slot x: annotation rul is read by nothing"),
    "attributes": ({"classes/Study/attributes": {"y": {"description": "Y."}}},
        r"class Study: attributes .* under slots"),
    "mixins": ({"classes/Other": OTHER | {"mixin": True}}, r"class Other: mixin .* is_a"),
    "recommended": ({"slots/x/recommended": True}, r"slot x: recommended .* profile"),
    "ifabsent": ({"slots/x/ifabsent": "string(a)"}, r"slot x: ifabsent .* stays missing"),
    "structured_pattern": ({"slots/x/structured_pattern": {"syntax": "a"}}, r"slot x: structured_pattern"),
    "minimum_cardinality": ({"slots/x/multivalued": True, "slots/x/minimum_cardinality": 2},
        r"slot x: minimum_cardinality"),
    "unit": ({"slots/x/unit": {"ucum_code": "um"}}, r"slot x: unit .* name and description"),
    "tree_root": ({"classes/Study/tree_root": True}, r"class Study: tree_root"),
    "union_of": ({"classes/Study/union_of": ["Other"], "classes/Other": OTHER}, r"class Study: union_of"),
    # Patterns and bounds that some files would have and others not
    "pattern of a reference": ({"slots/x/range": "curie_or_iri", "slots/x/pattern": "^e:"}, r"pattern of a reference"),
    "pattern of an inlined class": (CLASS_X | {"slots/x/pattern": "a"}, r"pattern of a reference"),
    "pattern of a number": ({"slots/x/range": "integer", "slots/x/pattern": "^1"}, r"pattern of a number"),
    "pattern with look-ahead": ({"slots/x/pattern": "(?!a)b"}, r"not the same to all engines"),
    "fractional bound of whole numbers": (
        {"slots/x/range": "integer", "slots/x/minimum_value": 0.5}, r"minimum_value 0\.5 is no whole number"),
    "bound of text": ({"slots/x/maximum_value": 3}, r"maximum_value 3 bounds what is no number"),
    "bound in words": ({"slots/x/range": "integer", "slots/x/minimum_value": "one"}, r"minimum_value one is no number"),
    "bounds of slot and type": (
        {"types/few": {"typeof": "integer", "uri": "xsd:integer", "maximum_value": 9, "description": "Few."},
         "slots/x/range": "few", "slots/x/maximum_value": 3}, r"maximum_value of slot and of type few"),
    # Ranges
    "datatype that nothing emits": ({"slots/x/range": "decimal"}, r"type decimal: nothing emits .*decimal"),
    "CURIEs that nobody expands": ({"slots/x/range": "uriorcurie"}, r"type uriorcurie: CURIEs .* curie_or_iri"),
    "range that is nothing": ({"slots/x/range": "Nothing"}, r"range Nothing is neither"),
    "dictionary": (CLASS_X | {"slots/x/multivalued": True}, r"inlined as a dictionary"),
    "range of abstract classes": (CLASS_X | {"classes/Other/abstract": True}, r"all are abstract"),
    "classes that cannot be told apart": (
        CLASS_X | {"classes/More": {"class_uri": "e:More", "is_a": "Other", "description": "More."}},
        r"nothing tells (Other, More|More, Other)"),
    "class without identifier": ({"classes/Other": OTHER | {"slots": ["x"]}}, r"class Other has no identifier"),
    "slot_usage of another's slot": ({"classes/Other": OTHER | {"slot_usage": {"x": {"required": True}}}},
        r"slot_usage of x"),
    "slot of no class": ({"slots/y": {"description": "Y."}}, r"slot y stands in no class"),
    "enumeration of no slot": ({"enums/Terms": TERMS}, r"enumeration Terms is the range of no slot"),
    # 2891, 2417: what is not described cannot be shown
    "class without description": ({"classes/Study/description": None}, r"class Study has no description"),
    "slot without description": ({"slots/x/description": None}, r"slot x has no description"),
    "type without description": ({"types/text/description": None}, r"type text has no description"),
    "enumeration without description": (ENUM_X | {"enums/Terms/description": None},
        r"enumeration Terms has no description"),
    "value without description": (
        ENUM_X | {"enums/Terms/permissible_values/a/description": None},
        r"value a of enumeration Terms has no description"),
}  # fmt: skip
