"""SSBD: the terms of its ontology that its instances declare and use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, parse

SOURCE = "ssbd"

PREFIXES = {
    "http://ssbd.riken.jp/ontology/": "ssbd_onto:",
    "http://www.semanticweb.org/yamagatayuki/ontologies/2025/4/untitled-ontology-126#": "ssbd_zarr:",
    "http://purl.obolibrary.org/obo/": "obo:",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs:",
    "http://www.w3.org/ns/dcat#": "dcat:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://rdfs.org/ns/void#": "void:",
    "http://www.w3.org/2002/07/owl#": "owl:",
    "http://id.nlm.nih.gov/mesh/vocab#": "mesh_vocab:",
}
OWL = "http://www.w3.org/2002/07/owl#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
# What makes a file an ontology, and the type of everything, say nothing about a data set.
SYNTAX = {TYPE, f"{OWL}versionIRI", "http://www.w3.org/2000/01/rdf-schema#subClassOf"}
DECLARED = {f"{OWL}Class", f"{OWL}ObjectProperty", f"{OWL}DatatypeProperty"}


def iter_fields(partners: Path) -> Iterator[str]:
    for path in (partners / "ssbd-rdf").glob("*.ttl"):
        for quad in parse(path=path, format=RdfFormat.TURTLE):
            if quad.predicate.value not in SYNTAX:
                yield _curie(quad.predicate.value)
            declares = quad.predicate.value == TYPE and quad.object.value in DECLARED
            if declares and isinstance(quad.subject, NamedNode):
                yield _curie(quad.subject.value)


def _curie(iri: str) -> str:
    for namespace, prefix in PREFIXES.items():
        if iri.startswith(namespace):
            return prefix + iri.removeprefix(namespace)
    return iri
