"""The BioImage Archive's shared model: its OpenAPI components, API documents and the search documents made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .walking import iter_dicts, load_json, slug

SOURCE = "bia-shared-models"

# Every document has these five; they are listed once.
DOCUMENT = {"additional_metadata", "model", "object_creator", "uuid", "version"}
# Classes of nested objects that carry no model of their own, by the key they stand under.
CLASS_OF_KEY = {
    "additional_metadata": "Attribute",
    "affiliation": "Affiliation",
    "analysis_method": "ImageAnalysisMethod",
    "author": "Contributor",
    "channel_information": "Channel",
    "correlation_method": "ImageCorrelationMethod",
    "funder": "FundingBody",
    "grant": "Grant",
    "image_viewer_setting": "RenderedView",
    "model": "ModelMetadata",
    "organism_classification": "Taxon",
    "publication": "Publication",
    "related_publication": "Publication",
    "see_also": "ExternalReference",
    "signal_channel_information": "SignalChannelInformation",
}
# Maps by free key: their keys are values.
FREE = {"file_type_counts", "value"}


def iter_fields(partners: Path) -> Iterator[str]:
    folder = partners / "bia-api"
    schemas = load_json(folder / "openapi.json")["components"]["schemas"]
    properties = {name: set(schema.get("properties", ())) for name, schema in schemas.items()}
    for kind, keys in properties.items():
        yield from (_field(kind, key, properties) for key in keys)
    yield from (f"bia_api:AnnotationMethodType/{value}" for value in schemas["AnnotationMethodType"]["enum"])
    for path in folder.rglob("*.json"):
        if path.name != "openapi.json":
            yield from _iter_document(path, properties)


def _iter_document(path: Path, properties: dict[str, set[str]]) -> Iterator[str]:
    """API documents name their model; files of the export hold such documents by identifier."""
    document = load_json(path)
    by_identifier = "model" not in document
    for item in document.values() if by_identifier else [document]:
        yield from _iter_object(item, "SearchDocument", properties)


def _iter_object(item: dict[str, Any], kind: str, properties: dict[str, set[str]]) -> Iterator[str]:
    kind = (item.get("model") or {}).get("type_name", kind)
    for key, value in item.items():
        yield _field(kind, key, properties)
        if kind == "Attribute" and key == "name":
            yield f"bia_api:additional_metadata/{slug(re.sub(r'_[0-9a-f-]{36}$', '', value))}"
        if key not in FREE:
            for inner in iter_dicts(value):
                yield from _iter_object(inner, CLASS_OF_KEY.get(key, "SearchDocument"), properties)


def _field(kind: str, key: str, properties: dict[str, set[str]]) -> str:
    """A key that no component knows belongs to the search documents, which embed and repeat for the index."""
    if key in DOCUMENT and kind != "ModelMetadata":
        return f"bia_api:Document/{key}"
    return f"bia_api:{kind if key in properties.get(kind, ()) else 'SearchDocument'}/{key}"
