"""Paths of the keys in JSON, YAML and XML documents, and names made fit for a CURIE."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


def load_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8-sig"))


def load_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def load_xml(path: Path) -> ElementTree.Element:
    """The root element; EGA's sequencing_run.xml opens with an empty line before its declaration."""
    return ElementTree.fromstring(path.read_bytes().lstrip())


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def iter_dicts(value: Any) -> Iterator[dict[str, Any]]:
    """The objects in `value`, through lists of any depth (PageTab writes a table as a list in the list)."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from iter_dicts(item)


def iter_paths(value: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every key; lists add nothing to it."""
    for item in iter_dicts(value):
        for key, inner in item.items():
            yield (*above, str(key))
            yield from iter_paths(inner, (*above, str(key)))


def iter_xml_paths(element: ElementTree.Element, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every attribute (`@name`) and of every element that holds text or nothing but itself."""
    path = (*above, element.tag)
    if (element.text or "").strip() or not (len(element) or element.attrib):
        yield path
    for name in element.attrib:
        yield (*path, f"@{name.split('}')[-1]}")
    for child in element:
        yield from iter_xml_paths(child, path)


def slug(name: str) -> str:
    """A field's name as part of a CURIE: everything but ASCII letters, digits and `.@*-` becomes one underscore."""
    return re.sub(r"[^\w.@*-]+", "_", name, flags=re.ASCII).strip("_")
