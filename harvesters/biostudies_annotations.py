"""Kinds of annotation and version history, as MIFA submissions of BioStudies write them."""

from __future__ import annotations

import re
from typing import Final

from catalogue.model.documents import Severity
from catalogue.model.forms import day
from harvesters.biostudies_pagetab import Node
from harvesters.draft import StudyDraft

ANNOTATION_TYPES: Final = {
    "class labels": "class_labels", "bounding boxes": "bounding_boxes", "counts": "counts",
    "derived annotations": "derived_annotations", "geometrical annotations": "geometrical_annotations",
    "graphs": "graphs", "point annotations": "point_annotations", "segmentation mask": "segmentation_mask",
    "segmentation masks": "segmentation_mask", "tracks": "tracks", "weak annotations": "weak_annotations",
    "other": "other",
}  # fmt: skip


def annotation_types(draft: StudyDraft, given: list[str], path: str) -> list[str]:
    """Kinds of annotation; a word that is none of MIFA's is left out with a finding."""
    found = []
    for text in given:
        for word in re.split(r"[,;]", text):
            kind = ANNOTATION_TYPES.get(" ".join(word.replace("_", " ").split()).lower())
            if kind:
                found.append(kind)
            elif word.strip():
                draft.account.note(
                    "annotation-type-unknown", Severity.WARNING, path, word, "None of MIFA's kinds; left out.",
                )  # fmt: skip
    return list(dict.fromkeys(found))


def map_version(draft: StudyDraft, node: Node) -> None:
    """An entry of the version history; annotations and study share one."""
    stamp = node.text("version_timestamp", lines=False)
    when = day(stamp) if stamp else None
    if stamp and when is None:
        draft.account.note("date-form", Severity.WARNING, node.path("version_timestamp"), stamp, "No day; left out.")
    elif stamp != when:
        draft.account.note("date-form", Severity.REPAIRED, node.path("version_timestamp"), stamp, f"Read as {when}.")
    node.text("previous_version")
    number, changes = node.text("annotation_version", lines=False, word=True), node.text("version_changes")
    if number or when or changes:
        draft.part("version_history", "version", version=number, date_of_version=when, description=changes)
