"""Small submissions of ours in the forms of BioStudies."""

from __future__ import annotations

import json
from typing import Any

from catalogue.model.documents import Mapped, Record, SourceDocument, SourceSpec
from harvesters.biostudies import BiostudiesHarvester
from harvesters.biostudies_bundle import Parcel
from tests.harvesters.contract import fetcher

SOURCE = SourceSpec("bia", "biostudies", "somewhere", ("biostudies", "empiar"))
CC_BY = "https://creativecommons.org/licenses/by/4.0/legalcode"
Json = dict[str, Any]


def attributes(**values: Any) -> list[Json]:
    """Attributes; `_` in a name stands for a blank, a list for several values, a dict is an attribute as it is."""
    found: list[Json] = []
    for name, given in values.items():
        for value in given if isinstance(given, list) else [given]:
            found.append(value if isinstance(value, dict) else {"name": name.replace("_", " "), "value": value})
    return found


def section(kind: str, accno: str = "", below: list[Json] | None = None, **values: Any) -> Json:
    """A section with its attributes and the sections below it."""
    found: Json = {"type": kind, "attributes": attributes(**values)}
    if accno:
        found["accno"] = accno
    if below:
        found["subsections"] = below
    return found


def licence(name: str = "CC BY 4.0", address: str = CC_BY) -> Json:
    """A licence attribute with its address as a qualifier."""
    return {"name": "License", "value": name, "valqual": [{"name": "URL", "value": address}]}


def reference(value: str, name: str = "affiliation") -> Json:
    """An attribute that refers to a section."""
    return {"name": name, "value": value, "reference": True}


def submission(*sections: Json, accno: str = "S-BIAD9001", root: Json | None = None, **values: Any) -> Json:
    """A submission of the present templates; `values` are attributes of the study."""
    study = {"Title": "Cells under a microscope", "Description": "What it is.", "License": licence(), **values}
    return {
        "accno": accno,
        "attributes": attributes(
            **{"Template": "BioImages.v4", "ReleaseDate": "2024-03-01", "AttachTo": "BioImages", **(root or {})}
        ),
        "section": section("Study", below=list(sections), **{k: v for k, v in study.items() if v is not None}),
        "type": "submission",
    }


def document(value: Json | bytes, lists: dict[str, Any] | None = None, info: Json | None = None) -> SourceDocument:
    """The submission as it is kept, with file lists and `/info` beside it."""
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    files = {name: one if isinstance(one, bytes) else json.dumps(one).encode() for name, one in (lists or {}).items()}
    parcel = Parcel(content, json.dumps(info).encode() if info else b"", files)
    return parcel.document("S-BIAD9001.json", "https://archive.example/S-BIAD9001.json")


def map_one(value: Json | bytes, **beside: Any) -> Mapped:
    """What becomes of one submission."""
    return BiostudiesHarvester(fetcher()).map(document(value, **beside), SOURCE)


def study_of(value: Json | bytes, **beside: Any) -> Record:
    """The study record of one submission."""
    return map_one(value, **beside).records[0]


def codes(value: Json | bytes, **beside: Any) -> list[str]:
    """Codes of the findings about one submission."""
    return [finding.code for finding in map_one(value, **beside).findings]


def files(*paths: str, **columns: str) -> list[Json]:
    """A file list; `columns` are attributes of every file."""
    return [{"path": path, "size": 10, "type": "file", "attributes": attributes(**columns)} for path in paths]


# The present templates: associations by title (S-BIAD1388), authors by accession, MIFA annotations.
WHOLE = submission(
    section("author", Name="Ada Ant", **{"E-mail": "ada@example.org"}, Role="submitter, data acquisition",
            ORCID="0000-0002-1439-5301", affiliation=[reference("o1"), reference("o2, o3")]),
    section("organisation", "o1", Name="One", RORID="https://ror.org/02catss52"),
    section("organization", "o2", Name="Two", Address="2 Street"),
    section("Organization", "o3", Name="Three"),
    section("Publication", Title="On cells", DOI="https://doi.org/10.1000/ABC", Year="2024", Authors="Ant A"),
    section("Funding", Agency="A trust", grant_id="T-1"),
    section("Biosample", "b1", Title="Healthy  tissue", Organism="Homo sapiens (human)", Biological_entity="Skin",
            Intrinsic_variable=["Age", "Line"]),
    section("Biosample", "b2", Title="Ill tissue", Organism="Homo sapiens (human)"),
    section("Specimen", "s1", Title="Stained", Sample_preparation_protocol="Fixed.\nStained."),
    section("Specimen", "s2", Title="Plain", Growth_protocol="Grown."),
    section("Image acquisition", "i1", Title="Confocal Microscopy", Imaging_instrument="LSM",
            Imaging_method="confocal microscopy", Image_acquisition_parameters="63x"),
    section("Image analysis", "a1", Title="Counting", Image_analysis_overview="Counted."),
    section("Study Component", "c1", Name="All", Description="All images.", File_List="list.json", below=[
        section("Associations", Biosample="Healthy tissue", Specimen="Stained",
                Image_acquisition="Confocal Microscopy ", Image_analysis="Counting"),
        section("Associations", Biosample="Ill tissue", Specimen="Plain", Image_acquisition="confocal microscopy"),
    ]),
    section("Annotations", "n1", Title="Masks", Annotation_Overview="Masks of cells", File_List="masks.json",
            Annotation_Type="segmentation_mask", Annotation_Method="By hand",
            below=[section("Version", Annotation_version="v1.1", Version_timestamp="2024-03-22 01:49:21")]),
    Keywords="cells; skin; ",
    Acknowledgements="Thanks.",
    Funding_statement="A trust paid.",
)  # fmt: skip

# The older generation nests its parts in each component (S-BIAD628, S-BIAD590) and names ontologies in sections.
NESTED = submission(
    section("author", Name="Ada Ant"),
    section("Study Component", "Study Component-1", Name="Live", Description="Live imaging", below=[
        section("Image Acquisition", "ia", Imaging_Instrument="OPM", Image_Acquisition_Parameters="429 frames", below=[
            section("Imaging Method", Ontology_Value="SPIM", Ontology_Name="FBBI", Ontology_Term_ID="FBbi:00000369"),
        ]),
        section("Specimen", "sp", Sample_Preparation_Protocol="Mounted"),
        section("Biosample", "bs", Biological_entity="polyp", below=[
            section("Organism", Scientific_name="Nematostella vectensis", Common_name="starlet sea anemone",
                    NCBI_taxon_ID="NCBI:txid45351"),
        ]),
    ]),
)  # fmt: skip

# What the index of the archive is made of (S-BIAD385): the database's own JSON, with keys nobody may see.
DATABASE = {
    "accNo": "S-BIAD9001", "version": 2, "owner": "ada@example.org", "submitter": "ada@example.org",
    "secretKey": "5e187af8", "title": "Cells", "released": True, "releaseTime": "2025-05-09T00:00:00Z",
    "submissionTime": "2025-05-13T12:58:59.015Z", "modificationTime": "2025-05-14T12:58:59.015Z",
    "accessTags": [{"name": "Public"}, {"name": "ada@example.org"}], "collections": [{"accNo": "BioImages"}],
    "section": {
        "type": "Study", "extType": "section",
        "attributes": [{"name": "License", "value": "CC0", "reference": False, "nameAttrs": [], "valueAttrs": [
            {"name": "URL", "value": "https://creativecommons.org/publicdomain/zero/1.0/legalcode"}]}],
        "sections": [{"sections": [{"accNo": "p1", "type": "Protocols", "attributes": [
            {"name": "Name", "value": "P-1"}, {"name": "Type", "value": "growth protocol", "valueAttrs": [
                {"name": "Ontology", "value": "EFO"}, {"name": "TermId", "value": "EFO_0003789"}]}]}],
            "extType": "sectionsTable"}],
        "files": [{"fileName": "a.txt", "filePath": "a.txt", "type": "file"},
                  {"files": [{"filePath": "b.txt", "size": 3, "md5": "D7D1DC51C497A0EE78166C2D71E86663"}]}],
    },
}  # fmt: skip

# PageTab text, as bia-agent writes it.
TEXT = (
    "Submission\tS-BIAD9001\nTitle\tCells in text\nReleaseDate\t2024-08-02\nAttachTo\tBioImages\n\n"
    "Study\nDescription\tFirst line\nsecond line\nKeyword\tAI\nKeyword\tcells\nLicense\tCC BY 4.0\n"
    f"[URL]\t{CC_BY}\n\n"
    "Link\thttps://example.org/code\nDescription\tThe code\n\n"
    "author\nName\tAda Ant\n<affiliation>\to1\n\n"
    "organization\to1\nName\tOne\n\n"
    "Biosample\tBiosample-1\nTitle\tFirst\n\n"
    "Organism\tOrganism-1\tBiosample-1\nScientific name\tHomo sapiens\nNCBI taxon ID\tNCBI:txid9606\n\n"
    "Files\tDescription\na.tif\tAn image\n"
).encode()

# The archive's first format (S-BSST1053).
FLAT = {
    "accession_id": "S-BSST9001", "title": "Microscopy images", "description": "Raw images", "license": "CC0",
    "authors": [{"name": "Ada Ant"}], "organism": "Mus musculus (mouse)", "release_date": "2023-03-21", "links": {},
    "imaging_type": "Unknown", "attributes": {"Lab": "A"}, "example_image_uri": "", "tags": ["a"], "images": {},
    "file_references": {"1": {"id": "1", "name": "a b.zip", "uri": "https://archive.example/a b.zip",
                              "size_in_bytes": 7, "type": None, "attributes": {"Type": "zip", "Figure": "1"}}},
    "archive_files": {}, "other_files": {}, "image_aliases": {},
}  # fmt: skip
