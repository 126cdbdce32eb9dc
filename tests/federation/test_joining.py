"""Members of a real node: joined, pulled, paused, told apart; each over the other's real web application."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from catalogue.federation.pull_report import PullReport
from catalogue.federation.rebuilding import RebuildMark
from catalogue.federation.schedule import Schedule
from catalogue.federation.standing import day_states, holders, standing_document, standings
from catalogue.model.signing import NodeKey
from catalogue.problems import BadRequest, Conflict, NotFound, SourceChanged, SourceUnavailable
from tests.federation.peers import Net, Peer, net_in
from tests.store.graph.records import append, study

COUNT = 3


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    """Nodes that reach each other."""
    with net_in(tmp_path) as made:
        yield made


@pytest.fixture
def pair(net: Net) -> tuple[Peer, Peer]:
    """Two nodes; the first has studies, the second has joined it."""
    one, two = net.node("one"), net.node("two")
    one.add(*range(1, COUNT + 1))
    two.members.join(one.url, "first")
    return one, two


def schedule_of(net: Net, peer: Peer) -> Schedule:
    """The schedule of a node that has members only."""
    return Schedule(
        peer.ledger,
        lambda: pytest.fail("no source but members is due"),
        86_400.0,
        net.clock,
        threading.Event(),
        members=lambda: peer.members,
        member_interval_s=60.0,
    )


def test_pull_takes_in_everything_and_says_so(pair: tuple[Peer, Peer]) -> None:
    """P1, P2: after one pull both hold the same by digest, over more than one page, and progress was told."""
    one, two = pair
    one.add(*range(COUNT + 1, 102))
    told: list[int] = []
    report = two.members.pull("first", lambda so_far: told.append(so_far.applied))
    assert (report.applied, report.equal, report.behind) == (101, True, 0)
    assert told == [100, 101]
    assert two.ledger.digests.node().owners == one.ledger.digests.node().owners
    (standing,) = standings(two.ledger)
    assert (standing.state, standing.lag_entries, standing.lag_s(two.ledger.clock())) == ("equal", 0, 0.0)
    assert standing.cell("biostudies").count == 101
    assert standing.cell("idr") is None


def test_no_change_costs_one_conditional_request(pair: tuple[Peer, Peer]) -> None:
    """R7, P12: a pull that finds nothing new is one request, answered 304, and no log grows."""
    one, two = pair
    two.members.pull("first")
    one.asked.clear()
    position = two.ledger.last_position()
    report = two.members.pull("first")
    assert (report.unchanged, report.equal) == (True, True)
    assert one.asked == [("/federation/node.json", 304)]
    assert two.ledger.last_position() == position


def test_node_that_has_more_stays_ahead_when_nothing_changes(pair: tuple[Peer, Peer]) -> None:
    """P12: a member that lacks what is only here costs one conditional request as well, and nothing is left to do."""
    one, two = pair
    append(two.ledger, study(9, id="idr:idr0009", accession="idr0009", owner="idr"))
    assert not two.members.pull("first").equal
    two.members.pull("first")
    one.asked.clear()
    report = two.members.pull("first")
    assert (report.unchanged, report.equal, report.ahead) == (True, False, True)
    assert one.asked == [("/federation/node.json", 304)]
    assert standings(two.ledger)[0].state == "ahead"


def test_nodes_that_hold_all_records_of_an_owner_are_counted(pair: tuple[Peer, Peer]) -> None:
    """An owner's records are held by this node and by each active member whose last digest of them was equal."""
    _, two = pair
    append(two.ledger, study(9, id="idr:idr0009", accession="idr0009", owner="idr"))
    two.members.pull("first")
    assert holders(two.ledger) == {"biostudies": 2, "idr": 1}
    two.members.set_state("first", "paused")
    assert holders(two.ledger) == {"biostudies": 1, "idr": 1}


def test_member_that_is_down_is_noted_and_recovers(net: Net, pair: tuple[Peer, Peer]) -> None:
    """A member that does not answer raises, stays a member with the reason, and its lag grows until it answers."""
    one, two = pair
    two.members.pull("first")
    one.down = True
    net.clock.pass_s(3600)
    with pytest.raises(SourceUnavailable):
        two.members.pull("first")
    (standing,) = standings(two.ledger)
    assert (standing.state, standing.lag_s(net.clock())) == ("not reached", 3600.0)
    assert "does not answer" in standing.error
    assert two.ledger.runs("first", limit=1)[0].state == "failed"
    one.down = False
    two.members.pull("first")
    (standing,) = standings(two.ledger)
    assert (standing.state, standing.error, standing.days[-1].pulls, standing.days[-1].failed) == ("equal", "", 3, 1)


def test_other_node_at_the_address_is_refused(net: Net, pair: tuple[Peer, Peer]) -> None:
    """P3: nothing is taken from another node that answers at a member's address; the operator is told what to do."""
    one, two = pair
    imposter = net.node("imposter")
    imposter.add(1)
    net.peers[one.url] = imposter
    with pytest.raises(SourceChanged, match="join it again"):
        two.members.pull("first")
    assert two.ledger.last_position() == 0
    (standing,) = standings(two.ledger)
    assert standing.state == "answers wrongly" and "join it again" in standing.what_to_do


def test_joining_holds_the_key_against_what_the_operator_said(net: Net) -> None:
    """A key other than the one told on the telephone, the node itself, and a nameless name are refused."""
    one, two = net.node("one"), net.node("two")
    with pytest.raises(Conflict, match="not joined"):
        two.members.join(one.url, key="0" * 8 if not one.ledger.key.public.startswith("0" * 8) else "f")
    with pytest.raises(Conflict, match="this node itself"):
        two.members.join(two.url)
    with pytest.raises(BadRequest):
        two.members.join(one.url, name="../one")
    assert two.ledger.registry.members() == []
    member = two.members.join(one.url, key=one.ledger.key.public[:6].upper())
    assert (member.name, member.state, member.node) == ("node-one", "active", one.node)


def test_joined_again_a_member_keeps_its_name_and_takes_the_new_address(net: Net, pair: tuple[Peer, Peer]) -> None:
    """A member that moved is joined again: one member, one source, the new address."""
    one, two = pair
    two.members.pull("first")
    equal_at = standings(two.ledger)[0].equal_at
    net.peers["https://moved.example"] = one
    member = two.members.join("https://moved.example/")
    assert (member.name, member.url) == ("first", "https://moved.example")
    assert [source.location for source in two.ledger.sources()] == ["https://moved.example"]
    assert standings(two.ledger)[0].equal_at == equal_at is not None
    assert two.members.pull("first").equal


def test_source_of_a_member_that_was_down_joins_at_its_first_pull(net: Net) -> None:
    """A node started with the address of one that is not up yet joins it when it answers."""
    one, two = net.node("one"), net.node("two")
    one.add(1)
    two.ledger.add_source("later", harvester="member", location=one.url)
    one.down = True
    with pytest.raises(SourceUnavailable):
        two.members.pull("later")
    one.down = False
    assert two.members.pull("later").equal
    assert two.ledger.registry.member("later").node == one.node
    with pytest.raises(NotFound):
        two.members.pull("nobody")


def test_paused_member_is_not_pulled_by_hand_nor_by_the_schedule(net: Net, pair: tuple[Peer, Peer]) -> None:
    """A paused member is left alone until it is resumed, and the schedule says why."""
    one, two = pair
    schedule = schedule_of(net, two)
    assert [source.name for source in schedule.due()] == ["first"]
    two.members.set_state("first", "paused")
    with pytest.raises(Conflict, match="resume"):
        two.members.pull("first")
    assert schedule.due() == []
    assert "ommatidia member resume first" in schedule.outlooks()[0].stopped
    one.asked.clear()
    assert schedule.run_due() == 0
    assert one.asked == []
    two.members.set_state("first", "active")
    assert schedule.run_due() == 1
    assert standings(two.ledger)[0].state == "equal"


def test_schedule_pulls_again_after_its_interval_or_when_asked(net: Net, pair: tuple[Peer, Peer]) -> None:
    """Within its interval a member is not asked; a mark makes it due within seconds and is gone after the pull."""
    one, two = pair
    schedule = schedule_of(net, two)
    schedule.run_due()
    one.add(COUNT + 1)
    net.clock.pass_s(2)
    two.members.soon.ask("first")
    assert schedule.due() == []
    net.clock.pass_s(4)
    assert [source.name for source in schedule.due()] == ["first"]
    schedule.run_due()
    assert two.ledger.last_position() == COUNT + 1
    assert not two.members.soon.asked("first")
    assert schedule.due() == []
    net.clock.pass_s(70)
    assert [source.name for source in schedule.due()] == ["first"]


def test_digests_that_differ_without_reason_twice_raise_an_alarm(net: Net, pair: tuple[Peer, Peer]) -> None:
    """R15: equal logs with other digests are noted once, alarmed the second time, and a person is told."""
    one, two = pair
    two.members.pull("first")
    one.add(COUNT + 1)
    digest = one.ledger.digests.owner("biostudies").digest
    whole = one.app.test_client().get("/federation/digest.json").text
    one.changed["/federation/digest.json"] = whole.replace(digest, "a" * 64).encode()
    assert not two.members.pull("first").equal
    assert two.ledger.registry.alarms() == []
    assert standings(two.ledger)[0].state == "differs"
    two.members.pull("first")
    (alarm,) = two.ledger.registry.alarms()
    assert (alarm.kind, alarm.owner, alarm.node) == ("digest-mismatch", "biostudies", one.node)
    (standing,) = standings(two.ledger)
    assert standing.state == "alarm" and "member alarms" in standing.what_to_do
    assert standing_document(standing, net.clock())["alarms"] == [alarm.id]
    one.changed.clear()
    assert two.members.pull("first").equal


def test_days_are_told_from_each_other(net: Net, pair: tuple[Peer, Peer]) -> None:
    """A day is equal when digests were equal once, failed when nothing was answered, none when nobody asked."""
    one, two = pair
    two.members.pull("first")
    net.clock.pass_s(86_400)
    one.down = True
    with pytest.raises(SourceUnavailable):
        two.members.pull("first")
    net.clock.pass_s(2 * 86_400)
    states = day_states(two.ledger.registry.days(one.node), net.clock(), 5)
    assert states == [
        ("2026-11-21", "none"),
        ("2026-11-22", "equal"),
        ("2026-11-23", "failed"),
        ("2026-11-24", "none"),
        ("2026-11-25", "none"),
    ]
    assert two.ledger.registry.days(one.node, 2) == []
    assert net.clock() - two.ledger.registry.member("first").joined_at == timedelta(days=3)


def test_key_that_was_written_over_is_another_node(net: Net, pair: tuple[Peer, Peer]) -> None:
    """A member whose key file was lost and made anew is refused as another node, with both names."""
    one, two = pair
    two.members.pull("first")
    before = one.node
    one.ledger.key = NodeKey(os.urandom(32))
    with pytest.raises(SourceChanged, match=before):
        two.members.pull("first")


def test_mark_for_a_rebuild_is_set_around_the_change_and_outlives_a_crash(tmp_path: Path) -> None:
    """A mark set while a rebuild is under way asks for another one; what was begun and not ended begins again."""
    mark = RebuildMark(tmp_path)
    assert not mark.begin()
    mark.want()
    assert mark.begin()
    mark.want()
    assert mark.begin()
    assert RebuildMark(tmp_path).begin()
    mark.done()
    assert not RebuildMark(tmp_path).begin()


def test_report_of_a_pull_counts_as_behind_what_the_member_has_more() -> None:
    """Before anything was compared nothing is behind, and an incomplete reading is never equal."""
    report = PullReport("n")
    assert (report.behind, report.equal) == (0, True)
    report.complete = False
    assert not report.equal


def test_member_that_lacks_an_owner_is_not_equal_and_this_node_is_ahead(net: Net, pair: tuple[Peer, Peer]) -> None:
    """P1: a member without records that are here is never called equal, until it has pulled them."""
    one, two = pair
    two.members.pull("first")
    one.members.join(two.url, "second")
    three = net.node("three")
    two.members.join(three.url, "third")
    report = two.members.pull("third")
    assert (report.equal, report.behind) == (False, 0)
    (standing,) = [one for one in standings(two.ledger) if one.member.name == "third"]
    assert (standing.state, standing.cell("biostudies").epoch) == ("ahead", -1)
    three.members.join(two.url, "second")
    assert three.members.pull("second").equal
    assert two.members.pull("third").equal


def test_what_a_member_writes_is_learnt_at_each_pull(net: Net) -> None:
    """A member that began to write an archive after it joined is shown with that prefix."""
    one, two = net.node("one"), net.node("two")
    two.members.join(one.url, "first")
    assert two.ledger.registry.member("first").description["prefixes"] == []
    one.add(1)
    two.members.pull("first")
    assert two.ledger.registry.member("first").description["prefixes"] == ["biostudies"]
