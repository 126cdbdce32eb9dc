"""Crates per second from bytes on disk to queryable, beside rdflib parsing the same files in the same run.

Run as `python -m tests.bench.bench_harvest [--runs N]`; both sides are pinned to one core. Needs ../shared/partners.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PARTNERS = Path(__file__).resolve().parents[3] / "shared" / "partners"
SOURCES = {"bia": "gide-bia/crates", "idr": "gide-idr/crates", "ssbd": "gide-ssbd/crates"}


def pin() -> None:
    """Keep this process and its children on one core."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def prepare_home(home: Path) -> None:
    """A node that knows the three members, with the real ontologies installed."""
    run(home, "init")
    for name, folder in SOURCES.items():
        run(home, "source", "add", name, "--harvester", "gide", "--location", str(PARTNERS / folder))
    for name, file in (("fbbi", "fbbi.owl.xz"), ("ncbitaxon", "idr_ncbitaxon_hierarchy_subset.ttl")):
        run(home, "ontology", "add", name, str(PARTNERS / "ontologies" / file))


def run(home: Path, *arguments: str, ok: tuple[int, ...] = (0,)) -> str:
    """Standard output of one `ommatidia` command."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "--home", str(home), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode not in ok:
        raise SystemExit(f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def time_harvest(template: Path, work: Path) -> tuple[float, list[dict[str, object]]]:
    """Wall seconds of one whole harvest command, published and queryable, and its report."""
    shutil.copytree(template, work, symlinks=True)
    started = time.perf_counter()
    report = json.loads(run(work, "harvest", "--json", ok=(0, 4)))
    return time.perf_counter() - started, report


RDFLIB = """
import json, logging, sys, time
from pathlib import Path
import rdflib
logging.disable(logging.CRITICAL)
partners = Path(sys.argv[1])
context = json.loads((partners / "gide-profile/ro-crate-1.2-context.jsonld").read_text())["@context"]
files = [p for d in sys.argv[2:] for p in sorted((partners / d).rglob("*.json"))]
started = time.perf_counter()
triples = 0
for path in files:
    document = json.loads(path.read_text("utf-8"))
    base = "https://w3id.org/ro/crate/1.2/context"
    document["@context"] = [context if c == base else c for c in document["@context"]]
    graph = rdflib.Graph()
    graph.parse(data=json.dumps(document), format="json-ld", publicID="https://example.org/")
    triples += len(graph)
print(json.dumps({"files": len(files), "triples": triples, "seconds": time.perf_counter() - started}))
"""


def time_rdflib() -> dict[str, float]:
    """rdflib's parse alone of the same files, the RO-Crate context given inline."""
    done = subprocess.run(
        [sys.executable, "-c", RDFLIB, str(PARTNERS), *SOURCES.values()], capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def main() -> None:
    """Prints the figures of each run, their medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    if not PARTNERS.is_dir():
        raise SystemExit("../shared/partners is not here; nothing to measure.")
    pin()
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template"
        prepare_home(template)
        ours, inside, theirs = [], [], []
        for number in range(options.runs):
            theirs.append(time_rdflib()["seconds"])
            seconds, report = time_harvest(template, Path(folder) / f"run{number}")
            ours.append(seconds)
            inside.append(sum(float(str(r["seconds"])) for r in report))
            read = sum(int(str(r["read"])) for r in report)
            print(f"run {number}: rdflib parse {theirs[-1]:.2f} s; command {seconds:.2f} s, runs {inside[-1]:.2f} s")
        again = time_again(Path(folder) / "run0")
    ratio = statistics.median(t / o for t, o in zip(theirs, ours, strict=True))
    median = statistics.median(ours)
    print(f"{read} crates; median {median:.2f} s = {read / median:.0f} crates/s; rdflib/ours = {ratio:.1f}")
    print(f"second harvest {again:.2f} s")


def time_again(home: Path) -> float:
    """Wall seconds of a harvest that finds nothing new."""
    started = time.perf_counter()
    report = json.loads(run(home, "harvest", "--json", ok=(0, 4)))
    if any(r["new"] or r["changed"] or r["withdrawn"] for r in report):
        raise SystemExit("the second harvest changed something")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
