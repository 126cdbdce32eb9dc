"""A member that lies, drips and floods beside two good nodes: what the good ones notice, in time, memory and records.

Run as `python -m tests.bench.bench_hostile_member [--rounds N]`. Rounds with the attacks and rounds in which the same
member behaves alternate; each measures how long the other good node takes to hold what the first has acknowledged.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

from tests.e2e.federation.checker import check
from tests.e2e.federation.cluster import Cluster, ClusterNode, cluster
from tests.e2e.federation.history import History
from tests.e2e.processes import children, until
from tests.federation.hostile_member import ATTACKS, HostileMember

NOTIFICATIONS = 10_000


@dataclass
class Attacker:
    """The server of the hostile member.

    Args:
        on: whether it attacks; else it says that nothing is new.
        done: how often each attack began.
    """

    liar: HostileMember
    on: bool = False
    done: Counter[str] = field(default_factory=Counter)
    url: str = ""
    drips: bool = False

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        """One answer; each question for `node.json` begins the next attack."""
        path = to.path.lstrip("/")
        if path == "federation/node.json":
            if not self.on and to.headers.get("If-None-Match"):
                to.send_response(304)
                to.end_headers()
                return
            if self.on:
                names = (*ATTACKS, "slow drip")
                name = names[self.done.total() % len(names)]
                self.done[name] += 1
                self.drips = name == "slow drip"
                self.liar.attack = ATTACKS[0] if self.drips else name
        content = self.liar.document(path)
        to.send_response(404 if content is None else 200)
        to.send_header("Content-Length", str(len(content or b"")))
        to.send_header("ETag", '"quiet"')
        to.end_headers()
        if self.on and self.drips and content:
            for place in range(min(len(content), 100)):
                to.wfile.write(content[place : place + 1])
                to.wfile.flush()
                time.sleep(0.5)
        to.wfile.write(content or b"")


@contextmanager
def attacking(liar: HostileMember) -> Iterator[Attacker]:
    """The hostile member, served."""
    found = Attacker(liar)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(OSError):
                found.answer(self)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()


class Flood(threading.Thread):
    """Sends notifications one after the other, as fast as they are taken.

    Attributes:
        rounds: how long the good nodes took to agree meanwhile, in seconds.
    """

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url = url
        self.statuses: Counter[int] = Counter()
        self.rounds: list[float] = []
        self.took_s = 0.0

    def run(self) -> None:
        """Until all are sent."""
        body = json.dumps(
            {"@context": "https://www.w3.org/ns/activitystreams", "type": "Announce", "origin": "x" * 400}
        )
        began = time.monotonic()
        with requests.Session() as session:
            for _ in range(NOTIFICATIONS):
                answer = session.post(f"{self._url}/inbox", body, headers={"Content-Type": "application/ld+json"})
                self.statuses[answer.status_code] += 1
        self.took_s = time.monotonic() - began


def peak_mb(node: ClusterNode) -> int:
    """The largest resident size that a process of the node has had."""
    assert node.process is not None
    found = 0
    for pid in {node.process.pid, *children(node.process.pid)}:
        with suppress(OSError):
            text = Path(f"/proc/{pid}/status").read_text()
            found = max(found, int((re.search(r"VmHWM:\s+(\d+)", text) or ["", "0"])[1]) >> 10)
    return found


def round_s(nodes: Cluster, number: int) -> float:
    """Seconds from the moment one good node has a change until the other holds the same."""
    one, two = nodes.nodes
    assert one.archive is not None
    owner, before = one.archive.owner, _owner(one, one.archive.owner)
    one.archive.write(number % 5, f"Round {number}")
    until(lambda: _owner(one, owner) != before, "the change is acknowledged", 120, 0.02)
    began, wanted = time.monotonic(), _owner(one, owner)
    until(lambda: _owner(two, owner) == wanted, "the other good node holds it", 300, 0.02)
    return time.monotonic() - began


def _owner(node: ClusterNode, owner: str) -> str:
    said = node.get("federation/digest.json")["owners"]
    return next((one["digest"] for one in said if one["owner"] == owner), "")


def main() -> None:
    """Prints times, memory, reasons and faults; ends with 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    print(f"seed {options.seed}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder, cluster(Path(folder), 2, studies=10, proxied=False) as nodes:
        one, two = nodes.nodes
        with attacking(HostileMember("wrong digests", one.get, "biostudies", many=20_000)) as attacker:
            two.links["hostile"] = attacker.url
            nodes.start()
            until(
                lambda: all(len(n.get("federation/digest.json")["owners"]) >= 2 for n in nodes.nodes), "start", 300, 0.5
            )
            times: dict[bool, list[float]] = {False: [], True: []}
            notes: Counter[str] = Counter()
            peaks = {False: 0, True: 0}
            for number in range(2 * options.rounds):
                attacker.on = number % 2 == 1
                # Another moment of the workers' rounds each time.
                time.sleep(3 + chance.random() * 5)
                times[attacker.on].append(round_s(nodes, number))
                peaks[attacker.on] = max(peaks[attacker.on], peak_mb(two))
                notes.update(_notes(two))
            attacker.on = False
            flooding = Flood(two.url)
            flooding.start()
            while flooding.is_alive():
                flooding.rounds.append(round_s(nodes, len(flooding.rounds)))
            raise SystemExit(_told(nodes, attacker, times, peaks, notes, flooding))


def _notes(node: ClusterNode) -> set[str]:
    for member in node.get("federation/status.json")["members"]:
        if member["error"] or member["notes"]:
            return {
                re.sub(r"[0-9a-f]{16,}|\d+", "…", text)[:110] for text in (member["error"], *member["notes"]) if text
            }
    return set()


def _told(
    nodes: Cluster,
    attacker: Attacker,
    times: dict[bool, list[float]],
    peaks: dict[bool, int],
    notes: Counter[str],
    flooding: Flood,
) -> int:
    two = nodes.nodes[1]
    quiet, loud = (statistics.median(times[on]) for on in (False, True))
    print(f"attacks: {dict(attacker.done)}, {attacker.liar.asked} answers")
    print(f"convergence of the good ones: median {quiet:.2f} s quiet, {loud:.2f} s attacked ({loud / quiet - 1:+.0%})")
    print(f"  quiet {[round(t, 1) for t in times[False]]}\n  attacked {[round(t, 1) for t in times[True]]}")
    print(f"peak memory of a process: {peaks[False]} MB after quiet rounds, {peaks[True]} MB after attacked ones")
    print(f"{NOTIFICATIONS} notifications in {flooding.took_s:.1f} s: {dict(flooding.statuses)}; convergence meanwhile")
    print(f"  median {statistics.median(flooding.rounds):.2f} s {[round(t, 1) for t in flooding.rounds]}")
    print("reasons noted:", *(f"  {count} x {note}" for note, count in notes.most_common(14)), sep="\n")
    # With those that a new epoch of the hostile member's own owner has cleared.
    alarms = two.run("member", "alarms", "--all", "--json").json
    print(f"alarms: {Counter((one['kind'], one['owner']) for one in alarms)}")
    rows = two.run("quarantine", "list", "--json").json
    print(f"quarantine: {Counter(row['reason'] for row in rows)}")
    history = History()
    final = [history.look(node.name, node.get) for node in nodes.nodes]
    faults = check(history, final, waived=["emdb"])
    print("\n".join(faults) or "records, content and digests of the others are as their owners wrote them")
    return 1 if faults or loud > 1.1 * quiet else 0


if __name__ == "__main__":
    main()
