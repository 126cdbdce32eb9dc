"""Records per second that the node's OAI-PMH repository serves, beside the same pages as static files, read by sickle.

Run as `python -m tests.bench.bench_oai_server [--records N] [--runs N] [--prefix P ...]`. Node, static server and
client are processes of their own, the servers on one core, the client on another. The first harvester has the records
written, the next ones read them as they are kept. Goal: 2,000 records/s.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

import requests
from waitress.server import create_server

from tests.exchange.harvested import Clock, Node
from tests.web.studies_for_pages import study

PREFIXES = ("oai_dc", "oai_datacite", "dcat", "rdf")
GOAL = 2000
_TOKEN = "</resumptionToken>"


def record(number: int) -> dict[str, Any]:
    """A study with every field that a page shows, about as long as the BioImage Archive's."""
    text = json.dumps(study()).replace("S-BIAD90001", f"S-BIAD{number}")
    return dict(json.loads(text), title=f"Light-sheet imaging of the beating heart, experiment {number}")


def serve_node(folder: str, records: int, pipe: Connection) -> None:
    """Serves a node with as many records until the other end closes."""
    _pin(0)
    node = Node(Path(folder), Clock(datetime.now(UTC)))
    for start in range(0, records, 500):
        node.put(*(record(number) for number in range(start + 1, min(start + 500, records) + 1)))
    node.clock.moment += timedelta(seconds=2)
    begun = time.perf_counter()
    node.exposed.horizon()
    print(f"taken in by a new process: {records / (time.perf_counter() - begun):,.0f} records/s")
    _serve(node.app(), pipe)


def serve_static(answers: dict[str, bytes], pipe: Connection) -> None:
    """Serves answers that were made before, by the token they follow ("" for the first)."""
    _pin(0)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        body = answers[parse_qs(environ["QUERY_STRING"]).get("resumptionToken", [""])[0]]
        headers = [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(body)))]
        start("200 OK", [*headers, ("Content-Encoding", "gzip")])
        return [body]

    _serve(app, pipe)


def _serve(app: Any, pipe: Connection) -> None:
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    pipe.send(f"http://127.0.0.1:{server.effective_port}/oai")
    server.run()


def _pin(place: int) -> None:
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[place % len(cores)]})


@contextmanager
def process(target: Callable[..., None], *arguments: Any) -> Iterator[tuple[str, int]]:
    """The address of a server in a process of its own, and the number of that process."""
    mine, theirs = multiprocessing.Pipe()
    started = multiprocessing.Process(target=target, args=(*arguments, theirs), daemon=True)
    started.start()
    try:
        yield str(mine.recv()), started.pid or 0
    finally:
        started.terminate()
        started.join(10)


def keep_answers(base: str, prefix: str) -> dict[str, bytes]:
    """Every page of a list, compressed, by the token that asks for it."""
    found: dict[str, bytes] = {}
    token, query = "", f"metadataPrefix={prefix}"
    while True:
        body = requests.get(f"{base}?verb=ListRecords&{query}", timeout=60).content
        found[token] = gzip.compress(body, 1)
        token = body.decode().rpartition(_TOKEN)[0].rpartition(">")[2]
        if not token:
            return found
        query = f"resumptionToken={quote(token)}"


def cpu_seconds(pid: int) -> float:
    """CPU seconds that a process has used: of a busy machine they say more than the clock."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(base: str, prefix: str) -> float:
    """Seconds in which sickle reads the list, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.bench_oai_server", "--read", base, "--prefix", prefix]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    count, seconds = json.loads(done.stdout.splitlines()[-1])
    print(f"    {count} records in {seconds:.2f} s", file=sys.stderr)
    return float(seconds)


def read(base: str, prefix: str) -> None:
    """Prints how many records sickle read, and in how many seconds."""
    from sickle import Sickle

    _pin(1)
    started = time.perf_counter()
    count = sum(1 for _ in Sickle(base).ListRecords(metadataPrefix=prefix))
    print(json.dumps([count, time.perf_counter() - started]))


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--prefix", nargs="+", default=PREFIXES)
    parser.add_argument("--read", default="")
    options = parser.parse_args()
    if options.read:
        read(options.read, options.prefix[0])
        return
    print(f"{options.records:,} studies, 100 a page, median of {options.runs}")
    with tempfile.TemporaryDirectory() as folder, process(serve_node, folder, options.records) as (node, pid):
        for prefix in options.prefix:
            used = cpu_seconds(pid)
            first = options.records / measured(node, prefix)
            used = cpu_seconds(pid) - used
            answers = keep_answers(node, prefix)
            size = sum(map(len, answers.values())) / options.records
            with process(serve_static, answers) as (static, _):
                times: dict[str, list[float]] = {"next ones": [], "static files": []}
                for _ in range(options.runs):
                    times["next ones"].append(measured(node, prefix))
                    times["static files"].append(measured(static, prefix))
            rates = {name: options.records / statistics.median(seconds) for name, seconds in times.items()}
            shown = ", ".join(f"{name} {rate:,.0f}" for name, rate in rates.items())
            of_cpu = f"{options.records / used:,.0f} per CPU second"
            print(
                f"{prefix:14} records/s: first harvester {first:,.0f} ({of_cpu}), {shown}; {size:,.0f} bytes a record"
            )
    print(f"goal {GOAL:,} records/s")


if __name__ == "__main__":
    main()
