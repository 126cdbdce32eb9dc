"""P13: every view of a node, read as its readers read it, holds the same records in the same state."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

from catalogue.exchange.dumps.making import make_dump
from catalogue.exchange.dumps.shelf import DumpShelf
from catalogue.exchange.ldes.pages import Pages
from catalogue.exchange.ldes.views import LatestView
from catalogue.model.rdf import quads
from catalogue.model.signing import NodeKey
from catalogue.store.graph.embedded import EmbeddedGraph
from catalogue.store.graph_view import GraphView
from catalogue.store.ledger import Ledger
from catalogue.store.views import catch_up
from tests.exchange.dumps.dumping import lines_of, quads_of
from tests.exchange.harvested import BASE, Node, study
from tests.exchange.oai_answers import pages
from tests.exchange.test_ldes_pages import everything, header, members
from tests.exchange.test_resourcesync_documents import Reader, listed
from tests.web.test_catalog import walked

GONE = ("withdrawn", "replaced")


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """Two owners' studies: made, changed, suppressed, withdrawn, replaced and made again."""
    found = Node(tmp_path)
    found.ledger.close()
    found.ledger = Ledger(f"sqlite:///{tmp_path / 'signed.db'}", found.clock, key=NodeKey(bytes(range(32))))
    found.exposed = found.fresh()
    plain = {"description": "Without what XML cannot hold."}
    found.put(*(study(number) | plain for number in range(1, 13)))
    found.put(*(study(number, owner="idr") | plain for number in range(1, 5)))
    found.clock.go(60)
    found.put(study(2, "Changed") | plain)
    found.put(study(3, "Doubtful") | plain, status="suppressed")
    found.withdraw("biostudies:S-BIAD4")
    found.withdraw("biostudies:S-BIAD5", "replaced", replaced_by="biostudies:S-BIAD6")
    found.withdraw("idr:idr0001")
    found.put(study(1, "Again", owner="idr") | plain)
    found.clock.go(2)
    yield found
    found.ledger.close()


def over(states: Mapping[str, str]) -> str:
    """One digest over records and their states."""
    return hashlib.sha256(json.dumps(sorted(states.items())).encode()).hexdigest()


def views(node: Node) -> dict[str, dict[str, str]]:
    """View -> record -> state, each read in its own way; a view leaves out what its rule says."""
    client = node.app().test_client()
    shelf = DumpShelf(node.folder / "dumps")
    dump = make_dump(node.ledger, shelf, title="Test node")
    assert dump is not None
    latest = everything(Pages(node.ledger.log), LatestView(node.ledger.log), node.ledger.log)
    heads = [header(latest, name) for name in members(latest)]
    oai = [one for page in pages(client) for one in page.headers]
    states = {one.identifier.removeprefix(BASE): _oai_state(one.sets, one.is_deleted) for one in oai}
    newest = {line["header"]["curie"]: line["header"]["status"] for line in lines_of(dump)}
    named = {name.rpartition("/")[2].removesuffix(".nt") for name in listed(Reader(client))}
    return {
        "LDES latest": {one.curie: one.status for one in heads},
        "OAI-PMH": states,
        "dump": newest,
        "resource list": dict.fromkeys(named, "live"),
        "DCAT catalogue": dict.fromkeys((name.removeprefix(BASE) for name in walked(client, "/catalog")), "public"),
        "graphs of the dump": _graphs(line.rsplit(" ", 2)[1][1:-1] for line in quads_of(dump)),
        "graphs of SPARQL": _graphs(_sparql_graphs(node)),
    }


def _oai_state(sets: tuple[str, ...], deleted: bool) -> str:
    return "gone" if deleted else "suppressed" if "status:suppressed" in sets else "public"


def _graphs(names: Iterator[str]) -> dict[str, str]:
    found = {name.removeprefix(BASE) for name in names if name.startswith(BASE)}
    return {name: "public" for name in found if ":" in name and "/" not in name}


def _sparql_graphs(node: Node) -> Iterator[str]:
    view = GraphView(EmbeddedGraph(node.folder / "graph"), quads)
    catch_up(node.ledger, view)
    view.publish()
    view.close()
    store = ox.Store.read_only(str(node.folder / "graph" / "current"))
    rows = store.query("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")
    return iter([row["g"].value for row in rows])  # type: ignore[union-attr,index]


def test_every_view_has_the_digest_that_follows_from_the_log(node: Node) -> None:
    """P13: LDES latest = dump = log; OAI live, resource list, DCAT, SPARQL are it less what their rules leave out."""
    wanted = {entry.curie: entry.status for entry in node.ledger.heads()}
    public = {curie: status for curie, status in wanted.items() if status == "public"}
    assert len(wanted) == 16 and len(public) == 13
    expected = {
        "LDES latest": wanted,
        "dump": wanted,
        "OAI-PMH": {curie: "gone" if status in GONE else status for curie, status in wanted.items()},
        "resource list": {curie: "live" for curie, status in wanted.items() if status not in GONE},
        "DCAT catalogue": public,
        "graphs of the dump": public,
        "graphs of SPARQL": public,
    }
    found = views(node)
    assert {name: over(states) for name, states in found.items()} == {
        name: over(states) for name, states in expected.items()
    }, found
