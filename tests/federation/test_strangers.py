"""What a member or a stranger shows that is not so: it stops nothing and moves nobody's records."""

from __future__ import annotations

import json

import pytest

from catalogue.federation.feed import Answer, MemberSays
from catalogue.model.signing import NodeKey
from catalogue.model.tenure import SignedTenure, next_tenure
from catalogue.problems import Conflict, FetchRefused, NotFound, SourceChanged
from tests.federation.loopback_nodes import LoopbackNode, Net, settle


@pytest.fixture
def nodes(tmp_path):
    """A writer of idr and two members; each knows the others."""
    net = Net()
    found = [LoopbackNode(net, name, tmp_path / name) for name in ("one", "two", "three")]
    for node in found:
        node.join(*[other for other in found if other is not node])
    found[0].write("idr:idr0001")
    settle(*found)
    yield found
    for node in found:
        node.ledger.close()


def proposal(victim, node, key, *signers, reason="recovery"):
    """A statement that makes `node` with `key` the writer of idr after what `victim` holds."""
    before = victim.ledger.registry.tenure("idr")
    place = victim.ledger.log.place("idr", before.epoch)
    said = next_tenure(before, node, key, (place.seq, place.digest), reason, "2026-03-01T00:00:00.000000Z")
    return SignedTenure(said, {one.public: one.sign(said.message) for one in signers})


def test_vote_for_a_member_cannot_go_to_another_key(nodes):
    """P11: a proposal in a member's name that it did not sign is nobody's, whoever shows it."""
    one, two, three = nodes
    stolen = NodeKey(b"s" * 32)
    for signers in ((stolen,), ()):
        forged = proposal(three, two.ledger.key.node, stolen.public, *signers or (three.ledger.key,))
        one.ledger.registry.put_offer("proposal", forged, "in the name of two")
        with pytest.raises(NotFound, match="shows no proposal"):
            three.ownership.vote("idr", "two")


def test_forged_hand_over_does_not_stand_before_the_real_one(nodes):
    """A member that shows garbage about an owner, or spoils a signature, does not keep the real hand-over from it."""
    one, two, three = nodes
    real = one.ownership.hand_over("idr", "two")
    garbage = proposal(two, two.ledger.key.node, two.ledger.key.public, NodeKey(b"x" * 32), reason="transfer")
    two.ledger.registry.put_offer("proposal", garbage, "shown before the others")
    spoiled = SignedTenure(real.tenure, {one.ledger.key.public: "0" * 128})
    three.ledger.registry.put_offer("proposal", spoiled, "shown after the real one")
    with pytest.raises(Conflict, match="cannot be taken over yet"):
        one.down = True
        two.ownership.take_over("idr")
    one.down = False
    assert two.ownership.take_over("idr").epoch == 1


def test_taking_back_asks_only_for_this_nodes_own_log(nodes):
    """R18: before a harvest nothing but this node's own log is looked for, and nothing once it was."""
    one, two, _ = nodes
    two.write("empiar:10001")
    asked = one.net.asked
    asked.clear()
    one.members.take_back()
    assert {path for path, _ in asked} == {
        "federation/node.json",
        "federation/registry.json",
        "federation/digest.json",
    }
    assert one.ledger.head("empiar:10001") is None
    asked.clear()
    one.members.take_back()
    assert asked == []


def test_refusal_about_one_owner_holds_up_no_other(nodes):
    """P14: an owner whose pages and headers are too large for everybody delays only itself, also through a relay."""
    one, _, three = nodes
    one.write("empiar:10001")
    one.write("ssbd:1-a-b")

    def open_feed(url):
        feed = one.net.open_feed(url)
        real = feed.get

        def get(path, max_bytes, etag=""):
            if "/log/empiar/" in path:
                raise FetchRefused("too large", rule="too-large")
            return real(path, max_bytes, etag)

        feed.get = get
        return feed

    three.members._open_feed = open_feed
    report = three.members.pull("one")
    assert not report.complete
    assert three.ledger.head("ssbd:1-a-b") is not None
    assert three.ledger.head("empiar:10001") is None


@pytest.mark.parametrize("count", [2, 2_001])
def test_digest_that_names_an_owner_again_and_again_is_refused(count):
    """R11: nobody keeps this node busy with owners without number."""
    owner = {"owner": "idr", "epoch": 0, "seq": 1, "log_digest": "", "count": 1, "live": 1}
    owner |= {"digest": "0" * 64, "live_digest": "0" * 64}
    names = ["idr"] * count if count == 2 else [f"a{number}" for number in range(count)]
    said = {"form": "ommatidia-exchange/1", "owners": [{**owner, "owner": name} for name in names]}

    class Shown:
        def get(self, path, max_bytes, etag=""):
            return Answer(json.dumps(said).encode(), "", False, path)

    with pytest.raises(SourceChanged):
        MemberSays(Shown(), "", "").owners()


def test_recovery_does_not_read_a_log_without_end(nodes):
    """A member whose pages repeat is no log to recover from; nothing is written (R11)."""
    one, _, _ = nodes
    for number in range(2, 102):
        one.write(f"idr:idr{number:04d}")
    settle(*nodes)
    real = one.net.open_feed

    def open_feed(url):
        feed = real(url)
        get = feed.get
        feed.get = lambda path, max_bytes, etag="": get(
            path.replace("/2.json", "/1.json") if "/log/" in path else path, max_bytes, etag
        )
        return feed

    one.ownership._open_feed = open_feed
    before = one.ledger.last_position()
    with pytest.raises(SourceChanged):
        one.ownership.recover("idr", "two")
    assert one.ledger.last_position() == before
