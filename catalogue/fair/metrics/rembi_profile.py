"""Whether the record says all that REMBI asks for."""

from __future__ import annotations

from typing import Any, Final

from catalogue.fair.judging import profile_outcome
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome

_AT: Final = "biostudies:S-BIAD1/"
_COMPLETE: Final[dict[str, Any]] = {
    "title": "Confocal images of dividing HeLa cells",
    "description": "Images of HeLa cells in mitosis, stained for tubulin.",
    "date_published": "2024-01-10",
    "keywords": ["mitosis"],
    "authors": [
        {
            "type": "Person",
            "name": "A. Author",
            "family_name": "Author",
            "given_name": "A.",
            "affiliations": [{"type": "Organization", "name": "An institute"}],
        }
    ],
    "terms": [
        {"id": "NCBITaxon:9606", "type": "Taxon", "label": "Homo sapiens"},
        {"id": "FBbi:00000251", "type": "ImagingMethod", "label": "confocal microscopy"},
    ],
    "biosamples": [{"id": _AT + "b", "organisms": ["NCBITaxon:9606"], "biological_entity": "HeLa cells"}],
    "specimens": [{"id": _AT + "s", "sample_preparation": "Fixed with PFA."}],
    "acquisitions": [
        {"id": _AT + "a", "methods": ["FBbi:00000251"], "instrument": "Zeiss", "acquisition_parameters": "63x"}
    ],
    "components": [
        {
            "type": "StudyComponent",
            "title": "Mitosis",
            "description": "All images.",
            "biosamples": [_AT + "b"],
            "specimens": [_AT + "s"],
            "acquisitions": [_AT + "a"],
        }
    ],
}


def _judge(study: Subject) -> Judgement:
    return profile_outcome(study, "rembi-1.5", "REMBI 1.5")


METRIC: Final = Metric(
    id="rembi-profile",
    version="1.0",
    principle="R1.3",
    title="The record fulfils REMBI 1.5",
    question="Does the record say all that the community recommends to say about biological images?",
    counts="The record, held against the profile rembi-1.5 in SHACL, breaks no obligatory rule.",
    fix="Fill in the fields that the broken rules name.",
    mender=Mender.OWNER,
    reads=("profile_results", "broken_rules"),
    judge=_judge,
    cases=(
        Case("all that is asked for", Outcome.PASS, _COMPLETE),
        Case(
            "no instrument",
            Outcome.FAIL,
            _COMPLETE | {"acquisitions": [{"id": _AT + "a", "methods": ["FBbi:00000251"]}]},
        ),
        Case("title and licence only", Outcome.FAIL),
    ),
    source="REMBI 1.5, https://www.ebi.ac.uk/bioimage-archive/rembi-model-reference/; RDA-R1.3-01M.",
    limits="It asks for fields, not for sense; what an archive has and does not export is missing here.",
    answers=("RDA-R1.3-01M", "FsF-R1.3-01M-1"),
)
