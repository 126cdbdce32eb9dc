"""The model as one fact sheet: of the present version, made from the generated files, and of each that was released.

schema/released/VERSION.json is written once (`python -m catalogue.model.compiler --release`) and never edited.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pyoxigraph as ox

from catalogue import resources
from catalogue.model.namespaces import PREFIXES
from catalogue.problems import NotFound

Sheet = dict[str, Any]

# What a sheet holds of a slot; the rest of the table's rows are words about it.
SLOT_FACTS: Final = (
    *("predicate", "kind", "required", "many", "pattern", "min", "max", "values", "classes", "class_iri"),
    *("datatype", "forms", "position", "also", "description"),
)
SLOT_WORDS: Final = ("key", "rule", "form", "examples")
CLASS_FACTS: Final = ("iri", "types", "extra", "parents", "designated", "description")
_VERSION: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", re.ASCII)
_SH: Final = "http://www.w3.org/ns/shacl#"
_WORDS: Final = frozenset(_SH + name for name in ("message", "name", "description", "order", "group"))


def parse_version(text: str) -> tuple[int, int, int]:
    """Major, minor and patch number of a version such as `0.1.0`.

    Raises:
        ValueError: the text is no such version.
    """
    found = _VERSION.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text[:50]}' is no version; write three numbers, such as 0.2.0")
    return int(found[1]), int(found[2]), int(found[3])


def released_versions() -> list[str]:
    """Versions of the model that were released, oldest first."""
    names = [path.stem for path in (resources.schema_dir() / "released").glob("*.json")]
    return sorted(names, key=parse_version)


def released(version: str) -> Sheet:
    """The fact sheet of a released version.

    Raises:
        NotFound: it was never released.
    """
    known = released_versions()
    if version not in known:
        raise NotFound(f"The version '{version[:50]}' of the model was not released; there are {', '.join(known)}.")
    return dict(json.loads((resources.schema_dir() / "released" / f"{version}.json").read_text("utf-8")))


def present() -> Sheet:
    """The fact sheet of the model as it is now."""
    return fact_sheet(
        json.loads(resources.model_file("table.json").read_text("utf-8")),
        json.loads(resources.model_file("records.schema.json").read_text("utf-8")),
        (resources.shapes_dir() / "hard.ttl").read_text("utf-8"),
        PREFIXES,
    )


def fact_sheet(table: dict[str, Any], json_schema: dict[str, Any], hard_rules: str, prefixes: dict[str, str]) -> Sheet:
    """What decides whether a payload is valid and which triples it means.

    Args:
        table: of catalogue/model/table.json.
        json_schema: of catalogue/model/records.schema.json.
        hard_rules: text of shapes/hard.ttl.
        prefixes: prefix -> namespace, of the CURIEs in payloads.
    """
    first = json_schema["$defs"][table["records"][0]]["properties"]["id"]
    return {
        "version": table["version"],
        "records": table["records"],
        "identifier": first.get("pattern", ""),
        "prefixes": dict(sorted(prefixes.items())),
        "rules": dict(sorted(_rules(hard_rules))),
        "classes": {
            name: {fact: row[fact] for fact in CLASS_FACTS}
            | {"slots": {s["key"]: {fact: s[fact] for fact in SLOT_FACTS if fact in s} for s in row["slots"]}}
            for name, row in table["classes"].items()
        },
    }


def render(sheet: Sheet) -> str:
    """The sheet as JSON text, a line for each slot, prefix and rule."""
    note = f"version {sheet['version']} of the model as it was released; never edited"
    head = [f" {_json(key)}: {_json(sheet[key])}" for key in ("version", "records", "identifier")]
    tables = [f" {_json(key)}: {_lines(sheet[key], 2)}" for key in ("prefixes", "rules")]
    classes = [
        f"  {_json(name)}: {_json(row | {'slots': {}})[:-2]}{_lines(row['slots'], 4)[1:]}}}"
        for name, row in sheet["classes"].items()
    ]
    parts = [f' "_comment": {_json(note)}', *head, *tables, ' "classes": {\n' + ",\n".join(classes) + "\n }"]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(rows: dict[str, Any], depth: int) -> str:
    if not rows:
        return "{}"
    lines = ",\n".join(f"{' ' * depth}{_json(key)}: {_json(value)}" for key, value in rows.items())
    return "{\n" + lines + "\n" + " " * (depth - 1) + "}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _rules(turtle: str) -> Iterator[tuple[str, str]]:
    """(IRI, digest of what it demands) of each hand-written hard rule; its words do not count."""
    facts: dict[Any, list[ox.Quad]] = {}
    for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE):
        if quad.predicate.value not in _WORDS:
            facts.setdefault(quad.subject, []).append(quad)
    for subject in facts:
        if isinstance(subject, ox.NamedNode):
            demand = ox.Dataset(_closure(subject, facts))
            demand.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
            text = "\n".join(sorted(str(quad) for quad in demand))
            yield subject.value, hashlib.sha256(text.encode()).hexdigest()[:16]


def _closure(node: Any, facts: dict[Any, list[ox.Quad]]) -> Iterator[ox.Quad]:
    for quad in facts.get(node, ()):
        yield quad
        if isinstance(quad.object, ox.BlankNode):
            yield from _closure(quad.object, facts)
