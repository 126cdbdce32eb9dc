"""Ontologies in the graph: small ones whole, of large ones what records use with its ancestors, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as px
import pytest

from catalogue.model.namespaces import BASE, expand
from catalogue.model.rdf import quads
from catalogue.store.graph.embedded import EmbeddedGraph
from catalogue.store.graph_view import GraphView
from catalogue.store.ledger import Ledger
from catalogue.store.ontologies import OntologyGraphs, graphs
from catalogue.store.views import catch_up, rebuild
from tests.ingest.conftest import study
from tests.store.graph.records import open_ledger
from tests.store.graph.test_shared import append, rows
from tests.store.ontologies.samples import installed

# Ten cell structures in a chain.
CHAIN = "".join(
    f'obo:GO_900000{n} a owl:Class ; rdfs:label "g{n}"'
    + (f" ; rdfs:subClassOf obo:GO_900000{n - 1} .\n" if n else " .\n")
    for n in range(10)
)
LABEL = px.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """The ledger of the test's data folder."""
    with open_ledger(tmp_path) as opened:
        opened.add_source("s", harvester="gide", location="x")
        yield opened


@pytest.fixture
def view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphView]:
    """The graph view of a node for which the ontology of ten terms is a large one."""
    monkeypatch.setattr(graphs, "WHOLE_TERMS", 9)
    installed(tmp_path, go=CHAIN)
    opened = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, OntologyGraphs(tmp_path))
    yield opened
    opened.close()


def about(number: int, *curies: str) -> dict:
    """A study about these terms."""
    terms = [{"type": "OntologyTerm", "id": curie, "label": f"said of {curie}"} for curie in curies]
    return study(number, terms=terms, subjects=list(curies))


def told(folder: Path, graph: str = "go") -> set[str]:
    """Numbers of the made-up terms that a graph gives a label to."""
    return {
        quad.subject.value[-1]
        for quad in rows(folder / "graph")
        if quad.graph_name == px.NamedNode(f"{BASE}ontology/{graph}") and quad.predicate == LABEL
    }


def test_large_ontology_is_published_as_far_as_records_use_it(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """Terms that records name are there with their ancestors, so that hierarchies can be walked; others are not."""
    catch_up(ledger, view)
    assert told(tmp_path) == set()
    append(ledger, about(1, "GO:9000003"))
    catch_up(ledger, view)
    assert told(tmp_path) == set("0123")
    append(ledger, about(2, "GO:9000005", "GO:9000003"))
    catch_up(ledger, view)
    assert told(tmp_path) == set("012345")


def test_small_ontology_is_published_whole(tmp_path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries walk down FBbi's tree to terms that no record names: what is small enough is there whole."""
    monkeypatch.setattr(graphs, "WHOLE_TERMS", 10)
    installed(tmp_path, go=CHAIN)
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, OntologyGraphs(tmp_path))
    catch_up(ledger, view)
    assert told(tmp_path) == set("0123456789")
    view.close()


def test_use_is_told_the_same_step_by_step_and_after_a_restart(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """The graphs are a function of the ledger: batches, a new process and a rebuild give the same."""
    for number, curie in enumerate(["GO:9000003", "GO:9000007", "GO:9000001"]):
        append(ledger, about(number, curie))
        catch_up(ledger, view)
    view.close()
    again = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, OntologyGraphs(tmp_path))
    append(ledger, about(4, "GO:9000007"))
    catch_up(ledger, again)
    step_by_step = set(map(str, rows(tmp_path / "graph")))
    rebuild(ledger, again)
    assert set(map(str, rows(tmp_path / "graph"))) == step_by_step
    assert told(tmp_path) == set("01234567")
    again.close()


def test_what_the_ontology_says_is_not_shared_as_well(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """The source's label of a term stays with the records' words; the ontology's own is said once."""
    records = about(1, "GO:9000003")
    records["terms"][0]["label"] = "g3"
    append(ledger, records)
    catch_up(ledger, view)
    stored = rows(tmp_path / "graph")
    assert len({quad.triple for quad in stored}) == len(stored)
    named = [q for q in stored if q.subject == px.NamedNode(expand("GO:9000003")) and q.object == px.Literal("g3")]
    assert [q.graph_name.value for q in named] == [f"{BASE}ontology/go"]


def test_terms_that_two_releases_bring_along_are_told_once(tmp_path: Path, ledger: Ledger) -> None:
    """CL's release holds terms of GO and UBERON: over the union of graphs each statement is there once."""
    cell = 'obo:CL_9000001 a owl:Class ; rdfs:label "c" ; rdfs:subClassOf obo:GO_9000001 .\n'
    more = 'obo:FBbi_00000246 a owl:Class ; rdfs:label "mine" ; oio:hasExactSynonym "fluorescence imaging" .\n'
    installed(tmp_path, go=CHAIN, cl=cell + "".join(CHAIN.splitlines(keepends=True)[:4]), fbbi=more)
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, OntologyGraphs(tmp_path))
    append(ledger, about(1, "CL:9000001", "GO:9000001", "FBbi:00000246"))
    catch_up(ledger, view)
    stored = rows(tmp_path / "graph")
    assert len({quad.triple for quad in stored}) == len(stored)
    assert told(tmp_path) == set("0123456789")
    accepted = [q.graph_name.value for q in stored if q.object == px.Literal("fluorescence imaging")]
    assert accepted == [f"{BASE}ontology/fbbi"]
    view.close()


def test_ontology_installed_during_a_rebuild_is_not_mixed_in(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """A store is made with the ontologies found at its first record; the next catch-up makes it anew with others."""
    append(ledger, about(1, "GO:9000003"))
    append(ledger, about(2, "GO:9000004"))
    view.reset()
    view.apply(ledger.entries(limit=1))
    installed(tmp_path, go=CHAIN.replace('"g', '"new '))
    view.apply(ledger.entries(after=1))
    view.publish()
    labels = {q.object.value for q in rows(tmp_path / "graph") if q.predicate == LABEL and "GO_9" in q.subject.value}
    assert {"g3", "g4"} <= labels
    assert not any(label.startswith("new") for label in labels)
    assert view.stale
    catch_up(ledger, view)
    assert not view.stale
    labels = {q.object.value for q in rows(tmp_path / "graph") if q.predicate == LABEL and "GO_9" in q.subject.value}
    assert {"new 3", "new 4"} <= labels
    assert not labels & {"g3", "g4"}


def test_obsolete_terms_lead_to_their_replacement_in_the_graph(tmp_path: Path, ledger: Ledger) -> None:
    """SPARQL can ask what replaced a term, by the properties that ontologies use for it."""
    replaced = (
        'obo:GO_9000001 a owl:Class ; rdfs:label "old" ; owl:deprecated true ; obo:IAO_0100001 obo:GO_9000002 .\n'
    )
    installed(tmp_path, go=replaced + 'obo:GO_9000002 a owl:Class ; rdfs:label "new" .\n')
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, OntologyGraphs(tmp_path))
    catch_up(ledger, view)
    by = px.NamedNode("http://purl.obolibrary.org/obo/IAO_0100001")
    assert [q.object.value for q in rows(tmp_path / "graph") if q.predicate == by] == [expand("GO:9000002")]
    view.close()
