"""kill -9 of the worker in the middle of a harvest costs nothing that was acknowledged and doubles nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.e2e.archive import broken, write_archive
from tests.e2e.killing import run_killed, run_undisturbed
from tests.e2e.processes import add_source

COUNT = 600


@pytest.mark.slow
def test_killed_worker_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """Killed at any moment and started again, the worker ends where one that nobody disturbed ends."""
    write_archive(tmp_path / "crates", COUNT)
    template = tmp_path / "template"
    add_source(template, "bia", tmp_path / "crates")
    undisturbed = run_undisturbed(template, tmp_path / "undisturbed", tmp_path / "log")
    assert len(undisturbed.outcome.records) == COUNT - broken(COUNT)
    assert len(undisturbed.outcome.quarantine) == broken(COUNT)
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    # One kill while the harvest runs, one about the time at which the views are written, followed by another.
    for number, moments in enumerate([[chance.uniform(0.05, 0.6)], [chance.uniform(0.5, 1.0), chance.random()]]):
        told = run_killed(template, tmp_path / f"round{number}", undisturbed, moments, tmp_path / "log")
        assert told.faults == [], f"seed {seed}, moments {moments}: {told}"
    assert "Traceback" not in (tmp_path / "log").read_text()
