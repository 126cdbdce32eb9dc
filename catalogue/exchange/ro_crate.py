"""Detached RO-Crate 1.2 in the GIDE search profile 0.2, one study a crate.

What the profile has no place for (access, provenance, which sample a specimen is of) is only in the other formats.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from catalogue.exchange.base import Document, archive_accession
from catalogue.model.namespaces import BASE, expand

PROFILE = "https://w3id.org/ro/crate"
_CONTEXT: list[Any] = [
    "https://w3id.org/ro/crate/1.2/context",
    {
        "obo": "http://purl.obolibrary.org/obo/",
        "dwc": "http://rs.tdwg.org/dwc/terms/",
        "dwciri": "http://rs.tdwg.org/dwc/iri/",
        "bao": "http://www.bioassayontology.org/bao#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        # Text, not {"@id": …}, which says the same: F-UJI 3.5.1 fails on objects here ("unhashable type: 'dict'").
        "vernacularName": "dwc:vernacularName",
        "scientificName": "dwc:scientificName",
        "hasCellLine": "bao:BAO_0002004",
        "measurementMethod": "dwciri:measurementMethod",
        "seeAlso": "rdfs:seeAlso",
        "BioSample": "http://schema.org/BioSample",
        "LabProtocol": "http://schema.org/LabProtocol",
        "labEquipment": "http://schema.org/labEquipment",
    },
]
_SIZES = (
    ("total_size_bytes", "#total-dataset-size", "Total size", "http://purl.obolibrary.org/obo/UO_0000233", "bytes"),
    ("file_count", "#file-count", "Number of files", "http://purl.obolibrary.org/obo/UO_0000189", "file count"),
)
_PAPER_NAMES = (
    ("doi", "https://doi.org/{}"),
    ("pubmed_id", "https://pubmed.ncbi.nlm.nih.gov/{}"),
    ("pmc_id", "https://www.ncbi.nlm.nih.gov/pmc/articles/{}"),
    ("url", "{}"),
)
Entity = dict[str, Any]


class _Crate:
    """Entities by @id in the order they were first named; a second one of the same @id adds what the first lacks."""

    def __init__(self) -> None:
        self.entities: dict[str, Entity] = {}

    def add(self, entity: Entity) -> dict[str, str]:
        held = self.entities.setdefault(entity["@id"], entity)
        for key, value in entity.items():
            held.setdefault(key, value)
        return {"@id": entity["@id"]}

    def taken(self, identifier: str) -> bool:
        return identifier in self.entities


def _local(identifier: str, study: str) -> str:
    """`#author-1` for `{study}/author/1`, the way the profile's own example names local entities."""
    return "#" + identifier.removeprefix(study + "/").replace("/", "-")


def _copy(source: Mapping[str, Any], names: Iterable[tuple[str, str]]) -> Entity:
    return {theirs: source[ours] for ours, theirs in names if ours in source}


def _organization(crate: _Crate, source: Mapping[str, Any], study: str) -> dict[str, str]:
    identifier = source.get("ror") or source["id"]
    if not identifier.startswith(("http://", "https://")):
        identifier = _local(identifier, study)
    fields = _copy(source, (("name", "name"), ("url", "url"), ("address", "address")))
    return crate.add({"@id": identifier, "@type": "Organization", **fields})


def _person(crate: _Crate, source: Mapping[str, Any], study: str) -> dict[str, str]:
    identifier = source.get("orcid", "")
    if not identifier or crate.taken(identifier):  # two authors with one ORCID stay two authors
        identifier = _local(source["id"], study)
    names = ("given_name", "givenName"), ("family_name", "familyName")
    same = "email", "description", "address", "url"
    entity: Entity = {"@id": identifier, "@type": "Person", "name": source["name"]}
    entity |= _copy(source, (*names, *((name, name) for name in same)))
    places = [_organization(crate, place, study) for place in source.get("affiliations", ())]
    if places:
        entity["affiliation"] = places
    return crate.add(entity)


def _terms(crate: _Crate, record: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Reference of every term by CURIE, after adding the term's entity; terms of no ontology are local ones."""
    found = {}
    for term in record.get("terms", ()):
        own = term["id"].startswith(record["id"] + "/")
        identifier = _local(term["id"], record["id"]) if own else expand(term["id"])
        if term["type"] == "Taxon":
            entity = {"@id": identifier, "@type": "Taxon"}
            entity |= _copy(term, (("label", "scientificName"), ("vernacular_name", "vernacularName")))
        else:
            entity = {"@id": identifier, "@type": "DefinedTerm"}
            entity |= _copy(term, (("label", "name"),))
        found[term["id"]] = crate.add(entity)
    return found


def _references(curies: Iterable[str], terms: Mapping[str, dict[str, str]]) -> list[dict[str, str]]:
    return [terms.get(curie) or {"@id": expand(curie)} for curie in curies]


def _about(crate: _Crate, record: Mapping[str, Any], terms: Mapping[str, dict[str, str]]) -> list[dict[str, str]]:
    found = []
    for sample in record.get("biosamples", ()):
        entity: Entity = {"@id": _local(sample["id"], record["id"]), "@type": "BioSample"}
        entity |= _copy(sample, (("title", "name"), ("description", "description")))
        for ours, theirs in (("organisms", "taxonomicRange"), ("cell_lines", "hasCellLine")):
            if sample.get(ours):
                entity[theirs] = _references(sample[ours], terms)
        found.append(crate.add(entity))
    return found + _references([*record.get("organisms", ()), *record.get("subjects", ())], terms)


def _methods(crate: _Crate, record: Mapping[str, Any], terms: Mapping[str, dict[str, str]]) -> list[dict[str, str]]:
    found = []
    # The profile's one kind of protocol also carries growth, preparation and analysis, as in IDR's crates (idr0001).
    for specimen in record.get("specimens", ()):
        entity: Entity = {"@id": _local(specimen["id"], record["id"]), "@type": "LabProtocol"}
        said = [specimen[name] for name in ("sample_preparation", "growth_protocol") if name in specimen]
        entity |= _copy(specimen, (("title", "name"),)) | ({"description": "\n\n".join(said)} if said else {})
        found.append(crate.add(entity))
    for acquisition in record.get("acquisitions", ()):
        entity = {"@id": _local(acquisition["id"], record["id"]), "@type": "LabProtocol"}
        names = ("title", "name"), ("description", "description"), ("instrument", "labEquipment")
        entity |= _copy(acquisition, names)
        if acquisition.get("methods"):
            entity["measurementTechnique"] = _references(acquisition["methods"], terms)
        found.append(crate.add(entity))
    for done in (*record.get("protocols", ()), *record.get("analyses", ())):
        entity = {"@id": _local(done["id"], record["id"]), "@type": "LabProtocol"}
        entity |= _copy(done, (("title", "name"), ("description", "description")))
        if done.get("protocol_types"):
            entity["measurementTechnique"] = _references(done["protocol_types"], terms)
        found.append(crate.add(entity))
    return found + _references(record.get("methods", ()), terms)


def _papers(crate: _Crate, record: Mapping[str, Any]) -> list[dict[str, str]]:
    found = []
    for paper in record.get("publications", ()):
        names = [form.format(paper[field]) for field, form in _PAPER_NAMES if field in paper]
        entity: Entity = {"@id": next(iter(names), _local(paper["id"], record["id"])), "@type": "ScholarlyArticle"}
        if len(names) > 1:
            entity["sameAs"] = [{"@id": name} for name in names[1:]]
        found.append(crate.add(entity | _copy(paper, (("title", "name"), ("date_issued", "datePublished")))))
    return found


def _grants(crate: _Crate, record: Mapping[str, Any]) -> list[dict[str, str]]:
    found = []
    for grant in record.get("grants", ()):
        names = ("title", "name"), ("grant_identifier", "identifier"), ("url", "url")
        found.append(crate.add({"@id": _local(grant["id"], record["id"]), "@type": "Grant", **_copy(grant, names)}))
    return found


def _sizes(crate: _Crate, record: Mapping[str, Any]) -> list[dict[str, str]]:
    found = []
    for field, identifier, name, unit, text in _SIZES:
        if field in record:
            entity = {"@id": identifier, "@type": "QuantitativeValue", "name": name, "value": record[field]}
            found.append(crate.add(entity | {"unitCode": unit, "unitText": text}))
    return found


def _single(entity: Entity) -> Entity:
    """The entity with the one value of a list instead of the list, as RO-Crate 1.2 recommends."""
    return {name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in entity.items()}


def crate(record: Mapping[str, Any]) -> dict[str, Any]:
    """The study as a detached crate whose root is its page at the archive, as the profile demands.

    Source: GIDE search input profile, January 2026; RO-Crate 1.2, section "Detached RO-Crate Package".
    """
    root_id = record.get("landing_page") or BASE + record["id"]
    built = _Crate()
    root: Entity = {"@id": root_id, "@type": "Dataset", "identifier": archive_accession(record)}
    built.add(
        {
            "@id": f"{archive_accession(record)}-ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
            "about": {"@id": root_id},
        }
    )
    built.add(root)
    root |= _copy(
        record,
        (
            ("title", "name"),
            ("description", "description"),
            ("date_published", "datePublished"),
            ("license", "license"),
            ("copyright_notice", "copyrightNotice"),
            ("keywords", "keywords"),
            ("thumbnails", "thumbnailUrl"),
        ),
    )
    if "publisher" in record:
        root["publisher"] = _organization(built, record["publisher"], record["id"])
    terms = _terms(built, record)
    for name, references in (
        ("author", [_person(built, person, record["id"]) for person in record.get("authors", ())]),
        ("funder", _grants(built, record)),
        ("seeAlso", _papers(built, record) + [{"@id": url} for url in record.get("see_also", ())]),
        ("about", _about(built, record, terms)),
        ("measurementMethod", _methods(built, record, terms)),
        ("size", _sizes(built, record)),
    ):
        if references:
            root[name] = references
    return {"@context": _CONTEXT, "@graph": [_single(entity) for entity in built.entities.values()]}


class RoCrate:
    """The study as other GIDE members exchange it."""

    name = "ro-crate"
    title = "RO-Crate"
    suffix = ".crate.json"
    media_type = "application/ld+json"
    profile = PROFILE
    types = frozenset({"Study"})

    def render(self, document: Document) -> bytes:
        """Indented JSON, entities in a fixed order; provenance has no place in the profile."""
        return json.dumps(crate(document.record), ensure_ascii=False, indent=2).encode() + b"\n"


FORMAT = RoCrate()
