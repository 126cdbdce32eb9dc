"""Nodes of a federation as real processes on loopback, each started with one command and recording another owner."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.e2e.federation.archives import FORMS, Archive
from tests.e2e.federation.fault_proxy import FaultProxy
from tests.e2e.processes import Ran, answers, command, kill_group, ommatidia, until

SETTINGS = """[harvest]
allow_private_hosts = ["127.0.0.1"]
absence_hours = 0
guard_count = 50
interval_s = {harvest_s}
[federation]
interval_s = {pull_s}
timeout_s = 5
"""


def pairs(names: Sequence[str], shape: str) -> list[tuple[str, str]]:
    """(reader, member) of each link; links go both ways.

    Args:
        shape: 'line', 'ring', 'star' (the first is in the middle) or 'full'.
    """
    count = len(names)
    edges = {
        "line": [(one, one + 1) for one in range(count - 1)],
        "ring": [(one, (one + 1) % count) for one in range(count)],
        "star": [(0, one) for one in range(1, count)],
        "full": [(one, two) for one in range(count) for two in range(one + 1, count)],
    }[shape]
    return [(names[a], names[b]) for one in edges for a, b in (one, one[::-1])]


class ClusterNode:
    """One node: its folder, its archive, its process and the ways by which it reads others.

    Args:
        sources: NAME=HARVESTER:LOCATION of what it records.
    """

    def __init__(self, name: str, home: Path, sources: Sequence[str], settings: str) -> None:
        home.mkdir(parents=True, exist_ok=True)
        (home / "ommatidia.toml").write_text(settings)
        self.name, self.home, self.sources = name, home, list(sources)
        self._place = _held_port()
        self.port: int = self._place.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.links: dict[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None
        self.archive: Archive | None = None
        self._session = requests.Session()

    def start(self, *, wait: bool = True, prefix: Sequence[str] = ()) -> None:
        """Starts it with one command.

        Args:
            prefix: of the command line, such as a limit of resources or another clock.
        """
        arguments = ["serve", "--port", str(self.port)]
        for source in self.sources:
            arguments += ["--source", source]
        for url in self.links.values():
            arguments += ["--member", url]
        with (self.home / "serve.log").open("ab") as said:
            self.process = subprocess.Popen(
                [*prefix, *command(self.home, *arguments)], stdout=said, stderr=said, start_new_session=True
            )
        if wait:
            self.wait_ready()

    def wait_ready(self) -> None:
        """Returns when it answers."""
        until(lambda: answers(f"{self.url}/federation/node.json") == 200, f"{self.name} answers", pause_s=0.2)

    def close(self) -> None:
        """Ends it and lets go of its port."""
        self.kill()
        self._place.close()

    def kill(self) -> None:
        """kill -9 of server and worker."""
        if self.process is not None:
            kill_group(self.process)  # type: ignore[arg-type]
            self.process = None

    def pause(self) -> None:
        """SIGSTOP of server and worker."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGCONT)

    def backup(self, to: Path) -> Path:
        """A copy of the ledger as it stands, also while the node writes."""
        with closing(sqlite3.connect(self.home / "ledger.db")) as ledger, closing(sqlite3.connect(to)) as copy:
            ledger.backup(copy)
        return to

    def restore(self, backup: Path) -> None:
        """Puts a backup in the ledger's place; the node must be dead."""
        assert self.process is None
        for left in self.home.glob("ledger.db*"):
            left.unlink()
        shutil.copy(backup, self.home / "ledger.db")

    def run(self, *arguments: str) -> Ran:
        """One `ommatidia` command of its operator."""
        return ommatidia(self.home, *arguments)

    def get(self, path: str) -> Any:
        """A JSON document of it; None when it is not there.

        Raises:
            requests.RequestException: it does not answer.
        """
        answer = self._session.get(f"{self.url}/{path}", timeout=20)
        return None if answer.status_code == 404 else answer.json()

    def digest(self) -> str:
        """Digest over all that it holds; "" while it does not answer."""
        try:
            found: str = self.get("federation/digest.json")["digest"]
        except (requests.RequestException, KeyError, TypeError):
            return ""
        return found


class Cluster:
    """Nodes and the proxies between them."""

    def __init__(self, nodes: Sequence[ClusterNode]) -> None:
        self.nodes = list(nodes)
        self.proxies: dict[tuple[str, str], FaultProxy] = {}

    def __getitem__(self, name: str) -> ClusterNode:
        return next(one for one in self.nodes if one.name == name)

    def start(self) -> float:
        """Starts all; the moment of the first command."""
        began = time.monotonic()
        for node in self.nodes:
            node.start(wait=False)
        for node in self.nodes:
            node.wait_ready()
        return began

    def cut(self, *side: str) -> None:
        """Parts the nodes named from the others."""
        for (reader, member), proxy in self.proxies.items():
            proxy.cut = (reader in side) != (member in side)

    def heal(self) -> None:
        """No fault on any link."""
        for proxy in self.proxies.values():
            proxy.clear()

    def equal(self) -> bool:
        """Whether all that run hold the same, and something."""
        found = {node.digest() for node in self.nodes if node.process is not None}
        return len(found) == 1 and "" not in found

    def settle(self, what: Callable[[], bool] = lambda: True, deadline_s: float = 600.0) -> float:
        """Seconds until `what` holds and all hold the same."""
        began = time.monotonic()
        until(lambda: what() and self.equal(), f"equal digests: {self.standing()}", deadline_s, 0.25)
        return time.monotonic() - began

    def standing(self) -> dict[str, str]:
        """Digest of each node, shortened."""
        return {node.name: node.digest()[:8] for node in self.nodes if node.process is not None}

    def held(self, curie: str, status: str) -> bool:
        """Whether every running node holds a record in that state."""
        return all(status_of(node, curie) == status for node in self.nodes if node.process is not None)


def status_of(node: ClusterNode, curie: str) -> str:
    """Status of a record in a node's digests; "" when it is not there."""
    owner = curie.partition(":")[0]
    try:
        said = node.get(f"federation/digest/{owner}.json") or {"buckets": []}
        for bucket in said["buckets"]:
            for leaf in node.get(f"federation/digest/{owner}/{bucket['bucket']}.json")["leaves"]:
                if leaf["curie"] == curie:
                    return str(leaf["status"])
    except (requests.RequestException, TypeError):
        pass
    return ""


@contextmanager
def cluster(
    folder: Path,
    count: int,
    shape: str = "full",
    *,
    studies: int = 12,
    proxied: bool = True,
    pull_s: float = 1.0,
    harvest_s: float = 2.0,
) -> Iterator[Cluster]:
    """That many nodes, not yet started; those beyond the owners of FORMS record nothing and relay.

    Args:
        studies: in each archive.
        proxied: with a FaultProxy in each link.
    """
    names = [f"node{number}" for number in range(1, count + 1)]
    settings = SETTINGS.format(harvest_s=harvest_s, pull_s=pull_s)
    nodes = []
    for name, owner in zip(names, [*FORMS, *[""] * count], strict=False):
        archive = Archive(folder / f"{name}-archive", owner, studies) if owner else None
        sources = [f"{owner}=gide:{archive.folder}"] if archive else []
        node = ClusterNode(name, folder / name, sources, settings)
        node.archive = archive
        nodes.append(node)
    found = Cluster(nodes)
    with ExitStack() as stack:
        for reader, member in pairs(names, shape):
            url = found[member].url
            if proxied:
                found.proxies[reader, member] = proxy = stack.enter_context(FaultProxy(url).running())
                url = proxy.url
            found[reader].links[member] = url
        try:
            yield found
        finally:
            for node in nodes:
                node.close()


def _held_port() -> socket.socket:
    """A free port that nobody else is given while the node is not there: bound, but not listened at.

    Servers set SO_REUSEADDR, and may then listen where another such socket is bound only.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held
