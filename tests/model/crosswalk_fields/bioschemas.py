"""Bioschemas and schema.org: properties by type in the examples of the profiles and in pages' JSON-LD."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .walking import as_list, slug

SOURCE = "bioschemas"

# Two documents in one file, quotes missing, an empty file: what pages hold, and no reader gets through.
BROKEN = {"bbmri-eric-ID-CZ_MMCI_jsonld.json", "wormbase.json", "pdbe_jsonld.json", "CHMO-lcms.jsonld"}
# Types of the profiles; earlier drafts and slips of pages stand under the type that is meant.
TYPES = {
    "BioSample": "BioSample",
    "DataCatalog": "DataCatalog",
    "DataDownload": "DataDownload",
    "DataRecord": "DataRecord",
    "DataSet": "Dataset",
    "Dataset": "Dataset",
    "DefinedTerm": "DefinedTerm",
    "ImageObject": "ImageObject",
    "LabProtocol": "LabProtocol",
    "Sample": "Sample",
    "Study": "Study",
    "Taxon": "Taxon",
}


def iter_fields(partners: Path) -> Iterator[str]:
    for path in (partners / "bioschemas").rglob("*"):
        if path.suffix in {".json", ".jsonld"} and path.name not in BROKEN and path.parent.name != "types":
            yield from _iter_nodes(_load(path))


def _load(path: Path) -> Any:
    """JSON as pages have it: inside `<script>`, with comment lines and commas before a closing bracket."""
    text = re.sub(r"</?script[^>]*>", "", path.read_text("utf-8", errors="replace"))
    return json.loads(re.sub(r",(\s*[}\]])", r"\1", re.sub(r"(?m)^\s*//.*$", "", text)))


def _iter_nodes(value: Any) -> Iterator[str]:
    for node in as_list(value):
        if not isinstance(node, dict):
            continue
        for kind in {TYPES.get(str(name).rpartition(":")[2]) for name in as_list(node.get("@type"))} - {None}:
            yield from (f"bioschemas:{kind}/{_key(key)}" for key in node if not key.startswith("@"))
        for inner in node.values():
            yield from _iter_nodes(inner)


def _key(key: str) -> str:
    return slug(key.removeprefix("http://purl.org/dc/terms/"))
