"""Profiles over the real crates and stores: what they say is what counting the fields of the records says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalogue.model.documents import Record
from catalogue.model.namespaces import expand
from catalogue.model.profile_results import ProfileChecks
from catalogue.model.profiles import profiles
from catalogue.model.rdf import triples
from tests.conftest import PARTNERS
from tests.model.profiles.real_table import Counts, count, real_records

pytestmark = pytest.mark.partners
HUMAN = "NCBITaxon:9606"


@pytest.fixture(scope="module")
def found() -> Counts:
    """Outcomes and broken rules of every real record."""
    return count(PARTNERS)


@pytest.fixture(scope="module")
def studies() -> list[Record]:
    """The records of all real crates."""
    return [record for archive, record in real_records(PARTNERS) if archive != "ome-zarr"]


def total(found: Counts, profile: str, rule: str) -> int:
    return sum(number for (name, what, _), number in found.items() if (name, what) == (profile, rule))


def is_human(study: Record) -> bool:
    return any(HUMAN in part.get("organisms", ()) for part in (study, *study.get("biosamples", ())))


def names_cell_lines(study: Record) -> bool:
    samples = [sample for sample in study.get("biosamples", ()) if HUMAN in sample.get("organisms", ())]
    named = any("cell_lines" in sample for sample in study.get("biosamples", ()))
    subjects = any(mark in expand(term) for term in study.get("subjects", ()) for mark in ("/CLO_", "CVCL_"))
    return all("cell_lines" in sample for sample in samples) and (named or subjects)


def people(study: Record) -> list[Record]:
    return [author for author in study.get("authors", ()) if author["type"] == "Person"]


def lacks(field: str) -> Callable[[Record], bool]:
    return lambda study: field not in study


EXPECTED: dict[tuple[str, str], Callable[[Record], bool]] = {
    ("gide-0.2", "Study-description"): lacks("description"),
    ("gide-0.2", "Study-methods"): lacks("methods"),
    ("gide-0.2", "Study-organisms"): lacks("organisms"),
    ("gide-0.2", "Study-thumbnails"): lacks("thumbnails"),
    ("rembi-1.5", "Study-title"): lambda study: len(study["title"]) < 25,
    ("rembi-1.5", "Study-description"): lambda study: len(study.get("description", "")) < 25,
    ("rembi-1.5", "Study-keywords"): lacks("keywords"),
    ("rembi-1.5", "Study-components"): lacks("components"),
    ("rembi-1.5", "Study-biosamples"): lacks("biosamples"),
    ("rembi-1.5", "Study-specimens"): lacks("specimens"),
    ("rembi-1.5", "Author-family_name"): lambda study: any("family_name" not in author for author in people(study)),
    ("rembi-1.5", "Author-affiliations"): lambda study: any("affiliations" not in author for author in people(study)),
    ("rembi-1.5", "Biosample-organisms"): lambda study: any(
        "organisms" not in sample for sample in study.get("biosamples", ())
    ),
    ("rembi-1.5", "Grant-funder"): lambda study: any("funder" not in grant for grant in study.get("grants", ())),
    ("datacite-4.5", "Study-doi"): lacks("doi"),
    ("datacite-4.5", "Study-contributors"): lacks("contributors"),
    ("dcat-ap-3", "Dataset-description"): lacks("description"),
    ("dcat-ap-3", "Dataset-keywords"): lacks("keywords"),
    ("dcat-ap-3", "Dataset-distribution"): lambda study: not {"holdings", "files"} & set(study),
    ("human-data-1", "Study-access"): lambda study: (
        is_human(study) and "access" not in study and not names_cell_lines(study)
    ),
    ("human-data-1", "Study-access-of-cell-lines"): lambda study: (
        is_human(study) and "access" not in study and names_cell_lines(study)
    ),
}


@pytest.mark.parametrize(("profile", "rule"), EXPECTED)
def test_rule_counts_what_the_records_lack(found: Counts, studies: list[Record], profile: str, rule: str) -> None:
    """As many real studies break a rule as lack, by plain counting, what it asks for."""
    assert total(found, profile, rule) == sum(map(EXPECTED[profile, rule], studies))


def test_each_study_has_one_outcome_a_profile(found: Counts, studies: list[Record]) -> None:
    """All 871 studies pass or fail the profiles about studies, the human ones also that about human data."""
    for profile in ("gide-0.2", "rembi-1.5", "datacite-4.5", "dcat-ap-3"):
        assert total(found, profile, "passed") + total(found, profile, "failed") == len(studies) == 871
    human = total(found, "human-data-1", "passed") + total(found, "human-data-1", "failed")
    assert human == sum(map(is_human, studies)) > 300


def test_silence_about_access_is_one_broken_rule(studies: list[Record]) -> None:
    """A human study silent about access breaks one rule; of established cell lines alone, it does not fail."""
    checks = ProfileChecks([profiles()["human-data-1"]])
    for study in studies:
        if is_human(study) and "access" not in study:
            (result,) = checks.results(study["id"], triples(study))
            assert len(result["broken_rules"]) == 1
            assert (result["outcome"] == "passed") is names_cell_lines(study)


def test_real_images_are_ome_ngff(found: Counts, partners: Path) -> None:
    """Whole stores of IDR and of the specification fulfil what OME-NGFF demands; recommendations may be broken."""
    images = sum(archive == "ome-zarr" for archive, _ in real_records(partners))
    assert total(found, "ngff-image-1", "passed") == images > 10
