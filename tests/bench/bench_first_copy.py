"""A first copy over HTTP until every study is queryable, beside rdflib parsing the same crates in the same run.

Run as `python -m tests.bench.bench_first_copy [--studies N]`; needs ../shared/partners, whose crates are served again
and again under accessions of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from tests.bench.bench_harvest import time_rdflib
from tests.bench.partner_files import behind_index
from tests.bench.partner_server import served

CRATES = Path(__file__).resolve().parents[3] / "shared" / "partners" / "gide-bia" / "crates"
_STEM = re.compile(r"S-(BIAD|BSST)([0-9]+)-ro-crate-metadata\.json")


def copies(folder: Path, studies: int) -> dict[str, bytes]:
    """Path -> crate, each real one under ever new accessions until there are enough."""
    real = [(found, path.read_bytes()) for path in sorted(folder.iterdir()) if (found := _STEM.fullmatch(path.name))]

    def all_of_them() -> Iterator[tuple[str, bytes]]:
        for round_ in count():
            for found, content in real:
                old = f"S-{found[1]}{found[2]}"
                new = f"S-{found[1]}{int(found[2]) + 100_000 * round_}"
                yield f"/{new}-ro-crate-metadata.json", re.sub(rf"{old}(?![0-9])".encode(), new.encode(), content)

    return dict(islice(all_of_them(), studies))


def command(home: Path, *arguments: str) -> str:
    """Standard output of one `ommatidia` command."""
    line = [sys.executable, "-m", "app", "--home", str(home), *arguments]
    return subprocess.run(line, capture_output=True, text=True, check=False).stdout


def main() -> None:
    """Prints what a first copy takes and what rdflib takes for the same bytes."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--studies", type=int, default=5_000)
    studies = options.parse_args().studies
    documents = copies(CRATES, studies)
    with tempfile.TemporaryDirectory() as folder, served(behind_index(documents).get) as asked:
        home = Path(folder) / "home"
        command(home, "init")
        (home / "ommatidia.toml").write_text(f'[harvest]\nallow_private_hosts = ["{asked.url.split("/")[2]}"]\n')
        command(home, "source", "add", "bia", "--harvester", "gide", "--location", f"{asked.url}/index.json")
        begun = time.monotonic()
        (report,) = json.loads(command(home, "harvest", "--json"))
        took = time.monotonic() - begun
        query = "SELECT (COUNT(?s) AS ?n) { ?s a <https://w3id.org/ommatidia/terms/Study> }"
        (Path(folder) / "count.rq").write_text(query)
        held = json.loads(command(home, "sparql", str(Path(folder) / "count.rq"), "--format", "json") or "{}")
        rows = held.get("results", {}).get("bindings", [{}])
    told = f"{report['read']} read, {report['accepted']} accepted, {report['quarantined']} quarantined"
    print(f"{told}, {rows[0].get('n', {}).get('value', 'none')} queryable; {os.cpu_count()} cores")
    rate = report["accepted"] / took
    print(f"HTTP to queryable {took:.1f} s, {rate:.0f} studies/s (harvest {report['seconds']} s, the rest views)")
    parsed = time_rdflib()
    alone = parsed["files"] / parsed["seconds"]
    print(f"rdflib parsing {parsed['files']:.0f} real crates: {alone:.0f}/s; ours is {rate / alone:.1f} times that")


if __name__ == "__main__":
    main()
