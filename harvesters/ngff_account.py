"""The account of a store: every property of its documents mapped, left out for a reason, or reported.

What surrounds the OME attributes (zarr_format, node_type, consolidated copies) is Zarr's syntax and not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.problems import RecordRejected
from harvesters.ngff_labels import label_groups, labels_group
from harvesters.ngff_metadata import level_paths
from harvesters.ngff_profile import CLOSED, INNER, PROPERTIES
from harvesters.ngff_values import Findings, shown
from harvesters.zarr_documents import Documents, join

MAX_UNMAPPED: Final = 200
_LABEL_PIXELS: Final = {
    "multiscales": "pyramid of a label image, which opens through the store",
    "omero": "display of a label image, which opens through the store",
}
_BESIDE: Final = "attributes beside ome: of another vocabulary"
_ARRAY_OTHERS: Final = {"attributes": "attributes of an array, none of them OME-Zarr's"}


class Account:
    """Counts what the documents say, by the names of ngff_profile."""

    def __init__(self) -> None:
        self.mapped = 0
        self.ignored: Counter[str] = Counter()
        self.unmapped: Counter[str] = Counter()

    def read(self, documents: Documents, images: list[str], groups: list[str]) -> None:
        """Count the groups above the images, the images with their arrays, and their labels.

        Args:
            groups: the root and what stands between it and the images (wells, OME).
        """
        for group in dict.fromkeys([*groups, *images]):
            self._group(documents, group)
        for image in images:
            for path in level_paths(documents, image):
                array = documents.find(join(path, "zarr.json")) or documents.find(join(path, ".zarray"))
                self._count(array or {}, "zarr", _ARRAY_OTHERS)
            self._group(documents, labels_group(image))
            for group in label_groups(documents, image):
                self._group(documents, group, _LABEL_PIXELS)

    def report(self, findings: Findings) -> None:
        """A finding for every property that nobody foresaw."""
        for path, times in self.unmapped.items():
            findings.note(
                "unmapped-property", Severity.INFO, path, path, f"Stands {times} times; left out, the store keeps it."
            )

    def _group(self, documents: Documents, group: str, others: Mapping[str, str] | None = None) -> None:
        try:
            found = documents.group(group)
        except RecordRejected:  # a labels document that is no JSON, about which there is a finding
            return
        if found is None:
            return
        self._count(found[0], "", others or {})
        attributes = (documents.find(found[2]) or {}).get("attributes") if found[1] == 3 else None
        if isinstance(attributes, dict) and "ome" in attributes:
            self.ignored += Counter({_BESIDE: len(attributes) - 1})

    def _count(self, entry: Mapping[str, Any], place: str, others: Mapping[str, str]) -> None:
        for key, value in entry.items():
            path = f"{place}/{key}" if place else key
            reason = others.get(key) or PROPERTIES.get(path, PROPERTIES.get(f"{place}/*", ""))
            if reason is None:
                self.mapped += 1
                self._enter(path, value)
            elif reason:
                self.ignored[f"{path}: {reason}"] += 1
            else:
                name = shown(path)[:100]
                known = name in self.unmapped or len(self.unmapped) < MAX_UNMAPPED
                self.unmapped[name if known else "(further properties)"] += 1

    def _enter(self, path: str, value: Any) -> None:
        if path in CLOSED or path == "image-label/properties/*":
            return
        listed = value if isinstance(value, list) else [value]
        if path == "multiscales" and len(listed) > 1:
            self.ignored["multiscales: only the first of several is read"] += len(listed) - 1
            listed = listed[:1]
        for item in listed:
            if isinstance(item, dict):
                self._count(item, INNER.get(path, path), {})
