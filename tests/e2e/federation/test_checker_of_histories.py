"""The checker itself: a history that is sound passes, and each kind of fault in it is named."""

from __future__ import annotations

import copy
import hashlib
import json

import pytest

from tests.e2e.federation.checker import _digest, check, grown, hash_of
from tests.e2e.federation.history import Change, History, Snapshot


def _node(name: str, statuses: list[str]) -> Snapshot:
    """A node that holds versions of one record."""
    found, previous = Snapshot(name, "d", len(statuses)), "0" * 64
    for seq, status in enumerate(statuses, 1):
        payload = {"id": "idr:idr0001", "seq": seq}
        text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
        header = {
            "owner": "idr", "epoch": 0, "seq": seq, "curie": "idr:idr0001", "status": status, "previous": previous,
            "payload_digest": hashlib.sha256(text.encode()).hexdigest(), "action": "update",
        }  # fmt: skip
        change = Change(name, "idr", 0, seq, "idr:idr0001", "update", "", seq, header, payload)
        previous = hash_of(change)
        found.changes.append(change)
    return _with_leaves(found)


def _with_leaves(found: Snapshot) -> Snapshot:
    last = found.changes[-1].header
    leaf = {name: last[name] for name in ("curie", "epoch", "seq", "status", "payload_digest")}
    found.leaves["idr"] = [leaf]
    found.digests["idr"] = {"digest": _digest("idr", [leaf])}
    return found


def _history(*snapshots: Snapshot) -> History:
    history = History()
    history.snapshots += snapshots
    return history


def test_sound_history_passes() -> None:
    """Two nodes with the same log break nothing."""
    one, two = _node("one", ["public", "withdrawn"]), _node("two", ["public", "withdrawn"])
    assert check(_history(one), [one, two]) == []
    assert grown([one], [one]) == []


def test_lost_and_divergent_entries_are_named() -> None:
    """An acknowledged entry that a node lacks is a loss, and its digests differ."""
    one, two = _node("one", ["public", "withdrawn"]), _node("two", ["public"])
    found = check(_history(one), [one, two])
    assert any(fault.startswith("loss: ('idr', 0, 2)") for fault in found)
    assert any(fault.startswith("divergence: idr") for fault in found)
    assert grown([two], [_node("two", ["public", "public"])]) == ["two grew by 1"]


def test_fork_is_named() -> None:
    """Two entries of one place are a fork."""
    one, two = _node("one", ["public", "withdrawn"]), _node("two", ["public", "replaced"])
    assert any(fault.startswith("fork: ('idr', 0, 2)") for fault in check(_history(one), [one, two]))


def test_going_back_is_named_unless_a_backup_was_restored() -> None:
    """What a node showed before it must show later."""
    history = _history(_node("one", ["public", "public"]), _node("one", ["public"]))
    assert any(fault.startswith("went back") for fault in check(history, []))
    history.restored.add(1)
    assert not any(fault.startswith("went back") for fault in check(history, []))


@pytest.mark.parametrize("kind", ["gap", "order", "invention", "resurrection", "digest"])
def test_fault_of_one_node_is_named(kind: str) -> None:
    """Gaps, a broken chain, foreign payloads, deleted records that live and wrong digests are each told."""
    one = copy.deepcopy(_node("one", ["public", "public", "withdrawn"]))
    if kind == "gap":
        del one.changes[1]
    elif kind == "order":
        one.changes[1].header["previous"] = "f" * 64
    elif kind == "invention":
        one.changes[1].payload["title"] = "Spoofed"
    elif kind == "resurrection":
        one.leaves["idr"][0]["status"] = "public"
    else:
        one.digests["idr"]["digest"] = "f" * 64
    assert any(fault.startswith(kind) for fault in check(_history(), [one]))
