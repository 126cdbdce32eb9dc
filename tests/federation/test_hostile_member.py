"""A member that lies changes nothing of others, costs little, and each attack leaves its reason where people look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.federation.feed import Answer
from catalogue.federation.members import Members
from catalogue.problems import FetchRefused, NotFound, Problem
from tests.federation.hostile_member import ATTACKS, HostileMember
from tests.federation.peers import MAX_BYTES, Net, Peer, net_in

HOSTILE = "https://hostile.example"
# Attack -> where its reason is found: quarantine, alarm, note or error, and a word of it.
REASONS = {
    "spoofed accessions": ("quarantine", "not-owner"),
    "forged signatures": ("quarantine", "not-owner"),
    "equivocation": ("alarm", "equivocation"),
    "endless pages": ("note", "its page gives nothing after 100"),
    "unknown owners": ("note", "no prefix of the prefix map here"),
    "one owner again and again": ("error", "names more than 2000 owners"),
    "endless leaves": ("note", "buckets"),
    "huge records": ("quarantine", "too-large"),
    "deep JSON": ("note", "no JSON"),
    "no numbers": ("note", "is no number"),
    "wrong digests": ("quarantine", "not-owner"),
    "false tenures": ("note", "The statement about biostudies, epoch 1"),
}


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    """Nodes that reach each other."""
    with net_in(tmp_path) as made:
        yield made


class _HostileFeed:
    def __init__(self, liar: HostileMember) -> None:
        self._liar = liar

    def get(self, path: str, max_bytes: int, etag: str = "") -> Answer:
        content = self._liar.document(path)
        if content is None:
            raise NotFound(f"{path} is not there.")
        if len(content) > max_bytes:
            raise FetchRefused(f"{path} is too large.", rule="too-large")
        return Answer(content, "", False, f"{HOSTILE}/{path}")


def _asking(net: Net, peer: Peer) -> Any:
    def ask(path: str) -> Any:
        seen = net.fetch(f"{peer.url}/{path}", 64 << 20, "")
        return json.loads(seen.content) if seen.status == 200 else None

    return ask


def _with_liar(net: Net, peer: Peer, liar: HostileMember) -> Members:
    """The members of a peer, among which one lies."""

    def open_feed(url: str) -> Any:
        return _HostileFeed(liar) if url == HOSTILE else net.open_feed(url)

    return Members(peer.ledger, open_feed, net.clock, MAX_BYTES, peer.home)


def _told(members: Members, peer: Peer) -> dict[str, str]:
    """What two pulls from the liar leave for people to read."""
    notes, error = list[str](), ""
    for _ in range(2):
        try:
            report = members.pull("liar")
            notes += report.notes
        except Problem as problem:
            error = problem.detail
    return {
        "note": "\n".join(notes),
        "error": error,
        "alarm": " ".join(one.kind for one in peer.ledger.registry.alarms()),
        "quarantine": " ".join(one.reason for one in peer.ledger.quarantined()),
    }


@pytest.mark.parametrize("attack", ATTACKS)
def test_liar_changes_nothing_of_others_and_is_told_of(net: Net, attack: str) -> None:
    """P3, P14: beside each attack the others' records are as without it, and its reason stands where people look."""
    one, two = net.node("one"), net.node("two")
    one.add(1, 2, 3)
    liar = HostileMember(
        attack,
        _asking(net, one),
        "biostudies",
        record_bytes=11 << 20,
        many=1_500 if attack == "unknown owners" else 3_000,
    )
    members = _with_liar(net, two, liar)
    members.join(one.url, "one")
    members.join(HOSTILE, "liar")
    members.pull("one")
    before = two.ledger.digests.owner("biostudies")
    told = _told(members, two)
    where, word = REASONS[attack]
    assert word in told[where], told
    assert liar.asked < 100, "it drew the pull out"
    one.add(4)
    report = members.pull("one")
    assert report.applied == 1 and not report.refused and not report.alarms
    assert two.ledger.digests.owner("biostudies") == one.ledger.digests.owner("biostudies") != before
    for entry in one.ledger.heads():
        assert two.ledger.head(entry.curie).payload == entry.payload
    assert list(two.ledger.fsck()) == []


def test_liar_that_comes_first_is_believed_no_more(net: Net) -> None:
    """P3: also before the good node was read, nothing that the liar says in its name is taken in."""
    one, two = net.node("one"), net.node("two")
    one.add(1, 2, 3)
    members = _with_liar(net, two, HostileMember("forged signatures", _asking(net, one), "biostudies"))
    members.join(HOSTILE, "liar")
    members.join(one.url, "one")
    _told(members, two)
    assert members.pull("one").equal
    assert two.ledger.digests.owner("biostudies") == one.ledger.digests.owner("biostudies")
