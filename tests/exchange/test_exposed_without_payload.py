"""Records whose payload a member did not give, or gave later: nothing is shown that is not here, and nothing breaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalogue.model.log_entry import LogEntry
from catalogue.model.payload import canonical, digest
from catalogue.store.entries import stamp
from tests.exchange.harvested import BASE, Node, study
from tests.exchange.oai_answers import ask, pages
from tests.exchange.test_resourcesync_documents import Reader, listed, replayed


def receive(node: Node, record: dict[str, Any], action: str, status: str, *, whole: bool) -> int:
    """Position of an entry that came from a member, with or without its payload."""
    payload = canonical(record)
    with node.ledger.transaction() as writer:
        header = LogEntry(
            "idr", 0, writer.next_sequence("idr", 0), record["id"], "study", None, action, status, digest(payload),
            "0.3.0", stamp(node.clock()), (), "another.example", writer.last_digest("idr", 0),
        )  # fmt: skip
        entry = writer.append_received(
            header, "signature", payload if whole else b"", received_from="another.example", source="another",
            source_url="", harvester="member", run_id=None, retrieved_at=node.clock(),
        )  # fmt: skip
    return entry.position


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """One record is whole; of others the second version, the only one, or the tombstone is missing."""
    found = Node(tmp_path)
    for number in (1, 2, 4):
        receive(found, study(number, owner="idr"), "create", "public", whole=True)
    found.clock.go(2)
    receive(found, study(2, "Changed", owner="idr"), "update", "public", whole=False)
    receive(found, study(3, owner="idr"), "create", "public", whole=False)
    stone = {"type": "Tombstone", "id": "idr:idr0004", "record_type": "Study", "reason": "removed-at-source"}
    receive(found, stone, "delete", "withdrawn", whole=False)
    found.clock.go(2)
    return found


def test_what_is_not_here_is_not_listed(node: Node) -> None:
    """P7, P15: a record without payload is in no list and no answer; a deletion without its tombstone is a deletion."""
    client = node.app().test_client()
    for prefix in ("oai_dc", "rdf"):
        headers = [h for page in pages(client, "ListRecords", metadataPrefix=prefix) for h in page.headers]
        told = {header.identifier.rpartition(":")[2]: header.is_deleted for header in headers}
        assert told == {"idr0001": False, "idr0004": True}
    for name in ("idr0002", "idr0003"):
        asked = {"identifier": f"{BASE}idr:{name}", "metadataPrefix": "oai_dc"}
        assert ask(client, "GetRecord", **asked).errors == ["idDoesNotExist"]
    gone = ask(client, "GetRecord", identifier=f"{BASE}idr:idr0004", metadataPrefix="oai_dc")
    assert [header.is_deleted for header in gone.headers] == [True]
    assert client.get("/sitemap/0.xml").text.count("<url>") == 1
    reader = Reader(client)
    assert listed(reader) == replayed(reader)
    assert [address.rpartition(":")[2] for address in listed(reader)] == ["idr0001.nt"]


def test_what_comes_later_is_shown(node: Node) -> None:
    """P15: a payload that is filled in shows its record in every list."""
    client = node.app().test_client()
    assert len(listed(Reader(client))) == 1
    position = node.ledger.head("idr:idr0003").position
    with node.ledger.transaction() as writer:
        writer.fill_received(position, canonical(study(3, owner="idr")))
    shown = [h.identifier for page in pages(client, "ListRecords") for h in page.headers if not h.is_deleted]
    assert shown == [f"{BASE}idr:idr0001", f"{BASE}idr:idr0003"]
    reader = Reader(client)
    assert listed(reader) == replayed(reader) and len(listed(reader)) == 2
