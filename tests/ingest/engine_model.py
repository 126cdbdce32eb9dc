"""A simulated source, an engine that can die at any step, and what must hold between them at every moment.

Used by test_engine_states.py (hypothesis) and tests.bench.soak_engine (seeds).
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from catalogue.ingest.report import RunReport
from catalogue.ingest.service import Ingest
from catalogue.model.documents import Event, Listed, Mapped, Removed, SourceDocument, SourceSpec, Unchanged
from catalogue.model.payload import digest
from catalogue.problems import Conflict, RecordRejected, SourceUnavailable
from catalogue.settings import HarvestSettings
from catalogue.store.books import Lease
from catalogue.store.entries import GONE
from catalogue.store.ledger import Ledger
from catalogue.store.writer import LedgerWriter
from tests.ingest.conftest import Clock, Terms, study

SOURCE = "world"


class Died(BaseException):
    """The process ended here, as kill -9 ends it."""


@dataclass(frozen=True, slots=True)
class Document:
    """What one document of the source says.

    Args:
        number: of the study it gives, or gave last when it is broken.
    """

    number: int
    title: int = 0
    page: int = 0
    broken: bool = False

    @property
    def curie(self) -> str:
        """The record it gives."""
        return f"biostudies:S-BIADTEST{self.number}"

    @property
    def content(self) -> bytes:
        """Its bytes."""
        if self.broken:
            return b"{ broken " + str(self.title).encode()
        page = f"https://archive.example/{self.number}/{self.page}"
        return json.dumps(study(self.number, title=f"Title {self.title}", landing_page=page)).encode()


Snapshot = dict[str, Document]


class World:
    """The simulated source: every state it ever had, and how it hands them out.

    Args:
        states_deletions: as a Git repository, with a cursor; otherwise as a plain listing without one.
    """

    name = SOURCE

    def __init__(self, states_deletions: bool) -> None:
        self.states_deletions = states_deletions
        self.version = "1"
        self.snapshots: list[Snapshot] = [{}]
        self.shuffled = random.Random(0)
        self.tick: Callable[[], None] = lambda: None

    @property
    def now(self) -> Snapshot:
        """What the source has now."""
        return self.snapshots[-1]

    def publish(self, snapshot: Snapshot) -> None:
        """Makes this the present state."""
        self.snapshots.append(snapshot)

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Documents in any order, then deletions, then the end; `tick` may fail before each."""
        before = self.snapshots[int(since)] if since is not None else {}
        names = sorted(self.now)
        self.shuffled.shuffle(names)
        for name in names:
            self.tick()
            document = self.now[name]
            same = (
                before.get(name) == document if self.states_deletions else known.get(name) == digest(document.content)
            )
            if same and name in known:
                yield Unchanged(name)
            else:
                yield SourceDocument(name, f"https://archive.example/{name}", document.content)
        for name in sorted(before.keys() - self.now.keys()):
            self.tick()
            yield Removed(name, "deleted between two commits")
        self.tick()
        cursor = str(len(self.snapshots) - 1) if self.states_deletions else None
        yield Listed(cursor, complete=True, total=len(self.now))

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The study in a document."""
        try:
            return Mapped([json.loads(document.content)])
        except ValueError as error:
            raise RecordRejected("this is not JSON", reason="not-parsable") from error

    def had_always(self, curie: str, since: int) -> bool:
        """Whether the record is there in every state from one on.

        A broken document counts where it had the same name all the time: nobody can know what another one is about.
        """
        states = [{name: d for name, d in snapshot.items() if d.curie == curie} for snapshot in self.snapshots[since:]]
        if all(any(not document.broken for document in state.values()) for state in states):
            return True
        return bool(set(states[0]).intersection(*states[1:]))

    def had_never(self, curie: str, since: int) -> bool:
        """Whether the record is there in no state from one on."""
        return not any(d.curie == curie for snapshot in self.snapshots[since:] for d in snapshot.values())


class Mortal(Ledger):
    """A ledger whose process can be made to die at the n-th call of a writer, before or after a commit."""

    def __init__(self, url: str, clock: Clock) -> None:
        super().__init__(url, clock)
        self.left: int | None = None
        self.dead = False

    def step(self) -> None:
        """One step nearer to death, where one is due."""
        if self.dead:
            raise Died
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.dead = True
                raise Died

    def revive(self) -> None:
        """Another process begins."""
        self.left, self.dead = None, False

    @contextmanager
    def transaction(self, lease: Lease | None = None) -> Iterator[LedgerWriter]:
        """As Ledger.transaction, with steps in between."""
        self.step()
        with super().transaction(lease) as writer:
            yield _Stepping(writer, self.step)  # type: ignore[misc]
            self.step()
        self.step()


class _Stepping:
    """A writer, each call of which is a step."""

    def __init__(self, writer: LedgerWriter, step: Callable[[], None]) -> None:
        self._writer, self._step = writer, step

    def __getattr__(self, name: str) -> Any:
        self._step()
        return getattr(self._writer, name)


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong in a run.

    Args:
        at_event: the source fails, or the process dies, before its n-th event.
        at_step: the process dies at the n-th step of the ledger.
        dies: at that event the process dies; False when the source only hangs up.
    """

    at_event: int | None = None
    at_step: int | None = None
    dies: bool = False


NONE = Fault()


class Engine:
    """A node over a simulated source, and the promises that it keeps."""

    def __init__(self, folder: Path, states_deletions: bool, name: str = "ledger") -> None:
        self.clock = Clock()
        self.world = World(states_deletions)
        self.ledger = Mortal(f"sqlite:///{folder}/{name}.db", self.clock)
        self.ledger.add_source(SOURCE, harvester=SOURCE, location="x")
        settings = HarvestSettings()
        self.ingest = Ingest(self.ledger, {SOURCE: self.world}, Terms(), "f" * 64, "0", settings, self.clock)
        # Record -> state of the source when it was first seen live, or gone.
        self.live_since: dict[str, int] = {}
        self.gone_since: dict[str, int] = {}

    def harvest(self, fault: Fault = NONE, *, full: bool = False) -> RunReport | None:
        """One run; None when the process died in it."""
        return self._run(lambda: self.ingest.harvest(SOURCE, full=full), fault)

    def retry(self, fault: Fault = NONE) -> RunReport | None:
        """Maps what is in quarantine again."""
        return self._run(self.ingest.retry, fault)

    def remap(self, fault: Fault = NONE) -> RunReport | None:
        """Maps all that is kept again."""
        return self._run(lambda: self.ingest.remap(SOURCE), fault)

    def accept(self, fault: Fault = NONE) -> RunReport | None:
        """Lets every open batch pass, the oldest first."""
        report = None
        for batch in reversed(self.ledger.held_batches(SOURCE, state="open")):
            report = self._run(lambda number=batch.id: self.ingest.accept_held(number), fault)  # type: ignore[misc]
        return report

    def drop(self) -> None:
        """Discards every open batch."""
        for batch in self.ledger.held_batches(SOURCE, state="open"):
            self.ingest.drop_held(batch.id)
        self.check()

    def _run(self, work: Callable[[], RunReport], fault: Fault) -> RunReport | None:
        events = iter(range(fault.at_event)) if fault.at_event is not None else None

        def tick() -> None:
            if events is not None and next(events, None) is None:
                if fault.dies:
                    self.ledger.dead = True
                    raise Died
                raise SourceUnavailable("the source hung up")

        self.world.tick, self.ledger.left = tick, fault.at_step
        report: RunReport | None = None
        try:
            report = work()
        except Died:
            pass
        except Conflict as problem:
            # A batch that an earlier one of the same round superseded or that was decided meanwhile.
            assert "held batch" in problem.detail, problem.detail
        finally:
            self.world.tick = lambda: None
            self.ledger.revive()
        self.check()
        return report

    def live(self) -> dict[str, str]:
        """Record -> title, of what is served."""
        return {entry.curie: entry.record["title"] for entry in self.ledger.heads(status="public")}

    def check(self) -> None:
        """What holds at every moment, also right after the process died."""
        live, latest = self.live(), len(self.world.snapshots) - 1
        for curie in live:
            self.live_since.setdefault(curie, latest)
            since = self.gone_since.pop(curie, None)
            assert since is None or not self.world.had_never(curie, since), f"{curie} was resurrected"
        for curie in [name for name in self.live_since if name not in live]:
            since = self.live_since.pop(curie)
            assert not self.world.had_always(curie, since), f"{curie} was acknowledged and is lost"
            head = self.ledger.head(curie)
            assert head is not None and head.status in GONE, f"{curie} vanished without a tombstone"
            self.gone_since[curie] = latest
        self._check_cursor()

    def _check_cursor(self) -> None:
        text = self.ledger.cursor(SOURCE)
        if text is None or not self.world.states_deletions:
            return
        position = int(json.loads(text)["cursor"])
        later, items = self.world.snapshots[position:], self.ledger.items(SOURCE)
        for name in later[0]:
            if name not in items:
                assert any(name not in snapshot for snapshot in later), f"the cursor passed {name}, which is not kept"
                continue
            known = {digest(snapshot[name].content) for snapshot in later if name in snapshot}
            assert items[name].digest in known, f"the cursor passed {name}, which is kept as it was before"

    def heal(self) -> None:
        """Runs without faults until nothing changes; then we hold what the source holds, and go on doing so."""
        for _ in range(12):
            before = self.ledger.last_position()
            self.clock.pass_hours(25)
            report = self.harvest()
            assert report is not None and report.state in ("completed", "partial", "held"), report
            if report.state == "held":
                self.accept()
            elif report.absent == 0 and self.ledger.last_position() == before:
                break
        else:
            raise AssertionError("it never comes to rest")
        self._check_level()
        for full in (False, True):
            before = self.ledger.last_position()
            self.harvest(full=full)
            assert self.ledger.last_position() == before, "reading the same again appended something"

    def _check_level(self) -> None:
        now, live, items = self.world.now, self.live(), self.ledger.items(SOURCE)
        good = {d.curie: f"Title {d.title}" for d in now.values() if not d.broken}
        broken = {name for name, d in now.items() if d.broken}
        assert {c: t for c, t in live.items() if c in good} == good, "what is served is not what the source gives"
        kept = {curie for name in broken for curie in items[name].curies}
        assert live.keys() - good.keys() <= kept, "something is served that the source no longer has"
        assert {row.item for row in self.ledger.quarantined(SOURCE)} == broken, "quarantine is not what is broken"
        assert now.keys() <= items.keys(), "the books lack documents that the source has"
        for name in items.keys() - now.keys():
            assert set(items[name].curies) <= kept, "the books know documents that the source no longer has"

    def finish(self) -> None:
        """All documents are mended; the end state is the source's, and every page a record ever had leads to it."""
        self.world.publish({name: replace(d, broken=False) for name, d in self.world.now.items()})
        self.heal()
        assert self.live() == {d.curie: f"Title {d.title}" for d in self.world.now.values()}
        assert list(self.ledger.fsck()) == []
        for entry in self.ledger.entries(0, limit=100_000):
            if entry.status == "public":
                assert self.ledger.find_alias(entry.record["landing_page"]) == entry.curie
        self.ledger.close()


NUMBERS = range(1, 21)
MOST_BROKEN = 4


def _retitle(now: Snapshot, name: str, choice: int) -> Snapshot:
    return now | {name: replace(now[name], title=choice % 2)}


def _repage(now: Snapshot, name: str, choice: int) -> Snapshot:
    return now | {name: replace(now[name], page=choice % 4)}


def _break(now: Snapshot, name: str, choice: int) -> Snapshot:
    if sum(document.broken for document in now.values()) >= MOST_BROKEN:
        return now
    return now | {name: replace(now[name], broken=True, title=choice % 2)}


def _mend(now: Snapshot, name: str, choice: int) -> Snapshot:
    return now | {name: replace(now[name], broken=False, title=choice % 2)}


def _delete(now: Snapshot, name: str, choice: int) -> Snapshot:
    return {other: document for other, document in now.items() if other != name}


def _delete_many(now: Snapshot, name: str, choice: int) -> Snapshot:
    return {other: document for number, (other, document) in enumerate(sorted(now.items())) if number % 4 == choice % 4}


def _rename(now: Snapshot, name: str, choice: int) -> Snapshot:
    """The same document gives another record, one that never was or one that went earlier."""
    free = [number for number in NUMBERS if number not in {d.number for d in now.values()}]
    if not free or now[name].broken:
        return now
    return now | {name: replace(now[name], number=free[choice % len(free)])}


def _rename_many(now: Snapshot, name: str, choice: int) -> Snapshot:
    changed = now
    for other in sorted(now)[: 4 + choice % 5]:
        changed = _rename(changed, other, choice)
    return changed


def _swap(now: Snapshot, name: str, choice: int) -> Snapshot:
    other = sorted(now)[choice % len(now)]
    if now[name].broken or now[other].broken:
        # Nobody can know which record a broken document was about once it has another name.
        return now
    return now | {name: now[other], other: now[name]}


def _move(now: Snapshot, name: str, choice: int) -> Snapshot:
    """The same record from a document of another name."""
    target = f"{choice % 26:02}-moved"
    if target in now or now[name].broken:
        return now
    return _delete(now, name, choice) | {target: now[name]}


CHANGES: Mapping[str, Callable[[Snapshot, str, int], Snapshot]] = {
    "retitle": _retitle,
    "repage": _repage,
    "break": _break,
    "mend": _mend,
    "delete": _delete,
    "delete many": _delete_many,
    "rename": _rename,
    "rename many": _rename_many,
    "swap": _swap,
    "move": _move,
}


def change(world: World, kind: str, first: int, second: int) -> None:
    """Changes the source: `kind` is one of CHANGES, or `add`; the numbers choose a document and what becomes of it."""
    now = world.now
    if kind == "add":
        free = [number for number in NUMBERS if number not in {d.number for d in now.values()}]
        names = [f"{first % 26:02}"] if first % 26 else [f"{n:02}" for n in range(1, 26)]
        added = {name: Document(number) for name, number in zip(names, free, strict=False) if name not in now}
        if added:
            world.publish(now | added)
    elif now:
        changed = CHANGES[kind](now, sorted(now)[first % len(now)], second)
        if changed != now:
            world.publish(changed)
