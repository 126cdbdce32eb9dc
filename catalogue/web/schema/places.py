"""Which page explains an IRI of ours."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

from catalogue.model.crosswalk_rdf import CROSSWALKS, FIELDS
from catalogue.model.documentation import documentation
from catalogue.model.namespaces import TERMS
from catalogue.model.profile_rules import Rule, parse_rules
from catalogue.model.profiles import profiles
from catalogue.model.validation import shapes_text
from catalogue.model.vocabulary import SCHEMA, SHAPES, VOCABULARY
from catalogue.web.schema.crosswalk_pages import field_places

RESERVED = frozenset({"slots", "enums", "types", "profiles", "crosswalks", "rules", "shapes", "source", "examples"})
"""First steps below /schema/ that no element of the schema may be named like."""


def page_of(iri: str) -> str | None:
    """Path of the page that explains an IRI, with the anchor; None when no page does."""
    if iri.startswith((TERMS, VOCABULARY)):
        return _terms().get(iri.rstrip("/"))
    if iri.startswith(SHAPES.rstrip("/")):
        return _shape_page(iri)
    if iri.startswith(CROSSWALKS):
        return f"/schema/crosswalks/{iri.removeprefix(CROSSWALKS)}"
    if iri.startswith(FIELDS):
        name, curie = field_places()[iri]
        return f"/schema/crosswalks/{name}#{anchor(curie)}"
    return _schema_page(iri)


def anchor(text: str) -> str:
    """The text as an HTML identifier: no blanks, and nothing that an address would have to escape."""
    return quote(text, safe="").replace("%", ".")


@cache
def rules_of(profile: str) -> tuple[Rule, ...]:
    """The rules of a profile."""
    return parse_rules(shapes_text(profile))


@cache
def rules_beyond_fields() -> tuple[Rule, ...]:
    """The hard rules that do not follow from one field of one class."""
    return tuple(rule for rule in parse_rules(shapes_text()) if not _is_field_shape(rule.shape))


@cache
def _terms() -> dict[str, str]:
    """IRI of a term -> page. What is written first wins: a class over a value of the same name."""
    made = documentation()
    found = {VOCABULARY: "/schema", f"{TERMS}{made['version']}": "/schema"}
    for name, row in made["classes"].items():
        found.setdefault(row["iri"], f"/schema/{name}")
    for name, row in made["enums"].items():
        found.setdefault(row["iri"], f"/schema/enums/{name}")
        for value in row["values"]:
            found.setdefault(value["iri"], f"/schema/enums/{name}#{anchor(value['value'])}")
    for name, row in made["slots"].items():
        for iri in filter(None, (row["iri"], row["position"], *row["also"])):
            found.setdefault(iri, f"/schema/slots/{name}")
    return found


def _is_field_shape(iri: str) -> bool:
    class_name, _, field = iri.removeprefix(SHAPES).partition("-")
    row = documentation()["classes"].get(class_name)
    return row is not None and (not field or any(slot["key"] == field for slot in row["slots"]))


def _shape_page(iri: str) -> str:
    name = iri.removeprefix(SHAPES)
    if _is_field_shape(iri):
        class_name, _, field = name.partition("-")
        return f"/schema/{class_name}" + (f"#{field}" if field else "")
    for known in profiles():
        if any(rule.shape == iri for rule in rules_of(known)):
            return f"/schema/profiles/{known}#{anchor(name)}"
    # A shape without a message of its own belongs to the profile that its name begins with.
    owner = next((known for known in reversed(list(profiles())) if name == known or name.startswith(f"{known}-")), None)
    if owner is not None:
        return f"/schema/profiles/{owner}"
    if any(rule.shape == iri for rule in rules_beyond_fields()):
        return f"/schema/rules#{anchor(name)}"
    return "/schema/rules"


def _schema_page(iri: str) -> str | None:
    made = documentation()
    if iri.rstrip("/") == made["iri"]:
        return "/schema"
    name, _, slot = iri.removeprefix(SCHEMA).partition("/")
    if slot:
        return f"/schema/{name}#{slot}" if name in made["classes"] else None
    for kind, folder in (("classes", ""), ("enums", "enums/"), ("types", "types/")):
        if name in made[kind]:
            return f"/schema/{folder}{name}"
    module = next((module for module in made["modules"] if module["iri"] == iri), None)
    return f"/schema#{module['name']}" if module else None
