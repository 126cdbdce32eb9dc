"""Kills the worker in the middle of a harvest and holds what is left against a harvest that nobody disturbed.

Used by tests.e2e.test_kill and, with many rounds, by tests.bench.soak_kill.
"""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as px

from catalogue.model.funding.rdf import FUNDING
from catalogue.search.service import SearchService
from catalogue.store.graph.base import APPLIED_POSITION, STATE
from catalogue.store.graph_view import LINKS_STATE
from tests.e2e.processes import heartbeat, kill_group, ommatidia, started, until, well

QUARANTINE = "source, item, identifier, reason, detail, original_digest, resolved_at"
FINDING = "source, item, curie, code, severity, path, value, message"
ITEM = "source, item, digest, mapping_version, curies, missing_since, outcome"


@dataclass(frozen=True)
class Outcome:
    """What a harvest leaves in the ledger and what readers find, without times and numbers of runs."""

    records: dict[str, tuple[str, str]]
    entries: int
    quarantine: set[tuple[Any, ...]]
    findings: Counter[tuple[Any, ...]]
    items: set[tuple[Any, ...]]
    found: int


@dataclass(frozen=True)
class Undisturbed:
    """A harvest from start to end: its outcome and how long it took from its first run to the published graph."""

    outcome: Outcome
    span_s: float


@dataclass
class Round:
    """What happened in one round.

    Args:
        kills: (seconds after the worker began to harvest, entries in the ledger then, position published then).
    """

    kills: list[tuple[float, int, int]] = field(default_factory=list)
    seen: int = 0
    recovered_s: float = 0.0
    faults: list[str] = field(default_factory=list)


def ask(home: Path, text: str) -> list[tuple[Any, ...]]:
    """Rows of the ledger, read beside whoever writes it; none before it is there."""
    with suppress(sqlite3.OperationalError), closing(_open(home)) as ledger:
        return list(ledger.execute(text))
    return []


def _open(home: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{home / 'ledger.db'}?mode=ro", uri=True)


def outcome(home: Path) -> Outcome:
    """What stands in a home whose worker has ended."""
    heads = ask(home, "SELECT curie, status, payload_digest FROM head")
    return Outcome(
        records={curie: (status, digest) for curie, status, digest in heads},
        entries=ask(home, "SELECT count(*) FROM entry")[0][0],
        quarantine=set(ask(home, f"SELECT {QUARANTINE} FROM quarantine")),
        findings=Counter(ask(home, f"SELECT {FINDING} FROM finding")),
        items=set(ask(home, f"SELECT {ITEM} FROM item")),
        found=SearchService(home / "search").search("cells").total,
    )


def published(home: Path) -> int:
    """Ledger position of the graph that readers see; 0 while there is none."""
    with suppress(OSError):
        store = px.Store.read_only(str((home / "graph" / "current").resolve(strict=True)))
        for quad in store.quads_for_pattern(None, px.NamedNode(APPLIED_POSITION), None, px.NamedNode(STATE)):
            return int(quad.object.value)
    return 0


def _funded(home: Path) -> int:
    """Ledger position of the graph of funding that readers see, which rests for up to a minute; 0 without one."""
    with suppress(OSError):
        store = px.Store.read_only(str((home / "graph" / "current").resolve(strict=True)))
        for quad in store.quads_for_pattern(
            px.NamedNode(FUNDING), px.NamedNode(LINKS_STATE), None, px.NamedNode(STATE)
        ):
            return int(quad.object.value.split()[0])
    return 0


def quads(home: Path) -> list[str]:
    """Every quad that readers see, sorted."""
    return sorted(str(quad) for quad in px.Store.read_only(str(home / "graph" / "current")))


class Monitor:
    """Follows the ledger beside the worker and remembers every entry it was shown."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._last = 0
        self.seen: dict[int, str] = {}

    def look(self) -> None:
        """Take in what is new."""
        for position, entry_hash in ask(
            self._home, f"SELECT position, entry_hash FROM entry WHERE position > {self._last}"
        ):
            self.seen[position] = entry_hash
            self._last = max(self._last, position)

    @contextmanager
    def following(self) -> Iterator[None]:
        """Look again and again until the block ends."""
        stop = threading.Event()

        def run() -> None:
            while not stop.is_set():
                self.look()
                stop.wait(0.005)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def harvested(home: Path) -> bool:
    """True when the newest run of every source has ended and readers see all of the ledger."""
    sources = ask(home, "SELECT count(*) FROM source")[0][0]
    well_ended = "max(iif(state IN ('completed', 'partial'), id, 0))"
    ended = ask(home, f"SELECT source FROM run GROUP BY source HAVING max(id) = {well_ended}")
    return len(ended) == sources and published(home) == ask(home, "SELECT max(position) FROM entry")[0][0]


def level(home: Path) -> bool:
    """True when `status` says that every source was harvested and all views are level."""
    beat = heartbeat(home).get("views", {})
    last = _position(home)
    if not harvested(home) or not beat or any(view["position"] != last for view in beat.values()):
        return False
    if _funded(home) != last:
        return False
    told = well(home, "status", "--json").json
    done = all(source["state"] in ("completed", "partial") for source in told["sources"])
    return done and len(told["views"]) == 3 and set(told["views"].values()) == {told["position"]}


def run_undisturbed(template: Path, home: Path, log: Path | None = None) -> Undisturbed:
    """A whole harvest by a worker over a copy of the template home."""
    shutil.copytree(template, home, symlinks=True)
    with started(home, "work", log=log) as worker:
        began = _await_run(home, worker, runs=0)
        until(lambda: harvested(home), "an undisturbed harvest is done", 600, pause_s=0.02)
        span_s = time.monotonic() - began
        until(lambda: level(home), "status says so", 600, pause_s=0.2)
        _end(worker)
    return Undisturbed(outcome(home), span_s)


def _await_run(home: Path, worker: subprocess.Popen[str], runs: int) -> float:
    """The moment at which the worker has started a run of its own."""
    until(
        lambda: worker.poll() is not None or ask(home, "SELECT count(*) FROM run")[0][0] > runs,
        "the worker begins to harvest",
        pause_s=0.005,
    )
    assert worker.poll() is None, f"the worker ended with {worker.returncode}"
    return time.monotonic()


def _end(worker: subprocess.Popen[str]) -> None:
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(240) == 0, f"the worker ended with {worker.returncode}"


def run_killed(
    template: Path, home: Path, undisturbed: Undisturbed, moments: list[float], log: Path | None = None
) -> Round:
    """One home, a worker that is killed at each of the moments, and a last one that may go on to the end.

    Args:
        moments: parts of an undisturbed harvest's time, after which each worker is killed; 0.5 is half-way.
    """
    shutil.copytree(template, home, symlinks=True)
    told, monitor = Round(), Monitor(home)
    for part in moments:
        runs = ask(home, "SELECT count(*) FROM run")[0][0]
        with started(home, "work", log=log) as worker, monitor.following():
            began = _await_work(home, worker, runs)
            threading.Event().wait(max(0.0, began + part * undisturbed.span_s - time.monotonic()))
            kill_group(worker)
            told.kills.append((time.monotonic() - began, _position(home), published(home)))
    told.seen = len(monitor.seen)
    again = time.monotonic()
    with started(home, "work", log=log) as worker:
        # Where the kill came late all is level already: only a beat of its own says that it can be told to stop.
        all_level = "the worker after the kill has brought all level"
        until(lambda: _beats(home, worker) and level(home), all_level, 600, pause_s=0.1)
        told.recovered_s = time.monotonic() - again
        _end(worker)
    told.faults = list(_faults(home, undisturbed.outcome, monitor))
    return told


def _await_work(home: Path, worker: subprocess.Popen[str], runs: int) -> float:
    """The moment at which the worker has begun to do something: a run, or a beat where nothing was left to harvest."""
    until(
        lambda: worker.poll() is not None or ask(home, "SELECT count(*) FROM run")[0][0] > runs or _beats(home, worker),
        "the worker begins to work",
        pause_s=0.005,
    )
    assert worker.poll() is None, f"the worker ended with {worker.returncode}"
    return time.monotonic()


def _beats(home: Path, worker: subprocess.Popen[str]) -> bool:
    with suppress(OSError):
        return f'"pid": {worker.pid},' in (home / "worker.json").read_text()
    return False


def _position(home: Path) -> int:
    return int(ask(home, "SELECT coalesce(max(position), 0) FROM entry")[0][0])


def _faults(home: Path, wanted: Outcome, monitor: Monitor) -> Iterator[str]:
    """What is not as an undisturbed harvest leaves it, one sentence a fault."""
    checked = ommatidia(home, "fsck")
    if checked.code != 0:
        yield f"fsck: {checked.out}"
    stored = dict(ask(home, "SELECT position, entry_hash FROM entry"))
    lost = {position for position, told in monitor.seen.items() if stored.get(position) != told}
    if lost:
        yield f"{len(lost)} entries that were seen before the kill are lost or changed"
    left = outcome(home)
    if left.entries != len(left.records):
        yield f"{left.entries} entries for {len(left.records)} records"
    for name in ("records", "quarantine", "findings", "items", "found"):
        if getattr(left, name) != getattr(wanted, name):
            yield f"{name} differ from those of an undisturbed harvest"
    unended = ask(home, "SELECT source, state FROM run WHERE state NOT IN ('completed', 'partial', 'interrupted')")
    if unended:
        yield f"runs without an end: {unended}"
    before = quads(home)
    well(home, "rebuild")
    if quads(home) != before:
        yield "the graph differs from the one that rebuild makes"


def spread(rounds: int, chance: random.Random) -> list[list[float]]:
    """Moments for that many rounds, one in each equal part of the harvest; every third round kills the next one too."""
    return [
        [(number + chance.random()) / rounds, *([chance.random()] if number % 3 == 2 else [])]
        for number in range(rounds)
    ]
