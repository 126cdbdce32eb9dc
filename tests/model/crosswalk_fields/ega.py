"""European Genome-phenome Archive: objects as JSON (also in the older words_with_underscores) and as XML.

Parts that all kinds of object share (identifiers, relationships, own attributes, ontology terms, files) stand once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .walking import iter_dicts, iter_xml_paths, load_json, load_xml

SOURCE = "ega"

SHARED = {
    "objectId": "objectId",
    "schemaDescriptor": "schemaDescriptor",
    "organismDescriptor": "organismDescriptor",
    "targetedLoci": "targetedLoci",
    "assayFiles": "file",
    "analysisFiles": "file",
    "adfFiles": "file",
}
# XML: the set and the list around objects say nothing of their own.
WRAPPERS = re.compile(r"(?:^|(?<=/))(?:\w+_SET|DATASETS|\w+_LINKS|\w+_ATTRIBUTES|CONTACTS|FILES)/")


def iter_fields(partners: Path) -> Iterator[str]:
    for path in (partners / "ega").rglob("*.json"):
        document = load_json(path)
        if "data" in document:
            yield from (f"ega:validationDocument/{key}" for key in document)
            document = document["data"]
        yield from _iter_object(document, path.parent.name)
    for path in (partners / "ega").rglob("*.xml"):
        for keys in iter_xml_paths(load_xml(path)):
            yield f"ega_xml:{WRAPPERS.sub('', '/'.join(keys))}"


def _iter_object(item: dict[str, Any], folder: str) -> Iterator[str]:
    """Objects name their type; the two-format examples do not, their folder does."""
    kind = item.get("schemaDescriptor", {}).get("objectType", folder)
    kind = "objectSet" if "objectArray" in item else kind
    for key, value in item.items():
        yield f"ega:{kind}/{_camel(key)}"
        if key == "objectArray":
            for inner in value:
                yield from _iter_object(inner, kind)
        else:
            yield from _iter_parts(value, _camel(key), kind)


def _iter_parts(value: Any, key: str, above: str) -> Iterator[str]:
    """Fields below `key`; a shared part starts a path of its own."""
    path = _shared(key) or f"{above}/{key}"
    for item in iter_dicts(value):
        for inner_key, inner in item.items():
            name = _camel(inner_key)
            yield f"ega:ontologyTerm/{name}" if name in {"termId", "termLabel"} else f"ega:{path}/{name}"
            yield from _iter_parts(inner, name, path)


def _shared(key: str) -> str | None:
    if key.endswith("Relationships"):
        return "relationship"
    if key.endswith("Attributes") and key != "minimalPublicAttributes":
        return "attribute"
    return SHARED.get(key)


def _camel(key: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), key)
