"""What curators wrote about entries: parts by title, images by label, and what nobody defined."""

from __future__ import annotations

from empiar_samples import CURATION, REGIONS, RULES, bundle, codes, mapped

RESULT = mapped(bundle(CURATION))
STUDY, *IMAGES = RESULT.records
BY_TITLE = {image["id"]: image for image in IMAGES}


def test_parts_are_named_by_their_titles() -> None:
    """Identifiers of parts come from titles, which is what curators refer to, so that their order means nothing."""
    assert STUDY["biosamples"][0]["id"] == "empiar:10002/biosample/bacteria"
    assert STUDY["organisms"] == ["NCBITaxon:2325"]
    assert STUDY["methods"] == ["FBbi:00000256"]
    assert STUDY["annotation_methods"][0]["annotation_types"] == ["point_annotations"]
    assert {part["id"].rpartition("/")[2] for part in STUDY["protocols"]} == {"milling", "growth", "reconstruction"}
    assert STUDY["publications"][0]["doi"] == "10.1000/paper"


def test_images_know_their_specimen_acquisition_and_inputs() -> None:
    """An image's inputs are found by label, also when described later; a pattern of many files is one image."""
    tomogram = BY_TITLE["empiar:10002.Tomogram-1"]
    assert tomogram["creation_process"]["input_images"] == ["empiar:10002.Frames-1"]
    assert tomogram["creation_process"]["specimens"] == ["empiar:10002/specimen/lamella-1"]
    frames = BY_TITLE["empiar:10002.Frames-1"]
    assert frames["files"][0]["path"] == "f/1_{}.tif"
    assert frames["creation_process"]["acquisitions"] == ["empiar:10002/acquisition/tomography"]
    assert "image-series" in codes(RESULT)


def test_equal_labels_give_two_images() -> None:
    """A label used twice does not make one image of two."""
    assert "empiar:10002.Frames-1-2" in BY_TITLE


def test_titles_and_labels_that_nobody_defined_are_said() -> None:
    """A biosample, a label and a kind of annotation that are not there: findings, and nothing is invented."""
    values = {finding.value for finding in RESULT.findings if finding.code == "reference-unknown"}
    assert values == {"Yeast", "Tomogram 9"}
    assert "annotation-type-unknown" in codes(RESULT)


def test_annotations_name_their_images_and_method() -> None:
    """An annotation has its file, its method and the image that it is about."""
    (annotation,) = STUDY["annotations"]
    assert annotation["source_images"] == ["empiar:10002.Tomogram-1"]
    assert annotation["annotation_method"] == "empiar:10002/annotation-method/picking"
    assert annotation["files"][0]["file_role"] == "annotation"


def test_data_set_with_the_title_of_an_image_set_is_that_image_set() -> None:
    """Curators and depositors speak of one thing when they give it one title."""
    record = mapped(bundle(CURATION.replace("title: Frames\n", "title: Movies\n"))).records[0]
    components = {part["title"]: part for part in record["components"]}
    assert components["Movies"]["id"] == "empiar:10002/imageset/1"
    assert components["Movies"]["specimens"] == ["empiar:10002/specimen/bacteria-milling"]


def test_rules_give_parts_and_folders() -> None:
    """EMPIAR-12534: data sets by folder with specimens of groups or defaults; rules to find files are ignored."""
    result = mapped(bundle(RULES))
    raw, tomograms = result.records[0]["components"][1:]
    assert (raw["type"], raw["directory"]) == ("ImageSet", "data/Frames")
    assert raw["specimens"] == ["empiar:10002/specimen/yeast-milling"]
    assert tomograms["specimens"] == ["empiar:10002/specimen/yeast-freezing-milling"]
    assert tomograms["protocols"] == ["empiar:10002/protocol/reconstruction"]
    assert not result.unmapped


def test_regions_are_specimens_and_images() -> None:
    """EMPIAR-12104: a region has the files of its tomogram, tilt series, movies and settings."""
    study, image = mapped(bundle(REGIONS)).records
    assert study["specimens"][0]["title"] == "Control_TS_006"
    assert len(image["files"]) == 4


def test_broken_curation_costs_the_entry_nothing() -> None:
    """EMPIAR-11561 has a key twice: the file is left out with a finding, the entry stands."""
    result = mapped(bundle("accession_id: EMPIAR-10002\naccession_id: EMPIAR-10002"))
    assert result.records[0]["title"] == "Cells under ice"
    assert "curation-unreadable" in codes(result)


def test_order_of_definitions_means_nothing() -> None:
    """Proposals list biosamples before or after specimens; the records are the same."""
    head, _, rest = CURATION.partition("  BioSample:\n")
    samples, _, others = rest.partition("  SpecimenImagingPreparationProtocol:\n")
    samples_last, tail = others.split("dataset_rembis:", 1)
    moved = f"{head}  SpecimenImagingPreparationProtocol:\n{samples_last}  BioSample:\n{samples}dataset_rembis:{tail}"
    assert mapped(bundle(moved)).records == RESULT.records
