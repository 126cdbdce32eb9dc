"""What breaks each rule of MIFA 1.0."""

from __future__ import annotations

from tests.model.profiles.cases import case, drop, full_study, put

GOOD = (full_study,)
CASES = [
    case(full_study, "Study-description", drop("description")),
    case(full_study, "Study-license", put("license", "https://creativecommons.org/licenses/by-nc/4.0/")),
    case(full_study, "Study-license", put("license", "https://creativecommons.org/licenses/by/4.0/deed")),
    case(full_study, "Study-funding_statement", drop("funding_statement")),
    case(full_study, "Study-annotation_methods", drop("annotation_methods")),
    case(full_study, "Study-version", drop("version")),
    case(full_study, "Author-family_name", drop("authors.0.family_name")),
    case(full_study, "Author-given_name", drop("authors.0.given_name")),
    case(full_study, "Grant-grant_identifier", drop("grants.0.grant_identifier")),
    case(full_study, "Grant-funder", drop("grants.0.funder")),
    case(full_study, "Publication-title", drop("publications.0.title")),
    case(full_study, "Publication-author_list", drop("publications.0.author_list")),
    case(full_study, "Publication-doi", drop("publications.0.doi")),
    case(full_study, "AnnotationMethod-annotation_overview", drop("annotation_methods.0.annotation_overview")),
    case(full_study, "AnnotationMethod-description", drop("annotation_methods.0.description")),
    case(full_study, "AnnotationMethod-annotation_types", drop("annotation_methods.0.annotation_types")),
    case(full_study, "AnnotationData-source_images", drop("annotations.0.source_images")),
    case(full_study, "AnnotationData-annotation_method", drop("annotations.0.annotation_method")),
]
