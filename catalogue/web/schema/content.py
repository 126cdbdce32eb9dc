"""What the pages of the model show beside its documentation: examples in every form, messages, profiles, crosswalks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn

import pyoxigraph
import yaml

from catalogue.model.documentation import concrete, documentation
from catalogue.model.examples import Example, invalid_examples, valid_examples
from catalogue.model.jsonld import jsonld
from catalogue.model.profile_rules import Rule
from catalogue.model.profiles import Subject, profiles
from catalogue.model.rdf import triples
from catalogue.model.table import record_classes
from catalogue.model.vocabulary import SCHEMA, serialise
from catalogue.validation.results import Kind, Result
from catalogue.validation.service import Validator
from catalogue.web.schema.places import rules_beyond_fields, rules_of

CONTEXT = SCHEMA + "context.jsonld"
_MOST_VALUES = 3
_LONGEST_VALUE = 600


@dataclass(frozen=True, slots=True)
class Shown:
    """An example that fits, as YAML and in the two forms of RDF that people read."""

    example: Example
    turtle: str
    jsonld: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """An example that breaks a rule, and what `ommatidia validate` says about it."""

    example: Example
    results: tuple[Result, ...]


@cache
def examples_of(class_name: str) -> tuple[Shown, ...]:
    """The examples of a class, or of the classes below it when it is abstract; the fullest first."""
    names = concrete(class_name)
    own = [class_name] if class_name in names else names
    found = sorted(
        (example for example in valid_examples() if example.class_name in own), key=lambda example: -len(example.text)
    )
    return tuple(Shown(example, as_turtle(example), as_jsonld(example)) for example in found)


def identifier_of(class_name: str) -> str:
    """The identifier of the class's first example, as a pattern for others; "" where that has none."""
    return next(
        (str(shown.example.record["id"]) for shown in examples_of(class_name) if "id" in shown.example.record), ""
    )


@cache
def wrong_examples_of(class_name: str) -> tuple[Wrong, ...]:
    """What goes wrong with a class, by the field that is wrong."""
    return tuple(Wrong(example, judge(example)) for example in invalid_examples() if example.class_name == class_name)


def judge(example: Example) -> tuple[Result, ...]:
    """What `ommatidia validate` finds wrong in an example's text."""
    part = None if example.class_name in record_classes() else example.class_name
    report = Validator((), _no_crate).check(f"{example.name}.yaml", example.text.encode(), Kind.RECORDS, part)
    return tuple(result for result in report.results if result.severity == "violation")


def _no_crate(*_: object) -> NoReturn:
    raise AssertionError("an example is a record, never a crate")


def as_turtle(example: Example) -> str:
    """The example's triples."""
    lines = triples(example.record, example.class_name)
    found = [quad.triple for quad in pyoxigraph.parse(lines, format=pyoxigraph.RdfFormat.N_TRIPLES)]
    return serialise(found, pyoxigraph.RdfFormat.TURTLE).decode().replace("\t", "    ").strip()


def as_jsonld(example: Example) -> str:
    """The example as JSON-LD that names the context instead of repeating it."""
    document = {**jsonld(example.record, example.class_name), "@context": CONTEXT}
    return json.dumps(document, ensure_ascii=False, indent=2)


def asked_by_profiles(class_name: str) -> dict[str, list[tuple[str, Rule]]]:
    """Field -> (profile, rule) of each rule that a profile of our records has about it in this class.

    A rule about what stands inside a field (`axes.unit`) is one of that field.
    """
    found: dict[str, list[tuple[str, Rule]]] = {}
    for name, profile in profiles().items():
        rules = rules_of(name) if Subject.RECORDS in profile.applies_to else ()
        for rule in rules:
            if class_name in rule.classes and rule.field:
                found.setdefault(rule.field.partition(".")[0], []).append((name, rule))
    return found


def further_rules(class_name: str) -> list[Rule]:
    """Hard rules about this class that no single field has."""
    return [rule for rule in rules_beyond_fields() if class_name in rule.classes]


@cache
def values_of(slot: str) -> tuple[tuple[str, str], ...]:
    """(class, YAML) of the first different values that a slot has in the examples."""
    found: dict[str, str] = {}
    for example in valid_examples():
        for owner, value in _values(example.class_name, example.record, slot):
            text = yaml.safe_dump({slot: value}, allow_unicode=True, sort_keys=False, width=100)
            if len(text) <= _LONGEST_VALUE:
                found.setdefault(text.strip(), owner)
    shortest = sorted(found, key=len)
    return tuple((found[text], text) for text in shortest[:_MOST_VALUES])


def _values(class_name: str, node: dict[str, Any], slot: str) -> list[tuple[str, Any]]:
    rows = {row["key"]: row for row in documentation()["classes"][class_name]["slots"]}
    found = [(class_name, node[slot])] if slot in node else []
    for key, value in node.items():
        inside = [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]
        ranges = [r["name"] for r in rows[key]["ranges"] if r["kind"] == "class"] if key in rows else []
        for item in inside:
            owner = item.get("type") or (ranges[0] if ranges else "")
            if owner in documentation()["classes"]:
                found += _values(owner, item, slot)
    return found
