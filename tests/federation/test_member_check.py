"""`member check`: what is right is said to be right, and what is wrong is found before the endpoint joins."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalogue.exchange.exchange_json import node_message
from catalogue.federation.member_check import Finding, check_member
from catalogue.federation.probe import Probe, Seen
from catalogue.problems import FetchRefused
from catalogue.store.purging import purge
from tests.federation.peers import MAX_BYTES, Net, Peer, net_in
from tests.store.graph.records import append, study, tombstone

NODE = "/federation/node.json"
LOG = "/federation/log/biostudies/0/1.json"


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    """Two nodes whose ledgers no test changes."""
    with net_in(tmp_path_factory.mktemp("standing")) as made:
        seeded(made)
        yield made


@pytest.fixture
def net(request: pytest.FixtureRequest, standing: Net, tmp_path: Path) -> Iterator[Net]:
    """The standing nodes; new ones for a test whose name says that it writes."""
    if request.node.name.startswith("test_written"):
        with net_in(tmp_path) as made:
            seeded(made)
            yield made
        return
    yield standing
    for peer in standing.peers.values():
        peer.changed.clear()
        peer.down = False


def seeded(net: Net) -> None:
    """A node to be looked at, and the one that looks."""
    net.node("one").add(1, 2, 3, 2001)
    net.node("two")


@pytest.fixture
def pair(net: Net) -> tuple[Peer, Peer]:
    """The node to be looked at, and the one that looks."""
    return net.peers["https://one.example"], net.peers["https://two.example"]


Check = Callable[..., list[Finding]]


@pytest.fixture
def check(net: Net, pair: tuple[Peer, Peer]) -> Check:
    """Findings about the first node."""
    one, two = pair

    def make(whole: bool = True, seen: Callable[[Seen], Seen] = lambda seen: seen) -> list[Finding]:
        probe = Probe(lambda *asked: seen(net.fetch(*asked)), one.url)
        return list(check_member(two.ledger, probe, MAX_BYTES, whole=whole))

    return make


def wrong(found: list[Finding], level: str = "problem") -> list[str]:
    """What was looked at and is wrong."""
    return [one.check for one in found if one.level == level]


def altered(peer: Peer, path: str, change: Callable[[Any], None], *, sign: bool = False) -> None:
    """Serves a document of a node otherwise from now on."""
    said = peer.app.test_client().get(path).json
    change(said)
    if sign:
        said["signature"] = peer.ledger.key.sign(node_message(said))
    peer.changed[path] = json.dumps(said).encode()


@pytest.mark.parametrize("whole", [True, False])
def test_sound_node_has_no_problem(check: Check, pair: tuple[Peer, Peer], whole: bool) -> None:
    """A node as we make it has nothing wrong, sampled or whole, and looking changes nothing on either side."""
    one, two = pair
    before = (one.ledger.last_position(), two.ledger.last_position())
    found = check(whole)
    assert wrong(found) == [] and wrong(found, "warning") == []
    said = {finding.check for finding in found if finding.level == "ok"}
    assert {"node.json", "registry", "digests", "log of biostudies", "conditional requests", "length"} <= said
    assert (one.ledger.last_position(), two.ledger.last_position()) == before
    assert two.ledger.registry.members() == two.ledger.registry.tenures() == []


def test_each_finding_that_is_no_praise_says_why_and_what_to_do(check: Check, pair: tuple[Peer, Peer]) -> None:
    """Problems and warnings never come without a reason and a remedy."""
    one, _ = pair
    altered(one, NODE, lambda said: said.update(url="", schema_version="9.0.0", prefixes=["nowhere"]), sign=True)
    found = [finding for finding in check() if finding.level in ("problem", "warning")]
    assert {finding.check for finding in found} >= {"base URL", "schema", "prefixes", "registry"}
    assert all(finding.why and finding.do for finding in found)


@pytest.mark.parametrize(
    ("path", "change", "expected"),
    [
        (NODE, lambda said: said.update(name="another"), "node.json"),
        (NODE, lambda said: said.pop("form"), "node.json"),
        ("/federation/digest.json", lambda said: said["owners"][0].update(digest="0" * 64), "digests"),
        ("/federation/digest.json", lambda said: said["owners"][0].update(count=9), "log of biostudies"),
        ("/federation/digest/biostudies.json", lambda said: said["buckets"].pop(), "log of biostudies"),
        (
            "/federation/digest/biostudies/S-BIAD2.json",
            lambda said: said["leaves"][0].update(status="withdrawn"),
            "log of biostudies",
        ),
        (LOG, lambda said: said["entries"].pop(1), "log of biostudies"),
        (LOG, lambda said: said["entries"].reverse(), "log of biostudies"),
        (LOG, lambda said: said["entries"][2]["header"].update(status="suppressed"), "log of biostudies"),
        (LOG, lambda said: said["entries"][2].update(signature="0" * 128), "log of biostudies"),
        (LOG, lambda said: said["entries"][2]["payload"].update(title="Another"), "log of biostudies"),
        ("/federation/entry/biostudies/0/4.json", lambda said: said["header"].update(seq=5), "log of biostudies"),
        ("/federation/registry.json", lambda said: said["tenures"].pop(), "registry"),
        (
            "/federation/registry.json",
            lambda said: said["tenures"][0]["statement"].update(after_seq=1),
            "registry",
        ),
        ("/federation/registry.json", lambda said: said.update(tenures="none"), "documents"),
        ("/federation/digest.json", lambda said: said.update(form="another/2"), "documents"),
        ("/federation/digest/biostudies.json", lambda said: said.pop("buckets"), "documents"),
    ],
)  # fmt: skip
def test_documents_that_do_not_fit_each_other_are_found(
    check: Check, pair: tuple[Peer, Peer], path: str, change: Callable[[Any], None], expected: str
) -> None:
    """P6, P7: a gap, a forged or altered entry, digests and statements that do not fit are problems of that part."""
    one, _ = pair
    altered(one, path, change)
    assert expected in wrong(check())


def test_every_fault_of_a_log_is_told(check: Check, pair: tuple[Peer, Peer]) -> None:
    """An operator reads all faults of a log at once, not the first of several."""
    one, _ = pair
    altered(one, LOG, lambda said: [said["entries"][place].update(signature="0" * 128) for place in (0, 2)])
    altered(one, "/federation/digest/biostudies/S-BIAD2.json", lambda said: said["leaves"][0].update(status="absent"))
    (what,) = [one.what for one in check() if (one.level, one.check) == ("problem", "log of biostudies")]
    assert what.startswith("3 faults: ")
    assert all(
        part in what for part in ("bucket S-BIAD2", "biostudies/0/1 is not signed", "biostudies/0/3 is not signed")
    )


def test_written_record_that_breaks_a_hard_rule_is_a_problem_with_its_field(
    check: Check, pair: tuple[Peer, Peer]
) -> None:
    """R21: what would be quarantined here is told before joining, with the reason and the rule."""
    one, _ = pair
    append(one.ledger, study(9, date_published="long ago"))
    (found,) = [finding for finding in check() if finding.level == "problem"]
    assert "1 of 5 records would be quarantined here (schema-required)" in found.what
    assert "date_published" in found.what


def test_written_content_that_went_for_good_is_no_fault(net: Net, check: Check, pair: tuple[Peer, Peer]) -> None:
    """P18: what a withdrawn record said before is gone everywhere, and that keeps nobody out."""
    one, _ = pair
    append(one.ledger, tombstone(study(2)))
    net.clock.pass_s(60)
    assert purge(one.ledger, net.clock()).payloads == 1
    assert wrong(check()) == wrong(check(), "warning") == []


def test_endpoint_that_cannot_be_reached_says_why_and_nothing_else(check: Check, pair: tuple[Peer, Peer]) -> None:
    """R11: a private address names the setting; what is down, or no node at all, is one problem."""
    one, _ = pair

    def private(seen: Seen) -> Seen:
        raise FetchRefused("Name it in the setting harvest.allow_private_hosts.", rule="private-address")

    (found,) = [finding for finding in check(seen=private) if finding.level != "ok"]
    assert (found.check, found.level) == ("reachable", "problem") and "allow_private_hosts" in found.what
    other = check(seen=lambda seen: replace(seen, status=404, content=b"<html>"))
    assert wrong(other) == ["node.json"]
    one.down = True
    assert wrong(check()) == ["reachable"]


def test_written_registry_in_conflict_with_ours_is_a_problem(check: Check, pair: tuple[Peer, Peer]) -> None:
    """P11: two nodes that each began to record one archive are told apart before they join."""
    _, two = pair
    two.add(7)
    (found,) = [finding for finding in check() if finding.check == "registry"]
    assert found.level == "problem" and two.node in found.what


def test_written_member_with_another_key_and_the_node_itself_are_problems(
    net: Net, check: Check, pair: tuple[Peer, Peer]
) -> None:
    """An address that is ourselves, or a member whose key is not the one that joined, is no new member."""
    one, two = pair
    member = two.members.join(one.url)
    assert "A member here already" in next(f.what for f in check() if f.check == "identity")
    two.ledger.registry.put_member(replace(member, key="0" * 64))
    assert "identity" in wrong(check())
    assert "identity" in wrong(list(check_member(one.ledger, net.probe(one.url), MAX_BYTES)))


def test_bad_manners_are_warnings(check: Check) -> None:
    """R7, R23: no ETag, length or caching, a wrong clock, a slow server, a soft 404 are told and keep nobody out."""

    def rude(seen: Seen) -> Seen:
        dropped = ("etag", "content-length", "cache-control")
        headers = {name: value for name, value in seen.headers.items() if name not in dropped}
        status = 200 if seen.status == 404 else seen.status
        return replace(seen, status=status, headers=headers, seconds=3.0, skew_s=-900.0)

    found = check(seen=rude)
    assert wrong(found) == []
    assert set(wrong(found, "warning")) == {
        "clock", "speed", "conditional requests", "length", "caching", "missing documents",
    }  # fmt: skip


def test_plain_http_is_a_warning(pair: tuple[Peer, Peer], net: Net) -> None:
    """Without TLS entries can be withheld, though not forged; the operator is told."""
    one, two = pair
    net.peers["http://one.example"] = one
    found = list(check_member(two.ledger, net.probe("http://one.example"), MAX_BYTES))
    assert set(wrong(found, "warning")) == {"address", "base URL"}
