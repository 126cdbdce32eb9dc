"""What the graph says of an image list: how many images, how large, in which formats; never an image by itself.

The figures lie in the graph SUMMARY, so that nobody has to count (DESIGN section 8; decisions/0009).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from catalogue.model.image_columns import COLUMNS
from catalogue.model.namespaces import BASE, TERMS, expand
from catalogue.store.graph.base import SUMMARY, Change, SetValue

if TYPE_CHECKING:
    from catalogue.store.entries import Entry

IMAGE_COUNT: Final = TERMS + "imageCount"
TOTAL_SIZE: Final = TERMS + "totalSizeBytes"
FORMAT: Final = expand("dcterms:format")
STUDY: Final = expand("dcterms:isPartOf")
_FORMATS: Final = next(column.values for column in COLUMNS if column.name == "format")


def listed_images(entry: Entry) -> int:
    """Images in the list, 0 for one that is withdrawn or suppressed."""
    return int(entry.record["rows"]) if entry.status == "public" else 0


def list_values(entry: Entry) -> list[Change]:
    """The figures of a list and of each format in it; of a list without images none."""
    subject = BASE + entry.curie
    record: dict[str, Any] = entry.record if entry.status == "public" else {}
    rows = record.get("rows") or None
    said: list[Change] = [
        SetValue(SUMMARY, subject, IMAGE_COUNT, rows),
        SetValue(SUMMARY, subject, TOTAL_SIZE, record.get("total_size_bytes") if rows else None),
    ]
    formats = record.get("formats", {}) if rows else {}
    for name in _FORMATS:
        count = formats.get(name)
        part = f"{subject}/format/{name}"
        said.append(SetValue(SUMMARY, part, IMAGE_COUNT, count))
        said.append(SetValue(SUMMARY, part, FORMAT, name if count else None))
    return said
