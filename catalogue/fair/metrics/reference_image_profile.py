"""Whether images that were reviewed as references can serve as such."""

from __future__ import annotations

from typing import Any, Final

from catalogue.fair.facts import Row
from catalogue.fair.judging import evidence
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Evidence, Judgement, Mender, Outcome, failed, indeterminate, not_applicable, passed
from catalogue.fair.profiles import rules
from catalogue.model.profiles import SHAPES

_PROFILE: Final = SHAPES + "reference-image-1"


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("image_profile_results") if row.said("profile") == _PROFILE]
    if not rows:
        return not_applicable("No image of the study was reviewed as a reference.")
    broken = [row for row in rows if row.text.endswith("/Failed")]
    if broken:
        said = f"{len(broken)} of {len(rows)} reviewed images lack what a reference image must have."
        add = tuple(f"<{broken[0].said('image')}> <{path}> … ." for path in _paths(study, broken[0])[:5])
        told = [Evidence(text) for text in _messages(study, broken[0])]
        return failed(said, *evidence(broken), *told, add=add or (f"<{broken[0].said('image')}> … … .",))
    unsure = [row for row in rows if not row.text.endswith("/Passed")]
    if unsure:
        return indeterminate("The check could not be finished for all reviewed images.", *evidence(unsure))
    return passed(f"All {len(rows)} reviewed images can serve as references.", *evidence(rows))


def _shapes(study: Subject, result: Row) -> list[str]:
    return [row.text for row in study.rows("image_broken_rules") if row.node == result.node and row.text in rules()]


def _messages(study: Subject, result: Row) -> list[str]:
    return [f"{shape.removeprefix(SHAPES)}: {rules()[shape].message}" for shape in _shapes(study, result)]


def _paths(study: Subject, result: Row) -> list[str]:
    own = [shape for shape in _shapes(study, result) if shape.startswith(_PROFILE + "-Image-")]
    return [rules()[shape].path for shape in own if rules()[shape].path]


_AT: Final = "biostudies:S-BIAD1.1/"
_STUDY: Final = "biostudies:S-BIAD1/"
_COPY: Final[dict[str, Any]] = {
    "site": "biostudies",
    "endpoint": "https://archive.example/",
    "key": "1.zarr",
    "status_of_copy": "available",
    "verification_level": "L4",
    "last_verified": "2026-01-01T00:00:00Z",
    "checksums": [{"id": _AT + "c/1", "algorithm": "sha256", "checksum_value": "0" * 64}],
}
_AXES: Final = [
    {"id": f"{_AT}a/{n}", "index": n, "name": name, "axis_type": "space", "unit": "micrometer", "size": 5}
    for n, name in enumerate("yx")
]
_COMPLETE: Final[dict[str, Any]] = {
    "title": "Nuclei",
    "description": "Nuclei of HeLa cells.",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "date_acquired": "2025-05-01",
    "organisms": ["NCBITaxon:9606"],
    "methods": ["FBbi:00000251"],
    "terms": [
        {"id": "NCBITaxon:9606", "type": "Taxon", "label": "Homo sapiens"},
        {"id": "FBbi:00000251", "type": "ImagingMethod", "label": "confocal microscopy"},
    ],
    "creation_process": {"specimens": [_STUDY + "specimen/1"], "acquisitions": [_STUDY + "acquisition/1"]},
    "representations": [
        {
            "format": "OME-Zarr",
            "shape": "5,5",
            "data_type": "uint16",
            "pixel_size_x_um": 0.1,
            "pixel_size_y_um": 0.1,
            "axes": _AXES,
            "channels": [{"id": _AT + "ch/0", "index": 0, "label": "DAPI", "fluorophore": "DAPI"}],
            "replicas": [{"id": _AT + "r/1", **_COPY}],
        }
    ],
    "reviews": [
        {
            "review_state": "accepted",
            "review_profile": _PROFILE,
            "reviewers": ["https://orcid.org/0000-0002-1825-0097"],
            "date_reviewed": "2026-01-01",
            "description": "Sharp; a reference for nuclei.",
        }
    ],
}

METRIC: Final = Metric(
    id="reference-image-profile",
    version="1.0",
    principle="R1.3",
    title="Reviewed images can serve as references",
    question="Can others measure their own images against those that were reviewed as references?",
    counts="Every image with a review, held against the profile reference-image-1 in SHACL, breaks no obligatory rule.",
    fix="Give the image its own licence, description, pixel size, channels, a checked copy, and finish its review.",
    mender=Mender.OWNER,
    reads=("image_profile_results", "image_broken_rules"),
    judge=_judge,
    cases=(
        Case("all that is asked for", Outcome.PASS, images=(_COMPLETE,)),
        Case("no licence of its own", Outcome.FAIL, images=(_COMPLETE | {"license": None},)),
        Case("not reviewed", Outcome.NOT_APPLICABLE, images=(_COMPLETE | {"reviews": None},)),
    ),
    source="Reference image 1, https://w3id.org/ommatidia/shapes/reference-image-1.",
    limits="It concerns images that somebody proposed as a reference, and no others.",
)
