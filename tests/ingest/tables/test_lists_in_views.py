"""What the views make of an image list: numbers in the graph, nothing in the text index, one line of a dump."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as px

from catalogue.exchange.dump import DumpFormat, dump
from catalogue.model.namespaces import BASE, TERMS
from catalogue.model.rdf import quads
from catalogue.search.service import SearchService
from catalogue.store.graph.base import SUMMARY
from catalogue.store.graph.embedded import EmbeddedGraph
from catalogue.store.graph_view import GraphView
from catalogue.store.ontologies import Ontology
from catalogue.store.text import TextView
from catalogue.store.views import catch_up, rebuild
from tests.ingest.tables.conftest import Lists, rows

COUNT = TERMS + "imageCount"


def numbers(folder: Path) -> dict[str, int]:
    """Subject -> image count, as readers see them."""
    store = px.Store.read_only(str(folder / "current"))
    found = store.quads_for_pattern(None, px.NamedNode(COUNT), None, px.NamedNode(SUMMARY))
    return {quad.subject.value.removeprefix(BASE): int(quad.object.value) for quad in found}


def test_the_graph_counts_listed_images(lists: Lists, tmp_path: Path) -> None:
    """Study, owner and node count the images of lists; a list its formats and bytes; all of it follows changes."""
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads)
    lists.partner.tables["idr0001"] = [*rows(100_000, 50), *rows(200_000, 10, format="OME-Zarr")]
    lists.harvest()
    catch_up(lists.ledger, view)
    expected = {
        "summary": 60,
        "summary/idr": 60,
        "idr:idr0001": 60,
        "idr:idr0001/images": 60,
        "idr:idr0001/images/format/OME-TIFF": 50,
        "idr:idr0001/images/format/OME-Zarr": 10,
    }
    assert numbers(tmp_path / "graph") == expected
    lists.partner.tables["idr0001"] = rows(100_000, 62)
    lists.harvest(full=True)
    lists.clock.pass_hours(25)
    lists.harvest()
    catch_up(lists.ledger, view)
    assert numbers(tmp_path / "graph")["idr:idr0001"] == lists.ledger.counts()["images"]
    rebuild(lists.ledger, view)
    assert numbers(tmp_path / "graph")["summary"] == lists.ledger.counts()["images"]
    lists.partner.studies = []
    for _ in range(2):
        lists.harvest()
        lists.clock.pass_hours(25)
    catch_up(lists.ledger, view)
    left = numbers(tmp_path / "graph")
    assert {name: count for name, count in left.items() if count} == {}
    assert "idr:idr0001/images" not in left
    view.close()


def test_search_finds_studies_not_lists(lists: Lists, tmp_path: Path) -> None:
    """A list is no hit of its own."""
    lists.partner.tables["idr0001"] = rows(100_000, 5)
    lists.harvest()
    view = TextView(tmp_path / "search", Ontology.load(tmp_path))
    catch_up(lists.ledger, view)
    view.close()
    assert SearchService(tmp_path / "search").search("").total == 1


def test_a_dump_names_the_chunks(lists: Lists) -> None:
    """The JSON line of a list is its manifest; the N-Quads of a dump stay valid."""
    lists.partner.tables["idr0001"] = rows(100_000, 5)
    lists.harvest()
    lines = [json.loads(line) for line in dump(lists.ledger, DumpFormat.JSONL)]
    assert [line["kind"] for line in lines] == ["study", "image-list"]
    assert lines[1]["record"]["chunks"][0]["sha256"] == lists.chunks()[0]
    content = b"".join(dump(lists.ledger, DumpFormat.NQUADS))
    assert len(list(px.parse(content, px.RdfFormat.N_QUADS))) > 10


def test_images_of_lists_can_have_triples_of_their_own(lists: Lists, tmp_path: Path) -> None:
    """With `graph_images = all` each listed image is in the graph, once; a change writes the graphs of its chunks."""
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, listed=lists.ledger.image_lists.files.table)

    def images() -> dict[str, str]:
        catch_up(lists.ledger, view)
        store = px.Store.read_only(str(tmp_path / "graph" / "current"))
        kind = px.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
        found = list(store.quads_for_pattern(None, kind, px.NamedNode(TERMS + "Image"), None))
        assert len(found) == len({quad.subject.value for quad in found})
        return {quad.subject.value.removeprefix(BASE): quad.graph_name.value for quad in found}

    lists.partner.tables["idr0001"] = rows(100_000, 6_000, organism="NCBITaxon:9606", organism_label="Homo sapiens")
    lists.harvest()
    first = images()
    assert len(first) == 6_000
    assert set(first.values()) == {f"{BASE}idr:idr0001/images/chunk/{digest}" for digest in lists.chunks()}
    lists.partner.tables["idr0001"] = rows(100_000, 6_001, organism="NCBITaxon:9606", organism_label="Homo sapiens")
    lists.harvest()
    after = images()
    assert len(after) == 6_001
    assert set(after.values()) == {f"{BASE}idr:idr0001/images/chunk/{digest}" for digest in lists.chunks()}
    lists.partner.studies = []
    for _ in range(2):
        lists.harvest()
        lists.clock.pass_hours(25)
    assert images() == {}
    view.close()


def test_switching_the_setting_makes_the_graph_stale(lists: Lists, tmp_path: Path) -> None:
    """A graph made without the images of lists is made anew when they are wanted, and the other way round."""
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, listed=lists.ledger.image_lists.files.table)
    lists.partner.tables["idr0001"] = rows(100_000, 5)
    lists.harvest()
    catch_up(lists.ledger, view)
    assert not view.stale
    view.close()
    plain = GraphView(EmbeddedGraph(tmp_path / "graph"), quads)
    assert plain.stale
    plain.close()
