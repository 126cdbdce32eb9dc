"""EMPIAR's entries: the contract, identity, and each trap of its documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from empiar_samples import CURATION, REGIONS, RULES, SOURCE, bundle, codes, entry, harvester, image_set, mapped, study

from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.empiar import EmpiarHarvester
from tests.harvesters.contract import HarvesterContract


class TestEmpiarContract(HarvesterContract):
    """EMPIAR's harvester keeps the contract of all harvesters."""

    def harvester(self) -> EmpiarHarvester:
        return harvester()

    def source(self) -> SourceSpec:
        return SOURCE

    def samples(self) -> list[SourceDocument]:
        contents = (entry(), bundle(CURATION, RULES, REGIONS))
        return [SourceDocument(f"{n}.json", "https://empiar.example/", c) for n, c in enumerate(contents)]

    def serve(self, folder: Path) -> SourceSpec:
        (folder / "entries").mkdir()
        (folder / "entries" / "10002.json").write_bytes(entry())
        (folder / "yaml").mkdir()
        (folder / "yaml" / "a.yaml").write_text(CURATION)
        options = {**SOURCE.options, "curation": str(folder / "yaml")}
        return SourceSpec("empiar", "empiar", str(folder / "entries"), ("empiar",), options)


def test_entry_becomes_a_study_of_empiars() -> None:
    """Names, days, kind and size of the entry stand where the crosswalk says; the size stays text."""
    record = study()
    assert record["id"] == "empiar:10002"
    assert record["alternative_identifiers"] == ["EMPIAR-10002"]
    assert record["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert record["size_statement"] == "305.5 GB"
    assert record["modalities"] == ["transmission_electron_microscopy"]
    assert record["scales"] == ["cell"]
    assert (record["date_deposited"], record["date_published"]) == ("2021-09-21", "2022-11-17")
    assert record["publisher"]["name"] == "EMPIAR"


def test_image_set_keeps_text_numbers_and_missing_heights() -> None:
    """EMPIAR-12104: image_width is the text "5760", pixel_height is null beside pixel_width."""
    (images,) = study()["components"]
    assert images["type"] == "ImageSet"
    assert (images["image_width_px"], images["image_height_px"]) == (5760, 4092)
    assert images["pixel_width_angstrom"] == 3.425
    assert "pixel_height_angstrom" not in images
    assert images["description"] == "Two\nlines"


@pytest.mark.parametrize(
    ("changes", "gone"),
    [
        ({"image_width": "0"}, "image_width_px"),
        ({"image_width": "5760 x 4092"}, "image_width_px"),
        ({"pixel_width": -1}, "pixel_width_angstrom"),
        ({"num_images_or_tilt_series": -3}, "image_count"),
    ],
)
def test_numbers_that_cannot_be_are_left_out(changes: dict[str, Any], gone: str) -> None:
    """A width of no pixel, a text with two numbers, a negative size or count: a finding, and no number."""
    result = mapped(entry(imagesets=[image_set(**changes)]))
    assert gone not in result.records[0]["components"][0]
    assert "number-form" in codes(result)


def test_image_set_without_a_name_is_called_by_its_folder() -> None:
    """A title is needed: the folder, else the category, else the set is left out."""
    sets = [image_set(name=""), image_set(name="", directory=""), image_set(name="", directory="", category="")]
    result = mapped(entry(imagesets=sets))
    assert [part["title"] for part in result.records[0]["components"]] == ["data/frames", "micrographs - multiframe"]
    assert "image-set-without-name" in codes(result)


def test_licence_is_the_operators_or_none() -> None:
    """Entries state no licence: without the source's own the record has none, and cannot enter."""
    bare = SourceSpec("empiar", "empiar", "entries/", ("empiar",))
    found = harvester().map(SourceDocument("a", "", entry()), bare)
    assert "license" not in found.records[0]
    assert "license-missing" in codes(found)


def test_key_without_accession_is_identified_by_the_entrys_doi() -> None:
    """The archive's test entry SPECIMENTEST is 10.6019/EMPIAR-12104; that it is so is said."""
    result = mapped(entry("EMPIAR-SPECIMENTEST"))
    assert result.records[0]["id"] == "empiar:10002"
    assert "accession-form" in codes(result)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (entry("EMPIAR-10003"), "bad-identifier"),
        (entry("EMPIAR-TEST", entry_doi=None), "bad-identifier"),
        (entry("EMPIAR-TEST", entry_doi="10.6019/S-BIAD7"), "not-owner"),
        (entry("S-BIAD7", entry_doi=None), "not-owner"),
        (entry(title=" "), "schema-required"),
        (entry(status="HPUB"), "policy"),
        (entry(status="OBS"), "policy"),
        (entry(obsolete_date="2024-01-01"), "policy"),
        (b'{"title": "A deposition", "imagesets": []}', "bad-identifier"),
        (b'{"EMPIAR-10002": {}, "EMPIAR-10003": {}}', "not-parsable"),
        (CURATION.encode(), "schema-required"),
        (CURATION.replace("EMPIAR-10002", "").encode(), "bad-identifier"),
        (bundle(CURATION.replace("10002", "10003")), "bad-identifier"),
    ],
)
def test_what_cannot_be_a_record_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    """Two names for one entry, none, another's, no title, not released, a deposition, curation by itself."""
    with pytest.raises(RecordRejected) as refused:
        mapped(content)
    assert refused.value.reason == reason


def test_people_keep_their_parts_and_no_telephone() -> None:
    """The corresponding author is a contributor with address; telephone and fax are ignored for a reason."""
    person = {
        "first_name": "Ada", "middle_name": "B", "last_name": "Cee", "email": "a@example.org", "telephone": "012345",
        "fax": "0", "organization": "A lab", "town_or_city": "Here", "country": "US", "author_orcid": None,
    }  # fmt: skip
    result = mapped(entry(corresponding_author={"author": person}, principal_investigator=[person]))
    first, second = result.records[0]["contributors"]
    assert (first["name"], first["contributor_types"]) == ("Ada B Cee", ["CorrespondingAuthor"])
    assert second["contributor_types"] == ["PrincipalInvestigator"]
    assert first["affiliations"][0]["address"] == "Here, US"
    assert "012345" not in str(result.records)
    assert any("telephone" in path for path in result.ignored)


def test_references_become_typed_links() -> None:
    """Maps, other archives' entries, workflows and versions; what is no accession is left out with a finding."""
    result = mapped(entry(
        cross_references=[{"name": "EMD-8000"}, {"name": "8000"}],
        biostudies_references=[{"name": "S-BIAD7"}], idr_references=[{"name": "idr0042"}, {"name": "S-BIAD8"}],
        empiar_references=[{"name": "EMPIAR-10003"}],
        workflows=[{"url": "https://doi.org/10.48546/workflowhub.workflow.201.1", "type": "WorkflowHub"}],
        workflow_file={"path": "data/workflow.json"},
        version_history=[{"version_number": 2, "date": "2023-01-20", "status_code": "REL", "details": "Names mended"}],
        grant_references=[{"code": "1", "funding_body": "A funder", "country": "US"}],
    ))  # fmt: skip
    record = result.records[0]
    assert record["volume_maps"] == ["emdb:EMD-8000"]
    assert record["image_entries"] == ["biostudies:S-BIAD7", "idr:idr0042", "empiar:10003"]
    assert record["related_resources"][0]["relation"] == "IsCompiledBy"
    assert record["files"][0]["file_role"] == "workflow"
    assert record["version_history"][0]["description"] == "Status REL. Names mended"
    assert record["grants"][0]["funder"]["name"] == "A funder"
    assert codes(result).count("reference-form") == 2


def test_paper_is_described_by_its_own_words() -> None:
    """Authors of a paper stay one text; a paper that has not come out has no date; a chapter's title wins."""
    paper = {
        "authors": [{"name": "Ant A", "order_id": 0}, {"name": "Bee B", "order_id": 1}], "editors": [],
        "published": True, "j_or_nj_citation": True, "title": "On ice", "journal": "Ice", "volume": "2", "year": 2017,
        "doi": "10.1000/ICE", "pubmedid": "28165453", "details": "An abstract.",
    }  # fmt: skip
    first, second = study(citation=[paper, {**paper, "published": False, "book_chapter_title": "Ice"}])["publications"]
    assert (first["author_list"], first["doi"], first["date_issued"]) == ("Ant A; Bee B", "10.1000/ice", "2017")
    assert (second["title"], "date_issued" in second) == ("Ice", False)


def test_unknown_scale_and_kind_are_no_defaults() -> None:
    """A scale that EMPIAR does not list is left out; a kind that says nothing certain gives no modality."""
    result = mapped(entry(scale="planet", experiment_type="CLEM"))
    assert "scales" not in result.records[0] and "modalities" not in result.records[0]
    assert "scale-unknown" in codes(result)
