"""P17: who reads a node while it takes in from a member sees each study wholly old or wholly new."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.federation.peers import Net, Peer, net_in
from tests.store.graph.records import append, study

STUDIES = 60


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    """Nodes that reach each other."""
    with net_in(tmp_path) as made:
        yield made


def _write(peer: Peer, version: str) -> None:
    """Every study anew, its version in each of its fields."""
    said = {"title": f"Title {version}", "description": f"Description {version}", "keywords": [f"word {version}"]}
    append(peer.ledger, *(study(number, **said) for number in range(1, STUDIES + 1)))


def _versions(record: dict[str, Any]) -> set[str]:
    texts = [record["title"], record["description"], *record["keywords"]]
    return {text.rpartition(" ")[2] for text in texts}


class _Reader(threading.Thread):
    """Reads studies again and again as pages, documents and digests, until told to stop."""

    def __init__(self, peer: Peer) -> None:
        super().__init__(daemon=True)
        self._client = peer.app.test_client()
        self._peer = peer
        self.stop = threading.Event()
        self.faults: list[str] = []
        self.seen: set[str] = set()
        self.last: dict[int, str] = {}

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            number = number % STUDIES + 1
            self._read(number)

    def _read(self, number: int) -> None:
        curie = f"biostudies:S-BIAD{number}"
        head = self._peer.ledger.head(curie)
        if head is None:
            return
        versions = _versions(head.record)
        if len(versions) != 1:
            self.faults.append(f"{curie} is of versions {versions}")
        (version,) = versions or {""}
        if version < self.last.get(number, ""):
            self.faults.append(f"{curie} went back from {self.last[number]} to {version}")
        self.last[number] = version
        self.seen.add(version)
        page = self._client.get(f"/studies/{curie}.jsonld").get_data(as_text=True)
        shown = {word for word in ("one", "two") if f"Title {word}" in page or f"Description {word}" in page}
        if len(shown) != 1:
            self.faults.append(f"/studies/{curie}.jsonld shows {shown or 'nothing'}")
        if version == "two" and shown == {"one"}:
            self.faults.append(f"/studies/{curie}.jsonld is older than what was there before")


def test_study_is_read_wholly_old_or_wholly_new_during_a_pull(net: Net) -> None:
    """P17, P5: beside the pull of a new version of every study no reader meets a mixture, and none goes back."""
    one, two = net.node("one"), net.node("two")
    _write(one, "one")
    two.members.join(one.url, "first")
    two.members.pull("first")
    _write(one, "two")
    readers = [_Reader(two) for _ in range(3)]
    for reader in readers:
        reader.start()
    report = two.members.pull("first")
    for reader in readers:
        reader.stop.set()
        reader.join()
    assert report.applied == STUDIES and report.equal
    assert [fault for reader in readers for fault in reader.faults] == []
    assert "one" in set().union(*(reader.seen for reader in readers))
    final = _Reader(two)
    for number in range(1, STUDIES + 1):
        final._read(number)
    assert final.seen == {"two"} and not final.faults


def test_owner_digests_seen_during_a_pull_are_those_of_its_owner(net: Net) -> None:
    """P17: while batches are taken in, the digest and the position that a reader is given belong to one moment."""
    one, two = net.node("one"), net.node("two")
    _write(one, "one")
    two.members.join(one.url, "first")
    seen: list[Any] = []
    two.members.pull("first", lambda report: seen.append(two.ledger.digests.owner("biostudies")))
    assert seen and all(owner is not None and owner.seq == owner.count for owner in seen)
    assert seen[-1] == one.ledger.digests.owner("biostudies")
