"""Random faults on five real nodes, healed and checked by independent code again and again.

Run as `python -m tests.bench.soak_cluster [--minutes N] [--shape line|ring|star|full] [--seed N]`; `make soak` does.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.e2e.federation.checker import check, grown
from tests.e2e.federation.cluster import Cluster, ClusterNode, cluster
from tests.e2e.federation.fault_proxy import FAULTS
from tests.e2e.federation.history import History
from tests.e2e.processes import until

FAKETIME = shutil.which("faketime")
# Bytes of the largest file that a node with a full disk may write; its ledger is larger soon.
FULL_DISK_KB = 256


class Soak:
    """One cluster and what befalls it.

    Args:
        chance: decides everything, so that a seed tells the plan (not the order in which processes run).
    """

    def __init__(self, nodes: Cluster, folder: Path, chance: random.Random) -> None:
        self.nodes, self._folder, self._chance = nodes, folder, chance
        self.done: Counter[str] = Counter()
        self.changes = 0
        self.history = History()
        self._backups: dict[str, Path] = {}

    def round(self) -> list[str]:
        """Faults and changes for a while, then none; what is broken afterwards."""
        restored = set[str]()
        for _ in range(self._chance.randint(3, 8)):
            self._change()
            restored |= self._fault()
            time.sleep(self._chance.uniform(0.2, 4.0))
        self._heal()
        self.nodes.settle(deadline_s=600)
        # What archives changed last may still be on its way into the logs.
        final = self._standing_still()
        for one in final:
            if one.node in restored:
                self.history.restored.add(len(self.history.snapshots))
            self.history.snapshots.append(one)
        return [*check(self.history, final), *self._alarms()]

    def _standing_still(self) -> list:
        def look() -> list:
            return [History().look(node.name, node.get) for node in self.nodes.nodes]

        before = look()
        until_s = time.monotonic() + 300
        while time.monotonic() < until_s:
            time.sleep(15)
            after = look()
            if not grown(before, after) and self.nodes.equal():
                return after
            before = after
        raise AssertionError(f"logs grow for ever: {grown(before, look())}")

    def _change(self) -> None:
        node = self._chance.choice([one for one in self.nodes.nodes if one.archive is not None])
        assert node.archive is not None
        number = self._chance.randrange(8)
        self.changes += 1
        act = self._chance.choice(("write", "write", "write", "remove", "rename"))
        if act == "remove" and (node.archive.folder / f"study-{number}-ro-crate-metadata.json").exists():
            node.archive.remove(number)
        elif act == "rename":
            node.archive.write(100 + self._chance.randrange(400), f"Change {self.changes}", document=number)
        else:
            node.archive.write(number, f"Change {self.changes}")

    def _fault(self) -> set[str]:
        """One fault; names of nodes that got an older ledger."""
        node = self._chance.choice(self.nodes.nodes)
        kinds = ["answers", "partition", "pause", "kill", "backup", "restore", "full disk"]
        kind = self._chance.choice([*kinds, "clock"] if FAKETIME else kinds)
        if node.process is None and kind not in ("answers", "partition"):
            return set()
        self.done[kind] += 1
        if kind == "answers":
            for proxy in self.nodes.proxies.values():
                proxy.faults, proxy.share, proxy.delay_s = FAULTS, self._chance.uniform(0.05, 0.5), 0.5
        elif kind == "partition":
            self.nodes.cut(*self._chance.sample([one.name for one in self.nodes.nodes], self._chance.randint(1, 2)))
        elif kind == "pause":
            node.pause()
            time.sleep(self._chance.uniform(1, 8))
            node.resume()
        elif kind == "backup":
            self._backups[node.name] = node.backup(self._folder / f"{node.name}.backup")
        else:
            return self._died(kind, node)
        return set()

    def _died(self, kind: str, node: ClusterNode) -> set[str]:
        node.kill()
        if kind == "restore" and node.name in self._backups:
            # Its fellows must be there to be asked: a node that cannot ask may fork its log, and says so.
            self.nodes.heal()
            for other in self.nodes.nodes:
                if other is not node:
                    other.wait_ready()
            node.restore(self._backups[node.name])
            node.start(wait=False)
            return {node.name}
        if kind == "full disk":
            limit = f"ulimit -f {FULL_DISK_KB}; trap '' XFSZ; exec \"$@\""
            node.start(wait=False, prefix=("bash", "-c", limit, "bash"))
        elif kind == "clock":
            node.start(wait=False, prefix=(str(FAKETIME), "-f", self._chance.choice(("+1d", "-1d", "+6h"))))
        else:
            node.start(wait=False)
        return set()

    def _heal(self) -> None:
        """No faults, and every node started anew without limits where it may have had one."""
        self.nodes.heal()
        for node in self.nodes.nodes:
            node.kill()
        self.nodes.start()

    def _alarms(self) -> list[str]:
        told = [(node.name, one) for node in self.nodes.nodes for one in node.run("member", "alarms", "--json").json]
        return [f"alarm at {name}: {one['kind']} {one['owner']}: {one['detail']}" for name, one in told]


def main() -> None:
    """Prints seeds, faults and rounds; ends with 1 at the first round that breaks a promise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--shape", default="", choices=["", "line", "ring", "star", "full"])
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--keep", type=Path, help="folder for the nodes, kept afterwards")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    shape = options.shape or chance.choice(["line", "ring", "star", "full"])
    print(f"seed {options.seed}, {shape}; {os.cpu_count()} cores; clock steps: {'yes' if FAKETIME else 'no faketime'}")
    end = time.monotonic() + 60 * options.minutes
    with tempfile.TemporaryDirectory() as made:
        folder = options.keep or Path(made)
        with cluster(folder, 5, shape, studies=8) as nodes:
            for proxy in nodes.proxies.values():
                proxy.chance = random.Random(chance.random())
            nodes.start()
            until(
                lambda: nodes.equal() and len(nodes.nodes[0].get("federation/digest.json")["owners"]) == 4,
                "start",
                600,
                1,
            )
            soak, rounds = Soak(nodes, folder, chance), 0
            while time.monotonic() < end:
                faults = soak.round()
                rounds += 1
                answers = sum((proxy.done for proxy in nodes.proxies.values()), Counter())
                print(f"round {rounds}: {soak.changes} changes, {dict(soak.done)}, answers spoiled {dict(answers)}")
                sys.stdout.flush()
                if faults:
                    print("\n".join(faults[:40]))
                    raise SystemExit(1)
    print(f"{rounds} rounds without loss, duplication, divergence, resurrection, wrong order or growth")


if __name__ == "__main__":
    main()
