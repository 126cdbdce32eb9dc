"""Links between records of one study stand in a graph of their own and follow what they are made of."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as px

from catalogue.model.rdf import quads
from catalogue.store.graph.base import IDENTITY
from catalogue.store.graph.embedded import EmbeddedGraph
from catalogue.store.graph_view import GraphView

ALTERNATE = "http://www.w3.org/ns/prov#alternateOf"
LINK = f"<https://w3id.org/ommatidia/a> <{ALTERNATE}> <https://w3id.org/ommatidia/b> <{IDENTITY}> .\n"


class Links:
    """Links in a test's hand, which counts how often they are written."""

    graph = IDENTITY

    def __init__(self) -> None:
        self.told, self.data, self.written = "1", LINK.encode(), 0

    def state(self) -> str:
        return self.told

    def quads(self) -> bytes:
        self.written += 1
        return self.data


def published(folder: Path) -> set[str]:
    store = px.Store.read_only(str((folder / "graph" / "current").resolve()))
    return {f"{quad} .\n" for quad in store.quads_for_pattern(None, None, None, px.NamedNode(IDENTITY))}


def test_links_are_written_when_they_change_and_only_then(tmp_path: Path) -> None:
    """R25: without a new ledger entry the graph takes in changed links; unchanged ones are neither read nor written."""
    links = Links()
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, links=[links])
    view.publish()
    view.publish()
    assert (published(tmp_path), links.written) == ({LINK}, 1)
    links.told, links.data = "2", b""
    view.publish()
    assert (published(tmp_path), links.written) == (set(), 2)
    links.told, links.data = "3", LINK.encode()
    view.publish()
    view.close()
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, links=[links])
    assert not view.stale
    view.publish()
    assert (published(tmp_path), links.written) == ({LINK}, 3)
    view.reset()
    view.publish()
    assert (published(tmp_path), links.written) == ({LINK}, 4)
    view.close()
