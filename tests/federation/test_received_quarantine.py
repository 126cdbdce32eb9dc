"""Payloads that members' records lacked or that were refused: what is shown of them, and until when (R19)."""

from __future__ import annotations

import hashlib

import pytest

from catalogue.model.payload import canonical
from catalogue.store.image_lists import list_curie
from tests.federation.loopback_nodes import LoopbackNode, Net, settle

LARGE = "x" * (3 << 19)
SAID = {"10001": "NCBITaxon:7955", "10003": "zebra> fish"}


@pytest.fixture
def pair(tmp_path):
    """A writer of idr and a node that takes in payloads of a megabyte."""
    net = Net()
    one, two = (LoopbackNode(net, name, tmp_path / name) for name in ("one", "two"))
    two.join(one)
    yield one, two
    one.ledger.close()
    two.ledger.close()


def refused(node):
    """Items and reasons of what stands in quarantine."""
    return [(row.item, row.reason) for row in node.ledger.quarantined("one")]


def test_refused_version_is_no_trouble_once_a_later_one_came_whole(pair):
    """R19: a refused payload is shown until a later version is here; the versions may come in one page or in two."""
    one, two = pair
    one.write("idr:idr0001", LARGE)
    settle(two)
    assert refused(two) == [("idr/0/1", "too-large")]
    one.write("idr:idr0002", LARGE)
    one.write("idr:idr0002", "small")
    one.write("idr:idr0003", "small")
    one.write("idr:idr0003", LARGE)
    settle(two)
    assert refused(two) == [("idr/0/1", "too-large"), ("idr/0/5", "too-large")]
    one.write("idr:idr0001", status="withdrawn")
    one.write("idr:idr0003", "small again")
    settle(two)
    assert refused(two) == []
    assert two.state() == one.state()
    assert list(two.ledger.fsck()) == []


def test_payload_that_stays_refused_is_not_asked_for_at_every_pull(pair):
    """P12, R7: after a few tries a pull is one conditional request, and still no claim of equality; news ends that."""
    one, two = pair
    one.write("idr:idr0001", LARGE)
    settle(two, rounds=8)
    asked = one.net.asked
    asked.clear()
    report = two.members.pull("one")
    assert asked == [("federation/node.json", 304)]
    assert not report.equal
    assert not two.ledger.registry.member("one").progress["equal"]
    one.write("idr:idr0002")
    two.members.pull("one")
    assert two.ledger.head("idr:idr0002") is not None
    one.write("idr:idr0001", "small")
    assert two.members.pull("one").equal


def write_list(one, chunk, count, changes):
    """Writes an image list of idr0001 at a node; nothing is said of the chunk's bytes."""
    digest = hashlib.sha256(chunk).hexdigest()
    chunks = [{"sha256": digest, "rows": count, "size_bytes": len(chunk), "first": "10001", "last": "10001"} | changes]
    record = {"type": "ImageList", "id": list_curie("idr:idr0001"), "rows": count, "chunks": chunks, "owner": "idr"}
    with one.ledger.transaction() as writer:
        writer.append(
            curie=record["id"],
            owner="idr",
            kind="image-list",
            parent="idr:idr0001",
            status="public",
            payload=canonical(record),
            source="own",
            harvester="test/1",
            retrieved_at=one.clock(),
        )
    one.ledger.image_lists.files.put(chunk)


@pytest.mark.parametrize(
    ("accessions", "rows", "changes", "reason"),
    [
        (["10001"], 1, {}, ""),
        (["10001"], 2, {}, "schema-required"),
        (["10002"], 1, {}, "schema-required"),
        (["10001"], 1, {"last": "10009"}, "schema-required"),
        (["S-BIAD1"], 1, {"first": "S-BIAD1", "last": "S-BIAD1"}, "not-owner"),
        (["idr0002.a"], 1, {"first": "idr0002.a", "last": "idr0002.a"}, "not-owner"),
        (["10002", "10001"], 2, {"first": "10002", "last": "10001"}, "schema-required"),
        (["10003"], 1, {"first": "10003", "last": "10003"}, "schema-required"),
        (None, 1, {}, "not-parsable"),
        (["10001"], 1, {"sha256": "0" * 64}, "not-parsable"),
        (["10001"], 1, {"size_bytes": 65 << 20}, "too-large"),
        (["10001"], 1, {"size_bytes": 10}, "gap"),
        (["10001"], 1, {"sha256": "../../federation/node"}, "schema-required"),
        (["10001"], 1, {"rows": True}, "schema-required"),
    ],
)
def test_image_list_is_taken_in_only_with_its_own_rows(pair, accessions, rows, changes, reason):
    """P3, R17: rows other than the manifest says, of others' images, lost or no table: the list stays out, named."""
    import pyarrow as pa

    from catalogue.model.image_columns import arrow_schema
    from catalogue.store.image_chunks import encode

    one, two = pair
    one.write("idr:idr0001")
    chunk = b"no table"
    if accessions is not None:
        columns = {name: [None] * len(accessions) for name in arrow_schema().names}
        columns |= {"accession": accessions, "organism": [SAID.get(name) for name in accessions]}
        chunk = encode(pa.table(columns, schema=arrow_schema()))
    write_list(one, chunk, rows, changes)
    settle(two)
    assert [why for _, why in refused(two)] == ([reason] if reason else [])
    assert two.ledger.counts()["images"] == (0 if reason else 1)
    assert (two.ledger.find_heads([list_curie("idr:idr0001")])[list_curie("idr:idr0001")].status == "absent") == bool(
        reason
    )
    one.write("idr:idr0002")
    settle(two)
    assert two.ledger.head("idr:idr0002") is not None
