"""What breaks each rule of REMBI 1.5."""

from __future__ import annotations

from tests.model.profiles.cases import Record, add, case, drop, full_study, put

PARTS = ("biosamples", "specimens", "acquisitions", "correlations", "analyses")


def associated_study() -> Record:
    """A study whose component says by associations what goes together, as S-BIAD1388 does."""
    record = full_study()
    component = record["components"][0]
    association = {part: component.pop(part) for part in PARTS}
    component["associations"] = [{"id": f"{component['id']}/association/1", **association}]
    return record


GOOD = (full_study, associated_study)
CASES = [
    case(full_study, "Study-title", put("title", "Spindles of HeLa cells")),
    case(full_study, "Study-description", drop("description")),
    case(full_study, "Study-description", put("description", "Some spindles, alive.")),
    case(full_study, "Study-date_published", drop("date_published", "access.embargo_until")),
    case(full_study, "Study-keywords", drop("keywords")),
    case(full_study, "Study-authors", drop("authors")),
    case(full_study, "Study-components", drop("components")),
    case(full_study, "Study-biosamples", drop("biosamples")),
    case(full_study, "Study-specimens", drop("specimens")),
    case(full_study, "Study-acquisitions", drop("acquisitions")),
    case(full_study, "Study-funding_statement", drop("funding_statement")),
    case(full_study, "Study-correlations", drop("components.0.correlations", "components.0.associations")),
    case(full_study, "Study-analyses", drop("components.0.analyses", "components.0.associations")),
    case(full_study, "Author-family_name", drop("authors.0.family_name")),
    case(full_study, "Author-given_name", drop("authors.0.given_name")),
    case(full_study, "Author-affiliations", drop("authors.0.affiliations")),
    case(full_study, "Grant-grant_identifier", drop("grants.0.grant_identifier")),
    case(full_study, "Grant-funder", drop("grants.0.funder")),
    case(full_study, "Publication-title", drop("publications.0.title")),
    case(full_study, "StudyComponent-description", drop("components.2.description")),
    case(full_study, "StudyComponent-biosamples", drop("components.1.biosamples")),
    case(full_study, "StudyComponent-specimens", drop("components.3.specimens")),
    case(full_study, "StudyComponent-acquisitions", drop("components.3.acquisitions")),
    case(associated_study, "StudyComponent-acquisitions", drop("components.0.associations.0.acquisitions")),
    case(associated_study, "Study-analyses", drop("components.0.associations.0.analyses")),
    case(full_study, "Biosample-organisms", drop("biosamples.0.organisms")),
    case(full_study, "Biosample-biological_entity", drop("biosamples.0.biological_entity")),
    case(full_study, "Taxon", add("terms", {"type": "Taxon", "id": "https://example.org/human", "label": "human"})),
    case(full_study, "Specimen-sample_preparation", drop("specimens.0.sample_preparation")),
    case(full_study, "ImageAcquisition-methods", drop("acquisitions.0.methods")),
    case(full_study, "ImageAcquisition-instrument", drop("acquisitions.0.instrument", "acquisitions.0.instruments")),
    case(full_study, "ImageAcquisition-acquisition_parameters", drop("acquisitions.0.acquisition_parameters")),
    *(
        case(full_study, f"ImageCorrelation-{field}", drop(f"correlations.0.{field}"))
        for field in ("spatial_and_temporal_alignment", "fiducials_used", "transformation_matrix")
    ),
    case(full_study, "ImageAnalysis-description", drop("analyses.0.description")),
]
