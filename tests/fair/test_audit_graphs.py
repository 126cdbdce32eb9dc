"""The newest audit in named graphs: what SPARQL counts is what the audit says; graphs change when their results do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as px
import pytest

from catalogue.fair.graph import SHARED, AuditGraphs, Mode, results_graph
from catalogue.fair.outcomes import Outcome
from catalogue.model.namespaces import BASE
from catalogue.model.rdf import quads
from catalogue.store.graph.embedded import EmbeddedGraph
from catalogue.store.graph_view import GraphView
from catalogue.store.purging import purge
from catalogue.store.views import catch_up
from tests.fair.audited_node import AuditedNode
from tests.fair.conftest import study

# What is only about graphs is the same whatever the ledger lies in.
of_graphs = pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
DQV, EARL = "http://www.w3.org/ns/dqv#", "http://www.w3.org/ns/earl#"


@pytest.fixture
def empty(tmp_path: Path, ledger_url: str) -> Iterator[AuditedNode]:
    """Three studies, no audit."""
    found = AuditedNode(tmp_path, ledger_url).fill()
    yield found
    found.ledger.close()


@pytest.fixture
def node(empty: AuditedNode) -> AuditedNode:
    """Three studies and an audit of them."""
    empty.keep()
    return empty


def view_of(node: AuditedNode, mode: Mode = "all") -> GraphView:
    graphs = AuditGraphs(node.audits.shelf, mode)
    view = GraphView(EmbeddedGraph(node.home / "graph"), quads, beside=graphs)
    catch_up(node.ledger, view)
    view.publish()
    return view


def published(node: AuditedNode) -> px.Store:
    return px.Store.read_only(str((node.home / "graph" / "current").resolve()))


def outcomes(store: px.Store, curie: str | None = None) -> Counter[str]:
    graph = px.NamedNode(results_graph(curie)) if curie else None
    said = {
        quad.subject: quad.object.value.removeprefix(EARL)
        for quad in store.quads_for_pattern(None, px.NamedNode(EARL + "outcome"), None, px.NamedNode(SHARED))
    }
    return Counter(said[q.object] for q in store.quads_for_pattern(None, px.NamedNode(EARL + "result"), None, graph))


WORDS = {
    Outcome.PASS: "passed", Outcome.FAIL: "failed", Outcome.INDETERMINATE: "cantTell",
    Outcome.NOT_APPLICABLE: "inapplicable",
}  # fmt: skip


@of_graphs
@pytest.mark.parametrize("mode", ["all", "failing", "none"])
def test_the_graph_of_a_study_has_the_outcomes_of_the_audit(node: AuditedNode, mode: Mode) -> None:
    """All of them, those that fail, or none, as the setting says."""
    audit = node.history.load("latest").audit
    view_of(node, mode).close()
    store = published(node)
    shown = {"all": set(Outcome), "failing": {Outcome.FAIL}, "none": set()}[mode]
    for one in audit.studies:
        said = Counter(WORDS[j.outcome] for j in audit.judgements[one.curie].values() if j.outcome in shown)
        assert outcomes(store, one.curie) == said
    assert store.contains_named_graph(px.NamedNode(SHARED)) is (mode != "none")


def test_only_graphs_that_changed_are_written_again(node: AuditedNode) -> None:
    """A study that is described otherwise has other results; those of the others are left alone."""
    view = view_of(node)
    before = {quad.graph_name.value for quad in published(node)}
    node.later(25).put(study(1, description="Now there are some words about what was done and why it was done."))
    node.keep()
    graphs, written = AuditGraphs(node.audits.shelf, "all"), []
    held = view._engine.values(BASE + "state", "https://w3id.org/ommatidia/terms/besideDigest")
    written = [graph for graph, _, lines in graphs.graphs(held) if lines is not None]
    assert set(written) == {SHARED, results_graph("biostudies:S-BIAD1")}
    catch_up(node.ledger, view)
    view.publish()
    view.close()
    assert {quad.graph_name.value for quad in published(node)} == before


def test_results_go_with_their_record(node: AuditedNode) -> None:
    """Of a study that is withdrawn no results are left, though the audit that has them is still the newest."""
    view = view_of(node)
    curie = node.withdraw(2)
    catch_up(node.ledger, view)
    view.publish()
    store = published(node)
    assert not outcomes(store, curie) and outcomes(store, "biostudies:S-BIAD1")
    view.close()


@of_graphs
def test_another_mode_takes_away_what_it_does_not_show(node: AuditedNode) -> None:
    """Changing the setting is enough; nothing is rebuilt."""
    view_of(node, "all").close()
    view_of(node, "none").close()
    store = published(node)
    assert not outcomes(store) and not store.contains_named_graph(px.NamedNode(SHARED))


def test_without_an_audit_there_are_no_graphs(empty: AuditedNode) -> None:
    """A node that has made none publishes all the rest."""
    view_of(empty).close()
    assert not outcomes(published(empty)) and len(list(published(empty)))


@of_graphs
def test_every_result_means_something(node: AuditedNode) -> None:
    """The metric of each result is defined in the shared graph, and nothing there is an address of this node."""
    view_of(node).close()
    store, shared = published(node), px.NamedNode(SHARED)
    used = {quad.object for quad in store.quads_for_pattern(None, px.NamedNode(DQV + "isMeasurementOf"), None)}
    for metric in used:
        assert list(store.quads_for_pattern(metric, None, None, shared)), metric
    assert not list(store.quads_for_pattern(None, px.NamedNode("http://www.w3.org/ns/dcat#landingPage"), None, shared))


@of_graphs
def test_damaged_audit_holds_up_no_record(node: AuditedNode) -> None:
    """Where a file of the newest audit is damaged, records are published all the same and what was written stays."""
    view = view_of(node)
    before = outcomes(published(node))
    node.later(25).put(study(4))
    kept = node.keep()
    (kept.path / "results.parquet").write_bytes(b"damaged")
    catch_up(node.ledger, view)
    view.publish()
    store = published(node)
    assert store.contains_named_graph(px.NamedNode(BASE + "biostudies:S-BIAD4")) and outcomes(store) == before
    view.close()


def test_withdrawn_study_does_not_come_back_with_a_frozen_audit(node: AuditedNode) -> None:
    """P18: results of a record that was withdrawn stand in no graph, also where the newest audit is older than that."""
    frozen = node.history.freeze("latest", "cited")
    view = view_of(node)
    curie = node.withdraw(2)
    purged = purge(node.ledger, node.later(48).now)
    node.history.withdrawn(purged.position)
    catch_up(node.ledger, view)
    view.publish()
    assert node.audits.shelf.latest() == frozen.name
    store = published(node)
    assert not store.contains_named_graph(px.NamedNode(results_graph(curie)))
    assert store.contains_named_graph(px.NamedNode(results_graph("biostudies:S-BIAD1")))
    view.close()
