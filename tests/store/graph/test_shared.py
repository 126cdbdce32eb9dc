"""What several records say of a thing that is none of theirs lies in the store once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyoxigraph as px
import pytest

from catalogue.model.namespaces import BASE, expand
from catalogue.model.payload import canonical
from catalogue.model.rdf import quads
from catalogue.store.graph.base import SHARED
from catalogue.store.graph.embedded import EmbeddedGraph
from catalogue.store.graph_view import GraphView
from catalogue.store.ledger import Ledger
from catalogue.store.ontologies import OntologyGraphs, install
from catalogue.store.views import catch_up, rebuild
from tests.ingest.conftest import study

UNKNOWN = "CLO:0999999"
KNOWN = "NCBITaxon:9606"


def told(number: int) -> dict[str, Any]:
    return study(
        number,
        publisher={"type": "Organization", "id": "https://archive.example/", "name": "An archive"},
        terms=[
            {"type": "OntologyTerm", "id": UNKNOWN, "label": "HeLa cell"},
            {"type": "Taxon", "id": KNOWN, "label": "Homo sapiens", "source_label": "human being"},
        ],
        subjects=[UNKNOWN],
        organisms=[KNOWN],
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(f"sqlite:///{tmp_path}/ledger.db", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    made.add_source("s", harvester="gide", location="x")
    return made


def append(ledger: Ledger, record: dict[str, Any]) -> None:
    with ledger.transaction() as writer:
        writer.append(
            curie=record["id"],
            owner=record["owner"],
            kind="study",
            status="public",
            payload=canonical(record),
            source="s",
            harvester="gide/1",
            retrieved_at=datetime(2026, 1, 1, tzinfo=UTC),
        )


def cell_lines(folder: Path) -> Path:
    file = folder / "clo.ttl"
    file.write_text(
        "@prefix obo: <http://purl.obolibrary.org/obo/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        'obo:CLO_0999999 a owl:Class ; rdfs:label "HeLa cell" .\n'
    )
    return file


def rows(folder: Path) -> list[px.Quad]:
    return list(px.Store.read_only(str((folder / "current").resolve())).quads_for_pattern(None, None, None, None))


@pytest.mark.parametrize("count", [3, 260])
def test_every_triple_lies_in_one_graph(ledger: Ledger, tmp_path: Path, count: int) -> None:
    """COUNT(*) over the union of graphs counts no statement twice, on the update path and on the bulk path."""
    for number in range(count):
        append(ledger, told(number))
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, OntologyGraphs(None))
    catch_up(ledger, view)
    stored = rows(tmp_path / "graph")
    assert len({quad.triple for quad in stored}) == len(stored)
    labels = [q for q in stored if q.subject == px.NamedNode(expand(UNKNOWN)) and "label" in q.predicate.value]
    assert [q.graph_name for q in labels] == [px.NamedNode(SHARED)]
    known = [q for q in stored if q.subject.value == expand(KNOWN) and "label" in q.predicate.value]
    assert [q.graph_name.value for q in known] == [BASE + "ontology/taxa"]


def test_batches_do_not_change_what_is_shared(ledger: Ledger, tmp_path: Path) -> None:
    """Applied one by one or at once, also over versions that were replaced meanwhile, the graph is the same."""
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, OntologyGraphs(None))
    for number in range(4):
        record = told(1)
        record["terms"][0]["label"] = f"HeLa {number}"
        append(ledger, record)
        catch_up(ledger, view)
    step_by_step = set(map(str, rows(tmp_path / "graph")))
    rebuild(ledger, view)
    assert set(map(str, rows(tmp_path / "graph"))) == step_by_step


def test_installed_ontology_takes_over_the_label(ledger: Ledger, tmp_path: Path) -> None:
    """What an ontology comes to say is no longer said by the shared graph as well."""
    append(ledger, told(1))
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, OntologyGraphs(tmp_path))
    catch_up(ledger, view)
    file = cell_lines(tmp_path)
    install(tmp_path, "clo", file)
    catch_up(ledger, view)
    stored = rows(tmp_path / "graph")
    assert len({quad.triple for quad in stored}) == len(stored)
    named = [q for q in stored if q.subject.value == expand(UNKNOWN) and q.object == px.Literal("HeLa cell")]
    assert {q.graph_name.value for q in named} == {BASE + "ontology/clo"}


def test_label_survives_the_ontology_that_gave_it(ledger: Ledger, tmp_path: Path) -> None:
    """When an ontology goes, the label that records state is back without a rebuild by hand."""
    append(ledger, told(1))
    install(tmp_path, "clo", cell_lines(tmp_path))
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, OntologyGraphs(tmp_path))
    catch_up(ledger, view)
    (tmp_path / "ontologies" / "clo.db").unlink()
    catch_up(ledger, view)
    named = [
        q
        for q in rows(tmp_path / "graph")
        if q.subject.value == expand(UNKNOWN) and q.object == px.Literal("HeLa cell")
    ]
    assert [q.graph_name.value for q in named] == [SHARED]
