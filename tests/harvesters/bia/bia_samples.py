"""Small documents and crates of ours in the forms of the BioImage Archive's model."""

from __future__ import annotations

import json
from typing import Any

from catalogue.model.documents import Mapped, Record, SourceDocument, SourceSpec
from harvesters.bia import BiaHarvester
from harvesters.bundle import pack
from tests.harvesters.contract import fetcher

SOURCE = SourceSpec("bia", "bia", "somewhere", ("biostudies", "empiar"))
ROOT = "https://store.example/bioimaging-integrator-data/S-BIAD9001"
Json = dict[str, Any]


def uuid(number: int) -> str:
    """A UUID that tells which one it is."""
    return f"{number:08x}-0000-4000-8000-000000000000"


def doc(kind: str, number: int, attributes: Json | None = None, **properties: Any) -> Json:
    """A document of the API; `attributes` are its additional metadata."""
    return {
        "uuid": uuid(number), "version": 0, "model": {"type_name": kind, "version": 3}, "object_creator": "bia_ingest",
        "additional_metadata": [
            {"provenance": "bia_ingest", "name": name, "value": value} for name, value in (attributes or {}).items()
        ],
        **properties,
    }  # fmt: skip


def study(**properties: Any) -> Json:
    """A Study document."""
    return doc(
        "Study", 1,
        **{
            "accession_id": "S-BIAD9001", "licence": "https://creativecommons.org/licenses/by/4.0/",
            "title": "Cells in a store", "release_date": "2024-06-23", "description": "What it is.",
            "keyword": ["cells"], "author": [
                {"display_name": "Ada Ant", "orcid": "0000-0002-1439-5301", "contact_email": "ada@example.org",
                 "role": ["submitter"], "address": "None", "rorid": None, "website": None,
                 "affiliation": [{"display_name": "One", "rorid": "https://ror.org/02catss52"}]},
                {"display_name": "A consortium", "rorid": "https://ror.org/02catss52", "role": ["sponsor"]},
            ],
            "grant": [{"id": "T-1", "funder": [{"display_name": "A trust", "id": None}]}],
            "related_publication": [{"title": "On cells", "doi": "10.1000/abc", "publication_year": 2024}],
            "see_also": [{"link": "https://example.org/code", "description": "The code"}],
            **properties,
        },
    )  # fmt: skip


SAMPLE = doc("BioSample", 3, title="Tissue", biological_entity_description="Skin", growth_protocol_uuid=uuid(7),
             organism_classification=[{"scientific_name": "Homo sapiens", "ncbi_id": "NCBI:txid9606"}],
             experimental_variable_description=["Time"])  # fmt: skip
PREPARATION = doc(
    "SpecimenImagingPreparationProtocol", 4, title="Stained", protocol_description="Fixed.",
    signal_channel_information=[{"channel_label": "1", "channel_content_description": "GFP"}],
)  # fmt: skip
ACQUISITION = doc(
    "ImageAcquisitionProtocol", 5, title="Confocal", imaging_instrument_description="LSM", protocol_description="63x",
    fbbi_id=["obo:FBbi_00000251"], imaging_method_name=["confocal"],
)  # fmt: skip
ANNOTATION = doc("AnnotationMethod", 6, title="Masks", protocol_description="By hand",
                 method_type=["segmentation_mask"], annotation_source_indicator="file_path")  # fmt: skip
GROWTH = doc("Protocol", 7, title="Growth", protocol_description="At 37 degrees")
DATASET = doc(
    "Dataset", 2,
    {
        "associations": {"associations": [
            {"biosample": "Tissue ", "specimen": "Stained", "image_acquisition": "confocal", "image_analysis": None}]},
        "bio_sample_uuid": {"bio_sample_uuid": [uuid(3)]},
        "specimen_imaging_preparation_protocol_uuid": {"specimen_imaging_preparation_protocol_uuid": [uuid(4)]},
        "image_acquisition_protocol_uuid": {"image_acquisition_protocol_uuid": [uuid(5)]},
        "annotation_method_uuid": {"annotation_method_uuid": [uuid(6)]},
        "uuid_unique_input": {"uuid_unique_input": "Study Component-4"},
    },
    title="All", description="All images", submitted_in_study_uuid=uuid(1),
    analysis_method=[{"title": "Counting", "features_analysed": "Cells", "additional_metadata": []}],
    correlation_method=[{"title": "By eye", "protocol_description": "Aligned"}],
    example_image_uri=[f"{ROOT}/x.png"],
)  # fmt: skip
SPECIMEN = doc("Specimen", 8, sample_of_uuid=[uuid(3)], imaging_preparation_protocol_uuid=[uuid(4)])
PROCESS = doc("CreationProcess", 9, subject_specimen_uuid=uuid(8), image_acquisition_protocol_uuid=[uuid(5)],
              input_image_uuid=[], protocol_uuid=[uuid(7)], annotation_method_uuid=[])  # fmt: skip
FILE = doc("FileReference", 11, {"attributes_from_biostudies.File": {"attributes": {"Batch": "1"}}},
           file_path="a/b.tif", format="file", size_in_bytes=7, uri="https://files.example/a b.tif",
           submission_dataset_uuid=uuid(2))  # fmt: skip
IMAGE = doc(
    "Image", 10,
    {
        f"attributes_from_file_reference_{uuid(11)}": {"attributes": {"Genotype": "wildtype", "Empty": ""}},
        "image_thumbnail_uri": {"256": {"uri": f"{ROOT}/t.png", "size": 256}},
        "neuroglancer_view_link": {"neuroglancer_view_link": "https://viewer.example/#x"},
        "recommended_vizarr_representation": {"recommended_vizarr_representation": uuid(12)},
    },
    submission_dataset_uuid=uuid(2), creation_process_uuid=uuid(9), original_file_reference_uuid=[uuid(11)], label=None,
)  # fmt: skip
STORE = doc(
    "ImageRepresentation", 12,
    {"attributes_from_ome.zarr": {"Type": "uint16", "PhysicalSizeX": "0.25", "PhysicalSizeXUnit": "µm"}},
    representation_of_uuid=uuid(10), image_format=".ome.zarr", total_size_in_bytes=0, size_x=20, size_y=10, size_z=1,
    size_c=2, size_t=1, voxel_physical_size_x=1.5e-7, voxel_physical_size_y=20, voxel_physical_size_z=None,
    file_uri=[f"{ROOT}/{uuid(10)}/{uuid(12)}.ome.zarr/0"],
    image_viewer_setting=[{"z": "0", "t": "0", "channel_information": [
        {"label": "GFP", "colormap_start": 0.0, "colormap_end": 255.0, "scale_factor": 1.0}]}],
)  # fmt: skip
MASKS = doc("AnnotationData", 13, submission_dataset_uuid=uuid(2), creation_process_uuid=uuid(14),
            original_file_reference_uuid=[uuid(11)])  # fmt: skip
MASKING = doc("CreationProcess", 14, input_image_uuid=[uuid(10)], annotation_method_uuid=[uuid(6)])
SHARED = (SAMPLE, PREPARATION, ACQUISITION, ANNOTATION, GROWTH)
ALL = (study(), DATASET, *SHARED, SPECIMEN, PROCESS, FILE, IMAGE, STORE, MASKS, MASKING)


def apart(*documents: Json) -> SourceDocument:
    """Documents as files of one study."""
    files = {f"{one['model']['type_name']}/{one['uuid']}.json": json.dumps(one).encode() for one in documents}
    return SourceDocument("S-BIAD9001", "file:///S-BIAD9001", pack(files), "application/x-tar")


def inside(value: Json) -> SourceDocument:
    """A search document."""
    return SourceDocument("x.json", "https://api.example/x.json", json.dumps(value).encode(), "application/json")


# A search document of a study holds its datasets, and these the protocols (S-BIAD1466).
SEARCH_STUDY = study(dataset=[{
    **DATASET, "image_count": 1, "file_reference_count": 160, "file_reference_size_bytes": 15343456154,
    "file_type_counts": {"file": 160}, "acquisition_process": [{**ACQUISITION, "default_open": True}],
    "biological_entity": [{**SAMPLE, "growth_protocol": GROWTH}], "annotation_process": [ANNOTATION],
    "specimen_imaging_preparation_protocol": [PREPARATION], "other_creation_process": [], "image": [IMAGE],
}])  # fmt: skip
# That of an image holds how it came to be and its representations, and at times the study's accession.
SEARCH_IMAGE = {
    **IMAGE, "accession_id": "S-BIAD9001", "study_title": "Cells in a store", "author_display_name": ["Ada Ant"],
    "total_physical_size_x": None, "representation": [STORE],
    "creation_process": {**PROCESS, "subject": {
        **SPECIMEN, "sample_of": [SAMPLE], "imaging_preparation_protocol": [PREPARATION]},
        "acquisition_process": [ACQUISITION], "protocol": [GROWTH], "annotation_method": []},
}  # fmt: skip

CONTEXT: list[Any] = ["https://w3id.org/ro/crate/1.1/context", {
    "bia": "http://bia/", "schema": "http://schema.org/", "csvw": "http://www.w3.org/ns/csvw#",
    "title": {"@id": "schema:name"}, "accessionId": {"@id": "schema:identifier"},
}]  # fmt: skip


def crate(*nodes: Json, context: Any = None, **root: Any) -> Json:
    """A crate of the present kind."""
    return {"@context": context or CONTEXT, "@graph": [
        {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}},
        {"@id": "./", "@type": ["Dataset", "bia:Study"], "name": "A crate of cells", "accessionId": "S-BIAD9001",
         "license": "https://creativecommons.org/publicdomain/zero/1.0/", "datePublished": "2023-09-05",
         "contributor": [{"@id": "https://orcid.org/0000-0002-1439-5301"}], "hasPart": [{"@id": "#Data%20set"}],
         **root},
        {"@id": "https://orcid.org/0000-0002-1439-5301", "@type": ["Person", "bia:Contributor"],
         "displayName": "Ada Ant", "affiliation": [], "role": ["submitter"]},
        *nodes,
    ]}  # fmt: skip


COLUMNS = {
    "file_path": "http://bia/filePath", "size_in_bytes": "http://bia/sizeInBytes",
    "dataset": "http://schema.org/isPartOf", "type": "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
    "label": "http://schema.org/name", "source_image_label": "http://bia/sourceImageLabel",
    "specimen": "http://bia/associatedSubject", "method": "http://bia/associatedAnnotationMethod",
    "genotype": "_:genotype",
}  # fmt: skip
TABLE: tuple[Json, ...] = (
    {"@id": "file_list.tsv", "@type": ["File", "bia:FileList", "csvw:Table"], "tableSchema": {"@id": "_:ts0"}},
    {"@id": "_:ts0", "@type": ["csvw:Schema"], "column": [{"@id": f"_:{name}"} for name in COLUMNS]},
    *({"@id": f"_:{name}", "@type": ["csvw:Column"], "columnName": name, "propertyUrl": url}
      for name, url in COLUMNS.items()),
)  # fmt: skip
PARTS: tuple[Json, ...] = (
    {"@id": "#Data%20set", "@type": ["bia:Dataset", "Dataset"], "name": "Images",
     "associatedImageAcquisitionProtocol": [{"@id": "_:Confocal imaging"}], "associatedSpecimen": {"@id": "_:s"}},
    {"@id": "_:Confocal imaging", "@type": ["bia:ImageAcquisitionProtocol"], "title": "Microscopy",
     "fbbiId": ["fbbi_00000251"], "imagingMethodName": ["confocal microscopy"]},
    {"@id": "_:m", "@type": ["bia:AnnotationMethod"], "title": "Masks", "methodType": "segmentation mask"},
    {"@id": "_:s", "@type": ["bia:Specimen"], "biologicalEntity": [{"@id": "_:b"}],
     "imagingPreparationProtocol": [{"@id": "_:p"}]},
    {"@id": "_:b", "@type": ["bia:BioSample"], "title": "Tissue", "organismClassification": [{"@id": "NCBI:txid9606"}]},
    {"@id": "NCBI:txid9606", "@type": ["bia:Taxon"], "commonName": "human", "scientificName": "Homo sapiens"},
    {"@id": "_:p", "@type": ["bia:SpecimenImagingPreparationProtocol"], "title": "Stained",
     "signalChannelInformation": [{"@id": "_:c"}]},
    {"@id": "_:c", "@type": ["bia:SignalChannel"], "channelLabel": "1", "channelContentDescription": "GFP"},
)  # fmt: skip
ROWS = (
    "\t".join(COLUMNS)
    + "\nd/a.tif\t12\t#Data%20set\thttp://bia/Image\tA\t\t_:s\t\twildtype"
    + "\nd/b.tif\t13\t#Data%20set\thttp://bia/Image\tB\t['A']\t\t\t"
    + "\nd/m.csv\t14\t#Data%20set\thttp://bia/AnnotationData\tM\tB\t\t_:m\t"
    + "\nd/readme.txt\t15\t#Data%20set\t\t\t\t\t\t\n"
)


def crated(value: Json, **lists: str) -> SourceDocument:
    """A crate as it is kept, with its lists (`file_list` is file_list.tsv)."""
    content = json.dumps(value).encode()
    files = {"ro-crate-metadata.json": content} | {f"{name}.tsv": text.encode() for name, text in lists.items()}
    if not lists:
        return SourceDocument("ro-crate-metadata.json", "file:///ro-crate-metadata.json", content)
    return SourceDocument("ro-crate-metadata.json", "file:///x", pack(files), "application/x-tar")


def map_one(document: SourceDocument) -> Mapped:
    """What becomes of one document."""
    return BiaHarvester(fetcher()).map(document, SOURCE)


def study_of(document: SourceDocument) -> Record:
    """Its study."""
    (found,) = [record for record in map_one(document).records if record["type"] == "Study"]
    return found


def images_of(document: SourceDocument) -> list[Record]:
    """Its images."""
    return [record for record in map_one(document).records if record["type"] == "Image"]


def codes(document: SourceDocument) -> list[str]:
    """Codes of the findings about one document."""
    return [finding.code for finding in map_one(document).findings]
