"""The attacks of the issue against a served store, and what a simple query costs before and after them.

Run: python -m tests.bench.bench_query [--rows 1000] [--deadline 10]
Three-way cross product, 3,000-deep nesting and an ORDER BY of a billion rows (it passes 200 MB in a second), over HTTP.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

from waitress.server import create_server

from catalogue.query.pool import QueryPool
from catalogue.query.quads import throwaway_store
from catalogue.settings import QuerySettings
from catalogue.web.sparql import create_sparql_only

SIMPLE = "SELECT ?o { <http://example.org/s7> ?p ?o }"
ATTACKS = {
    "three-way cross product, counted": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "three-way cross product, listed": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "3,000-deep nesting": "SELECT * { " + "{" * 3000 + "?s ?p ?o" + "}" * 3000 + " }",
    "ORDER BY of the cross product": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
    "string doubling": "SELECT (STRLEN(?c40) AS ?n) { BIND('0123456789' AS ?c0) "
    + "".join(f"BIND(CONCAT(?c{i}, ?c{i}) AS ?c{i + 1}) " for i in range(40))
    + "}",
}


def ask(port: int, text: str) -> tuple[int, bytes, float]:
    """Status, body and seconds of one query; status 0 when the answer broke off."""
    begin = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request(
            "POST",
            "/sparql",
            urlencode({"query": text}),
            {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/sparql-results+json"},
        )
        response = connection.getresponse()
        return response.status, response.read(), time.monotonic() - begin
    except http.client.IncompleteRead as error:
        return 0, error.partial, time.monotonic() - begin
    finally:
        connection.close()


def median_ms(port: int, times: int = 300) -> float:
    """Median milliseconds of the simple query, over HTTP."""
    seconds = []
    for _ in range(times):
        status, _, took = ask(port, SIMPLE)
        assert status == 200
        seconds.append(took)
    return statistics.median(seconds) * 1000


def resident_mb() -> dict[str, float]:
    """Resident memory of this process and of the query workers, in MB."""
    found = {"server": 0.0, "workers": 0.0}
    own = str(threading.main_thread().native_id)
    for folder in Path("/proc").iterdir():
        try:
            command = (folder / "cmdline").read_bytes()
            status = (folder / "status").read_text()
        except OSError:
            continue
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        size = float(fields.get("VmRSS", "0 kB").split()[0]) / 1024
        if folder.name == own:
            found["server"] = size
        elif b"catalogue.query.worker" in command and fields.get("PPid") == own:
            found["workers"] += size
    return found


class Peak:
    """Highest resident memory of the workers while it runs."""

    def __init__(self) -> None:
        self.mb = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._end.wait(0.1):
            self.mb = max(self.mb, resident_mb()["workers"])

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()


def main() -> None:
    """Print one line per measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1000, help="quads; cubed they are the rows to sort")
    parser.add_argument("--deadline", type=float, default=QuerySettings().deadline_s, help="seconds")
    parser.add_argument("--memory-mb", type=int, default=QuerySettings().memory_bytes >> 20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.nq"
        with file.open("w", encoding="utf-8") as out:
            for i in range(given.rows):
                out.write(f'<http://example.org/s{i}> <http://example.org/p{i % 3}> "v{i}" <http://example.org/g> .\n')
        with (
            throwaway_store(file) as link,
            QueryPool(link, workers=2, deadline_s=given.deadline, memory_bytes=given.memory_mb << 20) as pool,
        ):
            measure(pool, given.deadline, given.rows)


def measure(pool: QueryPool, deadline_s: float, rows: int) -> None:
    """Serve the pool, attack it, and print what happened."""
    server = create_server(
        create_sparql_only(pool, QuerySettings()), host="127.0.0.1", port=0, channel_request_lookahead=1
    )
    threading.Thread(target=server.run, daemon=True).start()
    port = server.effective_port
    print(f"{rows} quads, {rows**3:,} rows in the cross product, deadline {deadline_s:g} s")
    ask(port, SIMPLE)
    before = median_ms(port)
    print(f"simple query before: p50 {before:.2f} ms; memory {resident_mb()}")
    for name, text in ATTACKS.items():
        with Peak() as peak:
            status, body, took = ask(port, text)
        told = json.loads(body)["title"] if status >= 400 else "-"
        begin = time.monotonic()
        next_status = ask(port, SIMPLE)[0]
        next_ms = (time.monotonic() - begin) * 1000
        verdict = "ok" if status >= 400 and took <= deadline_s + 1 and next_status == 200 else "NOT AS PROMISED"
        print(
            f"{name}: {status} {told} after {took:.2f} s, workers' peak {peak.mb:.0f} MB; "
            f"next query {next_status} in {next_ms:.1f} ms: {verdict}"
        )
    after = median_ms(port)
    print(f"simple query after: p50 {after:.2f} ms; memory {resident_mb()}")
    print(pool.stats())
    server.close()


if __name__ == "__main__":
    main()
