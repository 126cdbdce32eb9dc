"""What a ledger says of entries that came without their payload, and of those that count no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ledger_records import START, payload_of

from catalogue.model.log_entry import LogEntry
from catalogue.model.payload import digest
from catalogue.model.signing import NodeKey
from catalogue.model.tenure import SignedTenure, first_tenure, next_tenure
from catalogue.store.entries import stamp
from catalogue.store.image_lists import list_curie
from catalogue.store.ledger import Ledger

NOW = stamp(START)
OWNER = NodeKey(b"o" * 32)
NEXT = NodeKey(b"n" * 32)


def tenure(*signers, of):
    """A statement signed by keys."""
    return SignedTenure(of, {key.public: key.sign(of.message) for key in signers})


FIRST = first_tenure("idr", OWNER.node, OWNER.public, NOW)


class Log:
    """Gives a ledger what the writer of idr wrote."""

    def __init__(self, ledger):
        self.ledger, self.seq, self.previous = ledger, 0, FIRST.after_digest
        with ledger.transaction() as writer:
            writer.put_tenure(tenure(OWNER, of=FIRST), "somebody")

    def take_in(self, curie, payload, *, here=True, kind="study", parent=None, aliases=()):
        """Appends an entry, without its payload where that is not `here`."""
        self.seq += 1
        log = LogEntry(
            "idr", 0, self.seq, curie, kind, parent, "create", "public", digest(payload), "0.3.0", NOW,
            tuple(aliases), OWNER.node, self.previous,
        )  # fmt: skip
        self.previous = log.digest
        with self.ledger.transaction() as writer:
            return writer.append_received(
                log, OWNER.sign(log.message), payload if here else b"", received_from="somebody", source="idr",
                source_url="https://example.org", harvester="member/1", run_id=None, retrieved_at=START,
            )  # fmt: skip


@pytest.fixture
def log(ledger):
    """The log of idr in an empty ledger."""
    return Log(ledger)


def test_record_without_payload_is_counted_nowhere(ledger, log):
    """What a member's refused payload would have said is in no number that readers see."""
    log.take_in("idr:idr0001", payload_of("idr:idr0001"))
    log.take_in("idr:idr0002", payload_of("idr:idr0002"), here=False)
    log.take_in("idr:10001", payload_of("idr:10001"), here=False, kind="image", parent="idr:idr0001")
    assert ledger.counts()["studies"] == 1
    assert ledger.counts()["owners"]["idr"] == {"studies": 1, "images": 0, "withdrawn": 0}
    assert ledger.schema_versions() == {"0.3.0": 1}
    assert ledger.log.payload_sizes("idr", 0, 0, 3) == [len(payload_of("idr:idr0001")), 0, 0]
    assert ledger.count_children("idr:idr0001") == 0
    assert ledger.count_children("idr:idr0001", status=None) == 1
    assert list(ledger.fsck()) == []


def test_fenced_version_gives_names_and_rows_back(ledger, log):
    """P11: names of earlier versions lead to the record again, rows of an image list that counts no longer are none."""
    log.take_in("idr:idr0001", payload_of("idr:idr0001"), aliases=("first name",))
    log.take_in("idr:idr0001", payload_of("idr:idr0001", title="second"), aliases=("second name",))
    manifest = payload_of(list_curie("idr:idr0001"), type="ImageList", rows=0, chunks=[])
    log.take_in(list_curie("idr:idr0001"), manifest, here=False, kind="image-list", parent="idr:idr0001")
    kept = log.seq, log.previous
    log.take_in("idr:idr0001", payload_of("idr:idr0001", title="third"), aliases=("first name", "third name"))
    newer = payload_of(list_curie("idr:idr0001"), type="ImageList", rows=7, chunks=[])
    log.take_in(list_curie("idr:idr0001"), newer, kind="image-list", parent="idr:idr0001")
    assert ledger.counts()["images"] == 7
    said = next_tenure(FIRST, NEXT.node, NEXT.public, kept, "transfer", NOW)
    with ledger.transaction() as writer:
        writer.put_tenure(tenure(OWNER, NEXT, of=said), "somebody")
    assert ledger.head("idr:idr0001").record["title"] == "second"
    assert ledger.find_alias("first name") == ledger.find_alias("second name") == "idr:idr0001"
    assert ledger.find_alias("third name") is None
    assert ledger.counts()["images"] == 0
    assert list(ledger.fsck()) == []


def test_owner_of_another_node_does_not_keep_a_node_from_starting(ledger_url, study):
    """What cannot be signed here, because another node writes it or an alarm stands, is left; all others are signed."""
    with Ledger(ledger_url, lambda: START + timedelta(hours=1)) as old:
        old.add_source("idr", harvester="gide", location="/data/idr", owners=("idr",))
        with old.transaction() as writer:
            study(writer, "idr:idr0001")
            study(writer, "empiar:10001")
            study(writer, "ssbd:1-a-b")
            writer.put_tenure(tenure(OWNER, of=FIRST), "somebody")
        old.registry.raise_alarm("equivocation", "two entries", owner="empiar")
    with Ledger(ledger_url, lambda: START + timedelta(hours=1), key=NEXT) as opened:
        assert opened.sign_log() == 1
        assert [one.log.owner for one in opened.log.entries()] == ["ssbd"]
