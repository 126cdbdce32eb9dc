"""Members per second that ldes-client reads from a node, beside the same client on the same pages as static files.

Run as `python -m tests.bench.bench_ldes [--members N] [--runs N] [--form .trig|.nq|.jsonld]`. Servers are processes of
their own, in turn; the client (`make clients`) is pinned to one core. `bare` parses nothing: what the node serves at
most. At the first reading no page is kept. Processor time is told of both sides: other work does not lengthen it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from catalogue.model.payload import canonical
from catalogue.model.signing import NodeKey
from catalogue.resolver.service import Resolver
from catalogue.settings import WebSettings
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from catalogue.web.server import serve
from tests.bench.partner_server import served as served_files
from tests.exchange.signed_ledger import study as short_study
from tests.web.studies_for_pages import STUDY
from tests.web.studies_for_pages import study as whole_study

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "tests" / "clients" / "ldes_client_reads.mjs"
MODULES = Path(os.environ.get("OMMATIDIA_CLIENTS", ROOT / ".clients")) / "node" / "node_modules"
RECORDS = ("short", "whole")


def record(kind: str, number: int) -> dict[str, Any]:
    """A study with a title and a licence, or one with everything that a page shows."""
    if kind == "short":
        return short_study(number, f"Study {number}")
    curie = f"idr:idr{number:04}"
    made: dict[str, Any] = json.loads(json.dumps(whole_study()).replace(STUDY, curie))
    return made | {"accession": curie.partition(":")[2], "owner": "idr", "title": f"{made['title']} {number}"}


def fill(ledger: Ledger, kind: str, members: int) -> None:
    """One signed entry a study."""
    with ledger.transaction() as writer:
        for number in range(1, members + 1):
            made = record(kind, number)
            writer.append(
                curie=made["id"],
                owner="idr",
                kind="study",
                status="public",
                payload=canonical(made),
                source="bench",
                harvester="bench/1",
                retrieved_at=datetime.now(UTC),
            )


def run_node(folder: str, pipe: Connection) -> None:
    """A node over the ledger in `folder`, as `ommatidia serve` has it."""
    ledger = Ledger(f"sqlite:///{folder}/ledger.db", lambda: datetime.now(UTC), create=False, read_only=True)
    app = create_web(Services(ledger=ledger, resolver=Resolver(ledger), web=WebSettings(port=0)))
    serve(app, "127.0.0.1", 0, 8, 64 << 20, pipe.send)


def run_files(pages: dict[str, tuple[bytes, str]], pipe: Connection) -> None:
    """A server of bytes made before."""
    with served_files(lambda path, *_: pages.get(path)) as asked:
        pipe.send(asked.url)
        pipe.recv()


@dataclass(frozen=True)
class Server:
    """A server process.

    Args:
        url: without a slash at the end.
    """

    url: str
    pid: int

    def cpu_s(self) -> float:
        """Processor seconds it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def process(target: Callable[..., None], argument: Any) -> Iterator[Server]:
    """A server process that told its address."""
    mine, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=target, args=(argument, theirs), daemon=True)
    server.start()
    try:
        yield Server(str(mine.recv()).rstrip("/"), int(server.pid or 0))
    finally:
        server.terminate()
        server.join(10)


def pages_of(address: str, members: int, form: str) -> dict[str, tuple[bytes, str]]:
    """Path -> bytes and media type of all that leads to members and has them."""
    last, found = -(-members // 100), {}
    paths = [f"/ldes{form}", *(f"/ldes/index/{n}{form}" for n in range(1, -(-last // 100) + 1))]
    for path in [*paths, *(f"/ldes/page/{n}{form}" for n in range(1, last + 1))]:
        with urllib.request.urlopen(address + path, timeout=60) as answer:
            found[path] = (answer.read(), answer.headers["Content-Type"])
    return found


def client_reads(server: Server, members: int, form: str) -> tuple[float, float, float]:
    """Seconds that ldes-client takes by its own count, its processor seconds, and those of the server."""
    core = str(sorted(os.sched_getaffinity(0))[-1])
    before = server.cpu_s()
    done = subprocess.run(
        ["taskset", "-c", core, "node", str(CLIENT), f"{server.url}/ldes{form}", "--count"],
        capture_output=True,
        text=True,
        check=True,
        timeout=900,
        env={**os.environ, "OMMATIDIA_MODULES": str(MODULES)},
    )
    said = json.loads(done.stdout.splitlines()[-1])
    if said["count"] != members:
        raise SystemExit(f"ldes-client gave {said['count']} of {members} members")
    return said["seconds"], said["cpu"], server.cpu_s() - before


def bare_reads(server: Server, members: int, form: str) -> tuple[float, float, float]:
    """The same of a reader that parses nothing."""
    started, worked, before = time.perf_counter(), time.process_time(), server.cpu_s()
    pages_of(server.url, members, form)
    return time.perf_counter() - started, time.process_time() - worked, server.cpu_s() - before


def measure(kind: str, members: int, runs: int, form: str) -> None:
    """Prints the rates for one kind of record."""
    taken: dict[str, list[tuple[float, float, float]]] = {}

    def note(name: str, seconds: tuple[float, float, float]) -> None:
        taken.setdefault(name, []).append(seconds)

    with tempfile.TemporaryDirectory() as folder:
        key = NodeKey.load(Path(folder) / "node.key", create=True)
        with Ledger(f"sqlite:///{folder}/ledger.db", lambda: datetime.now(UTC), key=key) as ledger:
            fill(ledger, kind, members)
        for _ in range(runs):
            with process(run_node, folder) as node:
                note("bare, first reading", bare_reads(node, members, form))
                note("bare, kept pages", bare_reads(node, members, form))
                pages = pages_of(node.url, members, form)
            with process(run_node, folder) as node:
                note("ldes-client, first reading", client_reads(node, members, form))
                note("ldes-client, kept pages", client_reads(node, members, form))
            with process(run_files, pages) as files:
                note("ldes-client, static files", client_reads(files, members, form))
    size = sum(len(body) for body, _ in pages.values())
    print(f"{kind} records, {form}: {members:,} members, {size / members:,.0f} bytes each, median of {runs}")
    print(f"  {'members per second of':28} {'wall':>9} {'client CPU':>11} {'server CPU':>11}")
    for name, seconds in taken.items():
        wall, client, server = (members / max(statistics.median(column), 0.01) for column in zip(*seconds, strict=True))
        print(f"  {name:28} {wall:9,.0f} {client:11,.0f} {server:11,.0f}")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=6000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--form", default=".trig")
    parser.add_argument("--records", choices=RECORDS, action="append")
    options = parser.parse_args()
    if not MODULES.is_dir():
        raise SystemExit("ldes-client is not installed; run `make clients`.")
    for kind in options.records or RECORDS:
        measure(kind, options.members, options.runs, options.form)


if __name__ == "__main__":
    main()
