"""DCAT: properties of the classes that DCAT-AP names, in the catalogues of CKAN and FAIR Data Points."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, parse

SOURCE = "dcat-ap-3"

# Without the prefix it needs.
BROKEN = {"dataset.ttl"}
FORMATS = {".ttl": RdfFormat.TURTLE, ".rdf": RdfFormat.RDF_XML, ".jsonld": RdfFormat.JSON_LD}
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
PREFIXES = {
    "http://data.europa.eu/r5r/": "dcatap",
    "http://healthdataportal.eu/ns/health#": "healthdcatap",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://schema.org/": "schema",
    "http://spdx.org/rdf/terms#": "spdx",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://www.w3.org/2002/07/owl#": "owl",
    "http://www.w3.org/2004/02/skos/core#": "skos",
    "http://www.w3.org/2006/vcard/ns#": "vcard",
    "http://www.w3.org/2011/content#": "cnt",
    "http://www.w3.org/ns/adms#": "adms",
    "http://www.w3.org/ns/csvw#": "csvw",
    "http://www.w3.org/ns/dcat#": "dcat",
    "http://www.w3.org/ns/dqv#": "dqv",
    "http://www.w3.org/ns/locn#": "locn",
    "http://www.w3.org/ns/oa#": "oa",
    "http://www.w3.org/ns/prov#": "prov",
    "http://xmlns.com/foaf/0.1/": "foaf",
    "https://w3id.org/dpv#": "dpv",
}
# Classes under the name DCAT-AP has for them; Resource and Download stand for it in FAIR Data Points.
CLASSES = {
    "adms.Identifier": "Identifier",
    "csvw.Column": "Column",
    "csvw.Table": "Table",
    "dcat.Catalog": "Catalog",
    "dcat.CatalogRecord": "CatalogRecord",
    "dcat.DataService": "DataService",
    "dcat.Dataset": "Dataset",
    "dcat.Distribution": "Distribution",
    "dcat.Download": "Distribution",
    "dcat.Relationship": "Relationship",
    "dcat.Resource": "Dataset",
    "dcterms.LicenseDocument": "LicenseDocument",
    "dcterms.Location": "Location",
    "dcterms.PeriodOfTime": "PeriodOfTime",
    "dcterms.ProvenanceStatement": "ProvenanceStatement",
    "dcterms.RightsStatement": "RightsStatement",
    "dqv.QualityCertificate": "QualityCertificate",
    "foaf.Agent": "Agent",
    "foaf.Organization": "Agent",
    "prov.Activity": "Activity",
    "prov.Agent": "Agent",
    "prov.Attribution": "Attribution",
    "prov.Organization": "Agent",
    "skos.Concept": "Concept",
    "spdx.Checksum": "Checksum",
    "vcard.Individual": "Kind",
    "vcard.Kind": "Kind",
    "vcard.Organization": "Kind",
}


def iter_fields(partners: Path) -> Iterator[str]:
    for path in (partners / "dcat").rglob("*"):
        if path.suffix not in FORMATS or path.name in BROKEN or path.parent.name == "shapes":
            continue
        used: dict[object, set[str]] = {}
        kinds: dict[object, set[str]] = {}
        for quad in parse(path=path, format=FORMATS[path.suffix], base_iri="https://example.org/", lenient=True):
            if quad.predicate == TYPE:
                kinds.setdefault(quad.subject, set()).add(CLASSES.get(_name(quad.object), ""))
            else:
                used.setdefault(quad.subject, set()).add(_name(quad.predicate))
        for subject, names in kinds.items():
            yield from (f"dcat_ap:{name}/{term}" for name in names - {""} for term in used.get(subject, ()))


def _name(term: object) -> str:
    iri = term.value if isinstance(term, NamedNode) else ""
    for namespace, prefix in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}.{iri.removeprefix(namespace)}"
    return iri
