"""Runs one seed, or many. Call: python -m tests.federation.simulation SEED [--to SEED] [--trace]"""

from __future__ import annotations

import argparse
import sys
import time

from tests.federation.simulation.checker import check
from tests.federation.simulation.ending import simulate
from tests.federation.simulation.plan import plan


def main() -> int:
    """Exit code: 0 when every promise was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("--to", type=int, default=None)
    parser.add_argument("--trace", action="store_true")
    options = parser.parse_args()
    failed, started = [], time.process_time()
    seeds = range(options.seed, (options.to or options.seed) + 1)
    for seed in seeds:
        if options.trace:
            print(plan(seed))
        broken = check(simulate(seed, print if options.trace else lambda _: None))
        if broken:
            failed.append(seed)
            print(f"seed {seed}:", *broken[:8], sep="\n  ")
    print(
        f"{len(seeds)} seeds, {len(failed)} failed, {time.process_time() - started:.1f} s of CPU; failed: {failed[:40]}"
    )
    return 1 if failed else 0


sys.exit(main())
