"""What breaks each rule of human data 1."""

from __future__ import annotations

from tests.model.profiles.cases import (
    Record,
    add,
    case,
    cell_line_study,
    drop,
    full_image,
    full_study,
    patients_study,
    public_study,
    put,
)


def mouse_study() -> Record:
    """A study that shows no human material and says nothing about access."""
    record = patients_study()
    record["terms"][0] = {"type": "Taxon", "id": "NCBITaxon:10090", "label": "Mus musculus"}
    record["organisms"] = record["biosamples"][0]["organisms"] = ["NCBITaxon:10090"]
    del record["access"]
    return record


def patented_line_study() -> Record:
    """A human cell line under embargo: closed, but nobody's consent is in question and no committee decides."""
    record = cell_line_study()
    access = {"access_level": "RESTRICTED", "closure_reason": "embargo", "embargo_until": "2031-01-01"}
    record["access"] |= access
    record["holdings"][0]["status_of_copy"] = "restricted"
    return record


def _status(value: str) -> Record:
    return {"id": "biostudies:S-BIAD999002/access/consent", "consent_status": value}


GOOD = (patients_study, public_study, cell_line_study, mouse_study, patented_line_study, full_image)
CASES = [
    case(patients_study, "Study-access", drop("access")),
    case(public_study, "Study-access", drop("access")),
    case(cell_line_study, "Study-access-of-cell-lines", drop("access")),
    case(patients_study, "Study-license", put("license", "https://creativecommons.org/licenses/by/4.0/")),
    case(patients_study, "Access-consent", drop("access.consent")),
    case(patients_study, "Access-consent", drop("access.consent", "access.closure_reason")),
    case(patients_study, "Access-ethics_approval", drop("access.ethics_approval")),
    case(patients_study, "Access-data_access_committee", drop("access.data_access_committee")),
    case(patients_study, "Access-request_url", drop("access.request_url", "access.access_policy")),
    case(patients_study, "Access-conditions", drop("access.conditions", "access.condition_modifiers")),
    case(patients_study, "Access-access_policy", drop("access.access_policy")),
    case(patients_study, "Access-deidentification", drop("access.deidentification")),
    case(patients_study, "Access-response_days", drop("access.response_days")),
    case(patients_study, "Access-closure_reason", drop("access.closure_reason")),
    case(public_study, "Access-basis", drop("access.consent")),
    case(cell_line_study, "Access-basis", drop("biosamples.0.cell_lines")),
    case(patients_study, "Access-condition-terms", add("access.conditions", "MONDO:0005575")),
    case(patients_study, "Access-condition_modifiers", drop("access.condition_modifiers")),
    case(patients_study, "Access-permissions", add("access.conditions", "DUO:0000042")),
    case(public_study, "Access-open-with-reason", put("access.closure_reason", "personal_data")),
    case(public_study, "Access-open-with-conditions", put("access.conditions", ["DUO:0000046"])),
    case(public_study, "Access-open-with-embargo", put("access.embargo_until", "2031-01-01")),
    case(patented_line_study, "Access-embargo_until", drop("access.embargo_until")),
    case(patients_study, "Access-access_level", put("access.consent", _status("withdrawn"))),
    case(patients_study, "Copy-status_of_copy", put("holdings.0.status_of_copy", "available")),
    case(full_study, "Copy-status_of_copy", put("components.0.holdings.0.status_of_copy", "available")),
    case(
        patients_study,
        "Copy-status_of_copy",
        put("access.consent", _status("withdrawn")),
        put("access.access_level", "NON_PUBLIC"),
        put("holdings.0.status_of_copy", "available"),
    ),
    case(
        full_image,
        "Copy-status_of_copy",
        put("access", {"id": "idr:6001240/access", "access_level": "NON_PUBLIC", "closure_reason": "personal_data"}),
    ),
    case(patients_study, "Consent-reason", put("access.consent", _status("waived"))),
    case(patients_study, "Consent-reason", put("access.consent", _status("not_required"))),
    case(patients_study, "Consent-description", drop("access.consent.description")),
    case(
        patients_study,
        "DataAccessCommittee-contacts",
        drop("access.data_access_committee.url", "access.data_access_committee.contacts.0.email"),
    ),
    case(patients_study, "Biosample-date_collected", put("biosamples.0.date_collected", "2021-03-04")),
]
