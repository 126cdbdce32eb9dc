"""What catalogue/docs/federation.md says of the forms is enough to check a node by its answers alone."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.federation.peers import Peer, net_in
from tests.store.graph.records import append, study, tombstone

BASE = "https://w3id.org/ommatidia/"
ZEROS = "0" * 64


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """A node with studies of three buckets, a new version, a suppressed and a withdrawn one."""
    with net_in(tmp_path_factory.mktemp("forms")) as net:
        made = net.node("one")
        made.add(1, 2, 3, 999, 1000, 2500)
        append(made.ledger, study(2, title="Another title \N{GREEK SMALL LETTER MU}m"))
        append(made.ledger, study(3), status="suppressed")
        append(made.ledger, tombstone(study(1)))
        yield made


def read(peer: Peer, path: str) -> Any:
    answer = peer.app.test_client().get(f"/federation/{path}")
    assert answer.status_code == 200, path
    return json.loads(answer.data)


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def verify(key: str, message: bytes, signature: str) -> None:
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), message)


def test_node_is_named_by_its_key_and_signs_what_it_says(peer: Peer) -> None:
    """Name, signature and digest of node.json follow from its key and from its owners, as written."""
    said = read(peer, "node.json")
    assert said["node"] == "n" + sha256(bytes.fromhex(said["key"]))[:16]
    signed = {name: value for name, value in said.items() if name != "signature"}
    verify(said["key"], b"ommatidia-node/1\n" + canonical(signed), said["signature"])
    owners = read(peer, "digest.json")["owners"]
    lines = sorted(f"{one['owner']} {one['digest']}\n".encode() for one in owners)
    assert said["digest"] == sha256(b"".join(lines))


def test_log_is_a_chain_signed_by_whom_the_statement_names(peer: Peer) -> None:
    """Each entry follows the one before it, is signed with the statement's key, and names its payload's digest."""
    (signed,) = read(peer, "registry.json")["tenures"]
    statement = signed["statement"]
    verify(statement["key"], b"ommatidia-tenure/1\n" + canonical(statement), signed["signatures"][statement["key"]])
    assert (statement["epoch"], statement["after_digest"], statement["previous"]) == (0, ZEROS, ZEROS)
    before = statement["after_digest"]
    entries = read(peer, "log/biostudies/0/1.json")["entries"]
    assert [one["header"]["seq"] for one in entries] == list(range(1, 10))
    for one in entries:
        message = b"ommatidia-log-entry/1\n" + canonical(one["header"])
        verify(statement["key"], message, one["signature"])
        assert one["header"]["previous"] == before
        assert one["header"]["payload_digest"] == sha256(canonical(one["payload"]))
        assert one["size_bytes"] == len(canonical(one["payload"]))
        assert read(peer, f"entry/biostudies/0/{one['header']['seq']}.json") == one
        before = sha256(message)
    (owner,) = read(peer, "digest.json")["owners"]
    assert owner["log_digest"] == before
    headers = read(peer, "log/biostudies/0/1.headers.json")["entries"]
    assert headers == [{name: value for name, value in one.items() if name != "payload"} for one in entries]


def test_digests_follow_from_the_log(peer: Peer) -> None:
    """Leaves, buckets and owner, live and whole, made from the log alone are those that the node publishes."""
    newest = {one["header"]["curie"]: one["header"] for one in read(peer, "log/biostudies/0/1.json")["entries"]}
    buckets: dict[str, list[tuple[str, bytes]]] = {}
    for curie, header in newest.items():
        found = re.match(r"(\D*)(\d*)", curie.partition(":")[2], re.ASCII)
        bucket = found[1][:40] + (str(int(found[2]) // 1000) if found[2] else "")
        values = (header[name] for name in ("owner", "epoch", "seq", "status", "payload_digest"))
        leaf = "".join(f"{value}\n" for value in (BASE + curie, *values))
        buckets.setdefault(bucket, []).append((header["status"], hashlib.sha256(leaf.encode()).digest()))
    said = read(peer, "digest/biostudies.json")
    assert [one["bucket"] for one in said["buckets"]] == sorted(buckets) == ["S-BIAD0", "S-BIAD1", "S-BIAD2"]
    for kind, dropped in (("digest", ()), ("live_digest", ("withdrawn", "replaced"))):
        made = {
            name: sha256(b"".join(sorted(leaf for status, leaf in leaves if status not in dropped)))
            for name, leaves in buckets.items()
        }
        assert {one["bucket"]: one[kind] for one in said["buckets"]} == made
        assert said[kind] == sha256(b"".join(sorted(f"{name} {value}\n".encode() for name, value in made.items())))


def test_every_form_of_the_page_is_the_one_that_is_served(peer: Peer) -> None:
    """The members of the documents are exactly those that the page names."""
    page = (Path(__file__).resolve().parents[2] / "catalogue/docs/federation.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z0-9_]+)`", page)) | set(re.findall(r'"([a-z_]+)":', page))
    named |= {name for group in re.findall(r"\{([a-z0-9_, ]+)\}", page) for name in group.split(", ")}
    entry = read(peer, "entry/biostudies/0/1.json")
    statement = read(peer, "registry.json")["tenures"][0]
    for said in (read(peer, "node.json"), entry, entry["header"], statement, statement["statement"]):
        assert said.keys() <= named, said.keys() - named
