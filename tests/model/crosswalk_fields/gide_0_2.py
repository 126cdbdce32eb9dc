"""GIDE search profile 0.2: prose, JSON Schema, shapes, example and its search document, and every member crate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rdflib import Graph, Namespace

from .walking import as_list, iter_dicts, load_json

SOURCE = "gide-0.2"

MEMBERS = ("gide-bia", "gide-idr", "gide-ssbd", "gide-profile")
SH = Namespace("http://www.w3.org/ns/shacl#")
# One thing under two names: the prose says Organisation, the JSON Schema names the descriptor by its role.
SAME_CLASS = {"Organisation": "Organization", "ROCrateMetadataDescriptor": "CreativeWork"}
# The key whose term the context takes from the BioAssay Ontology.
SAME_KEY = {"BAO_0002004": "hasCellLine"}
INDEXED = {"id": "@id", "type": "@type", "rdfs:seeAlso": "seeAlso"}


def iter_fields(partners: Path) -> Iterator[str]:
    folder = partners / "gide-profile"
    yield from _iter_prose((folder / "profile.md").read_text("utf-8"))
    yield from _iter_shapes(Graph().parse(folder / "gide_profile_shacl_shape.ttl"))
    for name, definition in load_json(folder / "gide-search-profile-schema.json")["$defs"].items():
        yield from (_field(name, key) for key in definition.get("properties", ()))
    yield from _iter_indexed(load_json(folder / "example_ro_crate_index.json"))
    for member in MEMBERS:
        for path in (partners / member).rglob("*metadata.json"):
            yield from _iter_crate(load_json(path))


def _iter_prose(text: str) -> Iterator[str]:
    """Rows of the tables below `### Class`."""
    kind = ""
    for line in text.splitlines():
        if line.startswith("### "):
            kind = line.removeprefix("### ").strip()
        elif (row := re.match(r"\|\s*([@\w]+)\s*\|", line)) and row[1] != "Field":
            yield _field(kind, row[1])


def _iter_shapes(graph: Graph) -> Iterator[str]:
    for shape, target in graph.subject_objects(SH.targetClass):
        for constraint in graph.objects(shape, SH.property):
            yield _field(_local(target), _local(graph.value(constraint, SH.path)))


def _iter_crate(crate: dict[str, Any]) -> Iterator[str]:
    yield from (_field("Crate", key) for key in crate)
    for entity in crate["@graph"]:
        for kind in as_list(entity["@type"]):
            yield from (_field(kind, key) for key in entity)


def _iter_indexed(value: Any) -> Iterator[str]:
    """The search document made of a crate: the same entities, nested, with `id` and `type`."""
    for item in iter_dicts(value):
        for kind in as_list(item.get("type", item.get("@type"))):
            yield from (_field(kind, INDEXED.get(key, key)) for key in item)
        yield from _iter_indexed(list(item.values()))


def _field(kind: str, key: str) -> str:
    return f"gide:{SAME_CLASS.get(kind, kind)}/{SAME_KEY.get(key, key)}"


def _local(iri: object) -> str:
    return re.split(r"[/#]", str(iri))[-1]
