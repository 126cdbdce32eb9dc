"""The examples of schema/examples: for each class files that fit it, and files that break one rule each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from catalogue import resources


@dataclass(frozen=True, slots=True)
class Example:
    """One file, named `{Class}-{what}`, or `{Class}-{field}-{rule it breaks}` when it is wrong.

    Args:
        title: the file's name without its class, as words.
        field: the field that a wrong example's name blames; "" for one that fits.
        text: the YAML as written.
        record: what the YAML says.
    """

    name: str
    class_name: str
    title: str
    field: str
    text: str
    record: dict[str, Any]


@cache
def valid_examples() -> tuple[Example, ...]:
    """Files that fit their class, by name."""
    return _load("valid")


@cache
def invalid_examples() -> tuple[Example, ...]:
    """Files that break one rule each, by name."""
    return _load("invalid")


def _load(folder: str) -> tuple[Example, ...]:
    found = []
    for path in sorted((resources.schema_dir() / "examples" / folder).glob("*.yaml")):
        class_name, field, *words = [*path.stem.split("-"), ""]
        text = path.read_text("utf-8")
        if folder == "valid":
            title, field = " ".join([field, *words]).strip(), ""
        else:
            title = f"{field}: {' '.join(words).strip()}"
        found.append(Example(path.stem, class_name, title, field, text, yaml.safe_load(text)))
    return tuple(found)
