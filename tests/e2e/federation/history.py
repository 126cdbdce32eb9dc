"""Every change that nodes acknowledge, read from each node's log over HTTP; imports nothing of what it watches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

Ask = Callable[[str], Any]
Key = tuple[str, int, int]


@dataclass(frozen=True)
class Change:
    """One entry as one node shows it.

    Args:
        node: that shows it; `header` is the owner's statement, `position` the node's own count.
        payload: as parsed; None where it is not there.
    """

    node: str
    owner: str
    epoch: int
    seq: int
    curie: str
    op: str
    time: str
    position: int
    header: dict[str, Any]
    payload: Any

    @property
    def key(self) -> Key:
        """Owner, epoch and sequence."""
        return self.owner, self.epoch, self.seq


@dataclass
class Snapshot:
    """What one node shows at one moment.

    Args:
        leaves: owner -> the newest version of each record, as its digests say.
        digests: owner -> what it says of itself.
        tenures: statements in force, as it shows them.
    """

    node: str
    digest: str = ""
    position: int = 0
    changes: list[Change] = field(default_factory=list)
    leaves: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    digests: dict[str, dict[str, Any]] = field(default_factory=dict)
    tenures: list[dict[str, Any]] = field(default_factory=list)


def read(node: str, ask: Ask) -> Snapshot:
    """A node, whole: read again where it moved meanwhile.

    Args:
        ask: path -> JSON document, None where there is none.
    Raises:
        requests.RequestException: it does not answer.
    """
    for _ in range(20):
        found = _read(node, ask)
        if ask("federation/digest.json")["digest"] == found.digest:
            return found
    raise requests.ConnectionError(f"{node} never stood still")


def _read(node: str, ask: Ask) -> Snapshot:
    said = ask("federation/digest.json")
    found = Snapshot(node, said["digest"], said["position"])
    found.tenures = [one["statement"] for one in ask("federation/registry.json")["tenures"]]
    for owner in said["owners"]:
        name = owner["owner"]
        found.digests[name], found.leaves[name] = owner, []
        for bucket in ask(f"federation/digest/{name}.json")["buckets"]:
            found.leaves[name] += ask(f"federation/digest/{name}/{bucket['bucket']}.json")["leaves"]
        for epoch in range(owner["epoch"] + 1):
            page = 1
            while part := ask(f"federation/log/{name}/{epoch}/{page}.json"):
                found.changes += [_change(node, one) for one in part["entries"]]
                page += 1
    return found


def _change(node: str, one: dict[str, Any]) -> Change:
    header = one["header"]
    return Change(
        node,
        header["owner"],
        header["epoch"],
        header["seq"],
        header["curie"],
        header["action"],
        header["generated_at"],
        one["position"],
        header,
        one.get("payload"),
    )


class History:
    """Snapshots in order, and what each node acknowledged: the changes of its own that it showed to anybody."""

    def __init__(self) -> None:
        self.snapshots: list[Snapshot] = []
        self.restored: set[int] = set()

    def look(self, node: str, ask: Ask, *, restored: bool = False) -> Snapshot:
        """Takes in what a node shows now.

        Args:
            restored: its ledger is an older one than at the last look.
        """
        found = read(node, ask)
        if restored:
            self.restored.add(len(self.snapshots))
        self.snapshots.append(found)
        return found
