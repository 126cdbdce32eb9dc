"""MIFA: the field tables of the archive's site, its YAML templates, and the annotations of the submission tool."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .rembi_1_5 import templates_and_examples
from .walking import iter_dicts, load_yaml

SOURCE = "mifa-1.0"

FILES = {"Annotations": "Annotations", "Study": "MifaContainer", "Version": "Version"}
SECTIONS = {"annotations": "Annotations", "version": "Version"}
PARTS = {
    "authors": "Author",
    "organisation": "OrganisationInfo",
    "grants": "GrantReference",
    "publications": "Publications",
    "file_metadata": "FileLevelMetadata",
}


def iter_fields(partners: Path) -> Iterator[str]:
    folder = partners / "rembi-mifa"
    for model in load_yaml(folder / "model" / "mifa_types.yaml")["models"]:
        yield from (f"mifa:{model['class_name']}/{attribute['name']}" for attribute in model["attributes"])
    for path in (folder / "mifa-examples").glob("*.yaml"):
        yield from _iter_part(FILES[path.stem.partition("_")[0]], load_yaml(path))
    for path in templates_and_examples(partners):
        document = load_yaml(path)
        for section in document.keys() & SECTIONS:
            yield f"mifa:{SECTIONS[section]}/block_name"
            for block in document[section].values():
                yield from _iter_part(SECTIONS[section], block)


def _iter_part(kind: str, value: Any) -> Iterator[str]:
    for item in iter_dicts(value):
        for key, inner in item.items():
            yield f"mifa:{kind}/{key}"
            if key in PARTS:
                yield from _iter_part(PARTS[key], inner)
