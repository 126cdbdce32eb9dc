from __future__ import annotations

from pathlib import Path

import pyoxigraph as px
import pytest
from flask.testing import FlaskClient

from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.model.namespaces import BASE, OWNERS
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from harvesters.gide import GideHarvester
from tests.web.studies_for_pages import BARE, GONE, HUMAN, IMAGE, STUDY, append, clock

_EVERY = 20


def of_record(iri: str) -> bool:
    """True for the IRI of a record or of a part of one: those lead to the record's own documents."""
    return iri.removeprefix(BASE).partition(":")[0] in OWNERS


def ours(client: FlaskClient, path: str) -> set[str]:
    """IRIs of our vocabularies in a Turtle document: predicates, classes, values, policies."""
    found: set[str] = set()
    for quad in px.parse(client.get(path).data, format=px.RdfFormat.TURTLE):
        found |= {term.value for term in (quad.predicate, quad.object) if isinstance(term, px.NamedNode)}
    return {iri for iri in found if iri.startswith(BASE) and not of_record(iri)}


def subjects(client: FlaskClient, iri: str) -> set[str]:
    """What the RDF speaks of to which an IRI leads at this node, redirects followed."""
    path = "/" + iri.removeprefix(BASE).partition("#")[0]
    answer = client.get(path, headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert (answer.status_code, answer.mimetype) == (200, "text/turtle"), iri
    return {str(getattr(q.subject, "value", "")) for q in px.parse(answer.data, format=px.RdfFormat.TURTLE)}


def test_every_iri_of_ours_in_a_record_leads_to_rdf_about_itself(client: FlaskClient) -> None:
    """FAIR Champion: predicates, classes and values of ours in studies, image and tombstone dereference at the node."""
    paths = [*(f"/studies/{curie}.ttl" for curie in (STUDY, BARE, HUMAN, GONE)), f"/images/{IMAGE}.ttl"]
    used = set().union(*(ours(client, path) for path in paths))
    assert len(used) > 40
    for iri in sorted(used):
        assert iri in subjects(client, iri), iri


def test_records_and_their_parts_lead_to_rdf_about_themselves(client: FlaskClient) -> None:
    """The IRIs of a study, its people, papers and provenance lead to the document that speaks of them."""
    quads = px.parse(client.get(f"/studies/{STUDY}.ttl").data, format=px.RdfFormat.TURTLE)
    named = {q.subject.value for q in quads if isinstance(q.subject, px.NamedNode) and of_record(q.subject.value)}
    assert len(named) > 8
    for iri in sorted(named):
        answer = client.get("/id/" + iri.removeprefix(BASE), headers={"Accept": "text/turtle"}, follow_redirects=True)
        assert (answer.status_code, answer.mimetype) == (200, "text/turtle"), iri
        assert f"<{iri}>" in answer.text, iri


@pytest.mark.partners
def test_every_iri_of_ours_in_real_studies_leads_to_rdf_about_itself(partners: Path, tmp_path: Path) -> None:
    """The same for every twentieth real study of the partners: no term of ours is a dead end."""
    harvester, spec = GideHarvester(None), SourceSpec("real", "gide", "/")  # type: ignore[arg-type]
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        client = create_web(Services(ledger, Resolver(ledger))).test_client()
        used: set[str] = set()
        for path in sorted(partners.glob("gide-*/crates/**/*.json"))[::_EVERY]:
            for record in harvester.map(
                SourceDocument(path.name, "https://x.example/", path.read_bytes()), spec
            ).records:
                append(ledger, record)
                used |= ours(client, f"/studies/{record['id']}.ttl")
        assert len(used) > 15
        for iri in sorted(used):
            assert iri in subjects(client, iri), iri
