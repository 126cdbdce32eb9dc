"""PhenoImageShare's import files: the contract, what becomes a record and what stays a link."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from catalogue.model.documents import Mapped, SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.phenoimageshare import PhenoImageShareHarvester
from tests.harvesters.contract import HarvesterContract, fetcher

# The archive of the samples is one that the prefix map knows; an operator describes Virtual Fly Brain in owners.toml.
OPTIONS = {"study": "biostudies:S-BIAD7", "title": "Lineage clones", "license": "CC0-1.0"}
SOURCE = SourceSpec("vfb", "phenoimageshare", "files/", ("biostudies",), OPTIONS)


def term(label: str, name: str) -> str:
    """An annotation with a term."""
    return (
        f"<el><ontology_term><term_label>{label}</term_label><term_id>{name}</term_id></ontology_term>"
        "<annotation_freetext></annotation_freetext></el>"
    )


def image(name: str = "VFB_00020168", more: str = "") -> str:
    """One image with a region and a channel, after VFB_00020168."""
    return (
        f"<image><id>image_{name}</id><organism><taxon>Drosophila melanogaster</taxon><sex>unknown</sex>"
        "<ncbi_taxon_id>NCBItaxon_7227</ncbi_taxon_id><stage><term_label>adult stage</term_label>"
        "<term_id>FBdv:00005369</term_id></stage></organism><image_description>"
        f"<image_url>http://vfb.example/{name}/thumbnail.png</image_url>"
        f"<image_context_url>http://vfb.example/owl/{name}</image_context_url><image_dimensions>"
        "<image_depth>512</image_depth><image_height>256</image_height><image_width>128</image_width>"
        "</image_dimensions><image_generated_by><display_name>A lab</display_name><url>http://flybase.example/1</url>"
        "</image_generated_by><host><display_name>Virtual Fly Brain</display_name><url>http://vfb.example</url></host>"
        f"<imaging_method>{term('confocal microscopy', 'FBbi:00000251')}</imaging_method><sample_preparation>"
        f"{term('whole mounted tissue', 'FBbi:00000024')}</sample_preparation><image_type><el>expression</el>"
        f"</image_type><sample_type>wild type</sample_type></image_description><associated_roi><el>roi_{name}-a</el>"
        f"</associated_roi><associated_channel><el>channel_{name}-a</el></associated_channel>{more}</image>"
        f"<roi><id>roi_{name}-a</id><associated_image>image_{name}</associated_image><associated_channel>"
        f"<el>channel_{name}-a</el></associated_channel><coordinates><z_coordinates><el>0.0</el><el>100.0</el>"
        "</z_coordinates><x_coordinates><el>0.0</el><el>0.0</el></x_coordinates></coordinates>"
        f"<depicted_anatomical_structure>{term('adult brain', 'FBbt:00003624')}</depicted_anatomical_structure>"
        f"<phenotype_annotations>{term('abnormal', 'PATO:0000460')}</phenotype_annotations>"
        "<observations><el>A clone in the adult brain</el></observations></roi>"
        f"<channel><id>channel_{name}-a</id><visualisation_method>{term('GFP', 'FBbi:00000437')}"
        f"</visualisation_method><associated_image>image_{name}</associated_image><associated_roi>"
        f"<el>roi_{name}-a</el></associated_roi></channel>"
    )


def doc(*images: str) -> bytes:
    """A file with some images."""
    return (
        f'<?xml version="1.0" ?><n:Doc xmlns:n="http://www.example.org/phisSchema">{"".join(images)}</n:Doc>'.encode()
    )


def mapped(content: bytes, **changes: str | None) -> Mapped:
    """What the harvester makes of a file; an option changed to None is taken away."""
    options = {key: value for key, value in {**OPTIONS, **changes}.items() if value is not None}
    source = SourceSpec("vfb", "phenoimageshare", "files/", ("biostudies",), options)
    return PhenoImageShareHarvester(fetcher()).map(SourceDocument("VFB.xml", "https://vfb.example/", content), source)


class TestPhenoImageShareContract(HarvesterContract):
    """The harvester of PhenoImageShare's files keeps the contract of all harvesters."""

    def harvester(self) -> PhenoImageShareHarvester:
        return PhenoImageShareHarvester(fetcher())

    def source(self) -> SourceSpec:
        return SOURCE

    def samples(self) -> list[SourceDocument]:
        return [SourceDocument("a.xml", "https://vfb.example/", doc(image(), image("VFB_00020146")))]

    def serve(self, folder: Path) -> SourceSpec:
        (folder / "a.xml").write_bytes(doc(image()))
        return SourceSpec("vfb", "phenoimageshare", str(folder), ("biostudies",), OPTIONS)


def test_image_has_terms_and_links_and_no_pixels() -> None:
    """Taxon (NCBItaxon_7227, in odd case), method, thumbnail and page of the image at its own archive."""
    result = mapped(doc(image()))
    record = result.records[1]
    assert record["id"] == "biostudies:S-BIAD7.VFB-00020168"
    assert record["alternative_identifiers"] == ["VFB_00020168"]
    assert (record["organisms"], record["methods"]) == (["NCBITaxon:7227"], ["FBbi:00000251"])
    assert record["see_also"] == ["http://vfb.example/owl/VFB_00020168"]
    assert record["title"] == "A clone in the adult brain"
    assert "representations" not in record
    assert "term-id-form" in [finding.code for finding in result.findings]


def test_what_a_region_shows_stays_with_the_region() -> None:
    """Anatomy, phenotype and place of each region, and how each channel was made visible, with the ontology's terms."""
    said = {part["name"]: part for part in mapped(doc(image())).records[1]["characteristics"]}
    assert said["roi a, depicted anatomical structure"]["value_terms"] == ["FBbt:00003624"]
    assert said["roi a, phenotype annotations"]["value_terms"] == ["PATO:0000460"]
    assert said["roi a, coordinates"]["text_value"] == "z 0.0 to 100.0, x 0.0 to 0.0"
    assert said["channel a, visualisation method"]["value_terms"] == ["FBbi:00000437"]
    assert said["dimensions (depth, height, width)"]["text_value"] == "512 x 256 x 128"
    assert "sex" not in said


def test_study_is_recorded_only_with_a_title() -> None:
    """The file does not describe its study: without the option `title` only images come, for a study from elsewhere."""
    study, *_ = mapped(doc(image())).records
    assert (study["type"], study["title"], study["image_count"]) == ("Study", "Lineage clones", 1)
    assert study["subjects"] == ["FBbi:00000024", "FBbi:00000437", "FBbt:00003624", "FBdv:00005369", "PATO:0000460"]
    assert {link["link_type"] for link in study["links"]} == {"image generated by", "host"}
    assert [record["type"] for record in mapped(doc(image()), title=None).records] == ["Image"]


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        (doc(image()), {"study": None}, "bad-identifier"),
        (doc(image()), {"study": "vfb:Cachero2010"}, "bad-identifier"),
        (doc(image()), {"study": "empiar:10002"}, "not-owner"),
        (doc(), {}, "schema-required"),
        (doc(image(), image()), {}, "equivocation"),
        (doc(image("__")), {}, "bad-identifier"),
        (b"<Other/>", {}, "not-parsable"),
        (lzma.compress(doc(image()))[:-20], {}, "not-parsable"),
        (lzma.compress(b" " * (65 << 20), preset=0), {}, "too-large"),
    ],
)
def test_what_cannot_be_records_is_refused_with_its_reason(
    content: bytes, options: dict[str, str | None], reason: str
) -> None:
    """No study named, an unknown archive, another's; no image, one twice, one nameless; no such file; bad packing."""
    with pytest.raises(RecordRejected) as refused:
        mapped(content, **options)
    assert refused.value.reason == reason


def test_packed_file_is_read_as_it_is() -> None:
    """The sample file comes packed with xz."""
    assert mapped(lzma.compress(doc(image()))).records == mapped(doc(image())).records


def test_region_of_no_image_is_ignored_for_that_reason() -> None:
    """A region whose image the file does not describe belongs nowhere."""
    stray = image("VFB_2").partition("</image>")[2]
    result = mapped(doc(image(), stray))
    assert not result.unmapped
    assert any("no image of this file" in reason for reason in result.ignored)
