"""Ledger entries in the graph: records, provenance, summaries, ontologies, and catching up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as px
import pytest

from catalogue.model.namespaces import BASE, TERMS
from catalogue.model.rdf import quads
from catalogue.store.graph.base import SUMMARY
from catalogue.store.graph.embedded import EmbeddedGraph
from catalogue.store.graph_view import GraphView
from catalogue.store.ledger import Ledger
from catalogue.store.ontologies import OntologyGraphs, install
from catalogue.store.views import View, catch_up, rebuild
from tests.store.graph.records import all_of, append, graph_of, image, open_ledger, snapshot, study, tombstone


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """The ledger of the test's data folder."""
    with open_ledger(tmp_path) as opened:
        yield opened


@pytest.fixture
def open_view(tmp_path: Path) -> Iterator[Callable[..., GraphView]]:
    """Opens the view of a folder, by default the test's own."""
    views: list[GraphView] = []

    def opened(folder: Path = tmp_path) -> GraphView:
        views.append(GraphView(EmbeddedGraph(folder / "graph"), quads))
        return views[-1]

    yield opened
    for view in views:
        view.close()


@pytest.fixture
def view(open_view: Callable[..., GraphView]) -> GraphView:
    """The open view of the test's data folder."""
    return open_view()


def summary(store: px.Store, subject: str, name: str) -> str | None:
    """A value of the summary graph."""
    found = store.quads_for_pattern(px.NamedNode(subject), px.NamedNode(TERMS + name), None, px.NamedNode(SUMMARY))
    return next((q.object.value for q in found), None)


def status(store: px.Store, curie: str) -> str:
    """Last part of a record's status in its provenance graph."""
    record = px.NamedNode(f"{BASE}{curie}/record")
    [quad] = store.quads_for_pattern(record, px.NamedNode(TERMS + "status"), None, record)
    return quad.object.value.removeprefix(TERMS)


def test_view_keeps_the_protocol(view: GraphView) -> None:
    """The graph view is a View."""
    assert isinstance(view, View)


def test_record_and_provenance_have_graphs_of_their_own(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """The record graph is the emitter's triples about the record; the provenance graph tells position and digest."""
    [entry] = append(ledger, study(1))
    assert catch_up(ledger, view) == 1
    store = snapshot(tmp_path)
    emitted = px.parse(quads(study(1), entry.curie), px.RdfFormat.N_QUADS)
    wanted = {str(q.triple) for q in emitted if q.subject.value.startswith(BASE)}
    assert graph_of(store, entry.curie) == wanted
    assert status(store, entry.curie) == "public"
    told = " ".join(graph_of(store, f"{entry.curie}/record"))
    assert entry.payload_digest in told
    assert f'"{entry.position}"' in told


def test_operators_paths_stay_private(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """A source that was read from a folder does not show that folder's path."""
    append(ledger, study(1), source_url="/home/someone/crates/S-BIAD1.json")
    catch_up(ledger, view)
    assert not any("someone" in quad for quad in all_of(snapshot(tmp_path)))


def test_update_leaves_nothing_of_the_old_version(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """After an update only the new title is found, whether both versions came in one batch or in two."""
    append(ledger, study(1, title="first"))
    catch_up(ledger, view)
    append(ledger, study(1, title="second"))
    append(ledger, study(1, title="third"))
    catch_up(ledger, view)
    told = " ".join(graph_of(snapshot(tmp_path), "biostudies:S-BIAD1"))
    assert "third" in told
    assert "first" not in told
    assert "second" not in told


def test_withdrawn_record_keeps_only_its_provenance(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """A withdrawal empties the record graph and says omm:withdrawn with its date."""
    append(ledger, study(1), study(2))
    catch_up(ledger, view)
    append(ledger, tombstone(study(1)))
    catch_up(ledger, view)
    store = snapshot(tmp_path)
    assert graph_of(store, "biostudies:S-BIAD1") == set()
    assert status(store, "biostudies:S-BIAD1") == "withdrawn"
    assert any("2026-11-22" in t and "statusDate" in t for t in graph_of(store, "biostudies:S-BIAD1/record"))
    assert status(store, "biostudies:S-BIAD2") == "public"


def test_suppressed_record_is_not_found_by_queries(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """A suppressed record has an empty record graph and the status omm:suppressed."""
    append(ledger, study(1), status="suppressed")
    catch_up(ledger, view)
    assert graph_of(snapshot(tmp_path), "biostudies:S-BIAD1") == set()
    assert status(snapshot(tmp_path), "biostudies:S-BIAD1") == "suppressed"


def test_images_are_counted_per_study(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """imageCount follows images that come, change, move to another study and go; a study without images has 0."""
    one, two = "idr:idr0001", "idr:idr0002"
    studies = [study(1, id=c, accession=c[4:], owner="idr") for c in (one, two)]
    append(ledger, *studies, *(image(n, one) for n in range(10001, 10004)))
    catch_up(ledger, view)
    counts = lambda name: summary(snapshot(tmp_path), BASE + name, "imageCount")  # noqa: E731
    assert (counts(one), counts(two)) == ("3", "0")
    append(ledger, image(10001, one, title="again"), image(10002, two), tombstone(image(10003, one)))
    catch_up(ledger, view)
    assert (counts(one), counts(two)) == ("1", "1")
    assert summary(snapshot(tmp_path), SUMMARY, "imageCount") == "2"
    assert summary(snapshot(tmp_path), f"{SUMMARY}/idr", "studyCount") == "2"
    append(ledger, image(10003, one))
    append(ledger, tombstone(image(10001, one)), tombstone(studies[0]))
    catch_up(ledger, view)
    assert (counts(one), counts(two)) == ("1", "1")
    assert summary(snapshot(tmp_path), SUMMARY, "studyCount") == "1"


def test_applying_twice_changes_nothing(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """Entries that were applied before leave graphs, counts and snapshot as they are."""
    append(ledger, study(1, id="idr:idr0001", accession="idr0001", owner="idr"), image(10001, "idr:idr0001"))
    catch_up(ledger, view)
    before, link = all_of(snapshot(tmp_path)), (tmp_path / "graph" / "current").resolve()
    view.apply(ledger.entries())
    view.publish()
    assert all_of(snapshot(tmp_path)) == before
    assert (tmp_path / "graph" / "current").resolve() == link


def test_history_in_any_batches_gives_the_same_graph(
    tmp_path: Path, ledger: Ledger, open_view: Callable[..., GraphView]
) -> None:
    """One entry at a time, a few, or all in one bulk load: the content is the same quad by quad."""
    home = "idr:idr0001"
    append(ledger, study(1, id=home, accession="idr0001", owner="idr"))
    append(ledger, *(image(n, home) for n in range(10000, 10150)), *(study(n) for n in range(150)))
    append(ledger, *(image(n, home, title="new") for n in range(10000, 10100)), tombstone(image(10120, home)))
    append(ledger, tombstone(study(3)), study(4, title="changed"))
    contents = []
    for batch in (7, 60, 10_000):
        view = open_view(tmp_path / str(batch))
        catch_up(ledger, view, batch=batch)
        contents.append(all_of(snapshot(tmp_path / str(batch))))
    assert contents[0] == contents[1] == contents[2]
    assert any(f'imageCount> "149"' in quad for quad in contents[0])  # noqa: F541


def test_record_that_cannot_be_emitted_holds_up_nobody(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """A payload outside the model costs its own graph only, and its provenance still stands."""
    append(ledger, study(1, no_such_field="x"), study(2))
    catch_up(ledger, view)
    store = snapshot(tmp_path)
    assert graph_of(store, "biostudies:S-BIAD1") == set()
    assert status(store, "biostudies:S-BIAD1") == "public"
    assert graph_of(store, "biostudies:S-BIAD2")


def test_rebuild_gives_the_same_graph(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """Rebuilding from the ledger changes no quad."""
    append(ledger, *(study(n) for n in range(30)))
    append(ledger, tombstone(study(3)), study(4, title="new"))
    catch_up(ledger, view, batch=5)
    before = all_of(snapshot(tmp_path))
    assert rebuild(ledger, view) == 32
    assert all_of(snapshot(tmp_path)) == before


def test_view_of_another_ledger_is_rebuilt(tmp_path: Path, ledger: Ledger, open_view: Callable[..., GraphView]) -> None:
    """A view that stands beyond the ledger, or on an entry that the ledger holds otherwise, starts again."""
    view = open_view()
    append(ledger, study(1), study(2), study(3))
    catch_up(ledger, view)
    other = tmp_path / "other"
    other.mkdir()
    with open_ledger(other) as restored:
        append(restored, study(7))
        assert catch_up(restored, view) == 1
        assert view.position() == 1
        assert graph_of(snapshot(tmp_path), "biostudies:S-BIAD1") == set()
        assert graph_of(snapshot(tmp_path), "biostudies:S-BIAD7")
    assert catch_up(ledger, view) == 3
    assert graph_of(snapshot(tmp_path), "biostudies:S-BIAD7") == set()


def test_progress_is_told(ledger: Ledger, view: GraphView) -> None:
    """on_progress hears each batch's position and the ledger's last."""
    append(ledger, *(study(n) for n in range(5)))
    heard: list[tuple[int, int]] = []
    catch_up(ledger, view, batch=2, on_progress=lambda at, last: heard.append((at, last)))
    assert heard == [(2, 5), (4, 5), (5, 5)]


def test_ontologies_are_graphs_and_follow_their_files(tmp_path: Path, ledger: Ledger) -> None:
    """Curated and installed ontologies stand in graphs of their own; a changed file makes them anew."""
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, OntologyGraphs(tmp_path))
    catch_up(ledger, view)
    store = snapshot(tmp_path)
    assert any("fluorescence microscopy" in t for t in graph_of(store, "ontology/methods"))
    assert any("Danio rerio" in t for t in graph_of(store, "ontology/taxa"))
    own = tmp_path / "own.ttl"
    own.write_text(
        "@prefix obo: <http://purl.obolibrary.org/obo/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        'obo:FBbi_00000246 a owl:Class ; <http://www.w3.org/2000/01/rdf-schema#label> "mine" .\n'
    )
    install(tmp_path, "own", own)
    catch_up(ledger, view)
    store = snapshot(tmp_path)
    assert any('"mine"' in t for t in graph_of(store, "ontology/own"))
    assert not any('label> "fluorescence microscopy"' in t for t in graph_of(store, "ontology/methods"))
    (tmp_path / "ontologies" / "own.db").unlink()
    catch_up(ledger, view)
    store = snapshot(tmp_path)
    assert graph_of(store, "ontology/own") == set()
    assert any('label> "fluorescence microscopy"' in t for t in graph_of(store, "ontology/methods"))
    view.close()
