"""RO-Crates of the BioImage Archive: its ontology and context, the crates themselves, their file lists.

Crates of 2023 write keys as words_with_underscores, later ones in camelCase; both are one field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rdflib import RDF, RDFS, Graph, URIRef

from .walking import as_list, load_json

SOURCE = "bia-ro-crate"

BIA = "http://bia/"
OWL_CLASS = URIRef("http://www.w3.org/2002/07/owl#Class")
PREFIXES = {"bia", "csvw", "dc", "obo", "rdf", "schema"}


def iter_fields(partners: Path) -> Iterator[str]:
    folder = partners / "bia-ro-crate"
    shared = load_json(folder / "bia_ro_crate_context.jsonld")["@context"]
    crates = [load_json(path) for path in folder.rglob("ro-crate-metadata.json")]
    placed = {field for crate in crates for field in _iter_crate(crate)}
    placed.update(_iter_ontology(Graph().parse(folder / "bia_ontology.ttl"), shared))
    yield from placed
    for path in folder.rglob("file_list.tsv"):
        header = path.read_text("utf-8").partition("\n")[0]
        yield from (f"bia_crate:FileList/{_camel(column.strip())}" for column in header.split("\t"))
    own = [entry for crate in crates for entry in as_list(crate["@context"]) if isinstance(entry, dict)]
    keys = {_camel(key) for context in [shared, *own] for key in context.keys() - PREFIXES}
    yield from (f"bia_crate:Thing/{key}" for key in keys - {field.partition("/")[2] for field in placed})


def _iter_crate(crate: dict[str, Any]) -> Iterator[str]:
    for entity in crate["@graph"]:
        for kind in _kinds(entity):
            yield from (f"bia_crate:{kind}/{_camel(key)}" for key in entity.keys() - {"@type"})


def _kinds(entity: dict[str, Any]) -> list[str]:
    """The archive's own types where it gives one, else all types of the entity."""
    types = as_list(entity["@type"])
    own = [name for name in types if name.startswith("bia:")]
    return [name.rpartition(":")[2] for name in own or types]


def _iter_ontology(graph: Graph, context: dict[str, Any]) -> Iterator[str]:
    """Classes, and properties by the class of their domain, under the key that the context gives them."""
    keys = {entry["@id"]: key for key, entry in context.items() if isinstance(entry, dict)}
    for subject, kind in graph.subject_objects(RDF.type):
        name = str(subject).removeprefix(BIA)
        if not str(subject).startswith(BIA) or not name:
            continue
        if kind == OWL_CLASS:
            yield f"bia_crate:{name}"
        else:
            domain = str(graph.value(subject, RDFS.domain))
            owner = domain.removeprefix(BIA) if domain.startswith(BIA) else "Thing"
            yield f"bia_crate:{owner}/{keys.get(f'bia:{name}', name)}"


def _camel(key: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), key)
