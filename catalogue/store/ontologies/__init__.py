"""Ontologies: the operator's files and our curated tables, looked up by CURIE, searched by name, made into graphs."""

from catalogue.store.ontologies.graphs import OntologyGraphs
from catalogue.store.ontologies.installing import install
from catalogue.store.ontologies.ontology import Ontology, Suggestion
from catalogue.store.ontologies.sources import Source, sources
from catalogue.store.ontologies.term import Scope, Term

__all__ = ["Ontology", "OntologyGraphs", "Scope", "Source", "Suggestion", "Term", "install", "sources"]
