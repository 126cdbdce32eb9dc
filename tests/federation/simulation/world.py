"""A world of nodes: one scheduler that one integer seeds decides what happens next, and what goes wrong."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from greenlet import getcurrent

from catalogue.model.payload import digest
from tests.federation.simulation import material, statements
from tests.federation.simulation.documents import document
from tests.federation.simulation.history import Event
from tests.federation.simulation.hostile import Liar
from tests.federation.simulation.network import FAULTS, Link, Network
from tests.federation.simulation.node import Node
from tests.federation.simulation.owners_side import changes as owners_changes
from tests.federation.simulation.owners_side import chunk_of
from tests.federation.simulation.plan import Plan, joined
from tests.federation.simulation.tasks import Task, pause

START: Final = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
_ACTIONS: Final = {
    "go on": 30,
    "pull": 14,
    "change": 14,
    "die": 2,
    "die at a step": 3,
    "go down": 1,
    "come back": 3,
    "back up": 3,
    "restore": 2,
    "cut": 2,
    "mend": 3,
    "step the clock": 4,
    "pass time": 3,
    "fill the disk": 1,
    "free the disk": 2,
    "hand over": 1,
    "change the key": 1,
    "take over": 3,
    "bring up to date": 1,
    "recover": 1,
}


class World:
    """Nodes, their network and their history.

    Args:
        plan: what kind of world it is.
        trace: told each thing that happens.
    """

    def __init__(self, plan: Plan, trace: Callable[[str], None] = lambda _: None) -> None:
        self.plan = plan
        self.chance = random.Random(f"world {plan.seed}")
        self.events: list[Event] = []
        self.step_number = 0
        self.counts: Counter[str] = Counter()
        self.tasks: list[Task] = []
        self._trace = trace
        self._main = getcurrent()
        self._now = START
        self.at_work: Node | None = None
        self.recovered = False
        kinds = tuple(kind for kind in FAULTS if self.chance.random() < 0.7) or FAULTS
        likelihood = self.chance.choice((0.0, 0.02, 0.1, 0.25))
        self.network = Network(random.Random(f"network {plan.seed}"), likelihood, kinds=kinds)
        self.nodes = [Node(n, material.key(n), self, [material.OWNERS[n]]) for n in range(plan.size)]
        self.by_name = {node.name: node for node in self.nodes}
        for one, other in plan.edges:
            joined(self.nodes[one], self.nodes[other])
            joined(self.nodes[other], self.nodes[one])
        for node in self.nodes:
            node.old = node.number in plan.old
        self.liar: Liar | None = None
        if plan.hostile is not None:
            node = self.nodes[plan.hostile]
            node.hostile = True
            self.liar = Liar(self, node)

    def now(self) -> datetime:
        """The true time, which goes on with every look."""
        self._now += timedelta(milliseconds=1)
        return self._now

    def pause(self, label: str) -> None:
        """Lets the scheduler choose who goes on."""
        pause(self._main)

    def faults(self) -> int:
        """Number of faults of the network so far."""
        return self.network.counts.total()

    def poison_of(self, payload_digest: str) -> str:
        """Why nobody but its writer may serve a payload."""
        return next((one.poison for one in self.events if one.payload_digest == payload_digest and one.poison), "")

    def note(self, kind: str, node: str, **fields: Any) -> None:
        """Adds to the history."""
        event = Event(self.step_number, kind, node, **fields)
        self.events.append(event)
        self._trace(f"{kind} {self._said(event)}")

    def link(self, reader: Node, member: str) -> Link:
        """A feed between two nodes."""
        other = self.by_name[member]

        def render(path: str) -> bytes:
            if self.liar is not None and other is self.liar.node:
                return self.liar.document(reader, path)
            return document(other.holdings, other.name, path, self.plan.relays)

        return Link(self.network, reader.name, member, render, self.pause)

    def run(self, steps: int) -> None:
        """Lets things happen."""
        names, weights = list(_ACTIONS), list(_ACTIONS.values())
        for _ in range(steps):
            self.step_number += 1
            action = self.chance.choices(names, weights)[0]
            self.counts[action] += 1
            getattr(self, "_" + action.replace(" ", "_"))()

    def finish_tasks(self) -> None:
        """Lets all work under way come to its end."""
        while self.tasks:
            self._advance(self.tasks[0])

    def living(self) -> list[Node]:
        """Nodes whose process runs."""
        return [node for node in self.nodes if node.up and not node.dead]

    def do(self, node: Node, what: str, work: Callable[[], object]) -> None:
        """Begins a task."""
        task = Task(node, what, work)
        self._trace(f"begin {what} at {node.number}")
        self.tasks.append(task)
        self._advance(task)

    def kill(self, node: Node) -> None:
        """The process of a node dies, with all that it was about to do."""
        for task in [task for task in self.tasks if task.node is node]:
            task.kill()
            self.tasks.remove(task)
        node.up, node.writing = False, False
        self.network.down.add(node.name)
        self._trace(f"killed {node.number}")

    def start(self, node: Node) -> None:
        """The process of a node starts."""
        if not node.dead:
            self.network.down.discard(node.name)
            node.start()

    def _advance(self, task: Task) -> None:
        self.at_work = task.node
        task.step()
        self.at_work = None
        if not task.alive:
            self.tasks.remove(task)
            self._trace(f"end {task.what} at {task.node.number}: {task.ended}")

    def _any(self, of: list[Node]) -> Node | None:
        return self.chance.choice(of) if of else None

    def _go_on(self) -> None:
        for _ in range(self.chance.randrange(1, 30)):
            if self.tasks:
                self._advance(self.chance.choice(self.tasks))

    def _pull(self) -> None:
        node = self._any(self.living())
        if node is not None and node.members():
            member = self.chance.choice(node.members())
            self.do(node, f"pull from {self.by_name[member].number}", lambda: node.pull(member))

    def _change(self) -> None:
        self.change(
            self._any([node for node in self.living() if not node.writing and any(map(node.is_writer, node.owners))])
        )

    def change(self, node: Node | None) -> None:
        """Begins a change at a node."""
        if node is None:
            return
        seed = self.chance.random()

        def choose(at: Node) -> list[dict[str, Any]]:
            chance = random.Random(seed)
            mine = [owner for owner in at.owners if at.is_writer(owner)]
            said = owners_changes(chance, at.disk, chance.choice(mine)) if mine else []
            for one in said:
                if one["kind"] == "image-list" and (chunk := chunk_of(one["payload"], one["curie"])) is not None:
                    at.disk.chunks.setdefault(digest(chunk), chunk)
            return said

        def work() -> None:
            node.writing = True
            try:
                node.change(choose)
            finally:
                node.writing = False
            if self.liar is not None and node is self.liar.node:
                self.liar.equivocate()

        self.do(node, "change", work)

    def _die(self) -> None:
        node = self._any([node for node in self.living() if not node.hostile])
        if node is not None:
            self.kill(node)
            self.start(node)

    def _die_at_a_step(self) -> None:
        """Dies where some work of it stands, most likely in the middle of a pull."""
        if self.tasks:
            node = self.chance.choice(self.tasks).node
            if not node.hostile:
                self.kill(node)
                self.start(node)

    def _go_down(self) -> None:
        node = self._any([node for node in self.living() if not node.hostile])
        if node is not None:
            self.kill(node)

    def _come_back(self) -> None:
        node = self._any([node for node in self.nodes if not node.up and not node.dead])
        if node is not None:
            self.start(node)

    def _back_up(self) -> None:
        node = self._any(self.living())
        if node is not None and self.plan.restores and not node.hostile:
            node.backups.append(node.disk.copy())

    def _restore(self) -> None:
        node = self._any([node for node in self.nodes if node.backups and not node.dead])
        if node is not None:
            self.kill(node)
            self.network.down.discard(node.name)
            node.restore(self.chance.choice(node.backups))

    def _cut(self) -> None:
        if self.plan.edges:
            one, other = self.chance.choice(self.plan.edges)
            self.network.cut.add(frozenset((self.nodes[one].name, self.nodes[other].name)))

    def _mend(self) -> None:
        if self.network.cut:
            self.network.cut.discard(self.chance.choice(sorted(self.network.cut, key=sorted)))

    def _step_the_clock(self) -> None:
        node = self.nodes[self.chance.randrange(len(self.nodes))]
        midnight = datetime(2026, 11, 23, tzinfo=UTC) - self._now
        node.skew = self.chance.choice((timedelta(days=1), timedelta(days=-1), timedelta(), midnight, -midnight))

    def _pass_time(self) -> None:
        self._now += timedelta(seconds=self.chance.choice((1, 60, 3_600)))

    def _fill_the_disk(self) -> None:
        node = self._any(self.living())
        if node is not None:
            node.holdings.full = True

    def _free_the_disk(self) -> None:
        for node in self.living():
            node.holdings.full = False

    def _hand_over(self) -> None:
        statements.hand_over(self)

    def _change_the_key(self) -> None:
        statements.change_key(self)

    def _take_over(self) -> None:
        statements.take_over(self)

    def _bring_up_to_date(self) -> None:
        node = self._any([node for node in self.nodes if node.old])
        if node is not None:
            node.old = False

    def _recover(self) -> None:
        statements.recover(self)

    def _said(self, event: Event) -> str:
        number = self.by_name[event.node].number if event.node in getattr(self, "by_name", {}) else event.node
        said = f"{event.owner}/{event.epoch}/{event.seq} {event.digest[:8]} {event.curie} {event.status}"
        return f"at {number}: {said if event.owner else ''} {event.detail} {event.other}"
