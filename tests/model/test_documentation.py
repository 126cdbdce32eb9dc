"""The documentation is complete, agrees with the table, and is in an order that can be read."""

from __future__ import annotations

import json

import pytest
from linkml_runtime.utils.schemaview import SchemaView

from catalogue import resources
from catalogue.model.compiler.documentation import compile_documentation
from catalogue.model.compiler.table import compile_table
from catalogue.model.documentation import concrete, documentation, users_of
from catalogue.model.examples import invalid_examples, valid_examples

MADE = documentation()
TABLE = json.loads(resources.model_file("table.json").read_text("utf-8"))

SCHEMA = """
id: https://example.org/zoo
name: zoo
title: Zoo
version: 1.2.3
license: https://example.org/licence
prefixes:
  linkml: https://w3id.org/linkml/
  zoo: https://example.org/zoo/
  other: https://example.org/other/
default_prefix: zoo
default_range: string
imports: [linkml:types]
types:
  tag:
    typeof: string
    pattern: '^T'
    description: A tag.
    annotations: {rule: a tag such as T1}
enums:
  Diet:
    description: What it eats.
    permissible_values:
      grass: {meaning: "other:grass", description: Grass.}
classes:
  Animal:
    abstract: true
    class_uri: zoo:Animal
    description: An animal.
    slots: [id, name, diet]
  Lion:
    is_a: Animal
    class_uri: other:Lion
    description: A lion.
    close_mappings: [other:BigCat]
    slots: [mane_cm, friends]
    slot_usage:
      name: {required: true, description: What its keeper calls it.}
  Cage:
    class_uri: zoo:Cage
    description: A cage.
    slots: [id, animals]
slots:
  id: {identifier: true, range: tag, description: Its tag.}
  name: {slot_uri: "zoo:name", description: Its name., deprecated: use tag}
  diet: {slot_uri: "zoo:diet", range: Diet, multivalued: true, description: Food.}
  mane_cm:
    slot_uri: zoo:mane
    range: double
    minimum_value: 0
    description: Length of the mane.
    unit: {symbol: cm}
    recommended: true
  friends: {slot_uri: "zoo:friend", range: Animal, multivalued: true, inlined: false, description: Friends.}
  animals: {slot_uri: "zoo:animal", range: Animal, multivalued: true, inlined_as_list: true, description: Inside.}
"""


@pytest.fixture(scope="module")
def zoo() -> dict:
    """The documentation of a small schema."""
    view = SchemaView(SCHEMA)
    return compile_documentation(view, compile_table(view) | {"records": ["Cage"]})


def test_parts_follow_their_record_and_children_their_parent(zoo: dict) -> None:
    """The record comes first, then what it is made of, a parent before its children."""
    assert list(zoo["classes"]) == ["Cage", "Animal", "Lion"]


def test_class_says_where_its_slots_come_from(zoo: dict) -> None:
    """Identifier and inherited slots first, each with its origin; usage of the class wins over the slot's own words."""
    slots = {slot["key"]: slot for slot in zoo["classes"]["Lion"]["slots"]}
    assert list(slots) == ["id", "name", "diet", "mane_cm", "friends"]
    assert slots["name"] | {"rule": ""} == {
        "key": "name",
        "iri": "https://example.org/zoo/name",
        "curie": "zoo:name",
        "description": "What its keeper calls it.",
        "ranges": [{"name": "string", "kind": "type"}],
        "rule": "",
        "required": True,
        "from": "Animal",
    }
    assert "from" not in slots["mane_cm"]


def test_limits_units_and_patterns_are_kept(zoo: dict) -> None:
    """What a value must be like stands with the slot: limits, unit, the type's pattern and its words."""
    slots = {slot["key"]: slot for slot in zoo["classes"]["Lion"]["slots"]}
    assert (slots["mane_cm"]["min"], slots["mane_cm"]["unit"], slots["mane_cm"]["recommended"]) == (0, "cm", True)
    assert slots["id"]["pattern"] == "^T" and slots["id"]["rule"].endswith("a tag such as T1")
    assert slots["friends"].get("inlined") is None and zoo["classes"]["Cage"]["slots"][1]["inlined"] is True


def test_elements_know_their_users(zoo: dict) -> None:
    """Classes, enumerations and types list the fields whose values they are, inherited ones once."""
    assert zoo["classes"]["Animal"]["used_by"] == [
        {"class": "Cage", "slot": "animals"},
        {"class": "Lion", "slot": "friends"},
    ]
    assert zoo["enums"]["Diet"]["used_by"] == [{"class": "Animal", "slot": "diet"}]
    assert {"class": "Lion", "slot": "mane_cm"} in zoo["types"]["double"]["used_by"]
    assert zoo["slots"]["name"]["classes"] == ["Animal", "Lion"] and zoo["slots"]["name"]["required_in"] == ["Lion"]


def test_mappings_and_deprecation_are_kept(zoo: dict) -> None:
    """What the schema says of other vocabularies and of its own future is in the documentation."""
    expected = {"close": [{"curie": "other:BigCat", "iri": "https://example.org/other/BigCat"}]}
    assert zoo["classes"]["Lion"]["mappings"] == expected
    assert zoo["slots"]["name"]["deprecated"] == "use tag"
    assert zoo["enums"]["Diet"]["values"][0]["iri"] == "https://example.org/other/grass"


def test_unknown_range_is_an_error() -> None:
    """A field that leads nowhere stops the compiler, by name."""
    view = SchemaView(SCHEMA)
    table = compile_table(view) | {"records": ["Cage"]}
    broken = SchemaView(SCHEMA.replace("range: Diet", "range: Dite"))
    with pytest.raises(ValueError, match="diet: its range Dite"):
        compile_documentation(broken, table)


def test_every_class_and_slot_of_the_table_is_documented() -> None:
    """Nothing that a record may hold is missing, and the words of its rule are those of the table."""
    assert set(TABLE["classes"]) <= set(MADE["classes"])
    for name, row in TABLE["classes"].items():
        documented = {slot["key"]: slot for slot in MADE["classes"][name]["slots"]}
        for slot in row["slots"]:
            assert documented[slot["key"]]["rule"] == slot["rule"]
            assert documented[slot["key"]]["iri"] == slot["predicate"]
            assert documented[slot["key"]].get("required", False) is slot["required"]


def test_everything_is_described() -> None:
    """Each class, slot, enumeration, value and type of ours says what it is."""
    for kind in ("classes", "slots", "enums", "types"):
        for name, row in MADE[kind].items():
            assert len(row["description"]) > 5, name
    for name, row in MADE["enums"].items():
        assert all(value["description"] and value["iri"] for value in row["values"]), name


def test_records_come_first_in_reading_order() -> None:
    """Whoever reads from the top meets the records before their parts."""
    assert list(MADE["classes"])[: len(MADE["records"])] == MADE["records"]
    for name, row in MADE["classes"].items():
        place = list(MADE["classes"]).index
        assert all(place(parent) < place(name) for parent in row["parents"]), name


def test_users_of_a_kind_include_those_of_its_parent() -> None:
    """Where an agent may stand, an organisation may."""
    assert "Study.authors" in [f"{owner}.{slot['key']}" for owner, slot in users_of("Organization")]
    assert concrete("Agent") == [name for name in MADE["classes"] if "Agent" in MADE["classes"][name]["parents"]]


def test_examples_are_named_for_their_class() -> None:
    """Each example's name begins with a class, and a wrong one's name goes on with the field."""
    assert all(example.class_name in MADE["classes"] for example in (*valid_examples(), *invalid_examples()))
    assert all(example.field and example.title.startswith(f"{example.field}: ") for example in invalid_examples())
