"""P1 to P16 hold in a thousand simulated federations; a failing seed is printed with the command that replays it.

The simulation is shown able to fail by test_simulation_can_fail.py.
"""

from __future__ import annotations

import pytest

from tests.federation.simulation.checker import check
from tests.federation.simulation.ending import simulate

SEEDS, PART = 1_000, 50


@pytest.mark.parametrize("first", range(0, SEEDS, PART))
def test_promises_hold_whatever_goes_wrong(first):
    """P1-P9, P11, P12, P15, P16: lost, late, spoiled, forged answers, kills, backups: nothing is lost."""
    for seed in range(first, first + PART):
        broken = check(simulate(seed))
        again = f"python -m tests.federation.simulation {seed} --trace"
        assert not broken, "\n".join([f"seed {seed}; replay with `{again}`", *broken[:10]])


def test_same_seed_makes_the_same_history():
    """A failing seed can be replayed: nothing depends on the machine, the time or what ran before."""
    one, other = simulate(7), simulate(7)
    assert one.events == other.events
    assert one.states == other.states
    assert one.faults == other.faults
