"""A FAIR audit of all real crates of three archives and 5,000 synthetic studies, some with images, in one ledger.

Run as `python -m tests.bench.bench_audit [--studies 5000] [--work DIR]`; needs ../shared/partners. Prints CPU seconds
of each stage and peak memory of a process of its own, whether another process gives the same bytes, and what came out.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.bench_first_copy import copies

PARTNERS = Path(__file__).resolve().parents[3] / "shared" / "partners"
WITH_IMAGES, IMAGES_EACH = 500, 20
GOAL_S, GOAL_METRICS, GOAL_STUDIES = 10.0, 40, 5_000


def fill(home: Path, crates: Path, studies: int) -> None:
    """A node that has read the archives and the synthetic studies, and images of some."""
    from app import open_node
    from tests.bench.bench_dump import append
    from tests.web.studies_for_pages import image

    crates.mkdir()
    real = len(list((PARTNERS / "gide-bia" / "crates").glob("*.json")))
    for path, content in copies(PARTNERS / "gide-bia" / "crates", real + studies).items():
        (crates / path.lstrip("/")).write_bytes(content)
    _run(home, "init")
    folders = {"bia": crates, "idr": PARTNERS / "gide-idr" / "crates", "ssbd": PARTNERS / "gide-ssbd" / "crates"}
    for name, folder in folders.items():
        _run(home, "source", "add", name, "--harvester", "gide", "--location", str(folder))
    _run(home, "harvest", "--json")
    node = open_node(home)
    node.ledger.add_source("bench", harvester="gide", location="https://partner.example.org/")
    heads = [head.curie for head in node.ledger.heads("study", limit=WITH_IMAGES)]
    append(
        node.ledger,
        (("image", image(f"{curie}.{number}", curie)) for curie in heads for number in range(IMAGES_EACH)),
    )
    node.ledger.close()


def _run(home: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "app", "--home", str(home), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 4):
        raise SystemExit(done.stderr)
    return done.stdout


def measure(home: Path) -> dict[str, Any]:
    """CPU seconds of each stage of an audit in this process, its peak memory, and digests of all that it gives."""
    from app import open_node
    from catalogue.cli.audit_files import Addresses
    from catalogue.fair import dataset
    from catalogue.fair.forms.base import forms
    from catalogue.fair.report import make_report
    from catalogue.fair.scopes import federation_scope
    from catalogue.model.payload import digest

    node = open_node(home)
    stages: dict[str, float] = {}
    collect = dataset.collect
    dataset.collect = _timed(stages, "facts", collect)  # type: ignore[assignment]
    basis = node.audits.basis()
    audit = _timed(stages, "all", node.audits.make_by)(basis)
    report = make_report(audit, federation_scope(audit, "bench"), node.audits.benchmarks["ommatidia-1.0"])
    links = Addresses("https://node.example")
    digests = {}
    for suffix, form in forms().items():
        digests[suffix] = digest(_timed(stages, f"form {suffix}", form.render)(report, links))
    kept, made = _timed(stages, "make and keep", node.audit_history.keep)()
    digests["manifest"] = digest((kept.path / "manifest.json").read_bytes())
    loaded = _timed(stages, "load", node.audit_history.load)(kept.name)
    again = make_report(loaded.audit, federation_scope(loaded.audit, "bench"), loaded.benchmarks["ommatidia-1.0"])
    _timed(stages, "report", lambda: (again.fixes, again.headline, again.principles, again.members))()
    return {
        "name": kept.name,
        "made": made,
        "studies": len(audit.studies),
        "metrics": len(audit.metrics),
        "stages": stages,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "bytes": {path.name: path.stat().st_size for path in kept.path.iterdir()},
        "digests": digests,
    }


def _timed(stages: dict[str, float], name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    def timed(*given: Any, **named: Any) -> Any:
        began = time.process_time()
        try:
            return work(*given, **named)
        finally:
            stages[name] = stages.get(name, 0.0) + time.process_time() - began
            print(f"{name}: {stages[name]:.2f} s", file=sys.stderr)

    return timed


def table(home: Path, name: str) -> str:
    """Metrics with pass, fail, indeterminate and not applicable per member, as Markdown."""
    from app import open_node

    manifest = open_node(home).audit_history.shelf.get(name).manifest
    members = sorted(manifest.members)
    lines = [
        f"| metric | principle | {' | '.join(f'{one} pass/fail/open/n.a.' for one in members)} |",
        f"| --- | --- |{' --- |' * len(members)}",
    ]
    for metric, principle in manifest.principles.items():
        cells = ["/".join(map(str, manifest.members[one][metric])) for one in members]
        lines.append(f"| {metric} | {principle} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _elsewhere(home: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.bench_audit", "--measure", str(home)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Prints what an audit takes and what came out of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--studies", type=int, default=5_000)
    options.add_argument("--work", type=Path, help="Folder that is kept and used again.")
    options.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.work or Path(temporary)
        home = folder / "home"
        if not home.exists():
            folder.mkdir(parents=True, exist_ok=True)
            fill(home, folder / "crates", given.studies)
        _report(home)


def _report(home: Path) -> None:
    first = _elsewhere(home)
    _run(home, "audit", "remove", first["name"], "--frozen")
    second = _elsewhere(home)
    taken, studies = first["stages"]["all"], first["studies"]
    print(f"{studies} studies, {first['metrics']} metrics, {os.cpu_count()} cores; peak {first['peak_mb']} MB")
    for stage, seconds in first["stages"].items():
        print(f"  {stage:<20} {seconds:7.2f} s")
    print(f"  files {sum(first['bytes'].values()):,} bytes: {first['bytes']}")
    scaled = taken * GOAL_STUDIES / studies
    print(f"an audit of {GOAL_STUDIES} studies: {scaled:.1f} s (goal {GOAL_S:.0f} s with {GOAL_METRICS} metrics)")
    differ = [name for name, digest in first["digests"].items() if second["digests"][name] != digest]
    print(f"made again: {'DIFFERENT ' + ', '.join(differ) if differ else 'the same bytes in all forms'}")
    for name, digest in first["digests"].items():
        print(f"  {name:<12} {digest}")
    print(table(home, first["name"]))


if __name__ == "__main__":
    main()
