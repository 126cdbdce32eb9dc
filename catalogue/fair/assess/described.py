"""What one document says of a study that is elsewhere, and how much that is."""

from __future__ import annotations

from typing import Any, Final

from catalogue.fair.assess.base import Described, MapDocument
from catalogue.model.documents import SourceDocument
from catalogue.model.identifiers import Identifier

MOST_STATEMENTS: Final = 10_000
"""Of one record; the fullest of 871 real studies has 337, and 20,000 authors take a minute to judge."""


def describe(document: SourceDocument, study: Identifier, map_document: MapDocument) -> Described:
    """What a document says of the study that it is about.

    Raises:
        RecordRejected: it cannot be read as a study.
    """
    harvester, mapped = map_document(document, study)
    record = next((one for one in mapped.records if one.get("type") == "Study"), {})
    return Described(harvester, filled(record), _with_images(record, mapped.records))


def _with_images(record: dict[str, Any], records: list[dict[str, Any]]) -> dict[str, Any]:
    """The study; images that came with it are under a key that no record of the model has."""
    images = [one for one in records if one.get("type") == "Image"]
    return {**record, "@images": images} if images else record


def filled(value: Any) -> int:
    """Number of values that are stated."""
    if isinstance(value, dict):
        return sum(filled(one) for name, one in value.items() if name not in {"id", "type", "owner", "accession"})
    return sum(map(filled, value)) if isinstance(value, list) else 1
