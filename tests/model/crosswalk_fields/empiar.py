"""EMPIAR: entry documents of its API, its deposition schema and example, and curators' descriptions of entries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .walking import as_list, iter_paths, load_json, load_yaml, slug

SOURCE = "empiar"

# Below these a key is a file pattern, an identifier or a kind of image of the entry.
FREE = {"literal_alias_mappings", "pattern_alias_mappings", "file_globs", "protocol_titles"}
# Curators' YAML: what they propose for an entry, the rules it was made with, and regions of a tomogram.
CURATION = {
    "curation/proposals": "curation",
    "curation/proposal_configurations": "curation_rules",
    "cets": "cets",
}


def iter_fields(partners: Path) -> Iterator[str]:
    folder = partners / "empiar"
    for path in (folder / "entry-json").glob("*.json"):
        for entry in load_json(path).values():
            yield from _fields("entry", entry)
    yield from _fields("deposition", load_json(folder / "deposition" / "working_example.json"))
    schema = load_json(folder / "deposition" / "empiar_deposition.schema.json")
    yield from (f"empiar_meta:deposition/{'/'.join(path)}" for path in _schema_paths(schema))
    for below, part in CURATION.items():
        for path in (folder / below).glob("*.yaml"):
            yield from _fields(part, load_yaml(path))


def _fields(part: str, document: Any) -> Iterator[str]:
    for path in iter_paths(document):
        if not FREE & set(path[:-1]):
            yield f"empiar_meta:{part}/{'/'.join(slug(key) for key in path)}"


def _schema_paths(schema: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every property; the schema nests arrays as `items`, a list or one schema."""
    for part in (schema, *as_list(schema.get("items", []))):
        for name, inner in part.get("properties", {}).items():
            yield (*above, name)
            yield from _schema_paths(inner, (*above, name))
