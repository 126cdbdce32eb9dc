"""A simulated node: its disk, its process, and what the process does; each task may stop between any two steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from catalogue.federation.pull import Pull
from catalogue.federation.pull_report import PullReport
from catalogue.model.signing import NodeKey
from catalogue.model.tenure import Tenure
from catalogue.problems import Conflict, FetchRefused, Locked, NotFound, Problem, SourceChanged, SourceUnavailable
from tests.federation.simulation import material
from tests.federation.simulation.disk import Disk, Row
from tests.federation.simulation.history import Line, NodeState
from tests.federation.simulation.memory_holdings import MemoryHoldings
from tests.federation.simulation.network import Link


class Surroundings(Protocol):
    """What a node needs of its world."""

    def now(self) -> datetime:
        """The true time."""
        ...

    def pause(self, label: str) -> None:
        """Lets others go on; may raise."""
        ...

    def note(self, kind: str, node: str, **fields: Any) -> None:
        """Adds to the history."""
        ...

    def link(self, reader: Node, member: str) -> Link:
        """A feed."""
        ...

    def poison_of(self, payload_digest: str) -> str:
        """Why nobody but its writer may serve a payload; "" when all may."""
        ...

    def faults(self) -> int:
        """Number of faults so far."""
        ...


@dataclass(eq=False)
class Node:
    """A node and its fellows.

    Args:
        owners: whose archives it reads.
        old: does not know the newest version of the model.
        skew: how wrong its clock is.
        asked: members that were asked since the process started for what they have of this node's own log.
    """

    number: int
    key: NodeKey
    world: Surroundings
    owners: list[str]
    disk: Disk = field(default_factory=Disk)
    up: bool = True
    dead: bool = False
    hostile: bool = False
    old: bool = False
    turns: int = 0
    writing: bool = False
    skew: timedelta = timedelta()
    asked: set[str] = field(default_factory=set)
    pulling: set[str] = field(default_factory=set)
    backups: list[Disk] = field(default_factory=list)
    kept: set[tuple[str, int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.start()

    @property
    def name(self) -> str:
        """Of the node."""
        return self.key.node

    def start(self) -> None:
        """A fresh process over the same disk."""
        self.holdings = MemoryHoldings(self.disk, self.key, self.clock, self.world.pause, self._tell, self._believed)
        self.asked, self.pulling, self.up = set(), set(), True
        self.world.note("started", self.name)

    def restore(self, backup: Disk) -> None:
        """A fresh process over an old copy of the disk."""
        self.disk = backup.copy()
        held = frozenset((row.log.owner, row.log.epoch, row.log.seq, row.log.digest) for row in self.disk.rows)
        believes = frozenset((owner, one.tenure.epoch) for owner, said in self.disk.tenures.items() for one in said)
        self.world.note("restored", self.name, held=held, believes=believes)
        self.start()

    def clock(self) -> datetime:
        """What the node takes for the time."""
        return self.world.now() + self.skew

    def members(self) -> list[str]:
        """Nodes that it pulls from."""
        return sorted(self.disk.members)

    def is_writer(self, owner: str) -> bool:
        """Whether it takes itself for the writer of an owner's log."""
        said = self.disk.tenures.get(owner)
        return not said or said[-1].tenure.node == self.name

    def pull(self, member: str, *, afresh: bool = False) -> PullReport:
        """As catalogue.federation.members.Members.pull.

        Args:
            afresh: read all though nothing may be new.
        """
        if member in self.pulling:
            raise Locked(f"Another pull from {member} is under way.")
        self.pulling.add(member)
        holdings = self.holdings
        try:
            joined = self.disk.members[member]
            before = self.disk.progress.get(member, {})
            same = before.get("equal") and before["position"] == len(self.disk.rows)
            etag = before["etag"] if same and not afresh else ""
            pull = Pull(self.world.link(self, member), holdings, member, joined.key, material.MAX_BYTES)
            report = pull.run(etag)
            if pull.key != joined.key:
                self.disk.members[member] = replace(self.disk.members[member], key=pull.key)
            progress = {"equal": report.equal, "etag": report.etag, "position": len(self.disk.rows)}
            if progress != before:
                holdings.note_progress(member, progress)
            return report
        finally:
            if holdings is self.holdings:
                self.pulling.discard(member)

    def take_back(self) -> None:
        """As catalogue.federation.members.Members.take_back."""
        for member in self.members():
            if member in self.asked:
                continue
            faults = self.world.faults()
            try:
                complete = self.pull(member).complete
                detail = "complete" if complete and faults == self.world.faults() else "disturbed"
            except (SourceUnavailable, SourceChanged, FetchRefused, NotFound):
                detail = "failed"
            self.asked.add(member)
            self.world.note("asked", self.name, other=member, detail=detail)

    def change(self, choose: Callable[[Node], list[dict[str, Any]]]) -> None:
        """Changes what `choose` finds to change, record by record, after asking the members."""
        self.take_back()
        for said in choose(self):
            poison = said.pop("poison", "")
            try:
                self._poison = poison
                row = self.holdings.write(**said)
            except (Conflict, Problem):
                continue
            self._note_row("acked", row, poison)

    def write_again(self, row: Row) -> None:
        """Writes a record as it was in a branch of its log that counts no longer."""
        log = row.log
        self._poison = self.world.poison_of(log.payload_digest)
        self.holdings.write(log.curie, log.kind, log.status, row.payload, log.parent, log.schema_version)

    def _tell(self, kind: str, row: Row) -> None:
        poison = getattr(self, "_poison", "") if kind == "written" else ""
        self._note_row(kind, row, poison)

    def _believed(self, said: Tenure) -> None:
        made = said.node == self.name and said.reason == "recorder"
        for kind in ("tenure", "believed") if made else ("believed",):
            self.world.note(
                kind, self.name, owner=said.owner, epoch=said.epoch, seq=said.after_seq, digest=said.digest,
                previous=said.after_digest, other=said.node, detail=said.reason,
            )  # fmt: skip

    def _note_row(self, kind: str, row: Row, poison: str = "") -> None:
        log = row.log
        self.world.note(
            kind,
            self.name,
            owner=log.owner,
            epoch=log.epoch,
            seq=log.seq,
            digest=log.digest,
            previous=log.previous,
            curie=log.curie,
            status=log.status,
            payload_digest=log.payload_digest,
            poison=poison,
            time=log.generated_at,
        )

    def state(self) -> NodeState:
        """What is left at the end."""
        disk = self.disk
        lines = tuple(
            Line(
                row.log.owner,
                row.log.epoch,
                row.log.seq,
                row.log.digest,
                row.log.previous,
                row.log.curie,
                row.log.status,
                row.log.payload_digest,
                row.payload,
            )
            for row in disk.rows
        )
        heads = {
            leaf.curie: (leaf.epoch, leaf.seq, leaf.status) for place in disk.buckets for leaf in disk.leaves(*place)
        }
        return NodeState(
            self.name,
            lines,
            heads,
            {one.owner: one.digest for one in disk.owners()},
            {(one.tenure.owner, one.tenure.epoch): one.tenure.digest for said in disk.tenures.values() for one in said},
            frozenset((kind, owner) for kind, owner, _ in disk.alarms),
            self.old,
        )
