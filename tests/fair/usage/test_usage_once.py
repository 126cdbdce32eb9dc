"""Nothing counts twice, whatever the order, the batches, the processes and the moment of a crash."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from catalogue.fair.usage.hits import INVESTIGATION, REQUEST, TOTAL_INVESTIGATIONS
from catalogue.fair.usage.recorder import Recorder, fold
from catalogue.fair.usage.rules import DOUBLE_CLICK, count_visits, single_clicks
from catalogue.fair.usage.visits import DaySecrets
from catalogue.problems import Locked
from catalogue.store import schema
from catalogue.store.ledger import Ledger
from catalogue.store.usage import UsageBook, Visit
from tests.fair.usage.usage_hits import START, STUDY, hit, piece

SECOND = st.integers(0, 7200)
VISIT = st.builds(
    lambda user, kind, click, second: Visit(
        f"{user}{(START + timedelta(seconds=second)).hour}",
        STUDY,
        kind,
        click,
        START + timedelta(seconds=second),
        "regular" if user == "a" else "machine",
        "idr",
        "study",
        10,
    ),
    st.sampled_from("ab"),
    st.sampled_from([INVESTIGATION, REQUEST]),
    st.sampled_from("xy"),
    SECOND,
)


@given(st.lists(VISIT, max_size=40), st.randoms(use_true_random=False))
def test_order_changes_no_count(visits: list[Visit], chance: random.Random) -> None:
    """Accesses give the same counts in whatever order they are read."""
    shuffled = list(visits)
    chance.shuffle(shuffled)
    assert count_visits(shuffled) == count_visits(visits)


@given(st.lists(SECOND, max_size=30))
def test_single_clicks_are_those_that_none_follows(seconds: list[int]) -> None:
    """The number equals what the Code's wording gives: remove the first of any two within 30 s, until none is left."""
    left = sorted(set(seconds))
    place = 0
    while place + 1 < len(left):
        if left[place + 1] - left[place] <= DOUBLE_CLICK.total_seconds():
            del left[place]
        else:
            place += 1
    assert single_clicks(START + timedelta(seconds=second) for second in seconds) == len(left)


@settings(max_examples=25, deadline=None)
@given(st.lists(VISIT, min_size=1, max_size=30), st.data())
def test_batches_change_no_count(tmp_path_factory: pytest.TempPathFactory, visits: list[Visit], data) -> None:
    """Accesses written in any order and any batches give the counts of all of them at once, bytes included."""
    order = data.draw(st.permutations(visits))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(order)), max_size=4)))
    at = [START]
    with Ledger(f"sqlite:///{tmp_path_factory.mktemp('book')}/ledger.db", lambda: at[0]) as ledger:
        for first, last in zip([0, *cuts], [*cuts, len(order)], strict=True):
            assert ledger.usage.add(order[first:last]) == 0
        at[0] += timedelta(days=1)
        ledger.usage.fold(count_visits)
        assert sorted(ledger.usage.of(STUDY), key=repr) == sorted(count_visits(visits), key=repr)
        assert sum(ledger.usage.volumes(STUDY).values()) == 10 * len(visits)


def test_what_is_counted_is_gone(counted, ledger) -> None:
    """Once an hour is counted, nothing of its accesses is left, and counting again changes nothing."""
    before = counted(hit(), hit(after_s=40), piece())
    with ledger.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.usage_visit)) == 0
    assert ledger.usage.fold(count_visits) is None
    assert counted() == before


def test_hours_of_a_month_add_up(ledger, recorder, clock) -> None:
    """Hours that are counted at different times give the sums of their month, bytes included."""
    for hours in (0, 4, 8):
        recorder.add(hit(after_s=3600 * hours))
        recorder.flush()
        clock.move(hours=4)
        recorder.flush()
    assert [count.usage_value for count in ledger.usage.of(STUDY)] == [3, 3]
    assert ledger.usage.volumes(STUDY) == {("2026-11", "regular"): 300}


def test_an_hour_is_counted_when_it_is_over(ledger, recorder, clock) -> None:
    """Until five minutes after its end an hour's accesses wait: another process may still hold some of them."""
    recorder.add(hit())
    recorder.flush()
    clock.move(seconds=3000 + 299)
    recorder.flush()
    assert ledger.usage.of(STUDY) == []
    clock.move(seconds=2)
    recorder.flush()
    assert len(ledger.usage.of(STUDY)) == 2


def test_what_comes_after_its_hour_is_left_out(ledger, recorder, clock) -> None:
    """A hit whose hour is counted already is told as late and counted nowhere."""
    recorder.add(hit())
    recorder.flush()
    clock.move(hours=3)
    recorder.flush()
    before = ledger.usage.of(STUDY)
    recorder.add(hit(after_s=60))
    recorder.flush()
    assert (recorder.taken.late, ledger.usage.of(STUDY)) == (1, before)


def test_two_processes_count_one_session_once(ledger, secrets, tmp_path, clock) -> None:
    """Web processes of a node share the day's secret, so one user's looks through both are one session."""
    one, two = Recorder(ledger, secrets, every_s=3600), Recorder(ledger, DaySecrets(tmp_path / "usage"), every_s=3600)
    one.add(hit())
    two.add(hit(after_s=90))
    one.flush()
    two.flush()
    clock.move(hours=3)
    assert fold(ledger, secrets)
    assert not fold(ledger, secrets)
    assert [count.usage_value for count in ledger.usage.of(STUDY)] == [2, 1]


class Cut(Exception):
    """The process ended here."""


@pytest.mark.parametrize("step", range(5))
def test_counting_that_is_cut_off_is_done_again_from_the_start(ledger, recorder, clock, monkeypatch, step) -> None:
    """Whichever statement of the counting is the last one, what is found afterwards is all or nothing."""
    recorder.add(hit())
    recorder.add(piece(after_s=50))
    recorder.flush()
    clock.move(hours=3)
    done = 0
    real = UsageBook.fold

    def cut(connection, *_: object) -> None:
        nonlocal done
        if connection.get_execution_options().get("ledger_writer"):
            if done == step + 1:
                raise Cut
            done += 1

    from sqlalchemy import event

    event.listen(ledger.engine, "before_cursor_execute", cut)
    try:
        with pytest.raises(Cut):
            real(ledger.usage, count_visits)
    finally:
        event.remove(ledger.engine, "before_cursor_execute", cut)
    assert ledger.usage.of(STUDY) == []
    recorder.flush()
    counts = {(one.usage_metric, one.access_method): one.usage_value for one in ledger.usage.of(STUDY)}
    assert counts[TOTAL_INVESTIGATIONS, "regular"] == counts[TOTAL_INVESTIGATIONS, "machine"] == 1


_KILLED = """
import os, signal, sys
from datetime import datetime, timedelta
from sqlalchemy import event
from catalogue.fair.usage.rules import count_visits
from catalogue.store.ledger import Ledger

ledger = Ledger(sys.argv[1], lambda: datetime.fromisoformat(sys.argv[2]))
step, seen = int(sys.argv[3]), 0

def kill(connection, cursor, statement, *_):
    global seen
    if connection.get_execution_options().get("ledger_writer"):
        seen += 1
        if seen == step:
            os.kill(os.getpid(), signal.SIGKILL)

event.listen(ledger.engine, "after_cursor_execute", kill)
ledger.usage.fold(count_visits)
"""


@pytest.mark.slow
def test_a_process_killed_while_counting_counts_once(ledger_url: str) -> None:
    """SIGKILL after each statement of the counting in turn: the next process finds every access exactly once."""
    at = [START]
    visits = [
        Visit(f"s{number}", STUDY, INVESTIGATION, "x", START + timedelta(seconds=number), "regular", "idr", "study")
        for number in range(100)
    ]
    with Ledger(ledger_url, lambda: at[0]) as ledger:
        ledger.usage.add(visits)
    later = (START + timedelta(hours=3)).isoformat()
    killed = 0
    for step in range(1, 8):
        command = [sys.executable, "-c", _KILLED, ledger_url, later, str(step)]
        done = subprocess.run(command, env=os.environ, timeout=600)
        killed += done.returncode == -9
        if done.returncode == 0:
            break
    assert killed >= 4
    at[0] += timedelta(hours=3)
    with Ledger(ledger_url, lambda: at[0]) as ledger:
        ledger.usage.fold(count_visits)
        assert {count.usage_metric: count.usage_value for count in ledger.usage.of(STUDY)} == {
            "total_dataset_investigations": 100,
            "unique_dataset_investigations": 100,
        }


def test_a_full_queue_drops_and_says_so(ledger, secrets) -> None:
    """No answer waits for counting: what does not fit into the queue is dropped and told."""
    recorder = Recorder(ledger, secrets, capacity=3, every_s=3600)
    for second in range(5):
        recorder.add(hit(after_s=second))
    assert (recorder.waiting, recorder.taken.dropped) == (3, 2)
    recorder.flush()
    assert (recorder.waiting, recorder.taken.kept) == (0, 3)


def test_a_busy_database_is_tried_again(ledger, recorder, monkeypatch) -> None:
    """While another process writes for long, hits wait; they are written once when it has ended."""

    def busy(*_: object) -> int:
        raise Locked("busy")

    recorder.add(hit())
    with monkeypatch.context() as patched:
        patched.setattr(UsageBook, "add", busy)
        recorder.flush()
    assert (recorder.waiting, recorder.taken.kept) == (1, 0)
    recorder.flush()
    assert (recorder.waiting, replace(recorder.taken, late=0).kept) == (0, 1)


def test_closing_writes_what_waits(ledger, secrets, clock) -> None:
    """A process that ends in order loses nothing."""
    recorder = Recorder(ledger, secrets, every_s=3600)
    recorder.add(hit())
    recorder.close()
    clock.move(hours=3)
    assert fold(ledger, secrets)
    assert len(ledger.usage.of(STUDY)) == 2
