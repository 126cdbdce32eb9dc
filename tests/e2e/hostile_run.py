"""One `ommatidia harvest` over good and hostile sources, measured: what each ended with, memory, time, the canary."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app import open_node
from tests.e2e.hostile_answers import document, good, lists
from tests.e2e.hostile_partners import Hostile
from tests.e2e.processes import command
from tests.harvesters.loopback_server import Request, Route, Server, serving

GOOD_DOCUMENTS = 60
GOOD_PAUSE_S = 0.02


@dataclass
class Outcome:
    """What a whole run came to."""

    reports: dict[str, dict[str, Any]]
    asked: dict[str, int]
    seconds: float
    peak_bytes: int
    canary: list[bytes] = field(default_factory=list)
    said: str = ""


@contextmanager
def canary() -> Iterator[tuple[str, list[bytes]]]:
    """(address, what arrived) of a listener on a private address that nobody may reach."""
    arrived: list[bytes] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(1)
                    arrived.append(connection.recv(1000))

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", arrived
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(2)


def _slowly(reply: bytes) -> Route:
    def route(_: Request, __: socket.socket) -> bytes:
        time.sleep(GOOD_PAUSE_S)
        return reply

    return route


def harvest(
    home: Path, hostile: Sequence[Hostile], *, timeout_s: float, parallel: int, good_sources: int = 2
) -> Outcome:
    """Harvests them all into a fresh node by one process.

    Args:
        home: does not exist yet.
        timeout_s: of one request; the operator's setting.
    """
    with ExitStack() as stack:
        trap, arrived = stack.enter_context(canary())
        servers: dict[str, tuple[Server, str, str, dict[str, str]]] = {}
        for number in range(good_sources):
            server = stack.enter_context(serving())
            first = 50_000 + 1000 * number
            lists(server, {document(n): _slowly(good(n)) for n in range(first, first + GOOD_DOCUMENTS)})
            servers[f"good-{number}"] = (server, "gide", "/index.json", {})
        for number, one in enumerate(hostile):
            server = stack.enter_context(serving())
            one.build(server, 1000 + 100 * number, trap)
            servers[one.name] = (server, one.harvester, one.location, one.options)
        _configure(home, [server for server, *_ in servers.values()], timeout_s)
        node = open_node(home)
        node.initialise()
        with node.ledger as ledger:
            for name, (server, harvester, location, options) in servers.items():
                ledger.add_source(name, harvester=harvester, location=server.url + location, options=options)
        outcome = _run(home, parallel)
        outcome.asked = {name: len(server.requests) for name, (server, *_) in servers.items()}
        outcome.canary = arrived
        return outcome


def _configure(home: Path, servers: Sequence[Server], timeout_s: float) -> None:
    home.mkdir(parents=True)
    hosts = ", ".join(f'"127.0.0.1:{server.port}"' for server in servers)
    (home / "ommatidia.toml").write_text(f"[harvest]\nallow_private_hosts = [{hosts}]\ntimeout_s = {timeout_s}\n")


# Runs a command and writes its exit code and peak memory to a file. In between, because a process counts in its own
# peak what the one that forked it had in memory, and a test process has much.
_MEASURED = """
import os, sys
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
open(sys.argv[1], "w").write(f"{os.waitstatus_to_exitcode(status)} {usage.ru_maxrss}")
"""


def _run(home: Path, parallel: int) -> Outcome:
    out, err, measured = home / "out.json", home / "err.txt", home / "measured.txt"
    started = time.perf_counter()
    with out.open("wb") as stdout, err.open("wb") as stderr:
        line = [*command(home, "harvest", "--json"), "--parallel", str(parallel)]
        subprocess.run(
            [sys.executable, "-S", "-c", _MEASURED, str(measured), *line], stdout=stdout, stderr=stderr, check=True
        )
    seconds = time.perf_counter() - started
    said = err.read_text("utf-8", "replace")
    code, peak_kb = map(int, measured.read_text().split())
    assert code in (0, 4, 5), f"exit {code}\n{said[-3000:]}"
    reports = {report["source"]: report for report in json.loads(out.read_bytes())}
    return Outcome(reports, {}, seconds, peak_kb * 1024, said=said)


def complaints(one: Hostile, outcome: Outcome) -> list[str]:
    """In which ways a source did not end as it must."""
    report = outcome.reports[one.name]
    found = []
    if report["state"] != one.state:
        found.append(f"state {report['state']}, not {one.state}")
    known = {report["rule"], *report["reasons"]}
    if one.reason and not any(word in known or word in report["detail"] for word in one.reason.split("|")):
        found.append(f"no word of {one.reason!r} in {sorted(known)} or {report['detail']!r}")
    if report["accepted"] < one.accepted:
        found.append(f"{report['accepted']} accepted, not {one.accepted}")
    if outcome.asked[one.name] > one.requests:
        found.append(f"{outcome.asked[one.name]} requests, more than {one.requests}")
    return found
