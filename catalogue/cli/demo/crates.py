"""Demo studies as detached RO-Crates of the GIDE profile, each member in its own dialect and with its own habits.

The dialects were read off the members' published crates: field.md, GIDE sections.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from catalogue.cli.demo.studies import NOTICE, DemoStudy
from catalogue.model.namespaces import expand

Dialect = Literal["bia", "idr", "ssbd"]
Node = dict[str, Any]

SUFFIX = "-ro-crate-metadata.json"
_PAGES = {
    "bia": "https://www.ebi.ac.uk/biostudies/bioimages/studies/{0}",
    "idr": "https://idr.openmicroscopy.org/study/{0}/",
    "database": "https://ssbd.riken.jp/v1/project/{0}",
    "repository": "https://ssbd.riken.jp/repository/{0}/",
}
_PUBLISHERS: dict[str, tuple[str, str]] = {
    "bia": ("https://www.ebi.ac.uk/bioimage-archive/", "BioImage Archive"),
    "idr": ("https://idr.openmicroscopy.org/", "Image Data Resource"),
    "database": ("https://ssbd.riken.jp/database", "SSBD:database"),
    "repository": ("https://ssbd.riken.jp/repository", "SSBD:repository"),
}


def render_crate(study: DemoStudy, dialect: Dialect, size_bytes: int, files: int) -> bytes:
    """The study's crate as the member would publish it.

    Args:
        size_bytes: bytes of its images; `files` is their number of files.
    """
    part = dialect if dialect != "ssbd" else "repository" if study.accession.startswith("ssbd-repos-") else "database"
    page = _PAGES[part].format(study.accession)
    name = "ro-crate-metadata.json" if dialect == "bia" else f"{study.accession}{SUFFIX}"
    descriptor = {
        "@id": name,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
        "about": {"@id": page},
    }
    nodes = _nodes(study, dialect, _PUBLISHERS[part], page, size_bytes, files)
    if dialect == "bia":
        nodes = [{**node, "@type": [node["@type"]]} for node in nodes]
    crate = {"@context": _context(dialect), "@graph": [descriptor, *nodes]}
    return json.dumps(crate, indent=2, ensure_ascii=False).encode()


def render_broken_crate(study: DemoStudy, dialect: Dialect) -> bytes:
    """A crate whose transfer broke off: half of the bytes, so no JSON."""
    whole = render_crate(study, dialect, 0, 0)
    return whole[: len(whole) // 2]


def _context(dialect: Dialect) -> list[Any]:
    terms: Node = {
        "obo": "http://purl.obolibrary.org/obo/",
        "dwc": "http://rs.tdwg.org/dwc/terms/",
        "dwciri": "http://rs.tdwg.org/dwc/iri/",
        "bao": "http://www.bioassayontology.org/bao#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "vernacularName": {"@id": "dwc:vernacularName"},
        "scientificName": {"@id": "dwc:scientificName"},
        "hasCellLine": {"@id": "bao:BAO_0002004"},
        "measurementMethod": {"@id": "dwciri:measurementMethod"},
        "seeAlso": {"@id": "rdfs:seeAlso" if dialect == "idr" else "rdf:seeAlso"},
        "BioSample": {"@id": "http://schema.org/BioSample"},
        "LabProtocol": {"@id": "http://schema.org/LabProtocol"},
        "labEquipment": {"@id": "http://schema.org/labEquipment"},
    }
    if dialect != "idr":
        terms["bia"] = "https://bioimage-archive.org/ro-crate/"
    if dialect == "ssbd":
        terms["datePublished"] = {"@id": "http://schema.org/datePublished", "@type": "xsd:date"}
        terms["taxonomicRange"] = {"@id": "http://schema.org/taxonomicRange"}
    return ["https://w3id.org/ro/crate/1.2/context", terms]


def _nodes(
    study: DemoStudy, dialect: Dialect, publisher: tuple[str, str], page: str, size_bytes: int, files: int
) -> list[Node]:
    taxa = [_taxon(taxon, dialect) for taxon in study.taxa]
    methods = [_term(f"FBbi:{number}", label, dialect) for number, label in study.methods]
    subjects = [_term(curie, label, dialect) for curie, label in study.terms]
    people = [_person(name, number, dialect) for number, name in enumerate(study.authors, 1)]
    sample = {
        "@id": _local("biosample", study, dialect),
        "@type": "BioSample",
        "name": study.sample,
        "description": study.sample,
        "taxonomicRange": [{"@id": taxon["@id"]} for taxon in taxa],
    }
    protocol = {
        "@id": _local("protocol", study, dialect),
        "@type": "LabProtocol",
        "name": methods[0]["name"],
        "description": study.protocol,
        "measurementTechnique": [{"@id": method["@id"]} for method in methods],
    }
    sizes = [
        _quantity("UO_0000233", "bytes", size_bytes, dialect),
        _quantity("UO_0000189", "file count", files, dialect),
    ]
    root: Node = {
        "@id": page,
        "@type": "Dataset",
        "identifier": study.accession,
        "name": f"{study.title} (demo)",
        "description": f"{study.description} {NOTICE}",
        "datePublished": study.published,
        "license": study.license,
        "publisher": {"@id": publisher[0]},
        "author": [{"@id": person["@id"]} for person in people],
        "about": [{"@id": node["@id"]} for node in (sample, *taxa, *subjects)],
        "measurementMethod": [{"@id": node["@id"]} for node in (protocol, *methods)],
        "size": [{"@id": node["@id"]} for node in sizes],
    }
    if study.keywords:
        root["keywords"] = list(study.keywords)
    if dialect == "idr":
        root["copyrightNotice"] = f"{study.authors[0].split()[-1]} et al, {study.published[:4]}"
    grants = [_grant(*grant) for grant in study.grants]
    if grants:
        root["funder"] = [{"@id": grant[0]["@id"]} for grant in grants]
    return [
        root,
        {"@id": publisher[0], "@type": "Organization", "name": publisher[1]},
        *(node for grant in grants for node in grant),
        *people,
        *taxa,
        *methods,
        *subjects,
        sample,
        protocol,
        *sizes,
    ]


def _iri(curie: str, dialect: Dialect) -> str:
    iri = expand(curie)
    return iri.replace("http://purl.obolibrary.org/obo/", "obo:") if dialect == "bia" else iri


def _taxon(taxon: tuple[str, str, str], dialect: Dialect) -> Node:
    number, scientific, common = taxon
    node: Node = {"@id": _iri(f"NCBITaxon:{number}", dialect), "@type": "Taxon", "scientificName": scientific}
    if common:
        node["vernacularName"] = common
    if dialect == "ssbd":
        node["@id"] = f"https://www.ncbi.nlm.nih.gov/datasets/taxonomy/{number}"
        node["identifier"] = f"NCBITaxon:{number}"
    return node


def _term(curie: str, label: str, dialect: Dialect) -> Node:
    node: Node = {"@id": _iri(curie, dialect), "@type": "DefinedTerm", "name": label}
    if dialect == "ssbd":
        node["identifier"] = curie
    return node


def _person(name: str, number: int, dialect: Dialect) -> Node:
    given, family = name.rsplit(" ", 1)
    if dialect == "idr":
        return {"@id": f"#person-{number}", "@type": "Person", "name": name, "givenName": given, "familyName": family}
    if dialect == "ssbd":
        return {
            "@id": f"#auth-{number:03d}",
            "@type": "Person",
            "name": name,
            "description": "Organization: Institute of Examples",
        }
    return {"@id": f"#{_uuid(name)}", "@type": "Person", "name": name, "affiliation": []}


def _grant(award: str, funder: str, ror: str) -> list[Node]:
    return [
        {
            "@id": f"#grant-{award.replace('/', '-')}",
            "@type": "Grant",
            "name": f"Demo grant {award}",
            "identifier": award,
            "funder": {"@id": ror},
        },
        {"@id": ror, "@type": "Organization", "name": funder},
    ]


def _quantity(unit: str, text: str, value: int, dialect: Dialect) -> Node:
    return {
        "@id": f"#{_uuid(text)}" if dialect == "bia" else "#total-dataset-size" if text == "bytes" else "#file-count",
        # The BioImage Archive's crates write it so.
        "@type": "QuantitiveValue" if dialect == "bia" else "QuantitativeValue",
        "value": value,
        "unitCode": f"http://purl.obolibrary.org/obo/{unit}",
        "unitText": text,
    }


def _local(kind: str, study: DemoStudy, dialect: Dialect) -> str:
    if dialect == "bia":
        return f"#{_uuid(f'{study.accession} {kind}')}"
    return "#biosample-1" if kind == "biosample" else "#imaging-protocol-1"


def _uuid(text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
