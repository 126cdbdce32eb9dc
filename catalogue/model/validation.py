"""The gates: JSON Schema first, then SHACL. What blocks and what annotates is decided in shapes/, not here.

Schema and shapes are loaded once per process (DESIGN section 4).
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any, Final

import jsonschema_rs

from catalogue import resources
from catalogue.model.rdf import triples
from catalogue.model.shacl_engines import ShapesEngine, ValidationResult, Violation, best_engine
from catalogue.model.table import Class, FieldError, Slot, class_of, classes, record_classes

__all__ = ["ValidationResult", "Violation", "check_all", "check_graph", "check_schema", "check_shapes", "profiles"]

_SHAPES: Final = "https://w3id.org/ommatidia/shapes/"
_DEFINITION: Final = "https://w3id.org/ommatidia/schema/records.schema.json#/$defs/"


def check_schema(record: dict[str, Any], class_name: str | None = None) -> list[Violation]:
    """What is wrong with the record's form, by field; an empty list for a well-formed one.

    Args:
        record: a payload, or a part of one when `class_name` says of which class.
    """
    validator = _validator(class_name)
    if validator.is_valid(record):
        return []
    if class_name:
        kind = classes()[class_name]
    else:
        try:
            kind = class_of(record, record_classes())
        except ValueError as error:
            return [Violation(_focus(record), "type", "", str(error), "violation", _DEFINITION)]
    found = {violation for error in validator.iter_errors(record) for violation in _explain(record, kind, error)}
    return sorted(found, key=lambda violation: (violation.path, violation.message))


class FieldValidator:
    """The JSON Schema of one field."""

    def __init__(self, validator: Any):
        self._validator = validator

    def allows(self, value: Any) -> bool:
        """True where the field may have this value."""
        return bool(self._validator.is_valid(value))


def field_validator(class_name: str, key: str) -> FieldValidator:
    """What the schema asks of one field's value.

    Raises:
        KeyError: no such class or field.
    """
    schema = _schema()
    field = schema["$defs"][class_name]["properties"][key]
    return FieldValidator(
        jsonschema_rs.validator_for(
            {"$schema": schema["$schema"], "$defs": schema["$defs"], "allOf": [field]}, validate_formats=True
        )
    )


def check_shapes(
    record: dict[str, Any],
    profile: str | None = None,
    class_name: str | None = None,
    data: bytes | None = None,
) -> list[Violation]:
    """What the record's RDF breaks: the hard rules, or those of one profile.

    A value that cannot become RDF at all (an IRI with a blank in it) is a violation as well.

    Args:
        record: a payload, or a part of one when `class_name` says of which class.
        profile: name of a file in shapes/profiles without `.ttl`, such as `gide-0.2`; None for the hard rules.
        data: the record's N-Triples, when they were made already.

    Raises:
        ValueError: there is no such profile.
    """
    engine = _engine(profile)
    try:
        data = triples(record, class_name) if data is None else data
    except FieldError as error:
        shape = _DEFINITION + str(class_name or record.get("type", ""))
        return [Violation(_focus(record), error.path, "", error.reason, "violation", shape)]
    return engine.validate(data)


def check_all(record: dict[str, Any], data: bytes, profile: str) -> tuple[list[Violation], list[Violation]]:
    """(broken hard rules, what a profile notes) of one record, in one pass over its triples.

    Args:
        record: a payload of a class that the profile is about.
        data: the record's N-Triples.
        profile: its shapes are told from the hard ones by their IRIs, which begin with the profile's name.

    Raises:
        ValueError: there is no such profile.
    """
    hard: list[Violation] = []
    noted: list[Violation] = []
    for violation in _engine_with(profile).validate(data):
        (noted if violation.shape.startswith(f"{_SHAPES}{profile}-") else hard).append(violation)
    return hard, noted


def check_graph(triples: bytes, profile: str | None = None) -> list[ValidationResult]:
    """What any graph breaks, as SHACL says it: the hard rules, or those of one profile.

    Args:
        triples: N-Triples.

    Raises:
        ValueError: there is no such profile.
    """
    return _engine(profile).results(triples)


@cache
def profiles() -> tuple[str, ...]:
    """Names of the profiles that records can be held against."""
    return tuple(sorted(path.name.removesuffix(".ttl") for path in resources.profiles_dir().glob("*.ttl")))


@cache
def rules_digest(profile: str) -> str:
    """SHA-256 (hex) of all that records are held against on entry: JSON Schema, hard rules, one profile.

    Raises:
        ValueError: there is no such profile.
    """
    texts = (resources.model_file("records.schema.json").read_text("utf-8"), shapes_text(), shapes_text(profile))
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def shapes_text(profile: str | None = None) -> str:
    """The Turtle of the hard rules, or of one profile.

    Raises:
        ValueError: there is no such profile.
    """
    if profile is None:
        folder = resources.shapes_dir()
        return "\n".join((folder / name).read_text("utf-8") for name in ("records.ttl", "hard.ttl"))
    if profile not in profiles():
        raise ValueError(f"no profile '{profile}'; there are {', '.join(profiles())}")
    return (resources.profiles_dir() / f"{profile}.ttl").read_text("utf-8")


@cache
def _engine(profile: str | None) -> ShapesEngine:
    return best_engine(shapes_text(profile))


@cache
def _engine_with(profile: str) -> ShapesEngine:
    return best_engine(shapes_text() + "\n" + shapes_text(profile))


@cache
def _schema() -> dict[str, Any]:
    return dict(json.loads(resources.model_file("records.schema.json").read_text("utf-8")))


@cache
def _validator(class_name: str | None) -> Any:
    schema = _schema()
    if class_name is not None:
        schema = {"$schema": schema["$schema"], "$ref": f"#/$defs/{class_name}", "$defs": schema["$defs"]}
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def _focus(record: Any) -> str:
    name = record.get("id") if isinstance(record, dict) else None
    return name if isinstance(name, str) else ""


def _explain(record: dict[str, Any], kind: Class, error: Any) -> list[Violation]:
    """One error of the schema in words of the model; one violation for each field that nobody knows."""
    where = list(error.instance_path)
    parts = error.schema_path
    rule = str(parts[-1]) if parts else ""
    node, owner, slot = _locate(record, kind, where)
    focus, shape = _focus(node) or _focus(record), _DEFINITION + owner.name
    if rule in ("additionalProperties", "unevaluatedProperties"):
        message = f"{owner.name} has no such field"
        return [
            Violation(focus, _path([*where, name]), "", message, "violation", shape) for name in error.kind.unexpected
        ]
    value = "" if isinstance(error.instance, dict | list) else str(error.instance)
    message = slot.rule if slot else error.message
    if rule == "required":
        where.append(error.kind.property)
        value = ""
        missing = next((s for s in owner.slots if s.key == error.kind.property), None)
        message = missing.rule if missing else "must be given"
    elif rule == "minItems":
        message = "an empty list says nothing; leave the field out"
    elif slot is None and where and where[-1] == "id":
        message = "must be a CURIE with a known prefix or an absolute http(s) IRI"
    return [Violation(focus, _path(where), value[:500], message, "violation", shape)]


def _locate(record: dict[str, Any], kind: Class, where: list[Any]) -> tuple[Any, Class, Slot | None]:
    """The innermost object on a path, its class, and the slot the path ends in."""
    node: Any = record
    owner = kind
    value: Any = record
    slot: Slot | None = None
    for step in where:
        if isinstance(step, str):
            slot = next((s for s in owner.slots if s.key == step), None)
        value = value[step]
        if slot is not None and slot.kind == "node" and isinstance(value, dict):
            try:
                owner = class_of(value, slot.classes)
            except ValueError:
                continue  # the fault is its type, which the message of the slot names
            node = value
            slot = None
    return node, owner, slot


def _path(where: list[Any]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
    return text.removeprefix(".")
