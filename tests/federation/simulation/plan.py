"""What kind of world a seed makes: how many nodes, how they are linked, and what may happen in it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from catalogue.store.registry import Member
from tests.federation.simulation.memory_holdings import START
from tests.federation.simulation.node import Node

SHAPES: Final = ("line", "ring", "star", "full")


@dataclass(frozen=True, slots=True)
class Plan:
    """A kind of world.

    Args:
        size: honest nodes; a hostile one comes last.
        edges: pairs of nodes that pull from each other.
        relays: nodes show what others wrote.
        restores: old backups may come back.
        recovers: a node may be lost for good, and its owners given to another one by its fellows.
        hostile: number of the node that lies.
        old: nodes that do not know the newest version of the model at first.
    """

    seed: int
    size: int
    shape: str
    edges: tuple[tuple[int, int], ...]
    relays: bool
    restores: bool
    recovers: bool
    hostile: int | None
    old: frozenset[int]

    @property
    def diameter(self) -> int:
        """Most steps between two honest nodes."""
        return {"line": self.honest - 1, "ring": self.honest // 2, "star": 2, "full": 1}[self.shape]

    @property
    def honest(self) -> int:
        """Number of honest nodes."""
        return self.size - (self.hostile is not None)


def plan(seed: int) -> Plan:
    """The world of a seed."""
    chance = random.Random(f"plan {seed}")
    honest, shape = chance.choice((3, 3, 4, 5)), chance.choice(SHAPES)
    relays = chance.random() < 0.85
    shape = shape if relays else "full"
    edges = _edges(shape, honest)
    hostile = honest if chance.random() < 0.2 else None
    if hostile is not None:
        edges += [(number, hostile) for number in range(honest)]
    old = frozenset({chance.randrange(honest)}) if chance.random() < 0.2 else frozenset()
    recovers = relays and honest >= 4 and shape in ("ring", "full") and chance.random() < 0.4
    restores = relays and not recovers and chance.random() < 0.4
    size = honest + (hostile is not None)
    return Plan(seed, size, shape, tuple(edges), relays, restores, recovers, hostile, old)


def joined(node: Node, other: Node) -> None:
    """Makes a node pull from another, under the key that the other has now."""
    key = other.key
    node.disk.members[key.node] = Member(
        key.node, f"m{other.number}", f"http://{key.node}", key.public, "active", START
    )


def _edges(shape: str, size: int) -> list[tuple[int, int]]:
    if shape == "line":
        return [(n, n + 1) for n in range(size - 1)]
    if shape == "ring":
        return [(n, (n + 1) % size) for n in range(size)]
    if shape == "star":
        return [(0, n) for n in range(1, size)]
    return [(one, other) for one in range(size) for other in range(one)]
