"""SSBD: the terms of its ontology that its instances declare and use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rdflib import OWL, RDF, Graph, URIRef

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
# What makes a file an ontology, and the type of everything, say nothing about a data set.
SYNTAX = {RDF.type, OWL.versionIRI, URIRef("http://www.w3.org/2000/01/rdf-schema#subClassOf")}
DECLARED = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)


def iter_fields(partners: Path) -> Iterator[str]:
    for path in (partners / "ssbd-rdf").glob("*.ttl"):
        graph = Graph().parse(path, format="turtle")
        declared = {term for kind in DECLARED for term in graph.subjects(RDF.type, kind)}
        for term in declared | set(graph.predicates()) - SYNTAX:
            if isinstance(term, URIRef):
                yield _curie(str(term))


def _curie(iri: str) -> str:
    for namespace, prefix in PREFIXES.items():
        if iri.startswith(namespace):
            return prefix + iri.removeprefix(namespace)
    return iri
