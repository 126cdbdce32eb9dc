"""The NFDI4BIOIMAGE knowledge graph, served by an endpoint of our own."""

from __future__ import annotations

import lzma
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from endpoint import fetch, serving, source

from catalogue.ingest.prepare import prepare
from catalogue.model.documents import SourceDocument
from catalogue.store.ontologies import Ontology
from harvesters.sparql import SparqlHarvester
from tests.harvesters.contract import NOW, fetcher

pytestmark = pytest.mark.partners

LIST = """
PREFIX d: <https://schema.datacite.org/meta/kernel-4.6/metadata.xsd#>
SELECT ?subject (MAX(?day) AS ?version) WHERE {
  ?subject a <http://purl.obolibrary.org/obo/T4FS_0000113> ; d:Updated ?day
} GROUP BY ?subject"""
CONSTRUCT = """
CONSTRUCT { ?subject ?p ?o . ?o ?q ?r . ?r ?s ?t } WHERE {
  VALUES ?subject { UNDEF }
  ?subject ?p ?o . OPTIONAL {
    ?o ?q ?r . FILTER NOT EXISTS { ?o a <http://purl.obolibrary.org/obo/T4FS_0000113> } OPTIONAL { ?r ?s ?t }
  }
}"""


def test_every_record_of_the_graph_is_read_and_accounted_for(partners: Path, tmp_path: Path) -> None:
    """Of 261 records 258 are taken in, two state no certain licence, one is no archive's here; nothing is unmapped."""
    with serving() as endpoint:
        for path in sorted((partners / "nfdi4bioimage").glob("*.n3*")):
            content = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
            endpoint.store.load(content, ox.RdfFormat.N3, base_iri="https://kg.nfdi4bioimage.de/")
        spec = source(tmp_path, endpoint.url, LIST, CONSTRUCT)
        documents = [event for event in fetch(spec) if isinstance(event, SourceDocument)]
    harvester, ontology, outcomes = SparqlHarvester(fetcher()), Ontology.load(), Counter[str]()
    for document in documents:
        prepared = prepare(document, spec, harvester.map, ontology, NOW)
        outcomes[prepared.rejected.reason if prepared.rejected else "accepted"] += 1
        if prepared.rejected is None or prepared.rejected.reason == "schema-required":
            assert not harvester.map(document, spec).unmapped, document.item
    assert len(documents) == 261
    assert outcomes == {"accepted": 258, "schema-required": 2, "bad-identifier": 1}
