"""The log by position and time: where a moment lies in it, and up to which moment nothing more can come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_records import append_study

from catalogue.store.ledger import Ledger
from tests.exchange.harvested import START, Node, study


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    found = Node(tmp_path)
    yield found
    found.ledger.close()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(gaps=st.lists(st.integers(0, 3_000_000), max_size=12), at=st.integers(-1, 40_000_000))
def test_position_before_a_moment(tmp_path_factory: pytest.TempPathFactory, gaps: list[int], at: int) -> None:
    """The position found by halving is that of the last entry recorded earlier, whatever the gaps between entries."""
    node = Node(tmp_path_factory.mktemp("log"))
    for number, gap in enumerate(gaps):
        node.clock.go(gap / 1e6)
        node.put(study(number))
    when = START + timedelta(microseconds=at)
    earlier = [entry.position for entry in node.ledger.entries() if entry.recorded_at < when]
    assert node.ledger.timeline.position_before(when) == max(earlier, default=0)
    node.ledger.close()


def test_the_log_is_settled_up_to_the_running_second_when_nobody_writes(node: Node) -> None:
    """Without a writer, all that was stamped before this second is committed."""
    assert node.ledger.timeline.settled() == START.replace(microsecond=0)
    node.clock.go(2)
    assert node.ledger.timeline.settled() == START.replace(microsecond=0) + timedelta(seconds=2)


def test_a_writer_keeps_the_log_from_settling(node: Node) -> None:
    """While a transaction is open, only what was known before and the second of the newest entry are settled."""
    node.put(study(1))
    node.clock.go(10)
    known = node.ledger.timeline.settled()
    with node.ledger.transaction() as writer:
        node.append(writer, study(2))
        node.clock.go(50)
        assert node.ledger.timeline.settled(known) == known
        assert node.ledger.timeline.settled() == START.replace(microsecond=0)
    assert node.ledger.timeline.settled(known) == known + timedelta(seconds=50)


def test_settled_moments_never_go_back(node: Node) -> None:
    """A clock that is set back does not take back what was said before."""
    known = node.ledger.timeline.settled()
    node.clock.go(-3600)
    assert node.ledger.timeline.settled(known) == known


def test_asking_does_not_keep_others_from_writing(node: Node) -> None:
    """The question gives its lock back at once: a transaction that begins after it goes on."""
    for number in range(3):
        node.ledger.timeline.settled()
        node.put(study(number))
        node.clock.go(1)
    assert node.ledger.timeline.last_position() == 3


def test_an_empty_ledger_with_a_writer_is_settled_to_nothing(node: Node) -> None:
    """Before the first commit nothing at all can be promised."""
    with node.ledger.transaction() as writer:
        node.append(writer, study(1))
        assert node.ledger.timeline.settled() == datetime(1970, 1, 1, tzinfo=UTC)


def test_versions_as_of_a_position(node: Node) -> None:
    """A record is told as it was at a position of the log; before its first version it is not there."""
    node.put(study(1))
    node.put(study(2))
    node.put(study(1, "Changed"))
    log, curie = node.ledger.timeline, "biostudies:S-BIAD1"
    versions = [log.version_at(curie, position) for position in range(4)]
    assert [entry.position if entry else None for entry in versions] == [None, 1, 1, 3]


def test_changes_tell_actions_and_which_are_newest(node: Node) -> None:
    """Changes come in order, with action and status, without payloads."""
    node.put(study(1))
    node.put(study(1, "Changed"))
    node.withdraw("biostudies:S-BIAD1")
    node.put(study(1, "Again"))
    changes = node.ledger.timeline.changes(0, 4, 100)
    assert [(c.position, c.action, c.status, c.newest) for c in changes] == [
        (1, "create", "public", False),
        (2, "update", "public", False),
        (3, "delete", "withdrawn", False),
        (4, "create", "public", True),
    ]
    assert [c.position for c in node.ledger.timeline.changes(1, 3, 100)] == [2, 3]
    assert [c.position for c in node.ledger.timeline.changes(0, 4, 2)] == [1, 2]


def test_settled_moments_on_every_engine(ledger: Ledger, clock: Any) -> None:
    """SQLite and PostgreSQL tell alike whether somebody writes, where a moment lies, and what changed."""
    timeline = ledger.timeline
    with ledger.transaction() as writer:
        append_study(writer, "idr:idr0001")
        clock.move(10)
        append_study(writer, "idr:idr0002")
        assert timeline.settled() == datetime(1970, 1, 1, tzinfo=UTC)
    settled = timeline.settled()
    assert settled == clock().replace(microsecond=0)
    with ledger.transaction() as writer:
        clock.move(10)
        append_study(writer, "idr:idr0001", title="Changed")
        assert timeline.settled(settled) == settled
    assert timeline.settled(settled) == clock().replace(microsecond=0)
    assert [timeline.position_before(clock() - timedelta(seconds=s)) for s in (21, 15, 5, -1)] == [0, 1, 2, 3]
    assert [(c.position, c.newest, c.whole) for c in timeline.changes(0, 3, 9)] == [
        (1, False, True),
        (2, True, True),
        (3, True, True),
    ]
    assert sorted(timeline.at([1, 3])) == [1, 3] and sorted(timeline.filled([1, 2, 3])) == [2, 3]
    found = timeline.version_at("idr:idr0001", 2)
    assert found is not None and found.position == 1
