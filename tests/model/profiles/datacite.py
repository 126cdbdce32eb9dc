"""What breaks each rule of DataCite 4.5."""

from __future__ import annotations

from tests.model.profiles.cases import case, drop, full_study, patients_study

GOOD = (full_study, patients_study)
ABOUT = ("keywords", "subjects", "organisms", "methods")
RELATED = (
    "related_resources", "publications", "volume_maps", "structures", "sequence_records", "expression_records",
    "image_entries",
)  # fmt: skip
CASES = [
    case(full_study, "Study-doi", drop("doi")),
    case(full_study, "Study-authors", drop("authors")),
    case(full_study, "Study-publisher", drop("publisher")),
    case(full_study, "Study-date_published", drop("date_published")),
    case(full_study, "Study-keywords", drop(*ABOUT)),
    case(full_study, "Study-contributors", drop("contributors")),
    case(full_study, "Study-related_resources", drop(*RELATED)),
    case(full_study, "Study-description", drop("description")),
    case(full_study, "Contributor-contributor_types", drop("contributors.0.contributor_types")),
    case(full_study, "Grant-funder", drop("grants.0.funder")),
]
