"""What all forms of the BioImage Archive's metadata share: its name, its words for roles and annotations."""

from __future__ import annotations

import re
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.problems import RecordRejected
from harvesters.draft import StudyDraft

# Files of one list or section that are named one by one; the archive's own list has the rest.
NAMED: Final = 200
_INVENTED: Final = re.compile(r"TEST|XXX", re.ASCII)
# Words of the archive's form that have a counterpart in DataCite's list; others stay in the words of the source.
CONTRIBUTOR_TYPES: Final = {
    "corresponding author": "CorrespondingAuthor",
    "principal investigator": "PrincipalInvestigator",
    "submitter": "Submitter",
    "data acquisition": "DataCollector",
    "data curator": "DataCurator",
    "data curation": "DataCurator",
    "data steward": "DataManager",
    "supervision": "Supervisor",
}
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


def refuse_invented(curie: str) -> None:
    """Raise for accessions that the archive's developers made up: those with TEST, and the template's XXX."""
    if _INVENTED.search(curie):
        raise RecordRejected(
            f"{curie} is an accession that the archive's developers invented for tests. Leave it out of the source.",
            reason="policy",
            identifier=curie,
        )


def publisher(collections: list[str]) -> dict[str, Any] | None:
    """The BioImage Archive, where the submission is attached to it."""
    if "bioimages" not in {name.lower() for name in collections}:
        return None
    return {"type": "Organization", "id": "https://www.ebi.ac.uk/bioimage-archive/", "name": "BioImage Archive"}
