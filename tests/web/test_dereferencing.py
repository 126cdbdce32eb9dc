from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat

from catalogue import resources
from catalogue.model import vocabulary
from catalogue.model.crosswalk_rdf import CROSSWALKS, FIELDS
from catalogue.model.crosswalks import crosswalk_names, load_crosswalk
from catalogue.model.documentation import documentation
from catalogue.model.examples import valid_examples
from catalogue.model.namespaces import BASE, TERMS
from catalogue.model.rdf import triples
from catalogue.model.vocabulary import SCHEMA, SHAPES, known_iris
from catalogue.settings import WebSettings
from catalogue.web.schema.places import RESERVED

FORMS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
}


def emitted() -> set[str]:
    """Every term of ours that the emitter writes in the examples, as predicate or object."""
    found = set()
    for example in valid_examples():
        for quad in pyoxigraph.parse(triples(example.record, example.class_name), format=RdfFormat.N_TRIPLES):
            found |= {node.value for node in (quad.predicate, quad.object) if isinstance(node, NamedNode)}
    return {iri for iri in found if iri.startswith(TERMS)}


def read(client: FlaskClient, iri: str, accept: str) -> list[pyoxigraph.Triple]:
    """What the node says about an IRI of ours, redirects followed."""
    answer = client.get("/" + iri.removeprefix(BASE), headers={"Accept": accept}, follow_redirects=True)
    assert (answer.status_code, answer.mimetype) == (200, accept), iri
    return [quad.triple for quad in pyoxigraph.parse(answer.data, format=FORMS[accept])]


@pytest.mark.parametrize("accept", FORMS)
def test_terms_that_records_use_lead_to_rdf_about_themselves(client: FlaskClient, accept: str) -> None:
    """Each term the emitter writes dereferences, in every form of RDF, to triples about itself (fair.md 4)."""
    terms = emitted()
    assert len(terms) > 50
    for iri in terms:
        assert NamedNode(iri) in {triple.subject for triple in read(client, iri, accept)}, iri


def test_every_iri_of_ours_leads_to_rdf_and_to_a_page(client: FlaskClient) -> None:
    """Terms, shapes and elements of the schema: one triple or more about each, and a page with its anchor."""

    @cache
    def page(path: str) -> str:
        answer = client.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
        assert answer.status_code == 200 and answer.mimetype == "text/html", path
        return answer.text

    for namespace in (TERMS, SHAPES, SCHEMA, FIELDS, CROSSWALKS):
        assert any(iri.startswith(namespace) for iri in known_iris())
    # Thousands of fields of other vocabularies are answered by one rule; some of them stand for all.
    fields = [iri for iri in known_iris() if iri.startswith(FIELDS)]
    for iri in [iri for iri in known_iris() if not iri.startswith(FIELDS)] + fields[::40]:
        assert NamedNode(iri) in {triple.subject for triple in read(client, iri, "text/turtle")}, iri
        answer = client.get("/" + iri.removeprefix(BASE), headers={"Accept": "text/html"})
        if answer.status_code == 303:
            place = urlsplit(answer.headers["Location"])
            assert not place.fragment or f'id="{place.fragment}"' in page(place.path), iri
        else:
            page(urlsplit(answer.request.path).path)


@pytest.mark.parametrize("path", ["/terms/accessLevel", "/shapes/Study-title", "/shapes/gide-0.2-Study-methods"])
def test_things_are_answered_303(client: FlaskClient, path: str) -> None:
    """A thing is no document: 303 to the form asked for, the same for every client that says the same."""
    for accept, suffix in (
        ("text/turtle", ".ttl"),
        ("application/rdf+xml", ".rdf"),
        ("application/ld+json", ".jsonld"),
    ):
        answer = client.get(path, headers={"Accept": accept})
        assert (answer.status_code, answer.headers["Location"]) == (303, path + suffix)
        assert "Accept" in answer.headers["Vary"] and answer.headers["Access-Control-Allow-Origin"] == "*"
        assert f'<{path}.ttl>; rel="describedby"; type="text/turtle"' in answer.headers["Link"]
    assert client.get(path, headers={"Accept": "text/html"}).headers["Location"].startswith("/schema/")


def test_a_browser_gets_the_page_and_a_program_that_takes_anything_too(client: FlaskClient) -> None:
    """Without a wish the page is given; with a browser's Accept as well."""
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
    for headers in ({}, {"Accept": "*/*"}, {"Accept": browser}):
        assert client.get("/terms/accessLevel", headers=headers).headers["Location"] == "/schema/slots/access_level"


def test_all_forms_say_the_same(client: FlaskClient) -> None:
    """Turtle, JSON-LD, N-Triples and RDF/XML of a term are the same set of triples."""
    for iri in (f"{TERMS}imagingMethod", f"{SHAPES}Study-title", f"{SCHEMA}Study"):
        sets = {accept: set(map(str, read(client, iri, accept))) for accept in FORMS}
        assert len(set(map(frozenset, sets.values()))) == 1 and sets["text/turtle"]


@pytest.mark.parametrize("namespace", ["terms", "terms/", "shapes", "shapes/", "schema", "schema/"])
def test_a_namespace_describes_everything_in_it(client: FlaskClient, namespace: str) -> None:
    """The namespace itself leads to one document about all of its names."""
    found = {triple.subject.value for triple in read(client, BASE + namespace, "text/turtle")}
    start = f"{BASE}{namespace.rstrip('/')}/"
    assert found >= {iri for iri in known_iris() if iri.startswith(start)}


def test_crosswalk_as_rdf_has_a_statement_for_each_row(client: FlaskClient) -> None:
    """Every place of every field is a SKOS statement between IRIs that dereference."""
    for name in crosswalk_names():
        said = [
            triple for triple in read(client, CROSSWALKS + name, "text/turtle") if "skos/core#" in str(triple.predicate)
        ]
        assert len(said) == len(set(said)) == len(load_crosswalk(name).rows), name
        mapped = {triple.object.value for triple in said if triple.predicate.value.endswith("Match")}
        assert mapped <= set(known_iris()), name


def test_documents_lead_back_and_are_kept(client: FlaskClient) -> None:
    """RDF about a term names the term and its page, may be read from any site, and is validated by its tag."""
    first = client.get("/terms/accessLevel.ttl")
    assert f'<{TERMS}accessLevel>; rel="describes"' in first.headers["Link"]
    assert '</schema/slots/access_level>; rel="alternate"; type="text/html"' in first.headers["Link"]
    assert first.headers["Access-Control-Allow-Origin"] == "*" and "max-age" in first.headers["Cache-Control"]
    again = client.get("/terms/accessLevel.ttl", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_class_page_and_its_rdf_share_an_address(client: FlaskClient) -> None:
    """/schema/Study is a document: page or RDF by Accept, each saying where it can be had alone."""
    answer = client.get("/schema/Study", headers={"Accept": "text/turtle"})
    assert (answer.status_code, answer.headers["Content-Location"]) == (200, "/schema/Study.ttl")
    assert answer.data == client.get("/schema/Study.ttl").data
    page = client.get("/schema/Study", headers={"Accept": "text/html"})
    assert '</schema/Study.jsonld>; rel="describedby"; type="application/ld+json"' in page.headers["Link"]


def test_public_address_of_the_node_stands_in_headers(with_services: Callable[..., FlaskClient]) -> None:
    """With a public address configured, redirects and typed links carry it."""
    client = with_services(web=WebSettings(base_url="https://catalogue.example/node/"))
    answer = client.get("/terms/accessLevel", headers={"Accept": "text/turtle"})
    assert answer.headers["Location"] == "https://catalogue.example/node/terms/accessLevel.ttl"
    assert "<https://catalogue.example/node/terms/accessLevel.nt>" in answer.headers["Link"]
    assert 'href="/node/schema/Study"' in client.get("/schema").text


@pytest.mark.parametrize(
    "path", ["/terms/acessLevel", "/terms/accesslevel.ttl", "/shapes/Study-titel", "/schema/Studi"]
)
def test_unknown_name_is_404_with_the_nearest(client: FlaskClient, path: str) -> None:
    """A name that is not ours is answered 404, to programs as problem+json, with what is spelled like it."""
    answer = client.get(path, headers={"Accept": "text/turtle, application/problem+json;q=0.5"})
    assert answer.status_code == 404 and answer.mimetype == "application/problem+json"
    assert answer.json["look_at"][0]["url"].startswith("/schema/")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_form_that_we_do_not_have_is_refused(client: FlaskClient) -> None:
    """Only what cannot be given at all is 406, with the list of what can."""
    answer = client.get("/terms/accessLevel", headers={"Accept": "image/png"})
    assert answer.status_code == 406 and "text/turtle" in answer.text


@pytest.mark.parametrize(
    ("path", "kind", "place"),
    [
        ("/schema/context.jsonld", "application/ld+json", "catalogue/model/context.jsonld"),
        ("/schema/records.schema.json", "application/schema+json", "catalogue/model/records.schema.json"),
        ("/schema/ontology.ttl", "text/turtle", "catalogue/model/ontology.ttl"),
        ("/schema/shapes/records.ttl", "text/turtle", "shapes/records.ttl"),
        ("/schema/shapes/hard.ttl", "text/turtle", "shapes/hard.ttl"),
        ("/schema/shapes/profiles/gide-0.2.ttl", "text/turtle", "shapes/profiles/gide-0.2.ttl"),
        ("/schema/records.py", "text/x-python", "catalogue/model/records.py"),
        ("/schema/diagram.mmd", "text/plain", "catalogue/model/diagram.mmd"),
        ("/schema/source/study.yaml", "application/yaml", "schema/study.yaml"),
        ("/schema/examples/Study-minimal.yaml", "application/yaml", "schema/examples/valid/Study-minimal.yaml"),
    ],
)
def test_files_are_served_as_they_are(client: FlaskClient, path: str, kind: str, place: str) -> None:
    """Each artefact has an address, its own media type, the committed bytes, a tag, and may be read from any site."""
    answer = client.get(path, headers={"Accept": "*/*"})
    root: Path = resources.schema_dir().parent
    assert (answer.status_code, answer.mimetype, answer.data) == (200, kind, (root / place).read_bytes())
    assert answer.headers["Access-Control-Allow-Origin"] == "*" and answer.headers["ETag"]
    assert "max-age" in answer.headers["Cache-Control"]


def test_addresses_in_the_files_lead_to_the_files(client: FlaskClient) -> None:
    """The JSON Schema is found under its own $id, and the context under the address that examples name."""
    schema = client.get("/schema/records.schema.json").json
    assert client.get("/" + schema["$id"].removeprefix(BASE)).json == schema


def test_rdf_is_the_same_in_every_process() -> None:
    """No name of a blank node is chosen by chance, so that tags agree between the processes of one node."""

    def everything() -> list[str]:
        vocabulary._graph.cache_clear()
        vocabulary._namespaces.cache_clear()
        return [str(triple) for triple in vocabulary.describe(BASE + "shapes")]

    first = everything()
    assert first == everything() and any("_:" in line for line in first)


def test_names_of_the_schema_do_not_collide() -> None:
    """Classes, lists, types and modules share one namespace with the pages below /schema, each under its own name."""
    made = documentation()
    modules = [module["name"] for module in made["modules"] if module["iri"].startswith(SCHEMA)]
    names = [*made["classes"], *made["enums"], *made["types"], *modules]
    assert len(names) == len(set(names))
    assert not set(names) & RESERVED
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in [*names, *made["slots"]])
