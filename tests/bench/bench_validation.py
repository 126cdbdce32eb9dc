"""Agreement of the production validator with pySHACL, the ratio of their speed, and the memory of the former.

Run as `python -m tests.bench.bench_validation [--broken N] [--records N] [--memory N]`. The real records are those that
a node accepts of the partners' crates; without ../shared/partners only generated data are compared.
"""

from __future__ import annotations

import argparse
import json
import logging
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from catalogue.ingest.prepare import STUDY_PROFILE
from catalogue.model.pyshacl_engine import PyShaclEngine
from catalogue.model.rdf import triples
from catalogue.model.shacl_engines import RustEngine, ValidationResult
from catalogue.model.validation import check_all, check_schema, profiles, shapes_text
from tests.bench.bench_harvest import PARTNERS, pin, prepare_home, run
from tests.model.breaking import Shapes
from tests.model.examples import VALID
from tests.model.profiles.all_cases import bad_examples


def accepted() -> list[bytes]:
    """The N-Triples of every study that a node accepts of the partners' crates, and of its catalogue record."""
    with tempfile.TemporaryDirectory() as folder:
        home, dump = Path(folder) / "node", Path(folder) / "dump.jsonl"
        prepare_home(home)
        run(home, "harvest", ok=(0, 4))
        run(home, "dump", "--format", "jsonl", "--out", str(dump))
        entries = [json.loads(line) for line in dump.read_text("utf-8").splitlines()]
    return [triples(record) for entry in entries for record in (entry["record"], entry["provenance"])]


class Comparison:
    """Both engines on the same shapes, and how they compared so far.

    Args:
        text: the shapes as Turtle.
    """

    def __init__(self, text: str):
        self.fast, self.reference = RustEngine(text), PyShaclEngine(text)
        self.results = 0
        self.different: list[tuple[str, ValidationResult]] = []
        self.ratios: list[float] = []
        self.seconds = [0.0, 0.0]
        self.broken: set[tuple[str, str]] = set()

    def add(self, data: bytes) -> None:
        """Hold one record, or several in one graph, against the shapes."""
        started = time.perf_counter()
        fast = self.fast.results(data)
        between = time.perf_counter()
        reference = self.reference.results(data)
        ended = time.perf_counter()
        self.seconds[0] += between - started
        self.seconds[1] += ended - between
        self.ratios.append((ended - between) / (between - started))
        self.results += len(reference)
        self.broken |= {(result.shape, result.component) for result in reference}
        self.different += [("production", r) for r in fast if r not in reference]
        self.different += [("pySHACL", r) for r in reference if r not in fast]
        if len(fast) != len(reference) and not self.different:
            self.different += [("one engine twice", result) for result in fast[:1]]

    def report(self, what: str, records: int) -> None:
        """Print the figures, and every difference."""
        agreement = 100 * (1 - len(self.different) / max(1, self.results))
        ratio, each = statistics.median(self.ratios), [1000 * seconds / records for seconds in self.seconds]
        print(
            f"{what}: {records} records, {self.results} results, agreement {agreement:.2f} %; "
            f"{each[0]:.2f} ms and {each[1]:.1f} ms a record, pySHACL/production = {ratio:.0f}",
            flush=True,
        )
        for engine, result in self.different:
            print(f"  only {engine}: {result}")


def compare(real: list[bytes], broken: int) -> bool:
    """Print a comparison for the hard rules and for each profile; True when they agree everywhere."""
    agreed = True
    for name in (None, *profiles()):
        comparison = Comparison(shapes_text(name))
        for data in real:
            comparison.add(data)
        if real:
            comparison.report(f"{name or 'hard rules'}, real", len(real))
        agreed &= not comparison.different
        agreed &= compare_broken(name, broken if name is None else 0)
    return agreed


def compare_broken(name: str | None, least: int) -> bool:
    """The same for data that break each constraint, and at least so many of them."""
    shapes = Shapes(shapes_text(name), bad_examples(name) if name else ())
    cases = shapes.broken()
    for each in range(2, 10):
        if len(cases) >= least:
            break
        cases = shapes.broken(each)
    comparison = Comparison(shapes_text(name))
    for case in cases:
        comparison.add(case.data)
    comparison.report(f"{name or 'hard rules'}, broken", len(cases))
    missed = {(c.shape, c.component) for c in shapes.constraints} - comparison.broken
    print(f"  {len(shapes.constraints)} constraints, {len(missed)} of them never broken")
    return not comparison.different and not missed


def peak_mib() -> float:
    """Peak resident memory of this process; Linux's own count, as getrusage begins with that of the parent."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))


def measure_memory(count: int) -> dict[str, Any]:
    """Peak resident memory of this process after a tenth and after all of so many generated studies."""
    full = next(example.record for example in VALID if example.name == "Study-full")
    peaks, started = {}, time.perf_counter()
    for number in range(1, count + 1):
        record = json.loads(json.dumps(full).replace(full["accession"], f"S-BIAD{number}"))
        hard, _ = check_all(record, triples(record), STUDY_PROFILE)
        if check_schema(record) or hard:
            raise SystemExit(f"the generated study {number} is at fault: {hard}")
        if number in (count // 10, count):
            peaks[number] = peak_mib()
    return {"peaks_mib": peaks, "seconds": time.perf_counter() - started}


def print_memory(count: int) -> None:
    """The same, measured in a process that does nothing else."""
    command = [sys.executable, "-m", "tests.bench.bench_validation", "--child", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    peaks = ", ".join(f"{peak:.0f} MiB after {number}" for number, peak in found["peaks_mib"].items())
    print(f"production validator, both gates, one record after the other: peak {peaks}; {found['seconds']:.0f} s")


def main(arguments: Iterable[str] | None = None) -> int:
    """Exit code 0 when the engines agree on every result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--broken", type=int, default=2000, help="least number of broken data of the hard rules")
    parser.add_argument("--records", type=int, help="no more real records than this")
    parser.add_argument("--memory", type=int, default=50_000, help="records to measure memory with; 0 for not at all")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(None if arguments is None else list(arguments))
    if options.child:
        print(json.dumps(measure_memory(options.child)))
        return 0
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")  # rdflib's, of weird booleans
    pin()
    real = accepted()[: options.records] if PARTNERS.is_dir() else []
    agreed = compare(real, options.broken)
    if options.memory:
        print_memory(options.memory)
    return 0 if agreed else 1


if __name__ == "__main__":
    sys.exit(main())
