"""The example files of schema/examples, read once for all tests of the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from catalogue import resources


@dataclass(frozen=True)
class Example:
    """A file named `{Class}-{what}.yaml`, or `{Class}-{field}-{rule it breaks}.yaml` when invalid."""

    name: str
    class_name: str
    field: str
    record: dict[str, Any]


def _load(folder: str) -> list[Example]:
    found = []
    for path in sorted((resources.schema_dir() / "examples" / folder).glob("*.yaml")):
        class_name, field, *_ = [*path.stem.split("-"), ""]
        found.append(Example(path.stem, class_name, field, yaml.safe_load(path.read_text("utf-8"))))
    return found


VALID = _load("valid")
INVALID = _load("invalid")
