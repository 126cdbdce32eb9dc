"""Objects in the archive's forms, small and our own."""

from __future__ import annotations

import copy
import json
from typing import Any

from catalogue.model.documents import Mapped, SourceDocument, SourceSpec
from harvesters.bundle import MEDIA_TYPE, pack
from harvesters.ega import EgaHarvester
from tests.harvesters.contract import fetcher

SOURCE = SourceSpec("ega", "ega", "objects/", ("ega",))
EXTERNAL = {"objectExternalAccessionIdentifier": {"termId": "biostudies:S-BIAD3", "termLabel": "twin"}}


def described(kind: str) -> dict[str, str]:
    """What an object says of its own form."""
    return {
        "objectType": kind,
        "objectSchemaVersion": "0.0.0",
        "describedBySchemaUri": f"https://x.example/{kind}.json",
    }


def relation(kind: str, accession: str, end: str = "rTarget", how: str = "referencedBy") -> dict[str, Any]:
    """A relation to another object."""
    return {end: {"objectId": {"egaAccession": accession}, "objectType": kind}, "rType": how}


STUDY: dict[str, Any] = {
    "objectId": {"alias": "carcinoma", "centerName": "Example Hospital", "egaAccession": "EGAS00001009001"},
    "objectTitle": "Tissue of colorectal carcinoma",
    "objectDescription": "Sections of 35 patients.",
    "studyTypes": ["COVID-19"],
    "studyAttributes": [
        {"tag": "Consent", "value": "obtained: research on colorectal cancer"},
        {"tag": "Ethics approval", "value": "Example committee, 2020-117"},
        {"tag": "De-identification", "value": "labels were removed"},
        {"tag": "Response days", "value": "28"},
        {"tag": "Project", "value": "X1"},
    ],
    "studyRelationships": [
        relation("dataset", "EGAD00001009001"),
        relation("experiment", "EGAX00001009001"),
        {"rTarget": {"objectId": {"externalAccessions": [EXTERNAL]}, "objectType": "x"}, "rType": "sameAs"},
        relation("submission", "EGAB00001009001", "rSource"),
    ],
    "schemaDescriptor": described("study"),
}
DATASET: dict[str, Any] = {
    "objectId": {"alias": "slides", "egaAccession": "EGAD00001009001"},
    "objectTitle": "Slides",
    "objectDescription": "Whole slides.",
    "datasetType": "histology",
    "datasetRelationships": [relation("assay", "EGAR00001009001", "rSource")],
    "schemaDescriptor": described("dataset"),
}
POLICY: dict[str, Any] = {
    "objectId": {"egaAccession": "EGAP00001009001"},
    "objectTitle": "Agreement",
    "policyDescriptor": {"policyReference": "https://example.org/daa", "policyText": "One use.\\nNo other."},
    "duoCodes": [{"termId": "DUO:0000042", "termLabel": "general research use"}, {"termId": "DUO:0000046"}],
    "policyRelationships": [relation("dataset", "EGAD00001009001"), relation("DAC", "EGAC00001009001", "rSource")],
    "schemaDescriptor": described("policy"),
}
DAC = """\
<?xml version="1.0" encoding="UTF-8"?>
<DAC_SET><DAC accession="EGAC00001009001" alias="dac" center_name="Example Hospital">
<TITLE>Committee of Example Hospital</TITLE>
<CONTACTS><CONTACT name="Else" email="else@example.org" organisation="Example Hospital" main_contact="false"/>
<CONTACT name="Di Secretary" email="dac@example.org" telephone_number="1234" main_contact="true"/></CONTACTS>
</DAC></DAC_SET>"""
SAMPLE: dict[str, Any] = {
    "objectId": {"alias": "s1", "egaAccession": "EGAN00001009001"},
    "objectTitle": "Biopsy",
    "organismDescriptor": {"organismTaxon": {"termId": "NCBITaxon:9606", "termLabel": "Homo sapiens"}},
    "sampleCollection": {"sampleCollectionDate": "2021-12-20", "ageAtCollection": {"age": "P55Y"}},
    "sampleRelationships": [
        relation("individual", "EGAI00001009001", "rSource"),
        relation("study", "EGAS00001009001", "rSource"),
    ],
    "schemaDescriptor": described("sample"),
}
DONOR: dict[str, Any] = {
    "objectId": {"alias": "secret-17", "egaAccession": "EGAI00001009001"},
    "minimalPublicAttributes": {
        "subjectId": "donor-4711",
        "biologicalSex": "male",
        "diseases": [
            {"disease": {"termId": "MONDO:0005575", "termLabel": "colorectal cancer"}},
            {"disease": {"termId": "MONDO:0019808", "termLabel": "aortic valve atresia"}, "excluded": True},
        ],
    },
    "individualRelationships": [relation("individual", "EGAI00001009002", how="childOf")],
    "schemaDescriptor": described("individual"),
}
FILES: dict[str, Any] = {
    "study.json": STUDY, "dataset.json": DATASET, "policy.json": POLICY, "dac.xml": DAC, "sample.json": SAMPLE,
    "individual.json": DONOR,
}  # fmt: skip


def written(value: Any) -> bytes:
    """An object as a file has it."""
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


def changed(value: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A copy of an object with other properties; None takes one away."""
    made = copy.deepcopy(value) | changes
    return {key: inner for key, inner in made.items() if inner is not None}


def bundle(**changes: Any) -> SourceDocument:
    """The default study as one document; `study`, `policy` and so on replace objects, None takes one away."""
    files = {name: changes.get(name.partition(".")[0], value) for name, value in FILES.items()}
    content = pack({name: written(value) for name, value in files.items() if value is not None})
    return SourceDocument("EGAS00001009001", "https://objects.example/", content, MEDIA_TYPE)


def harvester() -> EgaHarvester:
    """The harvester under test."""
    return EgaHarvester(fetcher())


def map_objects(source: SourceSpec = SOURCE, **changes: Any) -> Mapped:
    """What a bundle is mapped to."""
    return harvester().map(bundle(**changes), source)
