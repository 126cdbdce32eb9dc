"""A small ontology that exists nowhere, in OBO and in RDF/XML as the OBO tools would convert it, and its parts."""

from __future__ import annotations

from pathlib import Path

from catalogue.store.ontologies import Ontology, install
from catalogue.store.ontologies.sources import Source, sources

OBO = """format-version: 1.4
ontology: made-up
idspace: EDAM_topic http://edamontology.org/topic_ "numbered topics"

[Term]
id: GO:9000001
name: thing of cells
def: "What cells have \\"inside\\"." [PMID:1]

[Term]
id: GO:9000002
name: blue organelle
synonym: "cyan organelle" EXACT []
synonym: "azure body" NARROW []
synonym: "coloured organelle" BROAD systematic_synonym []
synonym: "bluish granule" RELATED [PMID:2]
alt_id: GO:9000009
is_a: GO:9000001 ! thing of cells
is_a: EDAM_topic:3382
relationship: part_of GO:9000001

[Term]
id: GO:9000003
name: obsolete teal organelle
is_obsolete: true
replaced_by: GO:9000002

[Term]
id: GO:9000004
name: obsolete mixed organelle
is_obsolete: true
consider: GO:9000001
consider: GO:9000002

[Term]
id: XYZ:0000001
name: term of an ontology nobody knows

[Typedef]
id: part_of
name: part of
"""
OWL = """<?xml version="1.0"?>
<!DOCTYPE rdf:RDF [<!ENTITY obo "http://purl.obolibrary.org/obo/">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#"
 xmlns:owl="http://www.w3.org/2002/07/owl#" xmlns:oio="http://www.geneontology.org/formats/oboInOwl#"
 xmlns:obo="http://purl.obolibrary.org/obo/">
<owl:Ontology rdf:about="&obo;made-up.owl"/>
<owl:ObjectProperty rdf:about="&obo;BFO_0000050"><rdfs:label>part of</rdfs:label></owl:ObjectProperty>
<owl:Class rdf:about="&obo;GO_9000001">
  <obo:IAO_0000115>What cells have "inside".</obo:IAO_0000115>
  <rdfs:label>thing of cells</rdfs:label>
  <rdfs:label xml:lang="de">Zellding</rdfs:label>
</owl:Class>
<owl:Class rdf:about="&obo;GO_9000002">
  <rdfs:subClassOf rdf:resource="&obo;GO_9000001"/>
  <rdfs:subClassOf rdf:resource="http://edamontology.org/topic_3382"/>
  <rdfs:subClassOf><owl:Restriction>
    <owl:onProperty rdf:resource="&obo;BFO_0000050"/><owl:someValuesFrom rdf:resource="&obo;GO_9000001"/>
  </owl:Restriction></rdfs:subClassOf>
  <oio:hasExactSynonym>cyan organelle</oio:hasExactSynonym>
  <oio:hasNarrowSynonym>azure body</oio:hasNarrowSynonym>
  <oio:hasBroadSynonym>coloured organelle</oio:hasBroadSynonym>
  <oio:hasRelatedSynonym>bluish granule</oio:hasRelatedSynonym>
  <rdfs:label xml:lang="en">blue organelle</rdfs:label>
</owl:Class>
<owl:Axiom>
  <owl:annotatedSource rdf:resource="&obo;GO_9000002"/><owl:annotatedTarget>bluish granule</owl:annotatedTarget>
</owl:Axiom>
<owl:Class rdf:about="&obo;GO_9000009">
  <obo:IAO_0100001 rdf:resource="&obo;GO_9000002"/><owl:deprecated>true</owl:deprecated>
</owl:Class>
<owl:Class rdf:about="&obo;GO_9000003">
  <obo:IAO_0100001 rdf:resource="&obo;GO_9000002"/>
  <rdfs:label>obsolete teal organelle</rdfs:label><owl:deprecated>true</owl:deprecated>
</owl:Class>
<owl:Class rdf:about="&obo;GO_9000004">
  <oio:consider>GO:9000001</oio:consider><oio:consider rdf:resource="&obo;GO_9000002"/>
  <rdfs:label>obsolete mixed organelle</rdfs:label><owl:deprecated>true</owl:deprecated>
</owl:Class>
<owl:Class rdf:about="&obo;XYZ_0000001"><rdfs:label>term of an ontology nobody knows</rdfs:label></owl:Class>
</rdf:RDF>
"""
PREFIXES = """
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .
"""


def installed(home: Path, **contents: str) -> Ontology:
    """The ontology of a data folder in which these were installed: name -> OBO, RDF/XML or Turtle without prefixes."""
    for name, content in contents.items():
        suffix = ".owl" if content.startswith("<?xml") else ".obo" if content.startswith("format") else ".ttl"
        file = home / f"{name}-file{suffix}"
        file.write_text(PREFIXES + content if suffix == ".ttl" else content, "utf-8")
        install(home, name, file)
    return Ontology.load(home)


def only_installed(home: Path) -> Ontology:
    """The installed ontologies of a data folder without the curated ones."""
    return Ontology(source for source in sources(home) if not source.curated)


def source(home: Path, name: str) -> Source:
    """One ontology that counts in a data folder."""
    return next(source for source in sources(home) if source.name == name)
