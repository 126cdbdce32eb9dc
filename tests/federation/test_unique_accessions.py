"""P10: one accession comes into being once, however many nodes try at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from catalogue.problems import RecordRejected
from tests.federation.loopback_nodes import LoopbackNode, Net, settle


@pytest.fixture
def three(tmp_path: Path) -> list[LoopbackNode]:
    """Three nodes that know each other, each the writer of another owner."""
    net = Net()
    nodes = [LoopbackNode(net, name, tmp_path / name) for name in ("one", "two", "three")]
    for node, curie in zip(nodes, ("idr:idr0001", "biostudies:S-BIAD1", "ssbd:1-A-B"), strict=True):
        node.write(curie)
    for node in nodes:
        node.join(*[other for other in nodes if other is not node])
    settle(*nodes)
    return nodes


def test_accession_submitted_at_all_nodes_at_once_is_created_by_its_writer_alone(three: list[LoopbackNode]) -> None:
    """P10: of three nodes that create one accession at the same time two are refused, with the reason not-owner."""

    def submit(node: LoopbackNode) -> str:
        try:
            node.write("idr:idr0002", f"Submitted at {node.name}")
        except RecordRejected as rejection:
            return rejection.reason
        return "created"

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(submit, three)) == ["created", "not-owner", "not-owner"]
    settle(*three)
    for node in three:
        entries = [one for one in node.ledger.log.of_owner("idr", 0, 0, 100) if one.log.curie == "idr:idr0002"]
        assert [one.log.action for one in entries] == ["create"]
        assert node.ledger.head("idr:idr0002").record["title"] == "Submitted at one"


def test_two_nodes_that_began_one_owner_apart_are_told(tmp_path: Path) -> None:
    """P10: who recorded one archive before they knew each other keep their own, take nothing over and have an alarm."""
    net = Net()
    one, two = (LoopbackNode(net, name, tmp_path / name) for name in ("one", "two"))
    one.write("idr:idr0001", "By one")
    two.write("idr:idr0001", "By two")
    one.join(two)
    two.join(one)
    settle(one, two)
    for node, title in ((one, "By one"), (two, "By two")):
        assert node.ledger.head("idr:idr0001").record["title"] == title
        assert "tenure-conflict" in {alarm.kind for alarm in node.ledger.registry.alarms()}
