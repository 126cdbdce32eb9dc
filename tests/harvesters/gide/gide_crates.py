"""Tiny crates of our own in GIDE's format, and the harvester that maps them."""

from __future__ import annotations

import json
from typing import Any

from catalogue.model.documents import Mapped, Record, SourceDocument, SourceSpec
from harvesters.gide import GideHarvester

PAGE = "https://www.ebi.ac.uk/biostudies/bioimages/studies/"
OBO = "http://purl.obolibrary.org/obo/"
CONTEXT: list[Any] = [
    "https://w3id.org/ro/crate/1.2/context",
    {"obo": OBO, "seeAlso": {"@id": "rdfs:seeAlso"}, "hasCellLine": {"@id": "bao:BAO_0002004"}},
]


def ref(*names: str) -> list[dict[str, str]]:
    """References to entities."""
    return [{"@id": name} for name in names]


def crate(
    accession: str = "S-BIAD7",
    *entities: dict[str, Any],
    page: str | None = None,
    context: Any = CONTEXT,
    drop: tuple[str, ...] = (),
    **root: Any,
) -> dict[str, Any]:
    """A valid crate of one study; keyword arguments replace properties of its root, `drop` removes some.

    Args:
        page: the root's @id, else the BioStudies page of the accession.
    """
    address = page if page is not None else PAGE + accession
    dataset: dict[str, Any] = {
        "@id": address,
        "@type": ["Dataset"],
        "identifier": accession,
        "name": "Wing discs under light",
        "description": "Shapes of cells.",
        "datePublished": "2023-08-14",
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "publisher": {"@id": "https://archive.example/"},
        "author": ref("#a"),
        "about": ref("obo:NCBITaxon_7227"),
        "measurementMethod": ref("obo:FBbi_00000251"),
        **root,
    }
    for key in drop:
        del dataset[key]
    named = {entity["@id"] for entity in entities}
    usual: list[dict[str, Any]] = [
        {"@id": "https://archive.example/", "@type": "Organization", "name": "An archive"},
        {"@id": "#a", "@type": "Person", "name": "Ada Ant"},
        {"@id": "obo:NCBITaxon_7227", "@type": "Taxon", "scientificName": "Drosophila melanogaster"},
        {"@id": "obo:FBbi_00000251", "@type": "DefinedTerm", "name": "confocal microscopy"},
    ]
    pointed = json.dumps(dataset) + json.dumps(entities)
    usual = [entity for entity in usual if entity["@id"] not in named and f'"{entity["@id"]}"' in pointed]
    descriptor = {
        "@id": f"{accession}-ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
        "about": {"@id": address},
    }
    return {"@context": context, "@graph": [descriptor, dataset, *usual, *entities]}


def harvester() -> GideHarvester:
    """A harvester that never fetches."""
    return GideHarvester(fetcher=None)  # type: ignore[arg-type]


def map_crate(content: Any, item: str = "crate.json", owners: tuple[str, ...] = ()) -> Mapped:
    """What the harvester makes of a crate, or of raw bytes."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    source = SourceSpec("member", "gide", "somewhere", owners)
    return harvester().map(SourceDocument(item, f"file:{item}", raw), source)


def study(content: Any, **kwargs: Any) -> Record:
    """The one study in a crate."""
    (record,) = map_crate(content, **kwargs).records
    return record


def codes(mapped: Mapped) -> set[str]:
    """The codes of all findings."""
    return {finding.code for finding in mapped.findings}


def count_properties(value: Any) -> int:
    """Properties of all entities of a crate and of objects inside them, at any depth, without @id and @type."""
    if isinstance(value, list):
        return sum(count_properties(item) for item in value)
    if not isinstance(value, dict):
        return 0
    if "@graph" in value:
        return count_properties(value["@graph"])
    return sum(key[0] != "@" for key in value) + sum(count_properties(item) for item in value.values())


def account(mapped: Mapped) -> int:
    """Properties that the mapping says it saw."""
    return mapped.mapped + mapped.ignored.total() + mapped.unmapped.total()
