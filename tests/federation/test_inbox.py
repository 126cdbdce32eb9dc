"""The inbox: the only effect of a notification is a pull that comes sooner, or a node that a person may look at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from catalogue.federation.inbox import MAX_ASKED, MAX_BYTES, Inbox
from catalogue.federation.telling import CONTEXT, Teller, node_iri
from catalogue.problems import NotificationRefused, TooManyRequests
from tests.federation.peers import Net, Peer, net_in


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    """Nodes that reach each other."""
    with net_in(tmp_path) as made:
        yield made


@pytest.fixture
def pair(net: Net) -> tuple[Peer, Peer]:
    """Two nodes; the second has joined the first."""
    one, two = net.node("one"), net.node("two")
    two.members.join(one.url, "first")
    return one, two


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Net, Peer]]:
    """A node that is sent what it refuses, so that nothing of it changes."""
    with net_in(tmp_path_factory.mktemp("refusing")) as made:
        yield made, made.node("two")


def announcement(actor: str, origin: str = "https://elsewhere.example", **changed: Any) -> dict[str, Any]:
    """A notification as COAR Notify writes them."""
    return {
        "@context": list(CONTEXT),
        "id": "urn:uuid:94ecae35-dcfd-4182-8550-22c7164fe23f",
        "type": ["Announce"],
        "actor": {"id": actor, "type": "Service"},
        "origin": {"id": origin, "inbox": f"{origin}/inbox", "type": "Service"},
        "object": {"id": f"{origin}/ldes"},
        "target": {"id": "https://two.example", "inbox": "https://two.example/inbox", "type": "Service"},
        **changed,
    }


def post(peer: Peer, said: Any, content_type: str = "application/ld+json") -> TestResponse:
    body = said if isinstance(said, bytes | str) else json.dumps(said)
    return peer.app.test_client().post("/inbox", data=body, content_type=content_type)


def test_container_is_always_empty(pair: tuple[Peer, Peer]) -> None:
    """GET tells where to send and lists nothing, whatever came."""
    one, two = pair
    post(two, announcement(node_iri(one.node)))
    answer = two.app.test_client().get("/inbox")
    assert answer.mimetype == "application/ld+json"
    assert answer.json == {"@context": "http://www.w3.org/ns/ldp", "@id": "https://two.example/inbox", "contains": []}
    assert "application/ld+json" in answer.headers["Accept-Post"]


def test_member_that_announces_is_pulled_sooner_and_nothing_is_fetched(pair: tuple[Peer, Peer]) -> None:
    """Known by node or by address, a member gets one mark, however often; no request goes out."""
    one, two = pair
    one.asked.clear()
    for said in (
        announcement(node_iri(one.node)),
        announcement("urn:x", one.url),
        announcement(one.node, one.url + "/"),
    ):
        answer = post(two, said)
        assert (answer.status_code, answer.json) == (202, {"effect": "pull-sooner"})
    assert [path.name for path in (two.home / "soon").iterdir()] == ["first"]
    assert one.asked == []
    two.members.set_state("first", "paused")
    two.members.soon.take("first")
    assert post(two, announcement(node_iri(one.node))).json == {"effect": "none"}
    assert not two.members.soon.asked("first")


def test_unknown_node_is_kept_for_a_person_and_exchanged_with_by_nobody(pair: tuple[Peer, Peer]) -> None:
    """It stands as `asked`, in no registry and on no page, and has no source."""
    _, two = pair
    stranger = "n" + "5" * 16
    assert post(two, announcement(node_iri(stranger), "https://new.example/node")).json == {"effect": "asked"}
    (member,) = two.ledger.registry.members("asked")
    assert (member.node, member.url, member.key) == (stranger, "https://new.example/node", "")
    client = two.app.test_client()
    assert stranger not in client.get("/federation/registry.json").text
    assert stranger not in client.get("/federation").text + client.get("/federation/status.json").text
    assert [source.name for source in two.ledger.sources()] == ["first"]


def test_node_that_asked_can_join(net: Net, pair: tuple[Peer, Peer]) -> None:
    """Joined by a person, a node that had announced itself gets a name, a key and a source."""
    _, two = pair
    three = net.node("three")
    assert post(two, announcement(node_iri(three.node), three.url)).json == {"effect": "asked"}
    two.members.join(three.url)
    member = two.ledger.registry.member(three.node)
    assert (member.name, member.state, member.key) == ("node-three", "active", three.ledger.key.public)
    assert two.members.pull("node-three").equal


def test_number_of_nodes_that_asked_is_bounded(net: Net, pair: tuple[Peer, Peer]) -> None:
    """Beyond the bound the oldest is forgotten, and members never are."""
    _, two = pair
    for number in range(MAX_ASKED + 5):
        net.clock.pass_s(10)
        two.inbox.receive(announcement(node_iri(f"n{number:016x}"), f"https://x{number}.example"))
    asked = two.ledger.registry.members("asked")
    assert len(asked) == MAX_ASKED
    assert f"n{0:016x}" not in {member.node for member in asked}
    assert [member.name for member in two.ledger.registry.members("active")] == ["first"]


@pytest.mark.parametrize(
    "said",
    [
        b"{",
        b"[" * 30_000,
        b'"text"',
        {},
        {"@context": CONTEXT[0]},
        announcement(node_iri("n" + "5" * 16), type="Accept"),
        announcement("https://nobody.example"),
        announcement(node_iri("n" + "5" * 16), "file:///etc/passwd"),
        announcement(node_iri("n" + "5" * 16), "https://user:secret@new.example"),
        announcement(node_iri("n" + "5" * 16), "https://new.example/?q=<script>"),
        announcement(node_iri("n" + "5" * 16), object=["deep"] * 3 + [json.loads("[" * 40 + "]" * 40)]),
        announcement(node_iri("n" + "5" * 16), type=["Announce", "coar-notify:RelationshipAction"]),
        b'{"a":"' + b"x" * MAX_BYTES + b'"}',
    ],
)
def test_what_has_no_form_or_asks_for_more_is_refused_with_a_reason(refusing: tuple[Net, Peer], said: Any) -> None:
    """422 with a sentence, and no effect: broken, deep, large, nameless, with a strange address, or offering a link."""
    net, two = refusing
    net.clock.pass_s(61)
    answer = post(two, said)
    assert answer.status_code == 422, answer.text
    assert answer.json["type"].endswith("notification-refused") and answer.json["detail"]
    assert two.ledger.registry.members("asked") == []
    assert not (two.home / "soon").exists()


def test_other_media_types_are_refused(refusing: tuple[Net, Peer]) -> None:
    """A form or a text is no notification."""
    net, two = refusing
    net.clock.pass_s(61)
    refused = post(two, announcement(node_iri("n" + "5" * 16)), "text/plain")
    assert (refused.status_code, two.ledger.registry.members()) == (422, [])


def test_notifications_are_limited_for_one_sender_and_for_all(net: Net, pair: tuple[Peer, Peer]) -> None:
    """The eleventh of a sender within a minute is answered 429 with Retry-After; a minute later it is taken."""
    one, two = pair
    for _ in range(10):
        assert post(two, announcement(node_iri(one.node))).status_code == 202
    refused = post(two, announcement(node_iri(one.node)))
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    net.clock.pass_s(61)
    assert post(two, announcement(node_iri(one.node))).status_code == 202
    for sender in range(119):
        two.inbox.admit(f"192.0.2.{sender}")
    with pytest.raises(TooManyRequests):
        two.inbox.admit("198.51.100.1")


NAMES = st.sampled_from(["@context", "type", "actor", "origin", "object", "id", "x"])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=50)
@given(ANY_JSON)
def test_any_json_is_taken_or_refused_and_never_breaks(said: Any) -> None:
    """Whatever JSON comes is refused as a notification, when no node has such a form."""
    if isinstance(said, dict):
        said = {"@context": CONTEXT[0], **said}

    class Nothing:
        key = None

        class registry:
            @staticmethod
            def members() -> list[Any]:
                return []

    with pytest.raises(NotificationRefused):
        Inbox(Nothing, None, lambda: None).receive(said)  # type: ignore[arg-type]


def looks(teller: Teller) -> int:
    """Members told within two looks: the first may find the log growing."""
    return teller.tell() + teller.tell()


def test_batches_of_one_harvest_are_told_together_or_after_a_minute(net: Net, pair: tuple[Peer, Peer]) -> None:
    """While the log grows nobody is told, unless it has grown for a minute."""
    one, two = pair
    one.members.join(two.url, "second")
    teller = Teller(one.ledger, net.post, one.url, net.clock)
    for number in (1, 2, 3):
        one.add(number)
        assert teller.tell() == 0
        net.clock.pass_s(5)
    assert (teller.tell(), teller.tell()) == (1, 0)
    net.clock.pass_s(120)
    one.add(4)
    assert teller.tell() == 0
    net.clock.pass_s(60)
    one.add(5)
    assert teller.tell() == 1


def test_node_tells_its_members_once_a_commit_and_at_most_once_a_minute(net: Net, pair: tuple[Peer, Peer]) -> None:
    """P12: a commit is told once to each active member, who then pulls sooner; without a commit nobody is told."""
    one, two = pair
    one.members.join(two.url, "second")
    teller = Teller(one.ledger, net.post, one.url, net.clock)
    assert looks(teller) == 0
    one.add(1)
    assert looks(teller) == 1
    assert two.members.soon.asked("first")
    assert looks(teller) == 0
    one.add(2)
    assert looks(teller) == 0
    net.clock.pass_s(61)
    assert looks(teller) == 1
    two.members.pull("first")
    assert looks(Teller(two.ledger, net.post, two.url, net.clock)) == 1
    one.members.set_state("second", "paused")
    one.add(3)
    net.clock.pass_s(61)
    assert looks(teller) == 0


def test_member_that_takes_no_notifications_is_left_alone_for_an_hour(net: Net, pair: tuple[Peer, Peer]) -> None:
    """A member that is down, or a folder of files, costs one request an hour and no error."""
    one, two = pair
    one.members.join(two.url, "second")
    two.down = True
    teller = Teller(one.ledger, net.post, "", net.clock)
    one.add(1)
    assert looks(teller) == 0
    one.add(2)
    net.clock.pass_s(61)
    two.down = False
    assert looks(teller) == 0
    net.clock.pass_s(3600)
    assert looks(teller) == 1
