"""The generated documentation.json: what pages, diagrams and the schema's own RDF are made from.

What its keys mean is written by catalogue.model.compiler.documentation.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from catalogue import resources


@cache
def documentation() -> dict[str, Any]:
    """The whole document; it is shared, so nobody changes it."""
    return dict(json.loads(resources.model_file("documentation.json").read_text("utf-8")))


def concrete(class_name: str) -> list[str]:
    """The class and all below it that a record can be of, in reading order."""
    classes = documentation()["classes"]
    return [
        name
        for name, row in classes.items()
        if not row["abstract"] and (name == class_name or class_name in row["parents"])
    ]


def users_of(class_name: str) -> list[tuple[str, dict[str, Any]]]:
    """(class, slot) of each field, anywhere, whose values are of this class or of a parent."""
    classes = documentation()["classes"]
    uses = [use for member in (class_name, *classes[class_name]["parents"]) for use in classes[member]["used_by"]]
    return [
        (use["class"], next(slot for slot in classes[use["class"]]["slots"] if slot["key"] == use["slot"]))
        for use in uses
    ]
