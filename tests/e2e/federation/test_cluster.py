"""Federations of real processes: faults befall them, and afterwards independent code finds the same everywhere."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.federation.checker import check, grown
from tests.e2e.federation.cluster import Cluster, cluster, status_of
from tests.e2e.federation.fault_proxy import FAULTS
from tests.e2e.federation.history import History
from tests.e2e.processes import until
from tests.harvesters.loopback_server import serving, trickle

pytestmark = pytest.mark.slow


def _look(history: History, nodes: Cluster, *, restored: str = "") -> list:
    return [history.look(node.name, node.get, restored=node.name == restored) for node in nodes.nodes]


def _all_have(nodes: Cluster, studies: int, owners: int) -> bool:
    said = [node.get("federation/digest.json")["owners"] for node in nodes.nodes]
    return all(len(one) == owners and all(owner["count"] >= studies for owner in one) for one in said)


def test_three_nodes_converge_after_withdrawal_renaming_and_an_old_backup(tmp_path: Path) -> None:
    """P1 to P6, P16: started with one command each, they are equal; after each change and a restored backup again."""
    history = History()
    with cluster(tmp_path, 3, studies=6, proxied=False) as nodes:
        one, two, three = nodes.nodes
        nodes.start()
        nodes.settle(lambda: _all_have(nodes, 6, 3))
        _look(history, nodes)
        backup = three.backup(tmp_path / "backup.db")
        before = three.get("federation/digest.json")["position"]
        gone = one.archive.remove(2)
        renamed = two.archive.curie(3)
        two.archive.write(103, "Renamed", document=3)
        three.archive.write(4, "After the backup")
        nodes.settle(
            lambda: (
                nodes.held(gone, "withdrawn")
                and nodes.held(renamed, "replaced")
                and three.get("federation/digest.json")["position"] > before + 2
            )
        )
        _look(history, nodes)
        three.kill()
        three.restore(backup)
        three.start()
        nodes.settle()
        final = _look(history, nodes, restored=three.name)
        assert check(history, final) == []
        assert status_of(three, gone) == "withdrawn" and status_of(three, renamed) == "replaced"
        assert "Traceback" not in (three.home / "serve.log").read_text()


def test_partition_faults_a_pause_and_a_kill_heal(tmp_path: Path) -> None:
    """P1 to P7, P12, P16: parted, spoiled, stopped and killed nodes come to hold the same, and then nothing grows."""
    history = History()
    with cluster(tmp_path, 3, studies=4) as nodes:
        one, two, three = nodes.nodes
        nodes.start()
        nodes.settle(lambda: _all_have(nodes, 4, 3))
        nodes.cut(one.name)
        alone = one.archive.write(50, "Written alone")
        beside = two.archive.write(51, "Written beside")
        until(lambda: status_of(one, alone) and status_of(three, beside), "both sides go on", pause_s=0.25)
        assert not status_of(one, beside) and not status_of(two, alone)
        _look(history, nodes)
        nodes.heal()
        for number, proxy in enumerate(nodes.proxies.values()):
            proxy.chance.seed(number)
            proxy.faults, proxy.share, proxy.delay_s = FAULTS, 0.4, 0.3
        three.pause()
        gone = two.archive.remove(1)
        until(lambda: status_of(two, gone) == "withdrawn", "the withdrawal is written", pause_s=0.25)
        two.kill()
        three.resume()
        one.archive.write(52, "Written meanwhile")
        two.start()
        until(lambda: sum(proxy.done.total() for proxy in nodes.proxies.values()) > 10, "faults happen", pause_s=0.25)
        nodes.heal()
        nodes.settle(lambda: nodes.held(gone, "withdrawn") and nodes.held(one.archive.curie(52), "public"))
        final = _look(history, nodes)
        assert check(history, final) == []
        asked = sum(proxy.asked["/federation/node.json"] for proxy in nodes.proxies.values())
        until(lambda: sum(p.asked["/federation/node.json"] for p in nodes.proxies.values()) > asked + 12, "rounds")
        assert grown(final, _look(History(), nodes)) == []


def test_five_in_a_line_hold_the_same(tmp_path: Path) -> None:
    """P1, P2, R26: what one end writes comes to the other through three relays that change nothing."""
    history = History()
    with cluster(tmp_path, 5, "line", studies=3, proxied=False) as nodes:
        first, last = nodes.nodes[0], nodes.nodes[-1]
        nodes.start()
        nodes.settle(lambda: _all_have(nodes, 3, 4))
        _look(history, nodes)
        gone = first.archive.remove(0)
        nodes.settle(lambda: status_of(last, gone) == "withdrawn")
        assert check(history, _look(history, nodes)) == []


def test_hanging_and_dripping_members_hold_up_nobody(tmp_path: Path) -> None:
    """P14: beside members that never answer, or a byte at a time, two good nodes start, change and agree."""
    history = History()
    with (
        cluster(tmp_path, 2, studies=3, proxied=False) as nodes,
        socket.create_server(("127.0.0.1", 0)) as hanging,
        serving() as dripping,
    ):
        dripping.otherwise = trickle(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.2)
        for node in nodes.nodes:
            node.links["hanging"] = f"http://127.0.0.1:{hanging.getsockname()[1]}"
            node.links["dripping"] = dripping.url
        nodes.start()
        nodes.settle(lambda: _all_have(nodes, 3, 2))
        gone = nodes.nodes[0].archive.remove(0)
        nodes.settle(lambda: nodes.held(gone, "withdrawn"))
        assert dripping.requests
        assert check(history, _look(history, nodes)) == []


def test_node_that_wrote_before_it_could_ask_refuses_with_the_reason_until_it_is_recovered(tmp_path: Path) -> None:
    """P6, R18: restored while nobody answers, it forks its log; both say so, and `member recover` makes them equal."""
    with cluster(tmp_path, 2, studies=3, proxied=False) as nodes:
        one, two = nodes.nodes
        nodes.start()
        nodes.settle(lambda: _all_have(nodes, 3, 2))
        backup = two.backup(tmp_path / "backup.db")
        before = one.digest()
        two.archive.write(1, "After the backup")
        nodes.settle(lambda: one.digest() != before)
        one.kill()
        two.kill()
        two.restore(backup)
        two.archive.write(1, "Written without asking")
        with closing(sqlite3.connect(backup)) as ledger:
            (place,) = ledger.execute("SELECT max(position) FROM entry").fetchone()
        two.start()
        until(lambda: two.get("federation/digest.json")["position"] > place, "it writes alone", pause_s=0.25)
        one.start()
        until(lambda: two.run("member", "alarms", "--json").json, "the fork is told", pause_s=1.0)
        (alarm,) = two.run("member", "alarms", "--json").json
        assert (alarm["kind"], alarm["owner"]) == ("echo-mismatch", "idr")
        (member,) = two.run("member", "list", "--json").json
        recovered = two.run("member", "recover", "idr", "--from", member["name"])
        assert recovered.code == 0, recovered.err
        nodes.settle(lambda: one.get("federation/digest/idr.json")["epoch"] == 1)
        final = [History().look(node.name, node.get) for node in nodes.nodes]
        assert check(History(), final) == []
        assert two.run("member", "alarms", "--json").json == []
