"""Whether a history keeps what a federation promises; shares no code with what it checks.

Digests and hashes are computed from their description (federation.md section 6). Lists are empty when all is well.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.e2e.federation.history import Change, History, Key, Snapshot

_GONE = ("withdrawn", "replaced")


def hash_of(change: Change) -> str:
    """SHA-256 of the signed form of a header."""
    text = json.dumps(change.header, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(b"ommatidia-log-entry/1\n" + text.encode()).hexdigest()


def check(history: History, final: list[Snapshot], *, waived: Iterable[str] = ()) -> list[str]:
    """What is broken, one sentence each.

    Args:
        final: one snapshot of each node, when faults have stopped and nothing more changes.
        waived: owners that are stopped by an alarm: only what concerns one node alone is checked of them.
    """
    spared = set(waived)
    found = [fault for one in [*history.snapshots, *final] for fault in _alone(one)]
    found += _monotonic(history)
    ends = _ends(final)
    found += _same_keys(
        [change for one in [*history.snapshots, *final] for change in one.changes if change.owner not in spared], ends
    )
    found += _lost(history, final, ends, spared)
    found += _diverged(final, spared)
    return found


def _ends(final: list[Snapshot]) -> dict[tuple[str, int], int]:
    """(owner, epoch) -> last sequence that counts, where a later epoch says so."""
    return {(one["owner"], one["epoch"] - 1): one["after_seq"] for s in final for one in s.tenures if one["epoch"]}


def _alone(one: Snapshot) -> Iterator[str]:
    """Gaps, order, duplicates, hashes, heads and digests of one node."""
    last: dict[tuple[str, int], Change] = {}
    after = {(t["owner"], t["epoch"]): t["after_seq"] for t in one.tenures}
    positions = [change.position for change in one.changes]
    if len(set(positions)) != len(positions):
        yield f"{one.node} gave one position to two entries"
    for change in one.changes:
        before = last.get((change.owner, change.epoch))
        if change.seq != (before.seq if before else 0) + 1:
            yield f"gap: {change.key} at {one.node} follows {before.key if before else 'nothing'}"
        elif before is not None and change.header["previous"] != hash_of(before):
            yield f"order: {change.key} at {one.node} does not follow the entry before it"
        elif before is not None and change.position < before.position:
            yield f"order: {change.key} came to {one.node} before the entry before it"
        if change.payload is not None and _payload_hash(change) != change.header["payload_digest"]:
            yield f"invention: the payload of {change.key} at {one.node} is not what its header names"
        last[change.owner, change.epoch] = change
    newest: dict[str, Change] = {}
    for change in one.changes:
        counts = change.seq <= after.get((change.owner, change.epoch + 1), change.seq)
        if counts and (change.curie not in newest or change.key > newest[change.curie].key):
            newest[change.curie] = change
    for owner, leaves in one.leaves.items():
        shown = {leaf["curie"]: leaf for leaf in leaves}
        wanted = {curie: change for curie, change in newest.items() if change.owner == owner}
        if shown.keys() != wanted.keys():
            yield f"{one.node} shows other records of {owner} than its log makes: {shown.keys() ^ wanted.keys()}"
            continue
        for curie, change in wanted.items():
            leaf = shown[curie]
            if (leaf["epoch"], leaf["seq"]) != (change.epoch, change.seq):
                yield f"resurrection: {curie} at {one.node} is version {leaf['seq']}, the newest is {change.key}"
            elif leaf["status"] not in ("absent", change.header["status"]):
                yield f"resurrection: {curie} at {one.node} is {leaf['status']}, not {change.header['status']}"
        if _digest(owner, leaves) != one.digests[owner]["digest"]:
            yield f"digest: {one.node} says another one of {owner} than its records make"


def _payload_hash(change: Change) -> str:
    text = json.dumps(change.payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(owner: str, leaves: list[dict[str, object]]) -> str:
    buckets: dict[str, list[bytes]] = defaultdict(list)
    for leaf in leaves:
        curie = str(leaf["curie"])
        parts = (f"https://w3id.org/ommatidia/{curie}", owner, leaf["epoch"], leaf["seq"], leaf["status"])
        text = "".join(f"{part}\n" for part in (*parts, leaf["payload_digest"]))
        stem = re.match(r"([^0-9]*)([0-9]*)", curie.partition(":")[2])
        assert stem is not None
        name = stem[1][:40] + (str(int(stem[2]) // 1000) if stem[2] else "")
        buckets[name].append(hashlib.sha256(text.encode()).digest())
    lines = [f"{name} {hashlib.sha256(b''.join(sorted(some))).hexdigest()}\n" for name, some in buckets.items()]
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def _monotonic(history: History) -> Iterator[str]:
    """P5: what a node showed once it shows later on, unless its ledger was replaced."""
    before: dict[str, dict[Key, str]] = {}
    for number, one in enumerate(history.snapshots):
        now = {change.key: hash_of(change) for change in one.changes}
        if number not in history.restored:
            for key, digest in before.get(one.node, {}).items():
                if now.get(key) != digest:
                    yield f"went back: {key} was at {one.node} and is {'another' if key in now else 'gone'}"
        before[one.node] = now


def _same_keys(changes: list[Change], ends: dict[tuple[str, int], int]) -> Iterator[str]:
    """P6: one value for each key, among those that count."""
    seen: dict[Key, tuple[str, str]] = {}
    for change in changes:
        if change.seq > ends.get((change.owner, change.epoch), change.seq):
            continue
        digest, node = seen.setdefault(change.key, (hash_of(change), change.node))
        if digest != hash_of(change):
            yield f"fork: {change.key} is one entry at {node} and another at {change.node}"


def _lost(history: History, final: list[Snapshot], ends: dict[tuple[str, int], int], spared: set[str]) -> Iterator[str]:
    """P2: what any node acknowledged is at every node."""
    acknowledged = {change.key: hash_of(change) for one in history.snapshots for change in one.changes}
    for one in final:
        held = {change.key: hash_of(change) for change in one.changes}
        for key, digest in sorted(acknowledged.items()):
            counts = key[2] <= ends.get(key[:2], key[2])
            if counts and key[0] not in spared and held.get(key) != digest:
                yield f"loss: {key} was acknowledged and is {'another' if key in held else 'not'} at {one.node}"


def _diverged(final: list[Snapshot], spared: set[str]) -> Iterator[str]:
    """P1: every owner's digest is the same everywhere."""
    for owner in sorted({owner for one in final for owner in one.digests} - spared):
        said = {one.node: one.digests.get(owner, {}).get("digest") for one in final}
        if len(set(said.values())) > 1:
            yield f"divergence: {owner} is {said}"


def grown(before: list[Snapshot], after: list[Snapshot]) -> list[str]:
    """P12: which logs grew though nothing was written."""
    positions = {one.node: one.position for one in before}
    return [
        f"{one.node} grew by {one.position - positions[one.node]}"
        for one in after
        if one.position != positions[one.node]
    ]
