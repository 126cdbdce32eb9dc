"""The engine against a simulated source: whatever fails, and whenever the process dies, it comes level again.

Rules R2, R4, R5, R6, R14, R16 and R19 as properties; `python -m tests.bench.soak_engine` runs more of the same.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from catalogue.ingest.report import RunReport
from tests.ingest.engine_model import CHANGES, Engine, Fault, change

BATCH = 3
FAULTS = (
    st.just(Fault())
    | st.builds(Fault, at_event=st.integers(0, 25), dies=st.booleans())
    | st.builds(Fault, at_step=st.integers(0, 150))
)


class Engines(RuleBasedStateMachine):
    """A source that changes, a node that reads it, faults between any two steps."""

    states_deletions = True

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.small = mock.patch("catalogue.ingest.run.BATCH_DOCUMENTS", BATCH)
        self.small.start()
        self.engine = Engine(self.folder, self.states_deletions)

    @initialize(count=st.integers(0, 12))
    def begin(self, count: int) -> None:
        """Some documents are there and were read."""
        for number in range(1, count + 1):
            change(self.engine.world, "add", number, 0)
        self.engine.harvest()

    @rule(kind=st.sampled_from(["add", *CHANGES]), first=st.integers(0, 40), second=st.integers(0, 40))
    def source_changes(self, kind: str, first: int, second: int) -> None:
        """The source has something else."""
        change(self.engine.world, kind, first, second)

    @rule(hours=st.sampled_from([0.1, 5.0, 25.0, -3.0]))
    def time_passes(self, hours: float) -> None:
        """Or a clock is set back."""
        self.engine.clock.pass_hours(hours)

    @rule(seed=st.integers(0, 100))
    def order_changes(self, seed: int) -> None:
        """The source lists its documents in another order."""
        self.engine.world.shuffled.seed(seed)

    @rule()
    def adapter_is_new(self) -> None:
        """All documents have to be mapped again."""
        self.engine.world.version += "1"

    @rule(fault=FAULTS, full=st.booleans())
    def harvest(self, fault: Fault, full: bool) -> None:
        """One run, with a fault or without."""
        self.engine.harvest(fault, full=full)

    @rule(fault=FAULTS)
    def retry(self, fault: Fault) -> None:
        """What is in quarantine is mapped again."""
        self.engine.retry(fault)

    @rule(fault=FAULTS)
    def remap(self, fault: Fault) -> None:
        """All that is kept is mapped again."""
        self.engine.remap(fault)

    @rule(fault=FAULTS)
    def accept(self, fault: Fault) -> None:
        """A person lets what is held pass."""
        self.engine.accept(fault)

    @rule()
    def drop(self) -> None:
        """A person discards what is held."""
        self.engine.drop()

    @rule()
    def heal(self) -> None:
        """Nothing fails for a while."""
        self.engine.heal()

    def teardown(self) -> None:
        """At the end all is level."""
        try:
            self.engine.finish()
        finally:
            self.small.stop()
            shutil.rmtree(self.folder)


class ListingEngines(Engines):
    """The same over a source that only lists what it has."""

    states_deletions = False


@pytest.mark.slow
@pytest.mark.parametrize("machine", [Engines, ListingEngines], ids=["states deletions", "lists only"])
def test_engine_comes_level_whatever_fails(machine: type[Engines]) -> None:
    """R2, R4, R6, R14, R16, R19: nothing acknowledged is lost, nothing gone returns, the cursor passes nothing."""
    run_state_machine_as_test(machine, settings=settings(max_examples=25, stateful_step_count=20))


@pytest.mark.parametrize("step", range(0, 60, 4))
def test_death_at_any_step_of_a_first_run_and_a_renaming(tmp_path: Path, step: int) -> None:
    """R6: dying at the same step of every run, again and again, the engine still comes level."""
    with mock.patch("catalogue.ingest.run.BATCH_DOCUMENTS", BATCH):
        engine = Engine(tmp_path, states_deletions=True)
        for number in range(1, 13):
            change(engine.world, "add", number, 0)
        for kind in ("retitle", "rename many", "delete", "break"):
            assert engine.harvest(Fault(at_step=step)) is None or step > 25
            change(engine.world, kind, 3, 5)
        engine.accept(Fault(at_step=step))
        engine.heal()
        engine.finish()


def test_source_that_hangs_up_is_a_report_and_dying_is_none(tmp_path: Path) -> None:
    """The model itself: a fault at an event is a failed run or a death, as was asked for."""
    engine = Engine(tmp_path, states_deletions=True)
    change(engine.world, "add", 0, 0)
    report = engine.harvest(Fault(at_event=5))
    assert isinstance(report, RunReport) and (report.state, report.read) == ("failed", 5)
    assert engine.harvest(Fault(at_event=5, dies=True)) is None
    assert [run.state for run in engine.ledger.runs()] == ["running", "failed"]
    engine.finish()
