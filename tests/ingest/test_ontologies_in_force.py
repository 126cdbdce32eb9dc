"""Harvests go by the ontologies that are installed when they begin."""

from __future__ import annotations

from pathlib import Path

from app import open_node
from catalogue.store.ontologies import install

TERM = (
    "<http://purl.obolibrary.org/obo/FBbi_99999999> "
    '<http://www.w3.org/2000/01/rdf-schema#label> "invented microscopy" .\n'
    "<http://purl.obolibrary.org/obo/FBbi_99999999> "
    "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2002/07/owl#Class> .\n"
)


def test_worker_harvests_by_ontologies_installed_after_it_began(tmp_path: Path) -> None:
    """A release installed beside a running worker is in force at its next harvest, which maps everything anew."""
    node = open_node(tmp_path / "home")
    node.initialise()
    before = node.ingest_now()
    assert node.ingest_now() is before
    (tmp_path / "fbbi.nt").write_text(TERM, "utf-8")
    install(node.home, "fbbi", tmp_path / "fbbi.nt")
    after = node.ingest_now()
    assert after.ontology.label("FBbi:99999999") == "invented microscopy"
    assert after.fingerprint != before.fingerprint
    node.ledger.close()
