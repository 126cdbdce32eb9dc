"""Before a node writes, it has asked its members for what they have of its own log (R18)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.ingest.holder import new_holder
from tests.federation.peers import Net, Peer, net_in


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    """Nodes that reach each other."""
    with net_in(tmp_path) as made:
        yield made


@pytest.fixture
def pair(net: Net) -> tuple[Peer, Peer]:
    """A node, and one that has joined it."""
    there, here = net.node("one"), net.node("two")
    here.members.join(there.url, "first")
    there.asked.clear()
    return there, here


def test_own_log_is_asked_for_while_the_member_is_being_read(pair: tuple[Peer, Peer]) -> None:
    """R18: a pull under way may be far from the node's own log; who is about to write does not wait for it and asks."""
    there, here = pair
    with here.ledger.lease("harvest:first", new_holder()):
        here.members.take_back()
    assert len(there.asked) > 0


def test_each_member_is_asked_once_a_process(pair: tuple[Peer, Peer]) -> None:
    """R18, R7: what was asked when the process began need not be asked before every run."""
    there, here = pair
    here.members.take_back()
    first = len(there.asked)
    here.members.take_back()
    assert len(there.asked) == first


def test_member_that_does_not_answer_keeps_nobody_from_writing(pair: tuple[Peer, Peer]) -> None:
    """R18: a member that is down is passed over; should it have had more, its log and ours are told apart later."""
    there, here = pair
    there.down = True
    here.members.take_back()
    assert there.asked == []
