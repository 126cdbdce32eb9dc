"""Images that curators describe by label and file pattern, as image records whose inputs are found by label.

A pattern that names many files (`TS_006_{}_{}.tif`) is one image: the series of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from catalogue.model.documents import Record, Severity
from catalogue.model.identifiers import Identifier, image_identifier
from catalogue.problems import BadIdentifier
from harvesters.account import Entry
from harvesters.draft import StudyDraft

_PATTERN: Final = re.compile(r"[{}*?]")


class Images:
    """The image records of one study, in the order given."""

    def __init__(self, study: Identifier):
        self._study = study
        self._records: dict[str, Record] = {}
        self._by_label: dict[str, str] = {}
        self._by_path: dict[str, str] = {}
        self._waiting: list[tuple[Record, Entry]] = []

    def add(self, entry: Entry, label: str, paths: Iterable[str], component: str | None, **parts: list[str]) -> None:
        """One image; a label used twice gets a number, so that both stay apart.

        Args:
            parts: slots of CreationProcess with identifiers of the study's parts.
        """
        name = self._name(entry, label)
        if name is None:
            return
        files = [{"id": f"{name.curie}/file/{number}", "path": path} for number, path in enumerate(paths, 1)]
        record: Record = {
            "type": "Image", "id": name.curie, "accession": name.accession, "owner": name.prefix,
            "study": self._study.curie, "title": label,
        }  # fmt: skip
        process = StudyDraft.filled(parts)
        fields: dict[str, Any] = {
            "component": component,
            "files": files,
            "creation_process": {"id": f"{name.curie}/creation", **process} if process else None,
        }
        record.update(StudyDraft.filled(fields))
        self._records[name.curie] = record
        self._by_label.setdefault(label, name.curie)
        for file in files:
            self._by_path.setdefault(file["path"], name.curie)
        if any(_PATTERN.search(file["path"]) for file in files):
            message = "A pattern that several files follow; one image, the series of them."
            entry.complain("image-series", Severity.INFO, "file_pattern", message)
        self._waiting.append((record, entry))

    def find(self, entry: Entry) -> list[str]:
        """The images that the inputs of an entry name; ones that nobody described get a finding."""
        found: dict[str, None] = {}
        for key in ("input_label", "input_label_prefix"):
            for label in entry.texts(key):
                if label in self._by_label:
                    found[self._by_label[label]] = None
                else:
                    entry.complain("reference-unknown", Severity.WARNING, key, "No image has this label.", label)
        for path in entry.texts("input_file_pattern"):
            if path in self._by_path:
                found[self._by_path[path]] = None
            elif not found:
                message = "No image has this file pattern."
                entry.complain("reference-unknown", Severity.WARNING, "input_file_pattern", message, path)
        return list(found)

    def records(self) -> list[Record]:
        """All images with their inputs; call it once, after the last one was added."""
        for record, entry in self._waiting:
            inputs = [name for name in self.find(entry) if name != record["id"]]
            if inputs:
                process = record.setdefault("creation_process", {"id": f"{record['id']}/creation"})
                process["input_images"] = inputs
        return list(self._records.values())

    def _name(self, entry: Entry, label: str) -> Identifier | None:
        for number in range(1, len(self._records) + 2):
            try:
                name = image_identifier(self._study, label if number == 1 else f"{label[:80]} {number}")
            except BadIdentifier:
                message = "Has no letter or digit to name the image by; left out."
                entry.complain("image-without-name", Severity.WARNING, "label", message, label)
                return None
            if name.curie not in self._records:
                return name
        raise AssertionError("unreachable: among n+1 names one is free")
