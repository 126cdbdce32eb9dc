"""Audits as linked data: conform to the published shapes, hold the numbers of the report, and are well typed."""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from pathlib import Path

import pyoxigraph as px
import pyshacl
import pytest
import rdflib

from catalogue.fair.forms import jsonld
from catalogue.fair.forms.base import get_form
from catalogue.fair.ftr.results import EARL
from catalogue.fair.ftr.totals import totals_iri
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Report
from tests.fair.reports_for_forms import Links, report

SHAPES = Path(__file__).parent / "shapes"
VENDORED = tomllib.loads((SHAPES / "vendor.toml").read_text("utf-8"))["file"]
EARL_NS, DQV, PROV = "http://www.w3.org/ns/earl#", "http://www.w3.org/ns/dqv#", "http://www.w3.org/ns/prov#"


@pytest.fixture(scope="module")
def made() -> Report:
    return report()


@pytest.fixture(scope="module")
def store(made: Report) -> px.Store:
    found = px.Store()
    found.load(get_form(jsonld.SUFFIX).render(made, Links()), px.RdfFormat.JSON_LD)
    return found


def values(store: px.Store, predicate: str, subject: str | None = None) -> list[str]:
    node = px.NamedNode(subject) if subject else None
    return [quad.object.value for quad in store.quads_for_pattern(node, px.NamedNode(predicate), None)]


@pytest.mark.parametrize("file", VENDORED, ids=[file["name"] for file in VENDORED])
def test_results_conform_to_the_published_shapes(store: px.Store, file: dict[str, str]) -> None:
    """FTR's own SHACL, unchanged, finds no fault."""
    text = (SHAPES / file["name"]).read_bytes()
    assert hashlib.sha256(text).hexdigest() == file["sha256"]
    triples = "".join(f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in store)
    graph = rdflib.Graph().parse(data=triples, format="nt")
    shapes = rdflib.Graph().parse(data=text, format="turtle")
    if file["name"] == "test.shacl":
        # The published shape has no target; it is held against every test all the same.
        shape = rdflib.URIRef("http://www.example.org/me#testShape")
        target = rdflib.URIRef("http://www.w3.org/ns/shacl#targetClass")
        shapes.add((shape, target, rdflib.URIRef("https://w3id.org/ftr#Test")))
    conforms, _, told = pyshacl.validate(graph, shacl_graph=shapes)
    assert conforms, told


def test_results_have_the_numbers_of_the_report(store: px.Store, made: Report) -> None:
    """Counting EARL outcomes gives the report's counts; the totals say them too."""
    counted = Counter(values(store, EARL_NS + "outcome"))
    for outcome in Outcome:
        said = EARL[outcome].replace("earl:", EARL_NS)
        assert counted[said] == sum(made.count(metric.id)[outcome] for metric in made.metrics)
    for item, tally in made.items:
        for outcome, number in tally.counts.items():
            name = f"{totals_iri(made)}/{item.id}/{outcome.value.replace(' ', '-')}"
            assert values(store, DQV + "value", name) == [str(number)]


def test_nothing_is_nameless_and_times_are_times(store: px.Store, made: Report) -> None:
    """There is no blank node, and every graph is named."""
    for quad in store:
        assert not isinstance(quad.subject, px.BlankNode) and not isinstance(quad.object, px.BlankNode)
        assert not isinstance(quad.graph_name, px.DefaultGraph)
    assert len(list(store.named_graphs())) == len(made.studies) + 1


def test_not_applicable_is_told_apart(store: px.Store) -> None:
    """FTR has no word for what does not apply: indeterminate there, inapplicable in EARL, without a dqv:value."""
    inapplicable = px.NamedNode(EARL_NS + "inapplicable")
    for quad in store.quads_for_pattern(None, px.NamedNode(EARL_NS + "outcome"), inapplicable):
        result = quad.subject.value.removesuffix("/result")
        assert values(store, PROV + "value", result) == ["indeterminate"]
        assert values(store, DQV + "value", result) == []


def test_many_studies_are_named_instead(monkeypatch: pytest.MonkeyPatch, made: Report) -> None:
    """A document about too many studies leads to theirs and keeps the totals."""
    monkeypatch.setattr(jsonld, "MOST_STUDIES", 2)
    found = px.Store()
    found.load(get_form(jsonld.SUFFIX).render(made, Links()), px.RdfFormat.JSON_LD)
    seen = values(found, "http://www.w3.org/2000/01/rdf-schema#seeAlso")
    assert sorted(seen) == [f"https://node.example/fair/studies/{study.curie}.jsonld" for study in made.studies]
    assert not values(found, EARL_NS + "outcome") and values(found, DQV + "value")
