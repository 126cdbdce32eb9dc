"""BioStudies PageTab: every attribute of every kind of section, and the keys of its JSON forms.

Names that differ only in case are one field, as S-BIAD1136's `author` and S-BIAD2225's `Author`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .walking import iter_dicts, iter_paths, load_json, slug

SOURCE = "biostudies-pagetab"

BELOW = {"section", "sections", "subsections", "links", "files"}
QUALIFIERS = ("valqual", "nmqual", "valueAttrs", "nameAttrs")
# The index the archive makes of a submission for its own search engine: nothing in it that the submission lacks.
DERIVED = {"E-MTAB-9697_expected_output.json"}


def iter_fields(partners: Path) -> Iterator[str]:
    for path in (partners / "biostudies").rglob("*.json"):
        document = load_json(path)
        if path.parent.name == "bia-integrator-v1-studies":
            yield from _iter_flat(document)
        elif path.name.endswith("_INFO.json"):
            yield from (f"pagetab_info:{'/'.join(keys)}" for keys in iter_paths(document))
        elif path.name not in DERIVED:
            yield from _iter_object(document, "File" if isinstance(document, list) else "Submission")
    for path in (partners / "rembi-mifa" / "bia-agent" / "examples" / "output").iterdir():
        if path.suffix == ".json":
            yield from _iter_object(load_json(path), "Submission")
        else:
            yield from _iter_table(path.read_text("utf-8"))


def _iter_object(value: Any, kind: str) -> Iterator[str]:
    for item in iter_dicts(value):
        structure = kind if kind in {"Submission", "Link", "File"} else "Section"
        if structure == "Section":
            kind = str(item.get("type"))
        for key, inner in item.items():
            yield f"pagetab_json:{structure}/{key}"
            if key == "attributes":
                yield from _iter_attributes(inner, kind)
            elif key in BELOW:
                yield from _iter_object(inner, {"links": "Link", "files": "File"}.get(key, "Section"))
            elif structure == "Submission" and isinstance(inner, dict | list):
                yield from (f"pagetab_json:Submission/{key}/{'/'.join(keys)}" for keys in iter_paths(inner))


def _iter_attributes(attributes: list[dict[str, Any]] | None, kind: str) -> Iterator[str]:
    for attribute in attributes or ():
        yield _field(kind, attribute["name"])
        yield from (f"pagetab_json:Attribute/{key}" for key in attribute)
        for key in QUALIFIERS:
            for qualifier in attribute.get(key) or ():
                yield f"{_field(kind, attribute['name'])}@{slug(qualifier['name']).lower()}"


def _iter_flat(study: dict[str, Any]) -> Iterator[str]:
    """The archive's first format: maps by identifier, whose keys are values."""
    maps = {"file_references", "images", "archive_files", "other_files", "image_aliases"}
    for key, value in study.items():
        yield f"bia_v1:{key}"
        inner = list(value.values()) if key in maps and isinstance(value, dict) else value
        for keys in iter_paths(inner):
            if "attributes" not in keys[:-1]:
                yield f"bia_v1:{'/'.join((key, *keys))}"


def _iter_table(text: str) -> Iterator[str]:
    """The tab-separated form: blocks apart by empty lines, each opened by its kind; a name in brackets is a link."""
    for block in text.split("\n\n"):
        kind = ""
        for line in block.splitlines():
            name, tab, _ = line.partition("\t")
            if not kind:
                kind = name
            elif tab and name:
                yield _field(kind, name.strip("<>"))


def _field(kind: str, name: str) -> str:
    return f"pagetab:{slug(kind).lower()}/{slug(name).lower()}"
