"""What becomes of submissions of both generations, and of what depositors write into them."""

from __future__ import annotations

import json
import time

import pytest
from biostudies_samples import (
    DATABASE,
    FLAT,
    NESTED,
    TEXT,
    WHOLE,
    codes,
    files,
    map_one,
    reference,
    section,
    study_of,
    submission,
)

from catalogue.problems import RecordRejected
from harvesters.biostudies_bundle import without_secrets
from harvesters.biostudies_text import parse_pagetab_text

STUDY = "biostudies:S-BIAD9001"


def test_associations_by_title_become_identifiers() -> None:
    """S-BIAD1388: what goes together is kept as it goes together; blanks and case of a title do not part it."""
    study = study_of(WHOLE)
    component = study["components"][0]
    assert [{key: one[key] for key in one if key != "id"} for one in component["associations"]] == [
        {
            "biosamples": [f"{STUDY}/biosample/1"], "specimens": [f"{STUDY}/specimen/1"],
            "acquisitions": [f"{STUDY}/acquisition/1"], "analyses": [f"{STUDY}/analysis/1"],
        },
        {
            "biosamples": [f"{STUDY}/biosample/2"], "specimens": [f"{STUDY}/specimen/2"],
            "acquisitions": [f"{STUDY}/acquisition/1"],
        },
    ]  # fmt: skip
    assert component["biosamples"] == [f"{STUDY}/biosample/1", f"{STUDY}/biosample/2"]
    assert [one["biosamples"] for one in study["specimens"]] == [[f"{STUDY}/biosample/1"], [f"{STUDY}/biosample/2"]]


def test_association_to_no_section_is_said_and_left_out() -> None:
    """S-BIAD2225 and S-BIAD2808 associate titles that no section has."""
    value = submission(
        section("Biosample", Title="One"),
        section("Study Component", Name="All", below=[section("Associations", Biosample="Another", Specimen="None")]),
    )
    assert codes(value).count("association-unresolved") == 2
    assert "associations" not in study_of(value)["components"][0]


def test_older_generation_nests_its_parts_in_components() -> None:
    """S-BIAD628 and S-BIAD590: samples, preparation and acquisition of a component stand inside it."""
    study = study_of(NESTED)
    component = study["components"][0]
    assert component["associations"] == [
        {
            "id": f"{STUDY}/component/1/association/1", "acquisitions": [f"{STUDY}/acquisition/1"],
            "specimens": [f"{STUDY}/specimen/1"], "biosamples": [f"{STUDY}/biosample/1"],
        }
    ]  # fmt: skip
    assert study["specimens"][0]["biosamples"] == [f"{STUDY}/biosample/1"]
    assert study["organisms"] == ["NCBITaxon:45351"] == study["biosamples"][0]["organisms"]
    assert study["methods"] == ["FBbi:00000369"] == study["acquisitions"][0]["methods"]
    assert {"type": "Taxon", "id": "NCBITaxon:45351", "label": "Nematostella vectensis",
            "source_id": "NCBI:txid45351", "vernacular_name": "starlet sea anemone"} in study["terms"]  # fmt: skip


def test_organism_with_its_common_name_is_taken_apart_and_given_no_id() -> None:
    """`Homo sapiens (human)` says no identifier, so none is guessed; both names are kept once."""
    study = study_of(WHOLE)
    (term,) = [term for term in study["terms"] if term["type"] == "Taxon"]
    assert (term["label"], term["vernacular_name"]) == ("Homo sapiens", "human")
    assert term["id"].startswith(f"{STUDY}/term/")
    assert "term-without-id" in codes(WHOLE)


def test_sections_named_by_accession_are_found() -> None:
    """S-BIADTEST_COMPLEX_BIOSAMPLE: organism and imaging method may be accessions of sections."""
    value = submission(
        section("Organism", "Organism-1", Scientific_name="Homo sapiens", NCBI_taxon_ID="9606"),
        section("Imaging Method", "Method-1", Ontology_Value="confocal", Ontology_Term_ID="FBbi:00000251"),
        section("Biosample", Title="A", Organism=[reference("Organism-1", "Organism")]),
        section("Image acquisition", Title="B", Imaging_method=[reference("Method-1", "Imaging method")]),
    )
    study = study_of(value)
    assert study["biosamples"][0]["organisms"] == ["NCBITaxon:9606"]
    assert study["acquisitions"][0] == {
        "id": f"{STUDY}/acquisition/1", "title": "B", "methods": ["FBbi:00000251"],
    }  # fmt: skip
    assert len(study["terms"]) == 2


def test_short_file_lists_are_read_entry_by_entry() -> None:
    """A component tells count and size of its list; an annotation names its file and the image it is about."""
    lists = {
        "list.json": files("a.tif", "b c#1.tif", Batch="1", Md5="D7D1DC51C497A0EE78166C2D71E86663"),
        "masks.json": files("m.tif", Source_image="a.tif", Annotation_type="Segmentation masks"),
    }
    info = {"httpLink": "https://files.example/S-BIAD9001", "isPublic": True, "modified": 1700000000123, "files": 3}
    study = study_of(WHOLE, lists=lists, info=info)
    component = study["components"][0]
    assert (component["file_count"], component["total_size_bytes"]) == (2, 20)
    assert [file["path"] for file in component["files"]] == ["list.json", "a.tif", "b c#1.tif"]
    assert component["files"][2]["url"] == "https://files.example/S-BIAD9001/Files/b%20c%231.tif"
    assert component["files"][1]["checksums"][0]["checksum_value"] == "d7d1dc51c497a0ee78166c2d71e86663"
    (annotation,) = study["annotations"]
    assert annotation["source_paths"] == ["a.tif"]
    assert annotation["annotation_method"] == f"{STUDY}/annotation-method/1"
    assert annotation["annotation_types"] == ["segmentation_mask"]
    assert (study["file_count"], study["access"]["access_level"]) == (3, "PUBLIC")
    assert study["date_updated"] == "2023-11-14T22:13:20Z"


def test_long_file_lists_stay_with_the_archive() -> None:
    """Of a list of more files than are named one by one, number, size and the first few are kept, all accounted for."""
    mapped = map_one(WHOLE, lists={"list.json": files(*(f"{n}.tif" for n in range(500)), Batch="1")})
    component = mapped.records[0]["components"][0]
    assert (component["file_count"], component["total_size_bytes"]) == (500, 5000)
    assert [file["path"] for file in component["files"]] == ["list.json", *(f"{n}.tif" for n in range(5))]
    assert not mapped.unmapped


def test_tab_separated_file_list_is_read() -> None:
    """File lists come as text as well."""
    component = study_of(WHOLE, lists={"list.json": b"Files\tBatch\na.tif\t1\n"})["components"][0]
    assert [file["path"] for file in component["files"]] == ["list.json", "a.tif"]


def test_broken_file_list_does_not_cost_the_study() -> None:
    """A list that cannot be read is a finding about it; the study enters."""
    assert "file-list-unreadable" in codes(WHOLE, lists={"list.json": b"[{"})


def test_annotations_whose_list_is_not_here_keep_its_name() -> None:
    """MIFA: the method, and the file list that names the annotations, without their number."""
    study = study_of(WHOLE)
    assert study["annotations"][0]["files"] == [
        {"id": f"{STUDY}/annotation/1/file/1", "path": "masks.json", "file_role": "file_list"}
    ]
    assert study["version_history"] == [
        {"id": f"{STUDY}/version/1", "version": "v1.1", "date_of_version": "2024-03-22"}
    ]


def test_database_form_gives_dates_and_no_secrets() -> None:
    """S-BIAD385: version, days and public access are read; keys and logins are taken out before it is kept."""
    kept = without_secrets(json.dumps(DATABASE).encode())
    assert not any(secret in kept for secret in (b"5e187af8", b"ada@example.org"))
    mapped = map_one(kept)
    study = mapped.records[0]
    assert (study["version"], study["date_deposited"], study["date_published"]) == ("2", "2025-05-13", "2025-05-09")
    assert study["access"] == {"id": f"{STUDY}/access", "access_level": "PUBLIC"}
    assert [file["path"] for file in study["files"]] == ["a.txt", "b.txt"]
    assert study["protocols"][0]["protocol_types"] == ["EFO:0003789"]
    assert "secret-removed" in {finding.code for finding in mapped.findings}


def test_document_with_its_secret_key_is_refused() -> None:
    """A document that reaches the mapping with its key is quarantined `policy`; text with one is never kept."""
    with pytest.raises(RecordRejected) as refused:
        map_one(DATABASE)
    assert refused.value.reason == "policy"
    for key in (b"secretKey", b"secret\\u004bey"):
        with pytest.raises(RecordRejected) as unkept:
            without_secrets(b'{"' + key + b'": "5e187af8", "section": {')
        assert unkept.value.reason == "policy"
    assert without_secrets(json.dumps(WHOLE).encode()) == json.dumps(WHOLE).encode()


@pytest.mark.parametrize(
    "change", [{"released": False}, {"accessTags": [{"name": "ada@example.org"}]}, {"accno": "S-BIADTEST_1"}]
)
def test_private_and_invented_submissions_are_refused(change: dict[str, object]) -> None:
    """What is not released, and what the archive's developers invented, is quarantined `policy`."""
    with pytest.raises(RecordRejected) as refused:
        map_one({**submission(), **change})
    assert refused.value.reason == "policy"


def test_imported_records_of_other_archives_are_read() -> None:
    """S-BIAD15: experiments instead of components, terms as qualifiers, dates that differ."""
    method = {"name": "Imaging Method", "value": "fluorescence microscopy", "valqual": [
        {"name": "Ontology", "value": "Fbbi"}, {"name": "TermId", "value": "FBbi_00000246"}]}  # fmt: skip
    value = submission(
        section("Experiment", Description="All", Imaging_Method=[method, "bright-field microscopy"], File_List="l.json",
                Experiment_size=["1", "2"], Sample_type="cell"),
        Release_date="2019-12-10",
    )  # fmt: skip
    study = study_of(value)
    assert study["date_published"] == "2024-03-01"
    assert study["methods"][0] == "FBbi:00000246"
    assert study["acquisitions"][0]["method_names"] == ["bright-field microscopy"]
    assert study["components"][0]["size_statement"] == "1\n2"
    assert "dates-differ" in codes(value)


def test_default_template_has_no_components() -> None:
    """S-BSST744 and S-BSMS4 describe the study alone; what has no slot is kept as key and value."""
    value = submission(Organism="Mus musculus", NCBI_Taxonomy_ID="10090", Strain="C3H", Technology_type="Scanner",
                       Technology_platform="SVS", Study_variable=["Dose", "Time"], Extra_attribute_1="x")  # fmt: skip
    study = study_of(value)
    assert study["organisms"] == ["NCBITaxon:10090"]
    assert study["biosamples"][0]["experimental_variables"] == ["Dose", "Time"]
    assert study["acquisitions"][0]["instrument"] == "SVS"
    assert [(one["name"], one["text_value"]) for one in study["characteristics"]] == [
        ("Strain", "C3H"), ("Extra attribute 1", "x"),
    ]  # fmt: skip


def test_value_that_slipped_into_a_name_is_kept() -> None:
    """S-BIAD1076 has the settings of the camera as the name of an attribute without value."""
    name = "Image data: file format: TIFF, Bit depth: 16 bit, pixel size: 0.3 µm"
    value = submission(section("Image Acquisition", Title="A", **{name: None}))
    assert study_of(value)["acquisitions"][0]["acquisition_parameters"] == name
    assert "value-in-name" in codes(value)


def test_text_form_is_the_same_study() -> None:
    """Tab-separated PageTab: references in angle brackets, qualifiers in brackets, lines that go on, tables."""
    study = study_of(TEXT)
    assert study["description"] == "First line\nsecond line"
    assert study["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert study["authors"][0]["affiliations"][0]["name"] == "One"
    assert study["organisms"] == ["NCBITaxon:9606"] == study["biosamples"][0]["organisms"]
    assert study["links"][0]["description"] == "The code"
    assert study["files"][0]["path"] == "a.tif"


def test_flat_format_is_read() -> None:
    """S-BSST1053: the archive's first format gives title, people, licence and files; Unknown is nothing."""
    study = study_of(FLAT)
    assert study["files"][0]["url"] == "https://archive.example/a%20b.zip"
    assert (study["file_count"], study["total_size_bytes"]) == (1, 7)
    assert "methods" not in study
    assert study["characteristics"][0]["text_value"] == "A"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[]", "not-parsable"), (b'{"accession": "E-MTAB-1"}', "not-parsable"), (b"Study\tS-1\n", "not-parsable"),
        (json.dumps({"accno": "S-BIAD1", "section": {"type": "Array"}}).encode(), "schema-required"),
        (json.dumps(submission(accno="E-MTAB-9697")).encode(), "bad-identifier"),
        (json.dumps(submission(Title=None)).encode(), "schema-required"),
    ],
)  # fmt: skip
def test_what_is_no_study_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    """R20: each refusal has one of the closed reasons."""
    with pytest.raises(RecordRejected) as refused:
        map_one(content)
    assert refused.value.reason == reason


def test_unknown_attributes_of_sections_are_said() -> None:
    """R22: an attribute nobody foresaw is counted as unmapped and found; a study's own become characteristics."""
    mapped = map_one(submission(section("Specimen", Title="A", Colour="red"), section("Novelty", Name="x")))
    assert dict(mapped.unmapped) == {"specimen/colour": 1, "novelty/name": 1}
    assert [finding.code for finding in mapped.findings].count("unmapped-property") == 2


def test_depth_and_number_of_sections_are_bounded() -> None:
    """A submission of endless sections is refused `too-large`."""
    value = submission(*({"type": "x"} for _ in range(20_001)))
    with pytest.raises(RecordRejected) as refused:
        map_one(value)
    assert refused.value.reason == "too-large"


def test_order_of_sections_of_different_kinds_does_not_matter() -> None:
    """Components may stand before what they associate."""
    turned = json.loads(json.dumps(WHOLE))
    turned["section"]["subsections"].sort(key=lambda one: one["type"] != "Study Component")
    assert study_of(turned) == study_of(WHOLE)


def test_cell_of_many_lines_is_read_in_one_go() -> None:
    """R11: a value that goes on over many lines costs no more than its length."""
    text = "Submission\tS-BIAD1\n\nStudy\nTitle\tCells\n" + "of a mouse\n" * 150_000
    began = time.process_time()
    found = parse_pagetab_text(text.encode())
    assert time.process_time() - began < 2
    (title,) = found["section"]["attributes"]
    assert title["value"].count("\n") == 150_000
