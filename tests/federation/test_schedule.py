"""Sources are read when they are due, in a fair order, and one that fails keeps no other waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from catalogue.federation.outlook import bytes_today, outlook, pause, resume
from catalogue.federation.schedule import RETRY_FAILED_S, HarvestStopped, Schedule
from catalogue.ingest.report import RunReport
from catalogue.problems import Conflict, Locked, NotFound
from catalogue.store.ledger import Ledger

DAY_S = 86_400.0


@dataclass
class Clock:
    """A clock that moves when told."""

    now: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Bench:
    """A schedule over a real ledger and an ingest that does what the test says."""

    ledger: Ledger
    clock: Clock
    stop: threading.Event = field(default_factory=threading.Event)
    acts: dict[str, Callable[[], None]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    said: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.schedule = self.in_lanes(1)

    def in_lanes(self, parallel: int, on_done: Callable[[RunReport], None] = lambda report: None) -> Schedule:
        """A schedule that reads so many sources at a time."""
        return Schedule(self.ledger, lambda: self, DAY_S, self.clock, self.stop, parallel, on_done)  # type: ignore[arg-type,return-value]

    def add(self, *names: str) -> None:
        """Sources by these names."""
        for name in names:
            self.ledger.add_source(name, harvester="gide", location="/x")

    def harvest(self, name: str, *, on_progress: Callable[[RunReport], None]) -> RunReport:
        """What Ingest.harvest does, as far as the ledger's books show it."""
        self.acts.get(f"before {name}", lambda: None)()
        with self.ledger.transaction() as writer:
            run = writer.start_run(name)
        report = RunReport(name, state=self.states.get(name, "completed"), **self.said.get(name, {}))
        state = "interrupted"
        try:
            self.read.append(name)
            self.acts.get(name, lambda: None)()
            on_progress(report)
            state = report.state
        finally:
            with self.ledger.transaction() as writer:
                writer.end_run(run, state, report.as_dict())
        return report

    def due(self) -> list[str]:
        """Names of the sources that are due."""
        return [source.name for source in self.schedule.due()]

    def begin_and_vanish(self, name: str) -> None:
        """A run that nobody ended."""
        with self.ledger.transaction() as writer:
            writer.start_run(name)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A bench over an empty ledger."""
    clock = Clock()
    with Ledger(f"sqlite:///{tmp_path}/ledger.db", clock) as ledger:
        yield Bench(ledger, clock)


def fails(error: Exception) -> Callable[[], None]:
    """Something that raises."""

    def act() -> None:
        raise error

    return act


def test_source_never_read_is_due_at_once_and_then_after_the_interval(bench: Bench) -> None:
    """A new source is read at once; the next turn comes an interval, and at most a tenth of one, after its start."""
    bench.add("bia")
    assert bench.schedule.run_due() == 1
    assert bench.due() == []
    bench.clock.pass_s(DAY_S - 1)
    assert bench.due() == []
    bench.clock.pass_s(DAY_S * 0.1 + 1)
    assert bench.due() == ["bia"]


def test_equal_intervals_do_not_bring_all_sources_at_once(bench: Bench) -> None:
    """Sources read together come due at moments of their own, the same on every start of the node."""
    names = [f"source{number}" for number in range(8)]
    bench.add(*names)
    bench.schedule.run_due()
    turns: dict[str, int] = {}
    bench.clock.pass_s(DAY_S)
    for minute in range(150):
        for name in bench.due():
            turns.setdefault(name, minute)
        bench.clock.pass_s(60)
    assert set(turns) == set(names) and len(set(turns.values())) >= 6
    again = Schedule(bench.ledger, lambda: bench, DAY_S, bench.clock, bench.stop)  # type: ignore[arg-type]
    assert [source.name for source in again.due()] == bench.due()


def test_those_waiting_longest_come_first(bench: Bench) -> None:
    """Never read before long overdue before just due."""
    bench.add("b")
    bench.schedule.run_due()
    bench.clock.pass_s(DAY_S / 2)
    bench.add("a")
    bench.schedule.run_due()
    bench.clock.pass_s(DAY_S * 2)
    bench.add("c")
    assert bench.due() == ["c", "b", "a"]


@pytest.mark.parametrize("ending", ["running", "interrupted"])
def test_run_that_was_cut_off_is_gone_on_with_at_once(bench: Bench, ending: str) -> None:
    """A run that was interrupted, or whose process vanished, does not wait for the next regular turn."""
    bench.add("bia")
    if ending == "running":
        bench.begin_and_vanish("bia")
    else:
        bench.acts["bia"] = bench.stop.set
        bench.schedule.run_due()
        bench.stop.clear()
    assert bench.ledger.runs("bia")[0].state == ending
    assert bench.due() == ["bia"]


def test_source_that_did_not_answer_is_asked_again_soon_but_not_at_once(bench: Bench) -> None:
    """After a failure the next try comes after a quarter of an hour."""
    bench.add("bia")
    bench.states["bia"] = "failed"
    bench.schedule.run_due()
    bench.clock.pass_s(RETRY_FAILED_S - 1)
    assert bench.due() == []
    bench.clock.pass_s(1)
    assert bench.due() == ["bia"]


def test_source_that_breaks_its_harvester_keeps_no_other_waiting(bench: Bench) -> None:
    """An error nobody foresaw is raised after every other source had its turn, and that source is put off."""
    bench.add("a", "b", "c")
    bench.acts["a"] = fails(RuntimeError("a bug"))
    with pytest.raises(RuntimeError, match="a bug"):
        bench.schedule.run_due()
    assert bench.read == ["a", "b", "c"]
    assert bench.due() == []
    bench.clock.pass_s(RETRY_FAILED_S)
    assert bench.due() == ["a"]
    del bench.acts["a"]
    assert bench.schedule.run_due() == 1
    bench.clock.pass_s(RETRY_FAILED_S)
    assert bench.due() == []


def test_source_that_is_refused_is_not_asked_every_few_seconds(bench: Bench) -> None:
    """A problem before the run has begun, such as a harvester that is not there, is tried again later, not at once."""
    bench.add("bia", "idr")
    bench.acts["before bia"] = fails(NotFound("no such harvester"))
    assert bench.schedule.run_due() == 2
    assert bench.read == ["idr"]
    assert bench.due() == []
    bench.clock.pass_s(RETRY_FAILED_S)
    assert bench.due() == ["bia"]


def test_source_that_another_process_reads_is_left_to_it(bench: Bench) -> None:
    """A locked source is passed over without an error and looked at again at once."""
    bench.add("bia", "idr")
    bench.acts["before bia"] = fails(Locked("another run"))
    bench.schedule.run_due()
    assert bench.read == ["idr"]
    assert bench.due() == ["bia"]


def test_stop_ends_the_harvest_under_way_and_begins_no_other(bench: Bench) -> None:
    """Once told to stop, the harvest under way ends as interrupted at its next batch, and no further one begins."""
    bench.add("a", "b")
    bench.acts["a"] = bench.stop.set
    assert bench.schedule.run_due() == 1
    assert bench.read == ["a"]
    assert bench.ledger.runs("a")[0].state == "interrupted"
    with pytest.raises(HarvestStopped):
        bench.schedule._check(RunReport("a"))


def test_clock_set_back_does_not_stop_harvesting(bench: Bench) -> None:
    """A last run in the future, of a clock that was wrong, makes the source due."""
    bench.add("bia")
    bench.clock.pass_s(365 * DAY_S)
    bench.schedule.run_due()
    bench.clock.pass_s(-365 * DAY_S)
    assert bench.due() == ["bia"]


def test_held_run_waits_for_its_regular_turn(bench: Bench) -> None:
    """A run held for a person to look is not repeated every quarter of an hour."""
    bench.add("bia")
    bench.states["bia"] = "held"
    bench.schedule.run_due()
    bench.clock.pass_s(RETRY_FAILED_S * 4)
    assert bench.due() == []


@pytest.mark.parametrize("kind", ["retry", "remap"])
def test_mapping_again_is_no_turn_of_the_source(bench: Bench, kind: str) -> None:
    """A run that read nothing from the source neither delays its next turn nor brings it forward."""
    bench.add("bia")
    bench.schedule.run_due()
    bench.clock.pass_s(DAY_S / 2)
    with bench.ledger.transaction() as writer:
        writer.start_run("bia", {"kind": kind})
    assert bench.due() == []
    bench.clock.pass_s(DAY_S * 0.6 + 1)
    assert bench.due() == ["bia"]


# Beside each other


def test_hanging_source_delays_no_other(bench: Bench) -> None:
    """TP5: while three sources hang, the others are read, and read again when they are due again."""
    bench.add("good", "hang1", "hang2", "hang3")
    release = threading.Event()
    for name in ("hang1", "hang2", "hang3"):
        bench.acts[name] = lambda: release.wait(30)  # type: ignore[assignment,return-value]
    done: list[str] = []

    def on_done(report: RunReport) -> None:
        done.append(report.source)
        bench.add("late") if report.source == "good" else release.set()

    assert bench.in_lanes(4, on_done).run_due() == 5
    assert done[:2] == ["good", "late"]
    assert sorted(done) == ["good", "hang1", "hang2", "hang3", "late"]


def test_no_more_sources_than_allowed_are_read_at_once(bench: Bench) -> None:
    """However many are due, so many are read at a time."""
    bench.add(*(f"s{number}" for number in range(9)))
    lock, now, most = threading.Lock(), [0], [0]
    both = threading.Barrier(3, timeout=30)

    def act() -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        both.wait()
        with lock:
            now[0] -= 1

    for number in range(9):
        bench.acts[f"s{number}"] = act
    assert bench.in_lanes(3).run_due() == 9
    assert most[0] == 3


def test_sources_that_failed_last_time_do_not_take_the_lanes_of_others(bench: Bench) -> None:
    """Those that failed come after those that did not, however long they have waited."""
    bench.add("ill", "well")
    bench.states["ill"] = "failed"
    bench.schedule.run_due()
    bench.clock.pass_s(DAY_S * 2)
    assert bench.due() == ["well", "ill"]


def test_locked_source_does_not_keep_the_schedule_busy(bench: Bench) -> None:
    """A source that another process reads is tried once a round, not for ever."""
    bench.add("bia")
    bench.acts["before bia"] = fails(Locked("another run"))
    assert bench.in_lanes(4).run_due() == 1


# When to come again


def test_each_failure_in_a_row_doubles_the_wait(bench: Bench) -> None:
    """R8: a source that goes on failing is asked ever more seldom, at least once an interval."""
    bench.add("bia")
    bench.states["bia"] = "failed"
    for factor in (1, 2, 4, 8):
        bench.schedule.run_due()
        bench.clock.pass_s(RETRY_FAILED_S * factor - 1)
        assert bench.due() == []
        bench.clock.pass_s(1)
        assert bench.due() == ["bia"]
    for _ in range(20):
        bench.schedule.run_due()
        bench.clock.pass_s(DAY_S)
    assert bench.due() == ["bia"]


@pytest.mark.parametrize(("asked_s", "waits_s"), [(7200, 7200), (10**9, 86_400), (1, RETRY_FAILED_S)])
def test_source_is_left_alone_as_long_as_it_asks(bench: Bench, asked_s: int, waits_s: float) -> None:
    """R8: Retry-After postpones the next run, at most a day, and never brings it forward."""
    bench.add("bia")
    bench.states["bia"], bench.said["bia"] = "failed", {"retry_after_s": asked_s}
    bench.schedule.run_due()
    bench.clock.pass_s(waits_s - 1)
    assert bench.due() == []
    bench.clock.pass_s(1)
    assert bench.due() == ["bia"]


def forbid(bench: Bench) -> None:
    """A source whose last run was refused."""
    bench.add("bia")
    bench.states["bia"], bench.said["bia"] = "failed", {"rule": "forbidden", "detail": "/x answers 403"}
    bench.schedule.run_due()
    bench.clock.pass_s(DAY_S * 400)


def test_forbidden_source_is_not_asked_again(bench: Bench) -> None:
    """R9: after 403 the schedule leaves a source alone however long, and says why."""
    forbid(bench)
    assert bench.due() == []
    assert [one.stopped for one in bench.schedule.outlooks()] == ["/x answers 403"]


def test_person_lets_a_forbidden_source_on(bench: Bench) -> None:
    """R9: resumed, it is due at once; refused again, it is stopped again."""
    forbid(bench)
    resume(bench.ledger, "bia", DAY_S, bench.clock())
    assert bench.due() == ["bia"]
    bench.schedule.run_due()
    bench.clock.pass_s(DAY_S * 2)
    assert bench.due() == []


def test_harvest_by_hand_that_succeeds_lets_the_source_on(bench: Bench) -> None:
    """R9: a later run that was answered ends the stop."""
    forbid(bench)
    bench.states["bia"], bench.said["bia"] = "completed", {}
    bench.harvest("bia", on_progress=lambda report: None)
    bench.clock.pass_s(DAY_S * 2)
    assert bench.due() == ["bia"]


def test_only_a_stopped_source_can_be_resumed(bench: Bench) -> None:
    """Resuming what is not stopped, or not there, is an error that says so."""
    bench.add("bia")
    with pytest.raises(Conflict, match="not stopped"):
        resume(bench.ledger, "bia", DAY_S, bench.clock())
    with pytest.raises(NotFound):
        resume(bench.ledger, "idr", DAY_S, bench.clock())


def test_paused_source_is_not_read_until_it_is_resumed(bench: Bench) -> None:
    """A person can keep a source from being read, whatever is due; resumed, it is due as before."""
    bench.add("bia")
    pause(bench.ledger, "bia")
    one = outlook(bench.ledger, bench.ledger.source("bia"), DAY_S, bench.clock())
    assert one.stopped and one.due > bench.clock()
    resume(bench.ledger, "bia", DAY_S, bench.clock())
    assert outlook(bench.ledger, bench.ledger.source("bia"), DAY_S, bench.clock()).due <= bench.clock()


def test_bytes_of_today_are_those_of_runs_that_began_today(bench: Bench) -> None:
    """R10: the day's byte budget begins anew at midnight UTC and is each source's own."""
    bench.add("bia", "idr")
    bench.said["bia"] = {"bytes_raw": 500}
    for _ in range(2):
        bench.harvest("bia", on_progress=lambda report: None)
    assert bytes_today(bench.ledger, "bia", bench.clock()) == 1000
    assert bytes_today(bench.ledger, "idr", bench.clock()) == 0
    bench.clock.pass_s(DAY_S / 2)
    assert bytes_today(bench.ledger, "bia", bench.clock()) == 0
