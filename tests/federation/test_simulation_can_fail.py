"""The simulation finds each of the bad designs of federation.md section 7; a check that cannot fail proves nothing."""

from __future__ import annotations

import pytest

from tests.federation.simulation.checker import check
from tests.federation.simulation.ending import simulate
from tests.federation.simulation.mutations import mutated, mutations

SEEDS = 400


@pytest.mark.parametrize("name", mutations())
def test_bad_design_is_found(name):
    """P1-P16: code that is made wrong in one place breaks a promise within a few hundred seeds."""
    for seed in range(SEEDS):
        with mutated(mutations()[name]):
            outcome = simulate(seed)
        if check(outcome):
            return
    pytest.fail(f"{name}: not found in {SEEDS} seeds")
