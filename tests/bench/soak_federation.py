"""Simulated federations with new seeds for as long as one likes; failing seeds are printed with what replays them.

Run as `python -m tests.bench.soak_federation [--minutes N] [--first SEED] [--steps N]`; tests/federation/simulation.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections import Counter

from tests.federation.simulation.checker import check
from tests.federation.simulation.ending import STEPS, simulate


def main() -> int:
    """Exit code: 0 when every seed kept every promise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--first", type=int, default=None)
    parser.add_argument("--steps", type=int, default=STEPS)
    options = parser.parse_args()
    first = options.first if options.first is not None else random.randrange(1 << 40)
    faults: Counter[str] = Counter()
    failed: list[int] = []
    seed, entries, ends = first, 0, time.monotonic() + options.minutes * 60
    while time.monotonic() < ends:
        broken = ["the run itself ended badly"]
        try:
            outcome = simulate(seed, steps=options.steps)
            faults.update(outcome.faults)
            entries += sum(1 for event in outcome.events if event.kind == "written")
            broken = check(outcome)
        except Exception:  # noqa: BLE001 - a soak goes on; the seed is told below
            traceback.print_exc()
        if broken:
            failed.append(seed)
            print(f"seed {seed}: {broken[0]} (python -m tests.federation.simulation {seed} --trace)", flush=True)
        seed += 1
    print(f"seeds {first} to {seed - 1}: {seed - first} of {options.steps} steps each, {entries} entries written")
    print("injected: " + ", ".join(f"{count} {name}" for name, count in sorted(faults.items())))
    print(f"failed: {len(failed)} {failed[:50]}")
    return 1 if failed else 0


sys.exit(main())
