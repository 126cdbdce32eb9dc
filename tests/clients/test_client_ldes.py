"""ldes-client and Comunica read a whole node; what they give is compared with the ledger, statement by statement."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from catalogue.exchange.feeds.matching import FeedRules
from catalogue.exchange.ldes.forms import NQuads
from catalogue.exchange.ldes.member import FED
from catalogue.exchange.ldes.statements import AS
from catalogue.model.namespaces import BASE
from catalogue.store.exchange_log import Exchanged
from catalogue.store.leaves import ABSENT, Leaf, bucket_digest, bucket_of, owner_digest
from catalogue.store.ledger import Ledger
from catalogue.store.ontologies import Ontology
from tests.clients.loopback_node import node_of
from tests.clients.running import run_node
from tests.exchange.signed_ledger import append, append_all, fill, open_signed, relay, study, tombstone

HERE = Path(__file__).parent
LDES, COMUNICA = HERE / "ldes_client_reads.mjs", HERE / "comunica_reads.mjs"
Quad = tuple[str, str, Any, str]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Entries of every kind as another node has them: one payload was refused here."""
    folder = tmp_path_factory.mktemp("ldes")
    with open_signed(folder) as first, open_signed(folder, "two") as opened:
        fill(first)
        relay(first, opened, without=frozenset({7}))
        yield opened


@pytest.fixture(scope="module")
def node(ledger: Ledger) -> Iterator[str]:
    """Its node."""
    with node_of(ledger) as address:
        yield address


def entries(ledger: Ledger) -> list[Exchanged]:
    return ledger.log.entries(0, 1_000)


def stated(found: Exchanged) -> set[str]:
    """All that the ledger says of an entry, as comparable quads."""
    return {_written(quad) for quad in ox.parse(NQuads().members([found], None), format=ox.RdfFormat.N_QUADS)}


def _written(quad: ox.Quad) -> str:
    name = "" if quad.graph_name == ox.DefaultGraph() else str(quad.graph_name)
    return f"{quad.subject} {quad.predicate} {quad.object} {name}"


def received(quads: list[Any]) -> set[str]:
    """Quads as a client gave them, written alike."""
    return {f"{s} {p} {_term(o)} {g}" for s, p, o, g in quads}


def _term(text: str) -> str:
    if text.startswith("<"):
        return text
    value, datatype, _ = json.loads(text)
    return str(ox.Literal(value, datatype=ox.NamedNode(datatype)))


@pytest.mark.parametrize("form", ["", ".trig", ".jsonld"])
def test_ldes_client_gives_every_member_whole(node: str, ledger: Ledger, form: str) -> None:
    """P2, P3: whatever the form, each entry comes once with exactly the statements of the ledger."""
    found = run_node(LDES, f"{node}/ldes{form}", "--quads")
    assert found["count"] == 230
    given = {name: received(quads) for name, quads in found["members"]}
    assert given == {one.log.iri: stated(one) for one in entries(ledger)}


def test_ldes_client_reads_quads(ledger: Ledger) -> None:
    """A node that knows its public address gives N-Quads, which hold the same."""
    with node_of(ledger, told=True) as address:
        found = run_node(LDES, f"{address}/ldes.nq", "--quads")
        assert {name: received(quads) for name, quads in found["members"]} == {
            one.log.iri: stated(one) for one in entries(ledger)
        }


@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_ldes_client_keeps_the_order(node: str, ledger: Ledger, order: str) -> None:
    """Ordered reading gives the log in the order of positions, or the other way round."""
    found = run_node(LDES, f"{node}/ldes", "--ordered", order)
    expected = [one.log.iri for one in entries(ledger)]
    assert found["members"] == (expected if order == "ascending" else expected[::-1])


def test_latest_view_of_ldes_client_has_the_digest_of_the_heads(node: str, ledger: Ledger) -> None:
    """P13: leaves made from what the client read at /ldes/latest give the owner digest that the ledger keeps."""
    found = run_node(LDES, f"{node}/ldes/latest", "--quads")
    buckets: dict[str, list[Leaf]] = {}
    for name, quads in found["members"]:
        said = {p[1:-1]: o for s, p, o, g in quads if s == f"<{name}>" and not g}
        curie = said[AS + "object"][1:-1].removeprefix(BASE)
        status = ABSENT if FED + "payloadAbsent" in said else json.loads(said[FED + "status"])[0]
        epoch, seq = (int(json.loads(said[FED + key])[0]) for key in ("ownerEpoch", "ownerSeq"))
        leaf = Leaf(curie, epoch, seq, status, json.loads(said[FED + "payloadHash"])[0])
        buckets.setdefault(bucket_of(curie), []).append(leaf)
    own = ledger.digests.owner("idr")
    assert own is not None
    assert found["count"] == own.count
    assert owner_digest(bucket_digest(name, leaves) for name, leaves in buckets.items()) == own.digest


def test_ldes_client_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """With its state kept it reads what is new only, and asks for no settled page again."""
    with open_signed(tmp_path) as own, node_of(own) as address:
        append_all(own, [study(n) for n in range(1, 151)])
        state = str(tmp_path / "state")
        first = run_node(LDES, f"{address}/ldes", "--state", state, "--rounds", "0")
        assert first["count"] == 150
        append_all(own, [study(n, "New") for n in range(140, 170)])
        second = run_node(LDES, f"{address}/ldes", "--state", state, "--rounds", "1")
        assert sorted(second["members"]) == sorted(one.log.iri for one in own.log.entries(150, 100))
        assert f"{address}/ldes/page/1" not in second["pages"]


def test_ldes_client_misses_nothing_that_is_written_while_it_reads(tmp_path: Path) -> None:
    """P2: updates and deletions that are committed during the reading arrive, each once."""
    with open_signed(tmp_path) as own, node_of(own) as address:
        append_all(own, [study(n) for n in range(1, 331)])
        writing = threading.Thread(target=_write, args=(own,))
        writing.start()
        found = run_node(LDES, f"{address}/ldes", "--state", str(tmp_path / "state"), "--rounds", "6")
        writing.join()
        late = run_node(LDES, f"{address}/ldes", "--state", str(tmp_path / "state"), "--rounds", "1")
        assert sorted(found["members"] + late["members"]) == sorted(one.log.iri for one in entries(own))


def _write(own: Ledger) -> None:
    for number in range(1, 61):
        append(own, study(number, "Changed"))


def test_ldes_client_follows_a_part_of_the_log(tmp_path: Path) -> None:
    """A feed gives what matches, the version by which a record leaves, and the deletion of what was in it."""
    fish = {
        "organisms": ["NCBITaxon:7955"],
        "terms": [{"type": "Taxon", "id": "NCBITaxon:7955", "label": "Danio rerio"}],
    }
    rules = FeedRules(Ontology.load(), ())
    with open_signed(tmp_path) as own, node_of(own, feeds=rules) as address:
        append_all(own, [study(1, **fish), study(2), study(3, **fish), *(study(n) for n in range(4, 120))])
        append_all(own, [study(1, "No fish"), study(2, "Changed")])
        append_all(own, [tombstone(3), tombstone(4)], "withdrawn")
        found = run_node(LDES, f"{address}/feeds/organism/NCBITaxon:7955", "--quads")
        name = f"{BASE}log/idr/0/"
        assert sorted(member for member, _ in found["members"]) == [f"{name}1", f"{name}120", f"{name}122", f"{name}3"]
        leaving = {member for member, quads in found["members"] if any(p == f"<{FED}leaves>" for _, p, _, _ in quads)}
        assert leaving == {f"{name}120", f"{name}122"}


def test_comunica_gives_every_quad(node: str, ledger: Ledger) -> None:
    """Comunica, led from page to page by the relations, has each statement of each entry."""
    found = received(run_node(COMUNICA, "pages", f"{node}/ldes")["quads"])
    expected = set().union(*(stated(one) for one in entries(ledger)))
    assert {quad for quad in found if "<https://w3id.org/ommatidia/log/" in quad.split(" ", 1)[0]} == {
        quad for quad in expected if "<https://w3id.org/ommatidia/log/" in quad.split(" ", 1)[0]
    }
    assert expected <= found


def test_comunica_traverses_by_itself(tmp_path: Path) -> None:
    """Comunica's link traversal finds every member with the digest of its header, given the root alone."""
    with open_signed(tmp_path) as own, node_of(own) as address:
        append_all(own, [study(n) for n in range(1, 104)])
        found = run_node(COMUNICA, "traversal", f"{address}/ldes")["quads"]
        told = {(s[1:-1], json.loads(o)[0]) for s, _, o, _ in found}
        assert told == {(one.log.iri, one.log.digest) for one in entries(own)}
