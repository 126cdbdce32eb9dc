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
