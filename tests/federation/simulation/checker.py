"""Whether a history and what is left of it keep the promises P1 to P15; knows nothing of the code that made them.

Source: federation.md section 7. Digests are computed here again, from their description.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.federation.simulation.history import Event, Line, NodeState, Outcome

_GENESIS = "0" * 64
_FREEZING = {"equivocation", "echo-mismatch", "sequence-lost"}

Key = tuple[str, int, int]


def check(outcome: Outcome) -> list[str]:
    """What is broken, one sentence each; empty when every promise was kept."""
    return list(_Checker(outcome).broken())


@dataclass
class _Truth:
    """What the history says.

    Args:
        written: key -> digest -> what was written.
        after: (owner, epoch) -> where a later epoch took over: sequences above it do not count.
        contested: owners about which there are two statements of one epoch.
        forked: owners with two entries of one place that count; `ever_forked` also such as a later epoch left out.
        statements: (owner, epoch) -> digest -> statement.
    """

    written: dict[Key, dict[str, Event]]
    after: dict[tuple[str, int], int]
    contested: set[str]
    forked: set[str]
    ever_forked: set[str]
    statements: dict[tuple[str, int], dict[str, Event]]


class _Checker:
    def __init__(self, outcome: Outcome) -> None:
        self._all = outcome
        self._truth = _truth(outcome)
        self._lost = _lost(outcome)

    def broken(self) -> Iterator[str]:
        """Every broken promise."""
        if self._all.crashed:
            yield f"the run ended with {self._all.crashed}"
            return
        for state in self._all.later.values():
            yield from self._one_node(state)
        yield from self._settled_owners()
        yield from self._fencing()
        yield from self._forks()
        yield from self._durable()
        yield from _asked(self._all)
        before, after = self._all.replayed
        if before != after:
            yield f"P8: reading every log twice again made {after - before} entries"
        if self._all.grown:
            yield f"P12: logs grew by {self._all.grown} entries though nothing was written"
        if self._is_calm() and self._all.quiet.get("whole", 0):
            yield f"P12: with nothing new there were other than conditional requests: {self._all.quiet}"
        if self._is_calm() and self._all.quiet.get("not modified", 0) != self._all.quiet.get("conditional", 0):
            yield f"P12: conditional requests were answered whole: {self._all.quiet}"

    def _misled(self, state: NodeState, owner: str) -> bool:
        """Whether a node was told first that another writes an owner, and says so."""
        return owner in self._truth.contested

    def _is_calm(self) -> bool:
        """Whether nothing stands that a node must go on asking about."""
        return (
            not self._all.hostile
            and not self._truth.ever_forked
            and not self._truth.contested
            and not any(event.poison for found in self._truth.written.values() for event in found.values())
        )

    def _one_node(self, state: NodeState) -> Iterator[str]:
        at = f"at {state.node}"
        last: dict[tuple[str, int], Line] = {}
        newest: dict[str, Line] = {}
        for line in state.log:
            said = f"{line.owner}/{line.epoch}/{line.seq} {at}"
            if not self._misled(state, line.owner):
                found = self._truth.written.get(line.key, {}).get(line.digest)
                if found is None:
                    yield f"P3: {said} was never written"
                elif (found.curie, found.status, found.payload_digest) != (
                    line.curie,
                    line.status,
                    line.payload_digest,
                ):
                    yield f"P3: {said} is other than it was written"
            if line.payload and hashlib.sha256(line.payload).hexdigest() != line.payload_digest:
                yield f"P3: the payload of {said} is not the one that was written"
            before = last.get((line.owner, line.epoch))
            if line.seq != (before.seq if before else 0) + 1:
                yield f"P7: {said} follows {before.seq if before else 0}"
            elif before is not None and line.previous != before.digest:
                yield f"P7: {said} does not follow the entry before it"
            if line.epoch and line.owner not in self._truth.contested:
                end, there = self._truth.after.get((line.owner, line.epoch - 1)), last.get((line.owner, line.epoch - 1))
                if end is not None and (there.seq if there else 0) < end:
                    yield f"P7: {said} came before entry {end} of the epoch before"
            older = newest.get(line.curie)
            if older is not None and (line.epoch, line.seq) <= (older.epoch, older.seq):
                yield f"P5: {line.curie} {at} went back from {older.epoch}/{older.seq} to {line.epoch}/{line.seq}"
            last[line.owner, line.epoch], newest[line.curie] = line, line
        newest = {line.curie: line for line in state.log if self._counts(line)}
        for curie, line in newest.items():
            shown = state.heads.get(curie, (-1, -1, ""))
            if shown != (line.epoch, line.seq, line.status if line.payload else "absent"):
                yield f"P4: {curie} {at} is shown as {shown}, it is {line.epoch}/{line.seq} {line.status}"
        if set(state.heads) - set(newest):
            yield f"P3: {at} shows records that no entry made"

    def _counts(self, one: Line | Event) -> bool:
        """Whether no later epoch began before an entry."""
        return one.seq <= self._truth.after.get((one.owner, one.epoch), 1 << 60)

    def _fencing(self) -> Iterator[str]:
        """P11: who believes the statement of a later epoch takes in and writes nothing that it leaves out."""
        believes: dict[str, set[tuple[str, int]]] = defaultdict(set)
        for event in self._all.events:
            if event.kind == "restored":
                believes[event.node] = set(event.believes)
            elif event.kind == "believed":
                believes[event.node].add((event.owner, event.epoch))
            elif event.kind not in ("written", "applied") or event.node in self._all.hostile:
                continue
            elif not self._counts(event) and (event.owner, event.epoch + 1) in believes[event.node]:
                yield f"P11: {event.node} took {event.key}, though it knew that the epoch had ended before"
        states = list(self._all.later.values())
        for place in sorted({place for state in states for place in state.tenures}):
            found = {state.tenures.get(place) for state in states}
            if len(found) > 1 and place[0] not in self._truth.contested and self._all.relays:
                yield f"P11: not every node knows who writes {place[0]} in epoch {place[1]}"

    def _settled_owners(self) -> Iterator[str]:
        """P1, P2, P9, P15: every owner with one writer and one log is the same everywhere."""
        owners = sorted({key[0] for key in self._truth.written})
        for owner in owners:
            if owner in self._truth.forked or owner in self._truth.contested or self._is_of_liar(owner):
                continue
            expected = [found for found in self._expected(owner)]
            states = list(self._all.states.values())
            if self._all.newcomer is not None:
                states.append(self._all.newcomer)
            for state in states:
                yield from self._holds(state, owner, expected)

    def _holds(self, state: NodeState, owner: str, expected: list[Event]) -> Iterator[str]:
        held = {line.key: line.digest for line in state.log if line.owner == owner and self._counts(line)}
        name = "P9" if state is self._all.newcomer else "P2"
        missing = [event.key for event in expected if held.get(event.key) != event.digest]
        if missing:
            yield f"{name}: {len(missing)} of {len(expected)} entries are not at {state.node}, such as {missing[0]}"
            return
        if len(held) != len(expected):
            yield f"{name}: {state.node} has {len(held)} entries of {owner}, {len(expected)} were written"
            return
        heads: dict[str, Event] = {}
        for event in expected:
            heads[event.curie] = event
        absent = {name for name, event in heads.items() if self._refused(state, event)}
        came_back = {event.node for event in self._all.events if event.kind == "restored"}
        for name, event in heads.items():
            if event.poison and event.node == state.node in came_back:
                # What its fellows refused went with the disk of the only node that had it.
                absent |= {name} if state.heads[name][2] == "absent" else set()
        for name, event in heads.items():
            if event.poison == "newer" and not state.old and not self._reaches(event.node, state):
                # Only nodes that do not know the version stand between: what they refused they cannot pass on.
                absent |= {name} if state.heads[name][2] == "absent" else set()
        digest = _owner_digest(heads.values(), absent)
        if expected and state.digests.get(owner) != digest:
            name = "P9" if name == "P9" else "P1"
            yield f"{name}: the digest of {owner} at {state.node} is not the one that its log makes"

    @staticmethod
    def _refused(state: NodeState, event: Event) -> bool:
        """Whether a node must do without the payload."""
        if event.node == state.node:
            return False
        return event.poison in ("shape", "large") or (event.poison == "newer" and state.old)

    def _reaches(self, writer: str, state: NodeState) -> bool:
        """Whether a payload of the newest version of the model gets from its writer to a node in that many rounds."""
        if state is self._all.newcomer:
            return writer in self._all.states
        reached = {writer} & self._all.states.keys()
        for _ in range(self._all.rounds):
            reached |= {
                reader for reader, member in self._all.links if member in reached and not self._all.states[member].old
            }
        return state.node in reached

    def _expected(self, owner: str) -> Iterator[Event]:
        for key in sorted(key for key in self._truth.written if key[0] == owner):
            end = self._truth.after.get(key[:2])
            if end is not None and key[2] > end:
                continue
            for digest, event in self._truth.written[key].items():
                if (*key, digest) not in self._lost:
                    yield event

    def _is_of_liar(self, owner: str) -> bool:
        return any(
            event.node in self._all.hostile
            for key, found in self._truth.written.items()
            if key[0] == owner and key[2] == 1 and key[1] == 0
            for event in found.values()
        )

    def _forks(self) -> Iterator[str]:
        """P6: who meets two entries of one place freezes their owner and says so; nobody else does."""
        for state in self._all.states.values():
            for kind, owner in state.alarms:
                if kind in _FREEZING and owner not in self._truth.ever_forked:
                    yield f"P6: {state.node} froze {owner} ({kind}), though nobody wrote two entries of one place"
                if kind == "tenure-conflict" and owner not in self._truth.contested:
                    yield f"P6: {state.node} says that {owner} is contested, and it is not"
        held = {
            name: {line.key: line.digest for line in state.log if self._counts(line)}
            for name, state in self._all.later.items()
        }
        for reader, member in self._all.links if self._all.relays else ():
            for key, digest in held[reader].items():
                if held[member].get(key, digest) != digest and key[0] not in self._truth.contested:
                    if not any(kind in _FREEZING and owner == key[0] for kind, owner in self._all.later[reader].alarms):
                        yield f"P6: {reader} and {member} hold different entries {key}, and {reader} raised no alarm"
                    break

    def _durable(self) -> Iterator[str]:
        """P16: what a node was told is durable is there, unless an older backup came back."""
        held: dict[str, set[tuple[str, int, int, str]]] = defaultdict(set)
        for event in self._all.events:
            if event.kind == "restored":
                held[event.node] = set(event.held)
            elif event.kind in ("applied", "acked"):
                held[event.node].add((*event.key, event.digest))
        for name, state in self._all.states.items():
            there = {(*line.key, line.digest) for line in state.log}
            for entry in sorted(held[name] - there):
                yield f"P16: {entry[:3]} was durable at {name} and is gone"


def _truth(outcome: Outcome) -> _Truth:
    written: dict[Key, dict[str, Event]] = defaultdict(dict)
    statements: dict[tuple[str, int], dict[str, Event]] = defaultdict(dict)
    for event in outcome.events:
        if event.kind in ("tenure", "believed"):
            statements[event.owner, event.epoch][event.digest] = event
    contested = {owner for (owner, _), found in statements.items() if len(found) > 1}
    writers = {place: {said.other for said in found.values()} for place, found in statements.items()}
    for event in outcome.events:
        if event.kind == "written" and event.node in writers.get((event.owner, event.epoch), ()):
            written[event.key].setdefault(event.digest, event)
    after = {
        (owner, epoch - 1): said.seq
        for (owner, epoch), found in statements.items()
        if epoch and owner not in contested
        for said in found.values()
    }
    double = {key for key, found in written.items() if len(found) > 1}
    forked = {key[0] for key in double if key[2] <= after.get(key[:2], 1 << 60)}
    return _Truth(dict(written), after, contested, forked, {key[0] for key in double}, dict(statements))


def _lost(outcome: Outcome) -> set[tuple[str, int, int, str]]:
    """Entries that no node held any more when their writer came back from a backup, or was lost for good."""
    held: dict[str, set[tuple[str, int, int, str]]] = defaultdict(set)
    lost: set[tuple[str, int, int, str]] = set()
    for event in outcome.events:
        entry = (*event.key, event.digest)
        if event.kind in ("written", "applied"):
            held[event.node].add(entry)
            lost.discard(entry)
        elif event.kind == "restored":
            gone = held[event.node] - event.held
            held[event.node] = set(event.held)
            lost |= {one for one in gone if not any(one in other for other in held.values())}
            lost -= event.held
    return lost


def _asked(outcome: Outcome) -> Iterator[str]:
    """R18: who came back from a backup asks every member before it writes, and takes back what they have."""
    held: dict[str, set[tuple[str, int, int, str]]] = defaultdict(set)
    asked: dict[str, set[str]] = defaultdict(set)
    back: set[str] = set()
    for event in outcome.events:
        if event.node in outcome.hostile:
            continue
        if event.kind == "restored":
            held[event.node] = set(event.held)
            back.add(event.node)
        elif event.kind == "started":
            asked[event.node] = set()
        elif event.kind == "asked":
            asked[event.node].add(event.other)
        elif event.kind == "applied":
            held[event.node].add((*event.key, event.digest))
        elif event.kind == "written":
            missing = set(outcome.members.get(event.node, ())) - asked[event.node]
            if event.node in back and missing:
                yield f"R18: {event.node} wrote {event.key} after a restart without asking {len(missing)} members"
            held[event.node].add((*event.key, event.digest))


def _owner_digest(heads: Iterable[Event], absent: set[str]) -> str:
    buckets: dict[str, list[bytes]] = defaultdict(list)
    for head in heads:
        status = "absent" if head.curie in absent else head.status
        text = (
            f"https://w3id.org/ommatidia/{head.curie}\n{head.owner}\n{head.epoch}\n{head.seq}\n{status}\n"
            f"{head.payload_digest}\n"
        )
        buckets[_bucket(head.curie)].append(hashlib.sha256(text.encode()).digest())
    lines = (
        f"{name} {hashlib.sha256(b''.join(sorted(leaves))).hexdigest()}\n".encode() for name, leaves in buckets.items()
    )
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def _bucket(curie: str) -> str:
    found = re.match(r"([^0-9]*)([0-9]*)", curie.split(":", 1)[1])
    assert found is not None
    return found[1][:40] + (str(int(found[2]) // 1000) if found[2] else "")
