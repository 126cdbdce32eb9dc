"""Entries and curation of ours in EMPIAR's forms."""

from __future__ import annotations

import json
from typing import Any

from catalogue.model.documents import Mapped, Record, SourceDocument, SourceSpec
from harvesters.bundle import pack
from harvesters.empiar import EmpiarHarvester
from tests.harvesters.contract import fetcher

SOURCE = SourceSpec("empiar", "empiar", "entries/", ("empiar",), {"license": "CC0-1.0"})

# After EMPIAR-11058, whose curation names parts by title and inputs by label.
CURATION = """\
accession_id: EMPIAR-10002
paper_doi: https://doi.org/10.1000/paper
rembis:
  ImageAcquisitionProtocol:
    - title: Tomography
      protocol_description: Tilted in steps of two degrees.
      imaging_instrument_description: A microscope
      fbbi_id: ["obo:FBbi_00000256"]
      imaging_method_name: [cryo-electron tomography]
  BioSample:
    - title: Bacteria
      organism_classification:
        - {common_name: T. kivui, scientific_name: Thermoanaerobacter kivui, ncbi_id: "NCBI:txid2325"}
      biological_entity_description: Bacterial cells
      growth_protocol_title: Growth
  SpecimenImagingPreparationProtocol:
    - {title: Milling, protocol_description: Milled to 150 nm.}
  Specimen:
    - {title: Lamella 1, biosample_title: Bacteria, specimen_imaging_preparation_protocol_title: Milling}
  AnnotationMethod:
    - {title: Picking, protocol_description: By hand., method_type: [point_annotations, scribbles]}
  Protocol:
    - {title: Growth, protocol_description: Grown at 66 degrees.}
    - {title: Reconstruction, protocol_description: Weighted back projection.}
dataset_rembis:
  ImageAnalysisMethod:
    - {title: Segmentation, protocol_description: By a program., features_analysed: Membranes}
datasets:
  - title: Tomograms
    assigned_dataset_rembis: {image_analysis_method_title: Segmentation}
    assigned_images:
      - {label: Tomogram 1, file_pattern: t/1.mrc, protocol_title: Reconstruction, input_label_prefix: Frames 1,
         input_file_pattern: "f/1_{}.tif", specimen_title: Lamella 1}
    assigned_annotations:
      - {label: Particles, file_pattern: p/1.star, annotation_method_title: Picking, protocol_title: Reconstruction,
         input_label: [Tomogram 1, Tomogram 9]}
    additional_files:
      - {label: Read me, file_pattern: README.txt}
  - title: Frames
    assigned_images:
      - {label_prefix: Frames 1, file_pattern: "f/1_{}.tif", biosample_title: Bacteria,
         specimen_imaging_preparation_protocol_title: Milling, image_acquisition_protocol_title: Tomography}
      - {label: Frames 1, file_pattern: f/2.tif, biosample_title: Yeast}
"""

# After EMPIAR-12534 and EMPIAR-12049: rules that a proposal is made with.
RULES = """\
accession_id: EMPIAR-10002
paper_doi: https://doi.org/10.1000/paper
specimen_defaults: {biosample_title: Yeast, specimen_imaging_preparation_protocol_titles: [Freezing, Milling]}
specimens:
  literal_alias_mappings: {cell_01: ["**/TS_05*", "**/c1.mrc"]}
  patterns: ["tomo_(\\\\d{4})"]
biosamples:
  - title: Yeast
    organism_classification: [{scientific_name: Saccharomyces cerevisiae, ncbi_id: "NCBI:txid4932"}]
specimen_imaging_preparation_protocols:
  - {title: Freezing, protocol_description: Plunged.}
  - {title: Milling, protocol_description: Milled.}
image_acquisition_protocols:
  - {title: Tomography, fbbi_id: ["obo:FBbi_00000256"], imaging_method_name: [Cryo-electron tomography]}
protocols:
  - {title: Reconstruction, protocol_description: Back projection.}
datasets:
  - name: Raw frames
    data_directories: [data/Frames]
    file_globs: {frames: ["**/*.tif"]}
    image_acquisition_protocol_title: {dataset: [Tomography]}
    specimen_groups:
      - {specimen_id_pattern: "Y.*", biosample_title: Yeast, specimen_imaging_preparation_protocol_titles: [Milling]}
  - name: Tomograms
    data_directories: [data/Tomograms]
    protocol_titles: {tomogram: [Reconstruction]}
"""

# After EMPIAR-12104 of cets-empiar.
REGIONS = """\
accession_id: EMPIAR-10002
regions:
  - {name: Control_TS_006, metadata_file: c/TS_006.mdoc, tomogram_file_pattern: c/TS_006.mrc,
     tilt_series_file_pattern: c/TS_006.st, movie_stack_file_pattern: "c/TS_006_{}.tif",
     movie_stack_filter_pattern: "TS_006_{}.tif"}
"""


def body(**changes: Any) -> dict[str, Any]:
    """One entry, after EMPIAR-10988; a change to None takes a property away."""
    entry: dict[str, Any] = {
        "title": "Cells under ice",
        "status": "REL",
        "deposition_date": "2021-09-21",
        "release_date": "2022-11-17",
        "update_date": "2023-01-20",
        "obsolete_date": None,
        "experiment_type": "EMDB",
        "scale": "cell",
        "dataset_size": "305.5 GB",
        "entry_doi": "10.6019/EMPIAR-10002",
        "authors": [{"author": {"name": "Ant A", "author_orcid": "0000-0002-1825-0097"}}],
        "imagesets": [image_set()],
    }
    entry.update(changes)
    return {key: value for key, value in entry.items() if value is not None or key == "obsolete_date"}


def image_set(**changes: Any) -> dict[str, Any]:
    """One image set; its width is text, as EMPIAR gives it."""
    return {
        "name": "Movies", "directory": "data/frames", "category": "micrographs - multiframe", "header_format": "TIFF",
        "data_format": "TIFF", "num_images_or_tilt_series": 510, "frames_per_image": 10, "frame_range_min": None,
        "voxel_type": "UNSIGNED BYTE", "pixel_width": 3.425, "pixel_height": None, "details": "Two\nlines",
        "image_width": "5760", "image_height": "4092", "segmentations": [], **changes,
    }  # fmt: skip


def entry(key: str = "EMPIAR-10002", **changes: Any) -> bytes:
    """The entry as the API answers."""
    return json.dumps({key: body(**changes)}).encode()


def bundle(*texts: str, **changes: Any) -> bytes:
    """An entry with curators' documents."""
    return pack({"entry.json": entry(**changes), **{f"c{n}.yaml": text.encode() for n, text in enumerate(texts)}})


def mapped(content: bytes) -> Mapped:
    """What the harvester makes of the bytes."""
    return harvester().map(SourceDocument("EMPIAR-10002", "https://empiar.example/1", content), SOURCE)


def study(**changes: Any) -> Record:
    """The study of an entry."""
    return mapped(entry(**changes)).records[0]


def codes(result: Mapped) -> list[str]:
    """Codes of its findings."""
    return [finding.code for finding in result.findings]


def harvester() -> EmpiarHarvester:
    """The harvester under test."""
    return EmpiarHarvester(fetcher())
