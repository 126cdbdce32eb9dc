"""A source that changes, a node that reads it and dies at any step: many seeds, each a program of its own.

Run as `python -m tests.bench.soak_engine [--seeds N] [--first N] [--steps N]`; failing seeds are printed. The promises
are those of tests/ingest/engine_model.py.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from unittest import mock

import structlog

from tests.ingest.engine_model import CHANGES, Engine, Fault, change

# Runs are far likelier than decisions of a person, changes of the source likelier than runs.
ACTIONS = ["change"] * 10 + ["harvest"] * 6 + ["accept", "retry", "remap", "drop", "time", "order", "adapter", "heal"]


def any_fault(chance: random.Random) -> Fault:
    """No fault in one of four runs."""
    kind = chance.choice(["none", "source", "event", "step"])
    if kind == "none":
        return Fault()
    if kind == "step":
        return Fault(at_step=int(chance.triangular(0, 200, 10)))
    return Fault(at_event=chance.randrange(25), dies=kind == "event")


def act(engine: Engine, chance: random.Random) -> str:
    """One step of a program; gives its name."""
    action = chance.choice(ACTIONS)
    if action == "change":
        for _ in range(chance.choice([1, 1, 2, 5])):
            change(engine.world, chance.choice(["add", *CHANGES]), chance.randrange(40), chance.randrange(40))
    elif action == "harvest":
        engine.harvest(any_fault(chance), full=chance.random() < 0.15)
    elif action in ("accept", "retry", "remap"):
        getattr(engine, action)(any_fault(chance))
    elif action == "time":
        engine.clock.pass_hours(chance.choice([0.1, 5.0, 25.0, 25.0, -3.0]))
    elif action == "order":
        engine.world.shuffled.seed(chance.random())
    elif action == "adapter":
        engine.world.version += "1"
    else:
        getattr(engine, action)()
    return action


def run(seed: int, steps: int, folder: Path) -> Counter[str]:
    """Runs one program to its end.

    Raises:
        AssertionError: a promise was broken.
    """
    chance = random.Random(seed)
    engine = Engine(folder, states_deletions=seed % 2 == 0, name=f"seed{seed}")
    for number in range(chance.randrange(13)):
        change(engine.world, "add", number + 1, 0)
    done: Counter[str] = Counter()
    for _ in range(steps):
        done[act(engine, chance)] += 1
    engine.finish()
    done["runs"] = len(engine.ledger.runs(limit=10_000))
    done["runs that died"] = sum(r.state in ("interrupted", "running") for r in engine.ledger.runs(limit=10_000))
    done["held batches"] = len(engine.ledger.held_batches())
    done["entries"] = engine.ledger.last_position()
    return done


def main() -> int:
    """Exit code: 0 when every seed kept all promises."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--steps", type=int, default=40)
    options = parser.parse_args()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), cache_logger_on_first_use=False)
    started, total, failed = time.monotonic(), Counter[str](), []
    for seed in range(options.first, options.first + options.seeds):
        with (
            tempfile.TemporaryDirectory() as name,
            mock.patch("catalogue.ingest.run.BATCH_DOCUMENTS", 1 + seed % 5),
        ):
            try:
                total.update(run(seed, options.steps, Path(name)))
            except Exception:  # noqa: BLE001 - whatever it is, the seed that shows it counts; the next one is run as well
                failed.append(seed)
                print(f"seed {seed} failed:\n{traceback.format_exc()}", flush=True)
        if (seed + 1 - options.first) % 100 == 0:
            print(
                f"{seed + 1 - options.first} seeds, {len(failed)} failed, {time.monotonic() - started:.0f} s",
                flush=True,
            )
    print(f"{options.seeds} seeds of {options.steps} steps in {time.monotonic() - started:.0f} s: {dict(total)}")
    print(f"failed seeds: {failed or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
