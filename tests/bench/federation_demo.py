"""Three nodes, started with one command each from three real partners: how long until all hold all, after each change.

Run as `python -m tests.bench.federation_demo`; needs ../shared/partners, whose crates are copied and changed.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from pathlib import Path

from tests.e2e.federation.checker import check
from tests.e2e.federation.cluster import SETTINGS, Cluster, ClusterNode, pairs
from tests.e2e.federation.history import History
from tests.e2e.killing import ask
from tests.e2e.processes import until

PARTNERS = Path(__file__).resolve().parents[3] / "shared" / "partners"
SOURCES = ("gide-bia", "gide-idr", "gide-ssbd")
NEUTRAL = "study-ro-crate-metadata.json"


def main() -> None:
    """Prints what each step takes; ends with 1 when independent code finds a fault in the history."""
    if not PARTNERS.is_dir():
        print("skipped: there is no ../shared/partners")
        return
    with tempfile.TemporaryDirectory() as folder:
        nodes = _nodes(Path(folder))
        try:
            faults = _run(nodes, Path(folder))
        finally:
            for node in nodes.nodes:
                node.kill()
    print("\n".join(faults) or "checked: no loss, duplication, divergence, resurrection or wrong order")
    raise SystemExit(1 if faults else 0)


def _nodes(folder: Path) -> Cluster:
    found = []
    for name in SOURCES:
        crates = folder / f"{name}-crates"
        shutil.copytree(PARTNERS / name / "crates", crates)
        if name == "gide-idr":
            # Under a name without accession, so that the document stays itself when its study is renamed.
            sorted(crates.glob("*.json"))[0].rename(crates / NEUTRAL)
        settings = SETTINGS.format(harvest_s=5, pull_s=1)
        found.append(ClusterNode(name, folder / name, [f"{name}=gide:{crates}"], settings))
    nodes = Cluster(found)
    for reader, member in pairs(SOURCES, "full"):
        nodes[reader].links[member] = nodes[member].url
    return nodes


def _run(nodes: Cluster, folder: Path) -> list[str]:
    history = History()
    bia, _, ssbd = nodes.nodes
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start")
    began = time.monotonic()
    for node in nodes.nodes:
        node.start(wait=False)
    for node in nodes.nodes:
        node.wait_ready()
    print(f"all three answer after {time.monotonic() - began:.1f} s")
    until(lambda: all(_harvested(node) for node in nodes.nodes), "all have harvested", 600, 0.5)
    nodes.settle(deadline_s=600)
    print(f"equal digests {time.monotonic() - began:.1f} s after the first command: {_said(nodes)}")
    _look(history, nodes)
    backup = ssbd.backup(folder / "backup.db")
    gone = _curies(bia, "biostudies")[0]
    began = time.monotonic()
    for file in (folder / "gide-bia-crates").glob(f"*{gone.partition(':')[2]}-ro-crate*"):
        file.unlink()
    nodes.settle(lambda: nodes.held(gone, "withdrawn"), 600)
    print(f"one withdraws {gone}: equal {time.monotonic() - began:.1f} s after its crate went")
    began, renamed = time.monotonic(), _rename(folder / "gide-idr-crates" / NEUTRAL, "idr")
    nodes.settle(lambda: nodes.held(renamed, "replaced"), 600)
    print(f"one renames {renamed}: equal {time.monotonic() - began:.1f} s after its crate changed")
    _write_again(folder / "gide-ssbd-crates", ssbd, nodes)
    _look(history, nodes)
    ssbd.kill()
    ssbd.restore(backup)
    began = time.monotonic()
    ssbd.start()
    nodes.settle(deadline_s=600)
    print(f"one is killed and gets an older backup: equal {time.monotonic() - began:.1f} s after its start")
    final = [history.look(node.name, node.get, restored=node is ssbd) for node in nodes.nodes]
    alarms = [one for node in nodes.nodes for one in node.run("member", "alarms", "--json").json]
    return [*check(history, final), *(f"alarm: {one['detail']}" for one in alarms)]


def _look(history: History, nodes: Cluster) -> None:
    for node in nodes.nodes:
        history.look(node.name, node.get)


def _harvested(node: ClusterNode) -> bool:
    ended = f"source = '{node.name}' AND state IN ('completed', 'partial')"
    return bool(ask(node.home, f"SELECT 1 FROM run WHERE {ended}"))


def _said(nodes: Cluster) -> str:
    owners = nodes.nodes[0].get("federation/digest.json")["owners"]
    return ", ".join(f"{one['count']} of {one['owner']}" for one in owners)


def _curies(node: ClusterNode, owner: str) -> list[str]:
    buckets = node.get(f"federation/digest/{owner}.json")["buckets"]
    leaves = [node.get(f"federation/digest/{owner}/{one['bucket']}.json")["leaves"] for one in buckets]
    return sorted(leaf["curie"] for some in leaves for leaf in some)


def _rename(document: Path, owner: str) -> str:
    """Gives the study of a document another accession; its curie from before."""
    text = document.read_text()
    old = next(
        one["identifier"] for one in json.loads(text)["@graph"] if "identifier" in one and "Dataset" in one["@type"]
    )
    document.write_text(text.replace(old, "idr9001"))
    return f"{owner}:{old}"


def _write_again(crates: Path, node: ClusterNode, nodes: Cluster) -> None:
    """Changes a title, and waits until everybody has it."""
    before = node.get("federation/digest.json")
    file = sorted(crates.rglob("*.json"))[0]
    document = json.loads(file.read_text())
    for one in document["@graph"]:
        if "Dataset" in one["@type"] and "name" in one:
            one["name"] = "Renamed after the backup"
    file.write_text(json.dumps(document))
    nodes.settle(lambda: node.get("federation/digest.json")["digest"] != before["digest"], 600)


if __name__ == "__main__":
    main()
