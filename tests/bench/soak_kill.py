"""kill -9 of the worker during a harvest, many times, at random moments spread over the whole of it.

Run as `python -m tests.bench.soak_kill [--rounds N] [--seed N]`; real crates of ../shared/partners where they are.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.bench_harvest import PARTNERS, SOURCES
from tests.e2e.archive import write_archive
from tests.e2e.killing import Round, Undisturbed, run_killed, run_undisturbed, spread
from tests.e2e.processes import add_source

GENERATED = 600


def prepare_home(folder: Path) -> Path:
    """A home that knows its sources and has read none of them."""
    template = folder / "template"
    locations = {"generated": folder / "crates"}
    # None of the real crates is broken; quarantine needs some that are.
    write_archive(locations["generated"], GENERATED)
    if PARTNERS.is_dir():
        locations |= {name: PARTNERS / path for name, path in SOURCES.items()}
    for name, location in locations.items():
        add_source(template, name, location)
    return template


def show(number: int, told: Round, undisturbed: Undisturbed) -> None:
    """One line a round."""
    total = undisturbed.outcome.entries
    kills = " and ".join(
        f"at {seconds:5.2f} s ({entries}/{total} entries, graph at {graph})" for seconds, entries, graph in told.kills
    )
    verdict = "ok" if not told.faults else "; ".join(told.faults)
    print(f"round {number:2}: killed {kills}; level again after {told.recovered_s:.1f} s; {verdict}", flush=True)


def main() -> int:
    """Exit code: 0 when every round left what an undisturbed harvest leaves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.randrange(1 << 32)
    started, bad, kills, seen, inside = time.monotonic(), 0, 0, 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = prepare_home(folder)
        # The first run of all warms the disk's cache; its time would put many kills behind the end.
        undisturbed = min(
            (run_undisturbed(template, folder / f"undisturbed{number}") for number in range(3)),
            key=lambda run: run.span_s,
        )
        whole = undisturbed.outcome
        print(
            f"undisturbed: {whole.entries} entries, {len(whole.quarantine)} quarantined, {whole.findings.total()} "
            f"findings in {undisturbed.span_s:.1f} s from its first run to the published graph; seed {seed}",
            flush=True,
        )
        for number, moments in enumerate(spread(options.rounds, random.Random(seed)), 1):
            with tempfile.TemporaryDirectory(dir=folder) as home:
                told = run_killed(template, Path(home) / "home", undisturbed, moments)
            show(number, told, undisturbed)
            bad += bool(told.faults)
            kills += len(told.kills)
            seen += told.seen
            inside += sum(entries < whole.entries or graph < whole.entries for _, entries, graph in told.kills)
    print(
        f"{options.rounds} rounds, {kills} kills, {inside} of them before all was recorded and published; {seen} "
        f"entries seen before a kill; rounds with anything lost, doubled or different: {bad}; "
        f"{time.monotonic() - started:.0f} s"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
