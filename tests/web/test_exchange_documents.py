"""What members read of a node: forms, validators, pages and their ends, and no way to make the node fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalogue.exchange import exchange_json
from catalogue.federation.feed import MemberSays, read_entries, read_entry
from catalogue.store.purging import purge
from tests.federation.peers import Net, Peer, net_in
from tests.store.graph.records import append, study, tombstone

LOG = "/federation/log/biostudies/0"


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    """Nodes that reach each other."""
    with net_in(tmp_path) as made:
        yield made


@pytest.fixture
def peer(net: Net) -> Peer:
    """A node with a page and one entry more."""
    made = net.node("one")
    made.add(*range(1, 102))
    return made


@pytest.fixture
def client(peer: Peer) -> FlaskClient:
    """Reads it."""
    return peer.app.test_client()


def test_every_document_has_the_form_that_members_check(net: Net, peer: Peer) -> None:
    """What a node says is what a node reads: node, registry, digests, buckets, leaves, pages and entries."""
    feed = net.open_feed(peer.url)
    says = MemberSays(feed, "", "")
    said = says.node()
    assert said is not None and (said.prefixes, said.position) == (("biostudies",), 101)
    assert [one.tenure.owner for one in says.registry().tenures] == ["biostudies"]
    (owner,) = says.owners()
    assert (owner.count, owner.seq) == (101, 101)
    assert [one.bucket for one in says.buckets("biostudies")] == ["S-BIAD0"]
    assert len(says.leaves("biostudies", "S-BIAD0")) == 101
    page = read_entries(feed.get(f"{LOG[1:]}/1.json", 1 << 20))
    alone = read_entry(feed.get("federation/entry/biostudies/0/1.json", 1 << 20))
    assert (page[0].log, page[0].payload) == (alone.log, alone.payload)


@pytest.mark.parametrize(
    "path",
    [
        "/federation/node.json",
        "/.well-known/bioimage-node",
        "/federation/registry.json",
        "/federation/digest.json",
        "/federation/digest/biostudies.json",
        "/federation/digest/biostudies/S-BIAD0.json",
        f"{LOG}/1.json",
        f"{LOG}/1.headers.json",
        "/federation/entry/biostudies/0/101.json",
    ],
)
def test_document_is_conditional_and_open(client: FlaskClient, path: str) -> None:
    """R7: each document has a strong ETag, its length and CORS, and what is held is answered 304."""
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    tag = answer.headers["ETag"]
    assert not tag.startswith("W/")
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.head(path).headers["ETag"] == tag


@pytest.mark.parametrize(
    "path",
    [
        "/federation/digest/idr.json",
        "/federation/digest/biostudies/S-BIAD9.json",
        "/federation/digest/biostudies/../../x.json",
        f"{LOG}/0.json",
        f"{LOG}/3.json",
        f"{LOG}/3.headers.json",
        "/federation/log/biostudies/1/1.json",
        "/federation/entry/biostudies/0/0.json",
        "/federation/entry/biostudies/0/102.json",
        f"{LOG}/{10**20}.json",
        f"/federation/log/biostudies/{10**20}/1.json",
        f"/federation/entry/biostudies/0/{10**20}.json",
        f"/federation/entry/biostudies/{10**20}/1.json",
        "/federation/digest/a%00b.json",
        "/federation/digest/biostudies/%00.json",
        "/federation/entry/%00/0/1.json",
    ],
)
def test_what_is_not_there_is_404(client: FlaskClient, path: str) -> None:
    """Nothing that a stranger can put into an address is an error of ours."""
    assert client.get(path).status_code == 404


def test_pages_end_after_a_hundred_entries(client: FlaskClient) -> None:
    """A full page may be kept for a while, the last one is asked for each time; no entry is on two pages."""
    first, last = client.get(f"{LOG}/1.json"), client.get(f"{LOG}/2.json")
    seqs = [[one["header"]["seq"] for one in answer.get_json()["entries"]] for answer in (first, last)]
    assert seqs == [list(range(1, 101)), [101]]
    assert [answer.get_json()["full"] for answer in (first, last)] == [True, False]
    assert "max-age=3600" in first.headers["Cache-Control"] and "max-age=0" in last.headers["Cache-Control"]


def test_page_of_headers_has_sizes_in_place_of_payloads(client: FlaskClient) -> None:
    """A reader to whom a page is too large learns from its headers how large each entry is."""
    whole, headers = (client.get(f"{LOG}/1{form}").get_json()["entries"] for form in (".json", ".headers.json"))
    assert [one["header"] for one in whole] == [one["header"] for one in headers]
    assert all("payload" not in one for one in headers)
    assert [one["size_bytes"] for one in headers] == [len(canonical(one["payload"])) for one in whole]


def canonical(payload: Any) -> bytes:
    """Canonical JSON."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_page_that_no_member_would_read_is_not_made(
    net: Net, peer: Peer, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P14: a page of a hundred large records costs no memory: headers, each entry alone, nothing lost."""
    monkeypatch.setattr(exchange_json, "PAGE_BYTES", 10_000)
    assert client.get(f"{LOG}/1.json").status_code == 413
    headers = client.get(f"{LOG}/1.headers.json").get_json()["entries"]
    assert [one["header"]["seq"] for one in headers] == list(range(1, 101))
    assert client.get(f"{LOG}/2.json").status_code == 200
    other = net.node("two")
    other.members.join(peer.url, "first")
    report = other.members.pull("first")
    assert (report.applied, report.absent, report.equal) == (101, 0, True)


def test_purge_changes_the_page_and_its_tag(peer: Peer, client: FlaskClient) -> None:
    """P18: whoever holds a page with a withdrawn payload is told at the next question that it is another one now."""
    append(peer.ledger, tombstone(study(1)), status="withdrawn")
    before = client.get(f"{LOG}/1.json")
    assert purge(peer.ledger, peer.ledger.clock() + timedelta(days=1)).payloads == 1
    after = client.get(f"{LOG}/1.json", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    first, *others = after.get_json()["entries"]
    assert (first["payload"], first["size_bytes"]) == (None, 0)
    assert (first["header"], first["signature"]) == tuple(
        before.get_json()["entries"][0][name] for name in ("header", "signature")
    )
    assert others == before.get_json()["entries"][1:]


def test_node_without_a_key_says_nothing_of_itself(peer: Peer, client: FlaskClient) -> None:
    """A node that signs nothing is no member; it says so."""
    peer.ledger.key = None
    answer = client.get("/federation/node.json")
    assert answer.status_code == 404 and "ommatidia init" in answer.get_json()["detail"]
