"""Documents of the archive's API: apart, inside one another, with what curators and converters write into them."""

from __future__ import annotations

import copy
from typing import Any

import hypothesis.strategies as st
import pytest
from bia_samples import (
    ALL,
    DATASET,
    FILE,
    IMAGE,
    PROCESS,
    ROOT,
    SEARCH_IMAGE,
    SEARCH_STUDY,
    SHARED,
    SOURCE,
    SPECIMEN,
    STORE,
    apart,
    codes,
    doc,
    images_of,
    inside,
    map_one,
    study,
    study_of,
    uuid,
)
from hypothesis import given, settings

from catalogue.model.documents import SourceSpec
from catalogue.problems import RecordRejected
from harvesters.bia import BiaHarvester
from harvesters.bia_parts import specimen_key
from tests.harvesters.contract import fetcher

STUDY = "biostudies:S-BIAD9001"
CONFOCAL = f"{STUDY}/specimen/{specimen_key([uuid(4)], [uuid(3)])}"


def changed(document: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """A document with other properties."""
    return {**copy.deepcopy(document), **properties}


def test_datasets_become_components_with_what_goes_together() -> None:
    """Associations by title become identifiers of the study's parts."""
    (component,) = study_of(apart(*ALL))["components"]
    assert component["id"] == f"{STUDY}/component/{uuid(2)}"
    assert component["associations"] == [
        {
            "id": f"{STUDY}/component/{uuid(2)}/association/1", "biosamples": [f"{STUDY}/biosample/{uuid(3)}"],
            "acquisitions": [f"{STUDY}/acquisition/{uuid(5)}"], "specimens": [CONFOCAL],
        }
    ]  # fmt: skip
    assert component["annotation_methods"] == [f"{STUDY}/annotation-method/{uuid(6)}"]
    assert (component["file_count"], component["total_size_bytes"]) == (1, 7)
    assert component["analyses"] and component["correlations"]


def test_associations_may_stand_one_by_one() -> None:
    """S-BIAD-TEST-PROPOSE writes each association as an attribute of its own; a title nobody has is said."""
    dataset = copy.deepcopy(DATASET)
    dataset["additional_metadata"][0]["value"] = {
        "biosample": "Tissue",
        "specimen": "Stained",
        "image_acquisition": "X",
        "image_analysis": "Counting",
    }
    document = apart(study(), dataset, *SHARED)
    (component,) = study_of(document)["components"]
    assert component["associations"][0]["specimens"] == [CONFOCAL]
    assert component["associations"][0]["analyses"] == component["analyses"]
    assert "association-unresolved" in codes(document)


def test_one_specimen_for_one_preparation_of_the_same_samples() -> None:
    """S-BIAD1556 has a Specimen document for each image; they are one specimen of the study, wherever it is read."""
    second = doc("Specimen", 88, sample_of_uuid=[uuid(3)], imaging_preparation_protocol_uuid=[uuid(4)])
    found = study_of(apart(*ALL, second))
    assert [one["id"] for one in found["specimens"]] == [CONFOCAL]
    assert found["specimens"][0]["biosamples"] == [f"{STUDY}/biosample/{uuid(3)}"]
    assert found["specimens"][0]["signal_channels"][0]["content_description"] == "GFP"
    (image,) = images_of(inside(SEARCH_IMAGE))
    assert image["creation_process"]["specimens"] == [CONFOCAL]


def test_image_keeps_how_it_came_to_be() -> None:
    """Creation process, files, depositor's columns and pictures of an image."""
    (image,) = images_of(apart(*ALL))
    name = f"biostudies:{uuid(10)}"
    assert (image["id"], image["study"], image["component"]) == (name, STUDY, f"{STUDY}/component/{uuid(2)}")
    assert image["creation_process"] == {
        "id": f"{name}/creation", "specimens": [CONFOCAL], "acquisitions": [f"{STUDY}/acquisition/{uuid(5)}"],
        "protocols": [f"{STUDY}/protocol/{uuid(7)}"],
    }  # fmt: skip
    assert image["files"] == [
        {"id": f"{name}/file/1", "path": "a/b.tif", "url": "https://files.example/a%20b.tif", "total_size_bytes": 7}
    ]
    assert [(one["name"], one["text_value"]) for one in image["characteristics"]] == [("Genotype", "wildtype")]
    assert image["thumbnails"] == [f"{ROOT}/t.png"]
    assert image["see_also"] == ["https://viewer.example/#x"]


def test_columns_of_a_file_stand_in_for_those_of_its_image() -> None:
    """An image without columns of its own has those of the file it was made from."""
    (image,) = images_of(apart(study(), DATASET, *SHARED, changed(IMAGE, additional_metadata=[]), FILE))
    assert [(one["name"], one["text_value"]) for one in image["characteristics"]] == [("Batch", "1")]


def test_representation_has_micrometres_and_an_address_in_two_parts() -> None:
    """Voxels are metres there and micrometres here; endpoint and key let a site move (April 2026)."""
    (shown,) = images_of(apart(*ALL))[0]["representations"]
    assert (shown["format"], shown["shape"], shown["data_type"]) == ("OME-Zarr", "1,2,1,10,20", "uint16")
    assert shown["pixel_size_x_um"] == 0.15
    assert [axis["name"] for axis in shown["axes"]] == ["t", "c", "z", "y", "x"]
    assert shown["replicas"] == [
        {
            "id": f"biostudies:{uuid(10)}/representation/{uuid(12)}/replica/1", "site": "biostudies",
            "endpoint": "https://store.example/bioimaging-integrator-data/",
            "key": f"S-BIAD9001/{uuid(10)}/{uuid(12)}.ome.zarr/0",
        }
    ]  # fmt: skip
    assert shown["channels"][0]["window_end"] == 255.0
    assert shown["rendering"]["default_z"] == 0


@pytest.mark.parametrize(
    ("metres", "kept", "code"),
    [
        (20, None, "voxel-size-implausible"),  # point_annotations
        (1.0, None, "voxel-size-implausible"),  # EMPIAR-10326
        (0.0254 / 72, 352.777777778, "voxel-size-default"),  # S-BIAD634: nobody measured
        (None, 0.25, ""),  # what the store's own OME-XML says
    ],
)
def test_odd_voxels_are_said(metres: float | None, kept: float | None, code: str) -> None:
    """A size that is none in metres is left out; 72 dots an inch are kept and doubted."""
    document = apart(study(), DATASET, *SHARED, IMAGE, changed(STORE, voxel_physical_size_x=metres))
    (shown,) = images_of(document)[0]["representations"]
    assert shown.get("pixel_size_x_um") == kept
    assert not code or code in codes(document)


def test_image_of_no_bytes_has_no_size() -> None:
    """S-BIAD609 states 0 bytes for a store of two channels."""
    assert "total_size_bytes" not in images_of(apart(*ALL))[0]["representations"][0]
    assert "size-zero" in codes(apart(*ALL))


def test_unknown_format_is_other_and_said() -> None:
    """A format the model has no word for does not pass in silence."""
    document = apart(study(), DATASET, *SHARED, IMAGE, changed(STORE, image_format=".mcd"))
    assert images_of(document)[0]["representations"][0]["format"] == "other"
    assert "image-format-other" in codes(document)


def test_annotation_data_name_method_and_images() -> None:
    """Annotations of images are parts of the study, with the method and the images of their process."""
    (annotation,) = study_of(apart(*ALL))["annotations"]
    assert annotation["annotation_method"] == f"{STUDY}/annotation-method/{uuid(6)}"
    assert annotation["source_images"] == [f"biostudies:{uuid(10)}"]
    assert annotation["files"][0]["file_role"] == "annotation"


def test_search_document_is_the_same_study() -> None:
    """Protocols inside datasets inside the study are the documents they are apart, whatever repeats them."""
    found, other = study_of(inside(SEARCH_STUDY)), study_of(apart(study(), DATASET, *SHARED))
    for slot in ("biosamples", "acquisitions", "specimens", "protocols", "annotation_methods"):
        assert found[slot] == other[slot], slot
    component = found["components"][0]
    assert (component["image_count"], component["file_count"]) == (1, 160)
    assert component["total_size_bytes"] == 15343456154
    assert [image["id"] for image in images_of(inside(SEARCH_STUDY))] == [f"biostudies:{uuid(10)}"]


def test_search_document_of_an_image_is_an_image_alone() -> None:
    """An image names its study by accession; one without is placed by the archive's own address, which is said."""
    assert [record["type"] for record in map_one(inside(SEARCH_IMAGE)).records] == ["Image"]
    without = {key: value for key, value in SEARCH_IMAGE.items() if key != "accession_id"}
    assert images_of(inside(without))[0]["study"] == STUDY
    assert "study-from-address" in codes(inside(without))
    with pytest.raises(RecordRejected) as refused:
        map_one(inside(IMAGE))
    assert refused.value.reason == "bad-identifier"


def test_people_and_organisations_are_told_apart() -> None:
    """A contributor with a ROR is an organisation; "None" is nobody's address."""
    authors = study_of(apart(study()))["authors"]
    assert [(one["type"], one["name"]) for one in authors] == [("Person", "Ada Ant"), ("Organization", "A consortium")]
    assert authors[1]["ror"] == "https://ror.org/02catss52"
    assert "address" not in authors[0]
    assert "placeholder" in codes(apart(study()))


def test_later_version_of_a_document_counts() -> None:
    """A document that stands twice counts by its version, in whatever order (R5)."""
    later = study(title="A later title of cells", version=3)
    for both in ((study(), later), (later, study())):
        assert study_of(inside({"documents": list(both)}))["title"] == "A later title of cells"


@given(order=st.permutations(range(len(ALL))))
@settings(max_examples=20)
def test_order_of_documents_does_not_matter(order: list[int]) -> None:
    """R5: the same documents in any order are the same records."""
    turned = map_one(inside({"documents": [ALL[n] for n in order]})).records
    assert turned == map_one(apart(*ALL)).records


def test_imagesets_of_empiar_keep_folder_and_formats() -> None:
    """EMPIAR-10326 comes through the archive's API: owner EMPIAR, image set with folder, images below the entry."""
    sets = {
        "dirpath_prefix": {"dirpath_prefix": "data/x"},
        "imageset_metadata": {
            "pixel_width": 50.0,
            "pixel_height": 50.0,
            "header_format": "TIFF",
            "data_format": "TIFF",
        },
    }
    dataset = doc("Dataset", 2, sets, title="Set", submitted_in_study_uuid=uuid(1))
    document = apart(study(accession_id="EMPIAR-10326"), dataset, IMAGE)
    component = study_of(document)["components"][0]
    assert (component["type"], component["directory"], component["pixel_width_angstrom"]) == ("ImageSet", "data/x", 50)
    assert images_of(document)[0]["id"] == f"empiar:10326.{uuid(10)}"


@pytest.mark.parametrize("accession", ["S-BIAD-TEST-PROPOSE", "S-BIADTEST", "S-TEST123"])
def test_invented_accessions_are_refused(accession: str) -> None:
    """Accessions with TEST are the archive's developers': `policy`."""
    with pytest.raises(RecordRejected) as refused:
        map_one(apart(study(accession_id=accession)))
    assert refused.value.reason == "policy"


def test_documents_of_two_studies_are_refused() -> None:
    """One bundle is one study: `equivocation`."""
    with pytest.raises(RecordRejected) as refused:
        map_one(apart(study(), changed(study(), uuid=uuid(99))))
    assert refused.value.reason == "equivocation"


def test_unknown_class_and_property_are_said() -> None:
    """R22: what nobody foresaw is found, and counted where it is a property."""
    mapped = map_one(apart(study(colour="red"), doc("Novelty", 77)))
    assert dict(mapped.unmapped) == {"Study/colour": 1}
    assert "class-unknown" in {finding.code for finding in mapped.findings}


def test_site_of_the_copies_is_the_operators_word() -> None:
    """The option `site` names the site of the addresses."""
    source = SourceSpec(SOURCE.name, SOURCE.harvester, SOURCE.location, SOURCE.owners, {"site": "embassy"})
    document = apart(study(), DATASET, *SHARED, SPECIMEN, PROCESS, IMAGE, STORE)
    records = BiaHarvester(fetcher()).map(document, source).records
    assert records[1]["representations"][0]["replicas"][0]["site"] == "embassy"
