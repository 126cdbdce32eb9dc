"""Passing owners between nodes: hand-over, fencing, keys, votes, and the recovery of a forked log."""

from __future__ import annotations

import shutil

import pytest

from catalogue.problems import Conflict, RecordRejected
from tests.federation.loopback_nodes import LoopbackNode, Net, settle


@pytest.fixture
def three(tmp_path):
    """Three nodes that know each other; `one` writes idr."""
    net = Net()
    nodes = [LoopbackNode(net, name, tmp_path / name) for name in ("one", "two", "three")]
    for number in (1, 2, 3):
        nodes[0].write(f"idr:idr000{number}")
    for node in nodes:
        node.join(*[other for other in nodes if other is not node])
    settle(*nodes)
    assert nodes[0].state() == nodes[1].state() == nodes[2].state()
    return nodes


def test_handed_over_owner_is_written_by_the_other_node_and_nobody_else(three):
    """P11: after a hand-over the new writer's entries count everywhere, and the former one refuses to write."""
    one, two, _ = three
    one.ownership.hand_over("idr", "two")
    with pytest.raises(RecordRejected, match="handed over"):
        one.write("idr:idr0004")
    tenure = two.ownership.take_over("idr")
    assert (tenure.epoch, tenure.node, tenure.after_seq) == (1, two.ledger.key.node, 3)
    two.write("idr:idr0001", "Renewed")
    settle(*three)
    assert one.state() == two.state() == three[2].state()
    assert one.ledger.head("idr:idr0001").record["title"] == "Renewed"
    with pytest.raises(RecordRejected, match="exactly one"):
        one.write("idr:idr0004")


def test_cancelled_hand_over_leaves_the_writer(three):
    """An operator who changes their mind goes on writing."""
    one = three[0]
    one.ownership.hand_over("idr", "two")
    one.ownership.cancel("idr")
    one.write("idr:idr0004")
    settle(*three)
    assert one.state() == three[1].state()


def test_what_a_former_writer_adds_late_counts_nowhere(three, tmp_path):
    """P11: entries of an old epoch beyond the hand-over are passed over, also where they were taken in before."""
    one, two, third = three
    shutil.copytree(one.folder, tmp_path / "copy")
    one.ownership.hand_over("idr", "two")
    two.ownership.take_over("idr")
    two.down = True
    late = LoopbackNode(one.net, "one", tmp_path / "copy")
    late.write("idr:idr0009", "Too late")
    late.write("idr:idr0001", "Also too late")
    third.members.pull("one")
    assert third.ledger.head("idr:idr0009") is not None
    two.down = False
    two.write("idr:idr0002", "By the new writer")
    settle(two, third, late)
    assert third.ledger.head("idr:idr0009") is None
    assert third.ledger.head("idr:idr0001").record["title"] == "A study"
    assert third.rewritten
    assert third.state() == two.state() == late.state()
    assert list(third.ledger.fsck()) == []


def test_next_key_keeps_name_and_owners(three):
    """A node with another key is still the member that joined, and its records go on."""
    one, two, third = three
    name, old = one.ledger.key.node, one.ledger.key.public
    one.ownership.rotate_key()
    one.write("idr:idr0005")
    settle(*three)
    assert one.ledger.key.node == name and one.ledger.key.public != old
    assert two.ledger.registry.member("one").key == one.ledger.key.public
    assert one.state() == two.state() == third.state()
    one.open()
    one.write("idr:idr0006")
    settle(*three)
    assert one.state() == two.state()


def test_lost_writer_is_replaced_by_a_vote(three):
    """More than half of the members can let another node write for one that is gone; fewer cannot."""
    one, two, third = three
    one.down = True
    two.ownership.propose("idr")
    with pytest.raises(Conflict, match="more than half"):
        two.ownership.take_over("idr")
    third.ownership.vote("idr", "two")
    assert two.ownership.take_over("idr").reason == "recovery"
    two.write("idr:idr0004")
    settle(two, third)
    assert two.state() == third.state()


def test_restored_backup_takes_its_own_log_back_before_it_writes(three, tmp_path):
    """R18: what a node had written after its backup comes back from its fellows, and writing goes on after it."""
    one, two, third = three
    one.back_up(tmp_path / "backup.db")
    one.write("idr:idr0004", "After the backup")
    settle(*three)
    one.restore(tmp_path / "backup.db")
    assert one.ledger.head("idr:idr0004") is None
    one.members.take_back()
    one.write("idr:idr0005")
    settle(*three)
    assert one.ledger.head("idr:idr0004").record["title"] == "After the backup"
    assert one.state() == two.state() == third.state()


def test_own_log_comes_back_also_while_a_pull_is_under_way(three, tmp_path):
    """R18: the worker pulls and harvests at once; a harvest waits for no pull and takes its log back first."""
    one, two, _ = three
    one.back_up(tmp_path / "backup.db")
    one.write("idr:idr0004", "After the backup")
    settle(*three)
    one.restore(tmp_path / "backup.db")
    with one.ledger.lease("harvest:two", "another run"), one.ledger.lease("harvest:three", "another run"):
        one.members.take_back()
    assert one.ledger.head("idr:idr0004") is not None
    one.write("idr:idr0005")
    settle(*three)
    assert one.state() == two.state() and not two.ledger.registry.alarms()


def test_member_that_did_not_answer_is_asked_for_the_own_log_again(three, tmp_path):
    """R18: a member that was down at the first question is asked before the next writing."""
    one, two, third = three
    one.members.take_back()
    asked = len(one.net.asked)
    one.members.take_back()
    assert len(one.net.asked) == asked
    one.open()
    two.down = third.down = True
    one.members.take_back()
    two.down = third.down = False
    one.members.take_back()
    assert len(one.net.asked) > asked


def test_forked_log_freezes_its_owner_until_it_is_recovered(three, tmp_path):
    """P6: a writer that wrote other entries after an old backup is refused, and recovers without loss."""
    one, two, third = three
    one.back_up(tmp_path / "backup.db")
    one.write("idr:idr0004", "Known to the others")
    one.write("idr:idr0001", "Newer at the others")
    settle(*three)
    one.restore(tmp_path / "backup.db")
    one.write("idr:idr0005", "Written too early")
    settle(*three)
    assert [alarm.kind for alarm in one.ledger.registry.alarms()] == ["echo-mismatch"]
    assert [alarm.kind for alarm in two.ledger.registry.alarms()] == ["equivocation"]
    with pytest.raises(RecordRejected, match="until a person has looked"):
        one.write("idr:idr0006")
    done = one.ownership.recover("idr", "two")
    assert (done.common, done.adopted, done.kept) == (3, 2, 1)
    settle(*three)
    assert one.state() == two.state() == third.state()
    titles = {c: third.ledger.head(f"idr:idr000{c}").record["title"] for c in (1, 4, 5)}
    assert titles == {1: "Newer at the others", 4: "Known to the others", 5: "Written too early"}
    assert not [a for node in three for a in node.ledger.registry.alarms()]
    assert not [fault for node in three for fault in node.ledger.fsck()]


def test_fork_of_equally_long_logs_raises_no_alarm_of_digests_however_often_they_are_compared(three, tmp_path):
    """P6: what a fork explains raises no alarm of digests, so that none is left when it is recovered."""
    one, two, third = three
    one.back_up(tmp_path / "backup.db")
    one.write("idr:idr0001", "Newer at the others")
    settle(*three)
    one.restore(tmp_path / "backup.db")
    one.write("idr:idr0001", "Written too early")
    for _ in range(3):
        settle(*three)
    assert {alarm.kind for alarm in one.ledger.registry.alarms()} == {"echo-mismatch"}
    assert {alarm.kind for alarm in two.ledger.registry.alarms()} == {"equivocation"}
    one.ownership.recover("idr", "two")
    settle(*three)
    assert one.state() == two.state() == third.state()
    assert not [a for node in three for a in node.ledger.registry.alarms()]


def test_what_a_member_says_of_itself_is_kept_as_it_says_it_now(three):
    """Prefixes that a member began to write after it joined are shown."""
    one, two, _ = three
    assert one.ledger.registry.member("two").description["prefixes"] == []
    two.write("ssbd:ssbd-repos-000001")
    settle(one)
    assert one.ledger.registry.member("two").description["prefixes"] == ["ssbd"]
