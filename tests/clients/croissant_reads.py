"""Loads the Croissant documents of a node with mlcroissant, and the records of their record sets.

Arguments: file with a JSON list of addresses. Its last line is a JSON object: address -> what was read.
"""

from __future__ import annotations

import json
import math
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

# Before the import, which reads it: what is fetched stays with the test.
os.environ["CROISSANT_CACHE"] = str(Path(sys.argv[1]).with_name("cache"))
import mlcroissant


def main() -> None:
    """Every document; one that is refused gives its errors."""
    found = {}
    for address in json.loads(Path(sys.argv[1]).read_text()):
        try:
            found[address] = _read(mlcroissant.Dataset(jsonld=address))
        except mlcroissant.ValidationError as error:
            found[address] = {"errors": [str(error)]}
    print(json.dumps({"version": version("mlcroissant"), "documents": found}))


def _read(dataset: Any) -> dict[str, Any]:
    metadata = dataset.metadata
    issues = metadata.ctx.issues
    return {
        "errors": sorted(issues.errors),
        "warnings": sorted(issues.warnings),
        "name": metadata.name,
        "description": metadata.description,
        "url": metadata.url,
        "license": metadata.license,
        "keywords": metadata.keywords,
        "creators": [person.name for person in metadata.creators],
        "publishers": [publisher.name for publisher in metadata.publisher],
        "published": metadata.date_published.date().isoformat() if metadata.date_published else None,
        "live": metadata.ctx.is_live_dataset,
        "conforms_to": str(metadata.ctx.conforms_to.value),
        "files": [item.content_url for item in metadata.file_objects],
        "sets": [item.includes for item in metadata.file_sets],
        "records": {each.id: [_row(row) for row in dataset.records(each.id)] for each in metadata.record_sets},
    }


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {name.rpartition("/")[2]: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, float) and math.isnan(value):
        return None
    return value.item() if hasattr(value, "item") else value


main()
