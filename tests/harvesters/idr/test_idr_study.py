"""Study files become studies: places of cells, mended rows, terms, people, twins."""

from __future__ import annotations

from typing import Any

import pytest
from idr_sheets import SCREEN, STUDY, codes, map_study, sheet

from catalogue.problems import RecordRejected


def study(content: bytes | None = None) -> dict[str, Any]:
    """The Study record of a study file."""
    return map_study(content).records[0]


def with_rows(*rows: str, **changes: list[str]) -> bytes:
    """The study block with further rows, then the screen."""
    return sheet(STUDY, **changes) + "\n".join(rows).encode() + b"\n\n" + sheet(SCREEN, **changes)


def test_a_study_is_mapped_whole() -> None:
    """Title, licence, day, terms and the screen with its parts stand where the model has them."""
    record = study()
    assert (record["title"], record["date_published"]) == ("Nuclei under stress", "2020-02-03")
    assert record["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert (record["organisms"], record["methods"]) == (["NCBITaxon:9606"], ["FBbi:00000251"])
    (screen,) = record["components"]
    assert screen["type"] == "Screen"
    assert (screen["id"], screen["accession"]) == ("idr:idr9001/screen/1", "idr9001-example-stress/screenA")
    assert screen["image_count"] == 1536
    assert screen["size_statement"] == "Plates: 2; 5D Images: 1,536; Total Tb: 0.1"
    assert screen["library"]["files"][0]["path"] == "idr9001-screenA-library.txt"


def test_columns_belong_together() -> None:
    """Column i of one row belongs to column i of the next: people, protocols, phenotypes (idr0021)."""
    record = study()
    assert [(one["name"], one.get("email"), one["roles"]) for one in record["contributors"]] == [
        ("Ada Example", "ada@example.org", ["submitter"]),
        ("Bo Leader", None, ["principal investigator"]),
    ]
    assert [one["contributor_types"] for one in record["contributors"]] == [["Submitter"], ["PrincipalInvestigator"]]
    assert [(one["title"], one["description"], one["protocol_types"]) for one in record["protocols"]] == [
        ("growth protocol", "Cells were grown.", ["EFO:0003789"]),
        ("treatment protocol", "Cells were treated.", ["EFO:0003969"]),
    ]
    assert [(one["title"], one.get("phenotype_terms"), one["score_type"]) for one in record["phenotypes"]] == [
        ("large nucleus", ["CMPO:0000140"], "automatic"),
        ("no nucleus", None, "manual"),
    ]


def test_an_empty_cell_keeps_its_place() -> None:
    """idr0008 has papers without a PubMed number between others: the rest stays in its column."""
    record = study(
        with_rows(
            "Study PubMed ID\t20530715\t\t25228240",
            "Study Publication Title\tFirst\tSecond\tThird",
            "Study DOI\thttp://dx.doi.org/10.5555/A\thttps://doi.org/10.5555/b\t10.5555/c",
        )
    )
    assert [(one["title"], one["doi"], one.get("pubmed_id")) for one in record["publications"]] == [
        ("First", "10.5555/a", "20530715"),
        ("Second", "10.5555/b", None),
        ("Third", "10.5555/c", "25228240"),
    ]


def test_further_sets_of_terms_belong_to_the_same_phenotypes() -> None:
    """idr0012 repeats the rows of phenotype terms: each set gives its phenotypes one more term."""
    more = {"Phenotype Term Accession": ["CMPO_0000241", "CMPO_0000004"]}
    record = study(sheet(STUDY, SCREEN, more))
    assert [one["phenotype_terms"] for one in record["phenotypes"]] == [
        ["CMPO:0000140", "CMPO:0000241"],
        ["CMPO:0000004"],
    ]


def test_a_lost_tab_is_found() -> None:
    """Keys that lost the tab behind them (idr0171, idr0080, idr0096) are read by their words, with a finding."""
    content = (
        sheet()
        .replace(b"Screen Type\tprimary", b"Screen Type primary")
        .replace(b"Screen Size\tPlates: 2\t5D Images: 1,536", b"Screen Size    Plates: 2    5D Images: 1,536")
    )
    mapped = map_study(content)
    (screen,) = mapped.records[0]["components"]
    assert (screen["component_types"], screen["image_count"]) == (["EFO:0007556"], 1536)
    assert [finding.code for finding in mapped.findings].count("missing-tab") == 2


def test_a_broken_row_is_joined() -> None:
    """A line break inside a cell (idr0159, idr0148) goes on with that cell; behind a tab with the next (idr0061)."""
    content = (
        sheet()
        .replace(b"Cells were stressed", b"Cells were\nstressed")
        .replace(b"Cells were grown.\tCells", b"Cells were grown.\t\nCells")
    )
    mapped = map_study(content)
    assert mapped.records[0]["description"] == "Cells were\nstressed and looked at."
    assert [one["description"] for one in mapped.records[0]["protocols"]] == [
        "Cells were grown.",
        "Cells were treated.",
    ]
    assert "broken-row" in codes(mapped)


def test_columns_written_below_each_other_are_columns() -> None:
    """idr0076 lists the columns of a table downwards, each description behind its name."""
    rows = b"""Processed Data File Name\tcells.csv
Processed Data Column Name\t
cell_id
area
Processed Data Column Type\tdata
Processed Data Column Description\t
cell_id\tNumber of the cell
area\tIts area
"""
    (screen,) = study(sheet() + rows)["components"]
    (file,) = [file for file in screen["files"] if file["path"] == "cells.csv"]
    assert [(one["name"], one["description"], one["column_type"]) for one in file["columns"]] == [
        ("cell_id", "Number of the cell", "data"),
        ("area", "Its area", "data"),
    ]


def test_each_processed_file_has_its_columns() -> None:
    """idr0123 describes several files one below the other: a repeated key begins the next file."""
    rows = b"""Raw Image Data Format\tTIFF
Processed Data File Name\ta.txt
Processed Data Column Name\tone\tGene Identifier
Processed Data Column Annotation Level\tcell\tgene
Processed Data Column Link To Library File\tGene Identifier
Processed Data File Name\tb.txt
Processed Data Column Name\ttwo
"""
    (screen,) = study(sheet() + rows)["components"]
    found = {file["path"]: file for file in screen["files"]}
    assert [one["name"] for one in found["a.txt"]["columns"]] == ["one", "Gene Identifier"]
    assert found["a.txt"]["columns"][1]["joins"] == "Gene Identifier"
    assert found["b.txt"]["columns"][0]["name"] == "two"
    assert screen["raw_data_format"] == "TIFF"


def test_several_screens_share_their_protocols() -> None:
    """idr0056 writes the same protocols under each screen: they are one part of the study, named by all."""
    second = SCREEN | {"Screen Number": ["2"], "Comment[IDR Screen Name]": ["idr9001-example-stress/screenB"]}
    record = study(sheet(STUDY, SCREEN, second))
    assert [one["id"] for one in record["components"]] == ["idr:idr9001/screen/1", "idr:idr9001/screen/2"]
    assert len(record["protocols"]) == 2
    assert record["components"][0]["protocols"] == record["components"][1]["protocols"]


def test_an_experiment_is_read_like_a_screen() -> None:
    """Experiments have keys of their own, an assay file and conditions in words (idr0021, idr0084)."""
    experiment = {
        "Experiment Number": ["1 "],
        "Comment[IDR Experiment Name]": ["idr9001-example-stress/experimentA"],
        "Experiment Assay File": ["idr9001-experimentA-assays.txt"],
        "Assay Experimental Conditions": ["brain"],
        "Experiment Example Images": ["https://idr.openmicroscopy.org/webclient/img_detail/1885209/", "TUBG1-N;a.dv"],
    }
    record = study(sheet(STUDY, experiment))
    (component,) = record["components"]
    assert component["type"] == "Experiment"
    assert component["id"] == "idr:idr9001/experiment/1"
    assert component["files"][0] == {
        "id": "idr:idr9001/file/1", "path": "idr9001-experimentA-assays.txt", "file_role": "assay",
    }  # fmt: skip
    assert component["example_images"] == ["https://idr.openmicroscopy.org/webclient/img_detail/1885209/"]
    assert component["comments"] == ["Example image: TUBG1-N;a.dv"]
    assert record["biosamples"][0]["experimental_variables"] == ["brain"]


@pytest.mark.parametrize(
    ("accession", "reference", "curie"),
    [
        ("Fbbi_00000243", "Fbbi", "FBbi:00000243"),  # idr0070
        ("FBbi:00000251", "FBbi", "FBbi:00000251"),  # idr0041
        ("00000251", "Fbbi", "FBbi:00000251"),  # idr0062
        ("CHMO_0002194 ", "CHMO", "CHMO:0002194"),  # idr0123
        ("MI_2213", "MI", "MI:2213"),  # idr0108
        ("0026155", "OMIT", "OMIT:0026155"),  # idr0147
        ("0026155", "Fbbi", "idr:idr9001/term/1"),  # too short for FBbi, so never guessed
    ],
)
def test_forms_of_method_accessions(accession: str, reference: str, curie: str) -> None:
    """Every written form of a term leads to its CURIE; one that names nothing stays a term of the study."""
    content = sheet(Screen_Imaging_Method_Term_Accession=[accession], Screen_Imaging_Method_Term_Source_REF=[reference])
    record = study(content)
    assert record["methods"] == [curie]
    assert {term["id"]: term["type"] for term in record["terms"]}[curie] == "ImagingMethod"


@pytest.mark.parametrize(("accession", "reference"), [("9606", "NCBITaxon"), ("NCBITaxon_9606", "EFO")])
def test_forms_of_organism_accessions(accession: str, reference: str) -> None:
    """A taxon is a taxon by bare number, and whatever the reference beside it says (idr0119 says EFO)."""
    content = sheet(Study_Organism_Term_Accession=[accession], Study_Organism_Term_Source_REF=[reference])
    assert study(content)["organisms"] == ["NCBITaxon:9606"]


def test_twins_are_stated() -> None:
    """The study at the BioImage Archive is named by the owner (idr0034, idr0017): a statement, once, and no merge."""
    mapped = map_study(
        with_rows("Study BioImage Archive Accession\tS-BIAD3", "Study BioStudies Accession\tS-BIAD3\tno number")
    )
    (statement,) = mapped.records[0]["identity_statements"]
    assert statement["same_study_as"] == "biostudies:S-BIAD3"
    assert (statement["evidence"], statement["stated_by"]) == ("owner_statement", "idr")
    assert "identity-form" in codes(mapped)


@pytest.mark.parametrize(
    ("given", "doi"),
    [
        ("https://doi.org/10.17867/10000128a", "10.17867/10000128a"),  # idr0022
        ("http://dx.doi.org/10.17867/10000104A", "10.17867/10000104a"),  # idr0028
        ("10.17867/10000146", "10.17867/10000146"),
        ("to be assigned", None),
    ],
)
def test_data_dois_have_one_form(given: str, doi: str | None) -> None:
    """DOIs of data come bare, with either resolver and in both cases; what is none is left out with a finding."""
    mapped = map_study(with_rows(f"Study Data DOI\t{given}"))
    assert mapped.records[0].get("doi") == doi
    assert ("doi-form" in codes(mapped)) == (doi is None)


def test_versions_are_texts() -> None:
    """The version history is free text (idr0034): a version without a number."""
    (version,) = study(with_rows("Study Version History\tIn February 2019, this screen was extended"))[
        "version_history"
    ]
    assert version["description"].startswith("In February 2019")
    assert "version" not in version


def test_hints_of_the_template_are_no_values() -> None:
    """idr0051 kept the template's hints; they say nothing, and a finding says so."""
    mapped = map_study(sheet(Screen_Description=["# a brief description of the screen"]))
    assert "description" not in mapped.records[0]["components"][0]
    assert "template-hint" in codes(mapped)


def test_authors_are_those_who_are_called_so() -> None:
    """idr0061 calls its submitter an author as well: then the study has an author; others are contributors."""
    record = study(sheet(Study_Person_Roles=["submitter, senior author", "principal investigator"]))
    assert [(one["name"], one["roles"]) for one in record["authors"]] == [
        ("Ada Example", ["submitter", "senior author"])
    ]
    assert [one["name"] for one in record["contributors"]] == ["Bo Leader"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (sheet(Study_Title=[""]), "schema-required"),
        (sheet(Comment_IDR_Study_Accession=["# leave blank"]), "bad-identifier"),
        (sheet(Comment_IDR_Study_Accession=["idr9002"]), "bad-identifier"),
        (b"a\tb\nc\td\n", "not-parsable"),
        (b"\x00\x01", "bad-encoding"),
    ],
)
def test_a_study_that_cannot_be_named_is_refused(content: bytes, reason: str) -> None:
    """R19: no title, no accession, another one than the file's, no study file: the record waits, with the reason."""
    with pytest.raises(RecordRejected) as refused:
        map_study(content)
    assert refused.value.reason == reason


def test_unknown_keys_are_reported() -> None:
    """A key that nobody foresaw is unmapped, not lost in silence."""
    mapped = map_study(with_rows("Study Funding\tExample Trust"))
    assert dict(mapped.unmapped) == {"study/Study_Funding": 1}
    assert "unmapped-property" in codes(mapped)
