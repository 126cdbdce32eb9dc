"""What happened in a simulated federation and what is left of it; all that the checker is told."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened at a node.

    Args:
        kind: 'tenure' (a statement was made), 'believed' (it was kept), 'written' (durable at its writer), 'acked' (the
            writer was told), 'applied' (taken in), 'filled', 'started', 'restored' (from a backup), 'asked' (a member,
            for what it has of one's own; `detail` is complete, disturbed or failed).
        digest, previous: of the entry or the statement.
        poison: why others must refuse the payload; "" when they must not.
        held: of 'restored': (owner, epoch, seq, digest) of what the node holds now; `believes`: (owner, epoch) of the
            statements that it knows now.
        other: the member that was asked; of a statement the node that may write.
    """

    step: int
    kind: str
    node: str
    owner: str = ""
    epoch: int = 0
    seq: int = 0
    digest: str = ""
    previous: str = ""
    curie: str = ""
    status: str = ""
    payload_digest: str = ""
    poison: str = ""
    detail: str = ""
    other: str = ""
    time: str = ""
    held: frozenset[tuple[str, int, int, str]] = frozenset()
    believes: frozenset[tuple[str, int]] = frozenset()

    @property
    def key(self) -> tuple[str, int, int]:
        """Owner, epoch and sequence."""
        return self.owner, self.epoch, self.seq


@dataclass(frozen=True, slots=True)
class Line:
    """One entry that a node holds; `payload` are its bytes, empty where they are not there."""

    owner: str
    epoch: int
    seq: int
    digest: str
    previous: str
    curie: str
    status: str
    payload_digest: str
    payload: bytes

    @property
    def key(self) -> tuple[str, int, int]:
        """Owner, epoch and sequence."""
        return self.owner, self.epoch, self.seq


@dataclass(frozen=True, slots=True)
class NodeState:
    """A node at the end.

    Args:
        log: in the order of its positions.
        heads: curie -> (epoch, seq, status) as the node shows it, status `absent` without a payload.
        digests: owner -> digest as the node says it.
        tenures: (owner, epoch) -> digest of the statement that it believes.
        alarms: (kind, owner).
        old: does not know the newest version of the model.
    """

    node: str
    log: tuple[Line, ...]
    heads: dict[str, tuple[int, int, str]]
    digests: dict[str, str]
    tenures: dict[tuple[str, int], str]
    alarms: frozenset[tuple[str, str]]
    old: bool = False


@dataclass(slots=True)
class Outcome:
    """All that is known of one run.

    Args:
        states: after those rounds; `later` when hostile members have stopped and what they said has gone round.
        links: (who pulls, from whom), of honest nodes.
        members: node -> nodes that it asks before it writes.
        hostile: nodes that lie.
        relays: nodes show what others wrote; without, nobody sees that a member tells others something else.
        rounds: error-free rounds that were run after the faults stopped; `diameter` of the graph.
        replayed: (entries before, after) every log was read again twice.
        newcomer: a node that joined at the end and read the members in another order.
        quiet: requests of the rounds in which nothing was new, by kind; `grown` is how much logs grew in them.
    """

    seed: int
    events: list[Event] = field(default_factory=list)
    states: dict[str, NodeState] = field(default_factory=dict)
    later: dict[str, NodeState] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    members: dict[str, list[str]] = field(default_factory=dict)
    hostile: set[str] = field(default_factory=set)
    relays: bool = True
    rounds: int = 0
    diameter: int = 0
    replayed: tuple[int, int] = (0, 0)
    newcomer: NodeState | None = None
    quiet: dict[str, int] = field(default_factory=dict)
    grown: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    steps: int = 0
    crashed: str = ""
