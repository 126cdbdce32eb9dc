"""The worker keeps going when one part fails, stops when told to, and says when only a restart helps."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalogue.federation import worker
from catalogue.federation.rebuilding import RebuildMark
from catalogue.federation.worker import EXIT_DISK_FULL, EXIT_OK, Worker, read_heartbeat
from catalogue.store.ledger import Entry, Ledger
from catalogue.store.views import Stopped
from tests.store.graph.records import append, open_ledger, study

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Recorder:
    """A view in memory that notes what it is asked, and fails on request."""

    rebuilding = False
    stale = False

    def __init__(self, name: str = "recorder") -> None:
        self.name = name
        self.seen: list[str] = []
        self.at: tuple[int, str] = (0, "")
        self.failures: list[Exception] = []
        self.published = self.tidied = 0
        self.closed = False

    def position(self) -> int:
        return self.at[0]

    def entry_hash(self) -> str:
        return self.at[1]

    def apply(self, entries: Sequence[Entry]) -> None:
        if self.failures:
            raise self.failures.pop()
        self.seen += [entry.curie for entry in entries]
        self.at = (entries[-1].position, entries[-1].entry_hash)

    def publish(self) -> None:
        self.published += 1

    def tidy(self) -> None:
        self.tidied += 1

    def reset(self) -> None:
        self.at = (0, "")

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """The ledger of the test's data folder."""
    with open_ledger(tmp_path) as opened:
        yield opened


@pytest.fixture
def made(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Worker, threading.Event]]:
    """A worker over views, without pauses, and the event that stops it."""
    monkeypatch.setattr(worker, "FIRST_BACKOFF_S", 0.0)
    monkeypatch.setattr(worker, "HARVEST_POLL_S", 0.001)
    monkeypatch.setattr(worker, "BEAT_EVERY_S", 0.0)

    def make(*views: Recorder, **arguments: object) -> tuple[Worker, threading.Event]:
        stop = threading.Event()
        return Worker(ledger, views, interval_s=0.001, clock=lambda: NOW, stop=stop, **arguments), stop

    return make


def test_new_entries_reach_every_view(ledger: Ledger, made) -> None:
    """Each round brings all views level and publishes them."""
    views = [Recorder("one"), Recorder("two")]
    one, _ = made(*views)
    append(ledger, study(1))
    one.tick()
    append(ledger, study(2))
    one.tick()
    assert [view.seen for view in views] == [["biostudies:S-BIAD1", "biostudies:S-BIAD2"]] * 2
    assert all(view.published >= 2 for view in views)


def test_failing_view_holds_up_no_other_and_recovers(ledger: Ledger, made) -> None:
    """A view that raises is tried again; the one after it is served in the same round."""
    bad, good = Recorder("bad"), Recorder("good")
    bad.failures = [RuntimeError("once"), RuntimeError("twice")]
    both, _ = made(bad, good)
    append(ledger, study(1))
    both.tick()
    assert (bad.seen, good.seen) == ([], ["biostudies:S-BIAD1"])
    both.tick()
    both.tick()
    assert bad.seen == ["biostudies:S-BIAD1"]


def test_pauses_between_failures_grow(ledger: Ledger, made, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failure a view is left alone until its pause is over."""
    monkeypatch.setattr(worker, "FIRST_BACKOFF_S", 1000.0)
    bad = Recorder()
    bad.failures = [RuntimeError("once")]
    one, _ = made(bad)
    append(ledger, study(1))
    one.tick()
    one.tick()
    assert bad.seen == []


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "full"),
        RuntimeError("IO error: No space left on device: While appending to file"),
        RuntimeError("(sqlite3.OperationalError) database or disk is full"),
    ],
)
def test_full_disk_ends_the_worker_with_its_own_code(ledger: Ledger, made, error: Exception) -> None:
    """A store does not take writes again after a full disk: the worker ends so that it is started anew."""
    view = Recorder()
    view.failures = [error]
    one, _ = made(view)
    append(ledger, study(1))
    assert one.run() == EXIT_DISK_FULL
    assert view.closed


def test_harvest_runs_beside_the_views_and_may_fail(ledger: Ledger, made) -> None:
    """What a harvest appends is seen while it still runs; a harvest that fails is called again."""
    view = Recorder()
    calls: list[int] = []

    def harvest() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise ConnectionError("partner is away")
        append(ledger, study(1))
        deadline = time.monotonic() + 60
        while not view.seen and time.monotonic() < deadline:
            time.sleep(0.001)
        stop.set()

    one, stop = made(view, harvest_due=harvest)
    assert one.run() == EXIT_OK
    assert view.seen == ["biostudies:S-BIAD1"]
    assert len(calls) == 2


def test_heartbeat_tells_positions_and_errors(tmp_path: Path, ledger: Ledger, made) -> None:
    """The heartbeat file names each view's position and failure, the process and the moment; then that it stopped."""
    bad, good = Recorder("bad"), Recorder("good")
    bad.failures = [RuntimeError("broken")]
    one, stop = made(bad, good, heartbeat=tmp_path / "worker.json")
    append(ledger, study(1))
    one.tick()
    beat = read_heartbeat(tmp_path / "worker.json")
    assert beat is not None
    assert beat["views"]["good"]["position"] == 1
    assert "broken" in beat["views"]["bad"]["error"]
    assert (beat["pid"], beat["at"], beat["state"]) == (os.getpid(), NOW.isoformat(), "running")
    stop.set()
    one.run()
    assert (read_heartbeat(tmp_path / "worker.json") or {})["state"] == "stopped"
    assert read_heartbeat(tmp_path / "none.json") is None


def test_stop_interrupts_a_long_catch_up(ledger: Ledger, made, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop in the middle of many batches ends after the current one."""
    view = Recorder()
    one, stop = made(view)
    append(ledger, *(study(n) for n in range(600)))
    apply = view.apply
    monkeypatch.setattr(view, "apply", lambda entries: (apply(entries), stop.set()))
    assert one.run() == EXIT_OK
    assert 0 < len(view.seen) < 600
    assert view.closed


def test_stop_in_a_publication_is_no_failure(ledger: Ledger, made, tmp_path: Path, monkeypatch) -> None:
    """A view that is asked to stop while it publishes ends the worker in order; what was to be made anew still is."""
    view, mark = Recorder(), RebuildMark(tmp_path)
    one, stop = made(view, mark=mark)
    mark.want()

    def publish() -> None:
        stop.set()
        raise Stopped

    monkeypatch.setattr(view, "publish", publish)
    assert one.run() == EXIT_OK
    assert view.closed and mark.begin()
    assert one._views[0][1].failures == 0


def test_idle_node_is_tidied(ledger: Ledger, made, monkeypatch: pytest.MonkeyPatch) -> None:
    """Views are tidied only after some time without new entries."""
    view = Recorder()
    one, _ = made(view)
    one.tick()
    one.tick()
    assert view.tidied == 0
    monkeypatch.setattr(worker, "IDLE_BEFORE_TIDY_S", 0.0)
    one.tick()
    assert view.tidied == 1


def test_sigterm_ends_a_worker_process_cleanly(tmp_path: Path) -> None:
    """SIGTERM ends the process with 0 after closing its views; the heartbeat says stopped."""
    command = [sys.executable, "-m", "tests.federation.working", str(tmp_path)]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 120
        while read_heartbeat(tmp_path / "worker.json") is None and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        assert process.wait(240) == EXIT_OK
    beat = read_heartbeat(tmp_path / "worker.json")
    assert beat is not None
    assert beat["state"] == "stopped"
    assert beat["views"]["graph"]["position"] == 1


def test_wanted_rebuild_makes_every_view_anew_once(ledger: Ledger, made, tmp_path: Path) -> None:
    """The mark makes each view start from nothing once; it goes when all are level again."""
    views = [Recorder("one"), Recorder("two")]
    mark = RebuildMark(tmp_path)
    one, _ = made(*views, mark=mark)
    append(ledger, study(1))
    one.tick()
    mark.want()
    one.tick()
    one.tick()
    assert [view.seen for view in views] == [["biostudies:S-BIAD1"] * 2] * 2
    assert not mark.begin()


def test_rebuild_that_was_cut_off_is_done_again(ledger: Ledger, made, tmp_path: Path) -> None:
    """P16: a view that fails in the middle, or a worker that dies there, leaves the mark for the next one."""
    views = [Recorder("one"), Recorder("two")]
    one, _ = made(*views, mark=RebuildMark(tmp_path))
    append(ledger, study(1))
    one.tick()
    RebuildMark(tmp_path).want()
    views[1].failures = [RuntimeError("cut off")]
    one.tick()
    assert [len(view.seen) for view in views] == [2, 1]
    fresh, _ = made(*views, mark=RebuildMark(tmp_path))
    fresh.tick()
    assert [len(view.seen) for view in views] == [3, 2]
    assert not RebuildMark(tmp_path).begin()


def test_others_are_told_beside_the_harvests(made) -> None:
    """What tells members runs in a thread of its own, and its failures end nothing."""
    told = threading.Event()

    def tell() -> None:
        told.set()
        raise RuntimeError("nobody answers")

    one, stop = made(Recorder(), tell=tell)
    threading.Thread(target=lambda: (told.wait(60), stop.set()), daemon=True).start()
    assert one.run() == EXIT_OK and told.is_set()
