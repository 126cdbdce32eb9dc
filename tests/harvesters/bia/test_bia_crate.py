"""Image-level crates: entities, file lists, and each defect of the archive's own validator."""

from __future__ import annotations

import csv

import hypothesis.strategies as st
import pytest
from bia_samples import CONTEXT, PARTS, ROWS, TABLE, codes, crate, crated, images_of, map_one, study_of
from hypothesis import given, settings

from catalogue.problems import RecordRejected

STUDY = "biostudies:S-BIAD9001"
WHOLE = crated(crate(*PARTS, *TABLE), file_list=ROWS)


def test_entities_become_the_same_parts_as_documents() -> None:
    """Crates and API are mapped by one table; keys come from @ids, whatever they are written in."""
    found = study_of(WHOLE)
    assert found["authors"][0]["orcid"] == "https://orcid.org/0000-0002-1439-5301"
    assert found["acquisitions"][0]["id"] == f"{STUDY}/acquisition/Confocal-imaging"
    assert found["methods"] == ["FBbi:00000251"]
    assert found["organisms"] == ["NCBITaxon:9606"]
    assert found["specimens"][0]["biosamples"] == [f"{STUDY}/biosample/b"]
    assert found["specimens"][0]["signal_channels"][0]["content_description"] == "GFP"
    assert found["annotation_methods"][0]["annotation_types"] == ["segmentation_mask"]
    assert found["components"][0]["id"] == f"{STUDY}/component/Data-set"
    assert not map_one(WHOLE).unmapped


def test_rows_become_files_images_and_annotations() -> None:
    """A row is an image, an annotation or a file by its type; sources are named by label, several in one cell."""
    first, second = images_of(WHOLE)
    assert first["id"] == "biostudies:S-BIAD9001.d-a-tif"
    assert (first["title"], first["component"]) == ("A", f"{STUDY}/component/Data-set")
    assert first["files"][0]["total_size_bytes"] == 12
    assert [(one["name"], one["text_value"]) for one in first["characteristics"]] == [("genotype", "wildtype")]
    assert first["creation_process"]["specimens"] == [study_of(WHOLE)["specimens"][0]["id"]]
    assert second["creation_process"]["input_images"] == [first["id"]]
    (annotation,) = study_of(WHOLE)["annotations"]
    assert annotation["source_images"] == [second["id"]]
    assert annotation["annotation_method"] == f"{STUDY}/annotation-method/m"
    assert [file["path"] for file in study_of(WHOLE)["components"][0]["files"]] == [
        "d/a.tif", "d/b.tif", "d/m.csv", "d/readme.txt",
    ]  # fmt: skip


def test_file_list_is_named_with_what_its_columns_hold() -> None:
    """Columns are known by their property, not by their name or place."""
    (file,) = study_of(WHOLE)["files"]
    assert (file["path"], file["file_role"]) == ("file_list.tsv", "file_list")
    assert {"file_path": "filePath", "dataset": "isPartOf"}.items() <= {
        column["name"]: column["column_type"] for column in file["columns"]
    }.items()


def test_what_the_crate_says_of_an_image_goes_before_its_row() -> None:
    """An image with a creation process of its own keeps it; the row adds its file."""
    nodes = (
        {"@id": "d/a.tif", "@type": ["bia:Image", "File"], "resultOf": {"@id": "_:cp"}},
        {"@id": "_:cp", "@type": ["bia:CreationProcess"], "annotationMethod": [{"@id": "_:m"}]},
    )
    document = crated(crate(*PARTS, *TABLE, *nodes), file_list=ROWS)
    first = next(image for image in images_of(document) if image["id"].endswith("d-a-tif"))
    assert first["creation_process"]["annotation_methods"] == [f"{STUDY}/annotation-method/m"]
    assert first["files"][0]["total_size_bytes"] == 12
    assert not map_one(document).unmapped


def test_crates_of_2023_are_read() -> None:
    """S-BIAD843: `licence`, names with underscores, references as texts, an author without @id, associations."""
    nodes = (
        {"@type": "bia:Contributor", "display_name": "Bo Bee", "role": ["data annotator"]},
        {"@id": "d/", "@type": ["bia:Dataset", "Dataset"], "title": "Images", "association": ["_:a0"]},
        {"@id": "_:a0", "@type": "bia:Association", "associated_bio_sample": ["Wing disk"], "genotype": "CAAX-GFP",
         "associated_specimen_imaging_preparation_protocol": ["Culture"]},
        {"@id": "Wing disk", "@type": "bia:BioSample", "biological_entity_description": "wing disc"},
        {"@id": "Culture", "@type": "bia:SpecimenImagingPreparationProtocol", "protocol_description": "M3 media"},
        {"@id": "d/m.zarr.zip", "@type": ["File", "bia:Image"], "creation_process": "_:cp0"},
        {"@id": "_:cp0", "@type": "bia:CreationProcess", "input_image": ["d/raw.zarr.zip"]},
    )  # fmt: skip
    value = crate(
        *nodes, contributor=["https://orcid.org/0000-0002-1439-5301", "_:c0"], license=None,
        licence="https://creativecommons.org/public-domain/cc0/", hasPart=[{"@id": "d/"}, {"@id": "d/raw.zarr.zip"}],
    )  # fmt: skip
    found = study_of(crated(value))
    assert found["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert [author["name"] for author in found["authors"]] == ["Ada Ant", "Bo Bee"]
    (component,) = found["components"]
    assert component["associations"][0]["description"] == "genotype: CAAX-GFP"
    assert component["specimens"] == [found["specimens"][0]["id"]]
    assert found["files"][0]["path"] == "d/raw.zarr.zip"
    (image,) = images_of(crated(value))
    assert image["component"] == component["id"]
    assert not map_one(crated(value)).unmapped


def test_one_id_for_two_entities_is_refused() -> None:
    """validator/test_duplicate_entity_id: which of both is meant nobody knows, `equivocation`."""
    other = {"@id": "https://orcid.org/0000-0002-1439-5301", "@type": ["bia:Contributor"], "displayName": "Another"}
    with pytest.raises(RecordRejected) as refused:
        map_one(crated(crate(*PARTS, other)))
    assert refused.value.reason == "equivocation"


def test_reference_to_nothing_is_said() -> None:
    """validator/test_id_reference_mismatch: an entity that the crate has not is left out and found."""
    assert "dangling-reference" in codes(crated(crate(*PARTS, hasPart=[{"@id": "#nowhere"}])))


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("d/a.tif\t1\t#missing\t\t\t\t\t\t", "dangling-reference"),  # roc_id_reference_mismatch
        ("d/a.tif\t1\t#Data%20set\thttp://bia/Image\tA\t\t_:missing\t\t", "dangling-reference"),  # missing_metadata
        ("d/a.tif\t1\t#Data%20set\thttp://bia/Image\tA\tZ\t\t\t", "dangling-reference"),  # self_reference_mismatch
        ("d/a.tif\t1\t\t\t\t\t\t\t\nd/a.tif\t1\t\t\t\t\t\t\t", "duplicate-path"),  # duplicate_path
        ("\t1\t\t\t\t\t\t\t", "row-without-path"),
    ],
)
def test_defects_of_file_lists_are_said(row: str, code: str) -> None:
    """The validator's defects of lists cost a row's link or the row, not the study."""
    document = crated(crate(*PARTS, *TABLE), file_list=ROWS.split("\n")[0] + "\n" + row + "\n")
    assert code in codes(document)
    assert not map_one(document).unmapped


def test_term_with_another_meaning_is_said() -> None:
    """validator/test_redefined_context: the crate is read as the archive means its terms."""
    context = [CONTEXT[0], {**CONTEXT[1], "title": {"@id": "http://elsewhere.example/#title"}}]
    assert "context-redefined" in codes(crated(crate(*PARTS, context=context)))
    assert "context-redefined" not in codes(WHOLE)


def test_entities_of_a_wrong_class_are_said() -> None:
    """validator/test_invalid_objects: several classes in one, another class than expected, a class of schema.org."""
    nodes = (
        {"@id": "#mixed", "@type": ["bia:AnnotationMethod", "bia:BioSample"], "title": "both"},
        {"@id": "#other", "@type": ["schema:BioSample"], "title": "none of ours"},
        {"@id": "#d", "@type": ["bia:Dataset"], "name": "D", "associatedBiologicalEntity": [{"@id": "#other"}]},
    )
    found = codes(crated(crate(*nodes, hasPart=[{"@id": "#d"}])))
    assert found.count("unexpected-type") == 2
    assert "orphan-entity" in found


def test_list_that_is_not_there_is_said() -> None:
    """A crate may name a file list that nobody put beside it."""
    assert "file-list-missing" in codes(crated(crate(*PARTS, *TABLE)))


@pytest.mark.parametrize("value", [{"@graph": 1}, {"@graph": [1]}, {"@context": [], "@graph": []}])
def test_what_is_no_crate_is_refused(value: dict[str, object]) -> None:
    """No graph, no entities or no root: quarantined with a reason of the closed list (R20)."""
    with pytest.raises(RecordRejected) as refused:
        map_one(crated(value))
    assert refused.value.reason in ("not-parsable", "schema-required")


@given(order=st.permutations(range(len(PARTS) + len(TABLE))))
@settings(max_examples=20)
def test_order_of_entities_does_not_matter(order: list[int]) -> None:
    """R5: a graph has no order; the same entities in any order are the same records."""
    nodes = [*PARTS, *TABLE]
    turned = crated(crate(*(nodes[n] for n in order)), file_list=ROWS)
    assert map_one(turned).records == map_one(WHOLE).records


def test_keys_of_entities_do_not_depend_on_which_comes_first() -> None:
    """Two @ids that differ in marks only have two keys, the same ones in either order."""
    both = [{"@id": f"_:b{mark}c", "@type": ["bia:BioSample"], "title": f"T{mark}"} for mark in ("+", "-")]
    first, second = (
        sorted((one["title"], one["id"]) for one in study_of(crated(crate(*nodes, hasPart=[])))["biosamples"])
        for nodes in (both, both[::-1])
    )
    assert first == second
    assert first[0][1] != first[1][1]


def test_list_that_is_no_table_is_refused() -> None:
    """A cell larger than a cell can be is the document's fault, whatever another harvester asked csv to take."""
    head = ROWS.split("\n")[0] + "\n"
    before = csv.field_size_limit(1 << 20)
    try:
        with pytest.raises(RecordRejected) as refused:
            map_one(crated(crate(*PARTS, *TABLE), file_list=head + "x" * 200_000))
    finally:
        csv.field_size_limit(before)
    assert refused.value.reason == "not-parsable"
