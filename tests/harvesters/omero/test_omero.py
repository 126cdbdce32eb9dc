"""OME-XML documents become images, and a study where the source gives it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalogue.model.documents import Mapped, Record, SourceDocument, SourceSpec
from catalogue.model.validation import check_schema, check_shapes
from catalogue.problems import RecordRejected
from harvesters.omero import OmeroHarvester
from tests.harvesters.contract import HarvesterContract, fetcher

HEAD = """\
<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="a b">"""
PIXELS = """\
<Pixels ID="Pixels:{0}" DimensionOrder="XYZCT" Type="float" SizeX="512" SizeY="256" SizeZ="3" SizeC="2" SizeT="1"
 PhysicalSizeX="0.65" PhysicalSizeY="650" PhysicalSizeYUnit="nm" PhysicalSizeZ="2" PhysicalSizeZUnit="reference frame"
 TimeIncrement="500" TimeIncrementUnit="ms" SignificantBits="12" BigEndian="true">
<Channel ID="Channel:{0}:0" Name="GFP" Color="16711935" Fluor="eGFP" ExcitationWavelength="488" NDFilter="0.5">
<DetectorSettings ID="Detector:0" Gain="2.0"/><LightPath><EmissionFilterRef ID="Filter:0"/></LightPath>
</Channel><MetadataOnly/><Plane TheZ="0" TheC="0" TheT="0" ExposureTime="10"/></Pixels>"""
IMAGE = f"""\
<Image ID="Image:{{0}}" Name="{{1}}"><AcquisitionDate>2006-05-04T18:13:51</AcquisitionDate><Description />
<InstrumentRef ID="Instrument:0"/>{PIXELS}<ROIRef ID="ROI:1"/><AnnotationRef ID="Annotation:1"/>
<AnnotationRef ID="Annotation:2"/><AnnotationRef ID="Annotation:18350171370993896932"/></Image>"""
INSTRUMENT = """\
<Instrument ID="Instrument:0"><Microscope Manufacturer="Maker" Model="M1" Type="Inverted"/>
<Laser ID="LightSource:0" Type="Dye" Wavelength="488.0" WavelengthUnit="nm" LotNumber="7"/>
<Detector ID="Detector:0" Type="CCD"/><Objective ID="Objective:0" LensNA="1.4" NominalMagnification="63.0"
 Immersion="Oil" WorkingDistance="0.2" WorkingDistanceUnit="mm"/><Filter ID="Filter:0" Type="LongPass"/></Instrument>"""
PLATE = """\
<Plate ID="Plate:1" Name="P1" Rows="2" Columns="3"><Well ID="Well:1" Row="1" Column="2" Type="control">
<WellSample ID="WellSample:1" Index="0" Timepoint="2006-05-05T18:13:51"><ImageRef ID="Image:1"/></WellSample></Well>
<PlateAcquisition ID="PlateAcquisition:1" MaximumFieldCount="1" StartTime="2006-05-04T10:00:00">
<WellSampleRef ID="WellSample:1"/></PlateAcquisition></Plate>"""
# transfer.xml of OMERO's own tests: annotation ids beyond 63 bits, keys without values, several images a file.
ANNOTATIONS = """\
<StructuredAnnotations><MapAnnotation ID="Annotation:1"><Value><M K="species">mouse</M><M K="sex"> </M></Value>
</MapAnnotation><TagAnnotation ID="Annotation:2"><Value>good</Value></TagAnnotation>
<XMLAnnotation ID="Annotation:18350171370993896932"><Value><CLITransferServerPath><Path>x</Path>
</CLITransferServerPath></Value></XMLAnnotation></StructuredAnnotations>"""
ROI = """\
<ROI ID="ROI:1"><Union><Rectangle ID="Shape:1" X="1" Y="2" Width="3" Height="4" FillColor="-256" Text="cell"/>
</Union></ROI>"""
OWN = {"study": "idr9001", "title": "A packet", "license": "CC-BY-4.0"}
SOURCE = SourceSpec("omero", "omero", "packets/", ("idr",), OWN)


def packet(*parts: str, images: int = 1) -> bytes:
    """A document with images and what stands before and behind them."""
    listed = "".join(IMAGE.format(number, f"n{number}.ome.tif") for number in range(1, images + 1))
    return (HEAD + "".join(parts[:2]) + listed + ANNOTATIONS + ROI + "</OME>").encode()


def map_packet(content: bytes, **options: str) -> Mapped:
    """What a document is mapped to; without options as a study of its own."""
    source = SourceSpec("omero", "omero", "", ("idr",), options or OWN)
    document = SourceDocument("a/transfer.xml", "https://packets.example/", content, "application/xml")
    return OmeroHarvester(fetcher()).map(document, source)


def image(**options: str) -> Record:
    """The one image of a packet with instrument and plate."""
    return map_packet(packet(INSTRUMENT, PLATE), **options).records[-1]


def test_an_image_has_its_pixels_in_our_units() -> None:
    """Sizes, types and colours are converted; a length in no unit of length is left out."""
    (pixels,) = image()["representations"]
    assert (pixels["format"], pixels["data_type"], pixels["shape"]) == ("OME-TIFF", "float32", "1,2,3,256,512")
    assert (pixels["pixel_size_x_um"], pixels["pixel_size_y_um"], pixels["time_step_s"]) == (0.65, 0.65, 0.5)
    assert "pixel_size_z_um" not in pixels
    (channel,) = pixels["channels"]
    assert (channel["label"], channel["color"], channel["excitation_wavelength_nm"]) == ("GFP", "00FF00", 488)


def test_keys_and_values_become_characteristics() -> None:
    """Map annotations and tags are characteristics; a key without a value says nothing."""
    said = [(one["name"], one["text_value"]) for one in image()["characteristics"]]
    assert said == [("species", "mouse"), ("tag", "good")]


def test_a_well_is_a_position() -> None:
    """Plate, row, column and field are those of the document."""
    assert image()["plate_position"] | {"id": ""} == {
        "id": "", "plate_name": "P1", "row_index": 1, "column_index": 2, "field_index": 0, "well_type": "control",
    }  # fmt: skip


def test_several_images_have_names_of_their_own() -> None:
    """Images of one document, and of documents of one name in other folders, are told apart."""
    records = map_packet(packet(images=3), study="idr9001").records
    assert [one["id"] for one in records] == [f"idr:idr9001.a-transfer-Image-{number}" for number in (1, 2, 3)]


def test_the_study_has_instruments_plates_and_regions() -> None:
    """Where the source gives the study, what belongs to it stands in its record."""
    mapped = map_packet(packet(INSTRUMENT, PLATE))
    study, found = mapped.records
    (acquisition,) = study["acquisitions"]
    (instrument,) = acquisition["instruments"]
    assert instrument["manufacturer"] == "Maker"
    assert instrument["light_sources"] == ["Laser: Type Dye, Wavelength 488.0 nm"]
    (lens,) = instrument["objectives"]
    assert (lens["magnification"], lens["numerical_aperture"], lens["working_distance_um"]) == (63.0, 1.4, 200.0)
    assert "Gain 2.0" in acquisition["acquisition_parameters"]
    assert found["creation_process"]["acquisitions"] == [acquisition["id"]]
    (plate,) = study["components"][0]["plates"]
    assert (plate["row_count"], plate["column_count"], len(plate["runs"])) == (2, 3, 1)
    (region,) = study["annotations"]
    assert (region["annotation_types"], region["source_images"]) == (["bounding_boxes"], [found["id"]])
    assert not mapped.unmapped
    assert all(not check_schema(record) and not check_shapes(record) for record in mapped.records)


def test_without_a_title_only_images_are_given() -> None:
    """Parts of a study that another source gives are left out for that reason, each one accounted for."""
    mapped = map_packet(packet(INSTRUMENT, PLATE), study="idr9001")
    assert [record["type"] for record in mapped.records] == ["Image"]
    assert not mapped.unmapped
    assert any(key.startswith("OME/Instrument: belongs to the record of the study") for key in mapped.ignored)


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        (packet(), {"title": "t"}, "bad-identifier"),
        (packet(images=0), {}, "schema-required"),
        (b'<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2003-FC"/>', {}, "not-parsable"),
        (b"<!DOCTYPE OME><OME/>", {}, "not-parsable"),
    ],
)
def test_what_is_no_packet_is_refused(content: bytes, options: dict[str, str], reason: str) -> None:
    """R19: no study stated, no image, an older schema, a DOCTYPE: quarantined with the reason."""
    with pytest.raises(RecordRejected) as refused:
        map_packet(content, **options)
    assert refused.value.reason == reason


class TestOmero(HarvesterContract):
    """Packets with and without instruments and plates."""

    def harvester(self) -> OmeroHarvester:
        """Made with the one fetcher."""
        return OmeroHarvester(fetcher())

    def source(self) -> SourceSpec:
        """A packet that is a study of its own."""
        return SOURCE

    def samples(self) -> list[SourceDocument]:
        """A packet with everything, and one with several images."""
        contents = (packet(INSTRUMENT, PLATE), packet(images=2))
        return [SourceDocument("transfer.xml", "https://packets.example/", one, "application/xml") for one in contents]

    def serve(self, folder: Path) -> SourceSpec:
        """A folder with one packet."""
        (folder / "transfer.xml").write_bytes(packet(INSTRUMENT, PLATE))
        return SourceSpec("omero", "omero", str(folder), ("idr",), OWN)


@pytest.mark.partners
@pytest.mark.parametrize(("folder", "documents"), [("omero", 2), ("ome-zarr", 5)])
@pytest.mark.parametrize("options", [OWN, {"study": "idr9001"}], ids=["study", "images"])
def test_real_documents_are_read_whole(partners: Path, folder: str, documents: int, options: dict[str, Any]) -> None:
    """OMERO's packets and the OME-XML of OME-Zarr stores enter, and every property is accounted for."""
    source = SourceSpec("omero", "omero", str(partners / folder), ("idr",), options)
    harvester = OmeroHarvester(fetcher())
    found = [event for event in harvester.fetch(source, None, {}) if isinstance(event, SourceDocument)]
    assert len(found) == documents
    for document in found:
        mapped = harvester.map(document, source)
        assert not mapped.unmapped, document.item
        assert all(not check_schema(record) and not check_shapes(record) for record in mapped.records)
