"""Tables beside a study: files with columns, samples, genes, phenotypes, plates, reagents; rows of images."""

from __future__ import annotations

import random
from typing import Any

import pytest
from idr_sheets import ANNOTATION, codes, map_study, sheet

from catalogue.model.documents import Mapped
from catalogue.model.identifiers import parse_identifier
from harvesters.idr_images import image_accession, iter_image_rows
from harvesters.idr_tables import RESULT, column_field, parse_table, table_role


def files(mapped: Mapped) -> dict[str, Any]:
    """Path -> file of all components and libraries."""
    components = mapped.records[0]["components"]
    listed = [file for one in components for file in one.get("files", []) + one.get("library", {}).get("files", [])]
    return {file["path"]: file for file in listed}


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("idr0011-screenE-annotation.csv", "assay"),
        ("idr0056_screenC-library.txt", "library"),
        ("idr0044-experimentA-assays.txt", "assay"),
        ("idr0149_experimentA_processed_segment_labelling.txt", "processed_data"),
        ("idr0021-experimentA-filePaths.tsv", "file_list"),
        ("6E3DAA637E_archetype_manual_annotations.tsv", "annotation"),
        ("idr0011-study.txt", None),
        ("README.txt", None),
        ("annotation.py", None),
    ],
)
def test_tables_are_known_by_their_names(name: str, role: str | None) -> None:
    """IDR names its tables after their part and kind; other files of a study's folder are none."""
    assert table_role(name) == role


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Phenotype 3 Term Name", "table/Phenotype_Term_Name"),
        ("Characteristics [Organism Part]", "table/Characteristics.Organism_Part"),
        ("Characteristics [Eye Colour]", "table/Characteristics.*"),
        ("Comment [Gene Symbol 2]", "table/Comment.Gene_Symbol"),
        ("Something New", None),
    ],
)
def test_columns_are_known_by_the_crosswalk(heading: str, field: str | None) -> None:
    """Counters and the authors' own words in brackets do not hide what a column is; an unknown one is unknown."""
    assert column_field(heading)[0] == field
    assert column_field("Tau", processed=True)[0] == RESULT


def test_a_table_is_a_file_with_columns() -> None:
    """A table is named once, by the study file or by itself, with its size and all its columns."""
    mapped = map_study(idr9001_screenA_annotation__csv=ANNOTATION)
    file = files(mapped)["idr9001-screenA-annotation.csv"]
    assert (file["file_role"], file["total_size_bytes"]) == ("assay", len(ANNOTATION))
    assert [column["name"] for column in file["columns"]][:2] == ["Plate", "Well"]
    assert not mapped.unmapped


def test_a_library_described_in_words_and_delivered_is_one_file() -> None:
    """The file that the study file names and the table that comes with it are the same."""
    mapped = map_study(idr9001_screenA_library__txt="Plate\tWell\tGene Symbol\nP1\tA1\tCDC10\n")
    assert files(mapped)["idr9001-screenA-library.txt"]["format_name"] == "tab-delimited text"
    assert files(mapped)["idr9001-screenA-library.txt"]["total_size_bytes"] > 0


def test_a_table_describes_the_study() -> None:
    """Samples, labels, genes and plates of a screen go into its record."""
    record = map_study(idr9001_screenA_annotation__csv=ANNOTATION).records[0]
    (screen,) = record["components"]
    assert [(plate["title"], plate["well_count"]) for plate in screen["plates"]] == [("P1", 2), ("P2", 1)]
    assert record["genes"] == ["ensembl:ENSG00000136861", "ensembl:ENSG00000151849"]
    (sample,) = record["biosamples"]
    assert (sample["organisms"], screen["biosamples"]) == (["NCBITaxon:9606"], [sample["id"]])
    (specimen,) = record["specimens"]
    assert [(one["label"], one["content_description"]) for one in specimen["signal_channels"]] == [
        ("DAPI", "nuclei"),
        ("GFP", "tubulin"),
    ]
    assert [one["title"] for one in record["phenotypes"]] == ["large nucleus", "no nucleus"]


def test_the_order_of_rows_means_nothing() -> None:
    """R5: a table that was sorted anew gives the same record, ids of parts included."""
    head, *rows = ANNOTATION.splitlines(keepends=True)
    rows.append("P2,A2,Mus musculus,NCBITaxon,NCBITaxon_10090,,,GFP,small nucleus\n")
    first = map_study(idr9001_screenA_annotation__csv=head + "".join(rows)).records
    random.Random(1).shuffle(rows)
    assert map_study(idr9001_screenA_annotation__csv=head + "".join(rows)).records == first


def test_a_new_sample_leaves_the_others_their_names() -> None:
    """Parts that a table describes are named after their content."""
    before = map_study(idr9001_screenA_annotation__csv=ANNOTATION).records[0]["biosamples"]
    more = ANNOTATION + "P2,A2,Mus musculus,NCBITaxon,NCBITaxon_10090,,,GFP,\n"
    after = map_study(idr9001_screenA_annotation__csv=more).records[0]["biosamples"]
    assert len(after) == 2
    assert before[0] in after


def test_what_differs_in_every_row_does_not_describe_the_study() -> None:
    """A column with a value of its own in each of many rows is left to the file; the others still describe samples."""
    rows = "".join(f"i{n}.tif,Homo sapiens,donor {n}\n" for n in range(80))
    table = "Image Name,Characteristics [Organism],Characteristics [Donor]\n" + rows
    mapped = map_study(idr9001_screenA_annotation__csv=table)
    (sample,) = mapped.records[0]["biosamples"]
    assert "characteristics" not in sample
    assert any("Donor" in key and "too often" in key for key in mapped.ignored)


def test_forms_of_terms_in_tables() -> None:
    """The reference may hold the number itself (idr0044 "NCBITaxon 10090"), sex and age have their slots (idr0144)."""
    table = (
        "Image Name,Characteristics [Organism],Term Source 1 REF,Characteristics [Sex],Characteristics [Age],"
        "Characteristics [Ethnicity]\na.tif,Mus musculus,NCBITaxon 10090,female,50 years,White British\n"
    )
    (sample,) = map_study(idr9001_screenA_annotation__csv=table).records[0]["biosamples"]
    assert (sample["organisms"], sample["sex"], sample["age"]) == (["NCBITaxon:10090"], "female", "50 years")
    assert sample["characteristics"][0] | {"id": ""} == {"id": "", "name": "Ethnicity", "text_value": "White British"}


def test_a_small_library_names_its_reagents() -> None:
    """idr0011's library of a validation screen: reagents one by one; a large one stays in its file."""
    table = "Plate\tWell\tsiRNA Identifier\tGene Identifier\tGene Symbol\tSequence_1\tSequence_2\tComments\n"
    row = "P1\tA1\ts1\tENSG00000136861\tCDK5RAP2\tACGU\tUGCA\tfine\n"
    (screen,) = map_study(idr9001_screenA_library__txt=table + row).records[0]["components"]
    (reagent,) = screen["library"]["reagents"]
    assert (reagent["reagent_identifier"], reagent["sequences"]) == ("s1", ["ACGU", "UGCA"])
    assert reagent["genes"] == ["ensembl:ENSG00000136861"]
    many = table + "".join(row.replace("s1", f"s{n}") for n in range(300))
    (screen,) = map_study(idr9001_screenA_library__txt=many).records[0]["components"]
    assert "reagents" not in screen["library"]


def test_prose_is_no_table() -> None:
    """idr0118's processed data are a sentence: it describes the file."""
    mapped = map_study(idr9001_screenA_processed__txt="For all images, wild type, expression was seen.\n")
    file = files(mapped)["idr9001-screenA-processed.txt"]
    assert file["description"] == "For all images, wild type, expression was seen."
    assert "columns" not in file


def test_an_unreadable_table_costs_the_study_nothing() -> None:
    """R19: a table that is no text is a finding; the study enters."""
    mapped = map_study(idr9001_screenA_annotation__csv=b"a,b\x00c\n")
    assert mapped.records[0]["title"] == "Nuclei under stress"
    assert "table-unreadable" in codes(mapped)


def test_unknown_columns_are_reported() -> None:
    """A column of words that nobody foresaw is unmapped; one of numbers is a result of the study."""
    table = "Image Name,Mood,Wobble\na.tif,happy,0.5\n"
    mapped = map_study(idr9001_screenA_annotation__csv=table)
    assert dict(mapped.unmapped) == {"table/assay/Mood": 1}


def rows(name: str, content: str) -> list[dict[str, str]]:
    """Rows of images of a table of experiment A."""
    table = parse_table(name, content.encode())
    components = {"experimenta": "idr:idr9001/experiment/1"}
    return list(iter_image_rows(table, table.rows, parse_identifier("idr9001"), components))


def test_images_of_a_table_are_rows() -> None:
    """Each named image is a row with its component, organism and gene, in the columns of image tables."""
    content = (
        "Dataset Name,Image Name,Characteristics [Organism],Term Source 1 REF,Term Source 1 Accession,"
        "Comment [Gene Identifier 1],Comment [Publication Figure]\n"
        "Embryo,SkeT egg,Paracentrotus lividus,NCBITaxon,NCBITaxon_7656,ENSG00000101639,S4F\n"
        ",,,,,,\n"
    )
    (row,) = rows("idr9001-experimentA-annotation.csv", content)
    assert row.pop("accession").startswith("idr9001.experimenta-Embryo-SkeT-egg-")
    assert row == {
        "title": "SkeT egg", "figure": "S4F", "component": "idr:idr9001/experiment/1", "organism": "NCBITaxon:7656",
        "organism_label": "Paracentrotus lividus", "gene": "ensembl:ENSG00000101639",
    }  # fmt: skip


def test_images_of_a_list_of_paths_are_rows() -> None:
    """A list of paths names images by its third column or by their files; folders name none (idr0021)."""
    content = (
        "Project:name:idr9001-example/experimentA/Dataset:name:X\t/uod/a b.tif\tfirst\n"
        "Dataset:name:X\t/uod/c.tif\nDataset:name:Y\t/uod/folder/\n"
    )
    assert [row["title"] for row in rows("idr9001-experimentA-filePaths.tsv", content)] == ["first", "c.tif"]


def test_wells_are_no_images() -> None:
    """A row of a screen's table is a well, which may have many images: none is invented."""
    assert rows("idr9001-screenA-annotation.csv", ANNOTATION) == []


def test_accessions_of_images_tell_names_apart() -> None:
    """Names that differ in signs only have accessions of their own, which parse as images of the study."""
    study = parse_identifier("idr9001")
    names = {image_accession(study, "experimenta", "D", title) for title in ("a b", "a_b", "a-b", "ü", "x" * 300, "a")}
    assert len(names) == 6
    assert {parse_identifier(name).kind for name in names} == {"image"}


def test_a_sheet_without_tables_has_no_samples() -> None:
    """What no table says is not made up."""
    assert "biosamples" not in map_study(sheet()).records[0]
