"""DCAT's vocabulary as it is read here: short names of properties, kinds of nodes, reasons for what is left out.

Data only; schema/crosswalks/dcat-ap-3.sssom.tsv says where each property goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from harvesters.account import crosswalk_reasons

PREFIXES: Final = {
    "http://data.europa.eu/r5r/": "dcatap",
    "http://healthdataportal.eu/ns/health#": "healthdcatap",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://schema.org/": "schema",
    "https://schema.org/": "schema",
    "http://spdx.org/rdf/terms#": "spdx",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://www.w3.org/2002/07/owl#": "owl",
    "http://www.w3.org/2004/02/skos/core#": "skos",
    "http://www.w3.org/2006/time#": "time",
    "http://www.w3.org/2006/vcard/ns#": "vcard",
    "http://www.w3.org/2011/content#": "cnt",
    "http://www.w3.org/ns/adms#": "adms",
    "http://www.w3.org/ns/csvw#": "csvw",
    "http://www.w3.org/ns/dcat#": "dcat",
    "http://www.w3.org/ns/dqv#": "dqv",
    "http://www.w3.org/ns/hydra/core#": "hydra",
    "http://www.w3.org/ns/ldp#": "ldp",
    "http://www.w3.org/ns/locn#": "locn",
    "http://www.w3.org/ns/oa#": "oa",
    "http://www.w3.org/ns/odrl/2/": "odrl",
    "http://www.w3.org/ns/prov#": "prov",
    "http://xmlns.com/foaf/0.1/": "foaf",
    "https://w3id.org/dpv#": "dpv",
    "https://w3id.org/fdp/fdp-o#": "fdp",
    "http://rdf.biosemantics.org/ontologies/fdp-o#": "fdp",
    "http://www.re3data.org/schema/3-0#": "r3d",
}
# Type -> the class DCAT-AP has for it; the first of a node's types in this order wins.
KINDS: Final = {
    "dcat.Catalog": "Catalog",
    "dcat.CatalogRecord": "CatalogRecord",
    "dcat.DataService": "DataService",
    "dcat.DatasetSeries": "DatasetSeries",
    "dcat.Dataset": "Dataset",
    "dcat.Distribution": "Distribution",
    "dcat.Download": "Distribution",
    "dcat.Relationship": "Relationship",
    "dcat.Resource": "Dataset",
    "adms.Identifier": "Identifier",
    "csvw.Column": "Column",
    "csvw.Table": "Table",
    "dcterms.LicenseDocument": "LicenseDocument",
    "dcterms.Location": "Location",
    "dcterms.PeriodOfTime": "PeriodOfTime",
    "dcterms.ProvenanceStatement": "ProvenanceStatement",
    "dcterms.RightsStatement": "RightsStatement",
    "dqv.QualityCertificate": "QualityCertificate",
    "foaf.Agent": "Agent",
    "foaf.Organization": "Agent",
    "foaf.Person": "Agent",
    "prov.Activity": "Activity",
    "prov.Agent": "Agent",
    "prov.Organization": "Agent",
    "prov.Attribution": "Attribution",
    "skos.Concept": "Concept",
    "spdx.Checksum": "Checksum",
    "vcard.Individual": "Kind",
    "vcard.Kind": "Kind",
    "vcard.Organization": "Kind",
}
DATASET: Final = "http://www.w3.org/ns/dcat#Dataset"
# What a dataset points at without holding it.
OUTSIDE: Final = frozenset(
    {DATASET, "http://www.w3.org/ns/dcat#Catalog", "http://www.w3.org/ns/dcat#DatasetSeries"}
    | {f"http://www.w3.org/ns/ldp#{name}" for name in ("DirectContainer", "BasicContainer", "Container")}
)
_TELEPHONE: Final = "private telephone numbers are not spread; the e-mail address reaches the person"
_PLACE: Final = "coordinates of a place whose name or address is kept"
_STATE: Final = "what state the entry is in; a node follows its source's changes"
_OWN: Final[Mapping[str, str]] = {
    "Dataset/adms.status": _STATE,
    "Dataset/healthdcatap.hasCodingSystem": "the prefix of each term says from which system it is",
    "Dataset/healthdcatap.numberOfUniqueIndividuals": "a number of donors, of which each sample tells itself",
    "Dataset/dcat.spatialResolutionInMeters": "a resolution on the ground, not of pixels",
    "Dataset/dcat.temporalResolution": "how finely a register tells time, not the step between frames",
    "Distribution/dcterms.license": "a file's licence; the study's is kept",
    "Distribution/dcterms.rights": "rights of a file, in words; the study's access is kept",
    "Distribution/dcterms.issued": "a file's day; the study's days are kept",
    "Distribution/dcterms.modified": "a file's day; the study's days are kept",
    "Distribution/dcterms.language": "language of a file; the study's languages are kept",
    "Distribution/dcterms.conformsTo": "profile of a file",
    "Distribution/dcterms.hasVersion": "version of a file; the study's is kept",
    "Distribution/dcterms.identifier": "name of a file in its catalogue; its address is kept",
    "Distribution/dcterms.isPartOf": "points back at the study",
    "Distribution/dcterms.type": "kind of a file, which its format says",
    "Distribution/adms.status": _STATE,
    "Distribution/dcat.accessService": "a service beside the file's address",
    "Distribution/dcat.spatialResolutionInMeters": "a resolution on the ground, not of pixels",
    "Distribution/dcat.temporalResolution": "how finely a register tells time, not the step between frames",
    "Distribution/dcat.compressFormat": "how a file is compressed, which its name and format say",
    "Distribution/dcat.packageFormat": "how files are packed, which the name and format say",
    "Distribution/foaf.page": "a page about a file; its address is kept",
    "Distribution/odrl.hasPolicy": "a policy of a file; the study's access is kept",
    "DataService": "a service beside the files' addresses",
    "DatasetSeries": "the series the study is in, which is related by its address",
    "CatalogRecord": "describes the entry in the catalogue, not the study",
    "PeriodOfTime": "the period is kept in words",
    "Location": _PLACE,
    "Agent/dcterms.spatial": "where an organisation sits",
    "Agent/healthdcatap.publisherNote": "words about the publisher, whose page says so",
    "Agent/healthdcatap.publisherType": "kind of publisher, had by its ROR record",
    "Kind/vcard.hasTelephone": _TELEPHONE,
    "vcard.hasValue": _TELEPHONE,
    "Table": "columns of a file, which the file itself has",
    "Column": "columns of a file, which the file itself has",
    "QualityCertificate": "its address is kept",
    "Activity/dcterms.identifier": "name of an activity in its catalogue",
    "Concept": "the term's identifier and label are kept",
}


@cache
def reasons() -> Mapping[str, str]:
    """Path `Kind/property` -> why it is left out, by the crosswalk and for what this reading has no use for."""
    return {**crosswalk_reasons("dcat-ap-3", "dcat_ap:"), **_OWN}


def shorten(iri: str) -> str:
    """The short name of a property or type: `dcterms.title`."""
    for namespace, prefix in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}.{iri.removeprefix(namespace)}"
    return iri


def kind_of(types: frozenset[str]) -> str:
    """The class of DCAT-AP a node is read as; "" for a node of none."""
    return next((kind for name, kind in KINDS.items() if name in types), "")
