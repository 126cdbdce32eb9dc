"""LinkML's JSON Schema, tightened where payloads are stricter than LinkML can say.

Added: no empty lists, references have the form of identifiers, and `type` decides which class is meant, so that an
error names the field instead of "valid under none of the given schemas".
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from linkml.generators.jsonschemagen import JsonSchemaGenerator

from catalogue.model.compiler.table import NOTE, RECORDS, Row

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def compile_json_schema(schema: Path, table: Row) -> Row:
    """The document records.schema.json: one definition per class, the records at its root."""
    made = json.loads(JsonSchemaGenerator(str(schema), include_null=False, not_closed=False).serialize())
    reference = made["$defs"]["Study"]["properties"]["id"]["pattern"]
    definitions = {name: node for name, node in made["$defs"].items() if _is_used(name, node, table)}
    for name, row in table["classes"].items():
        for slot in row["slots"]:
            _tighten(definitions[name]["properties"], slot, reference)
    return {
        "$schema": _DIALECT,
        "$id": "https://w3id.org/ommatidia/schema/records.schema.json",
        "$comment": NOTE,
        "title": "Ommatidia records",
        "version": table["version"],
        **_choice(list(RECORDS)),
        "$defs": dict(sorted(definitions.items())),
    }


def _is_used(name: str, node: Row, table: Row) -> bool:
    return name in table["classes"] or "enum" in node


def _tighten(properties: Row, slot: Row, reference: str) -> None:
    node: Row = properties[slot["key"]]
    if slot["many"]:
        node["minItems"] = 1
    item: Row = node["items"] if slot["many"] else node
    if slot["kind"] == "ref":
        item["pattern"] = reference
    if len(slot.get("classes", ())) > 1:
        item.pop("anyOf", None)
        item |= _choice(slot["classes"])


def _choice(classes: list[str]) -> dict[str, Any]:
    """A schema that lets `type` choose among classes."""
    return {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": classes}},
        "allOf": [
            {
                "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
                "then": {"$ref": f"#/$defs/{name}"},
            }
            for name in classes
        ],
    }
