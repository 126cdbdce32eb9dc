"""What is appended is kept in order, once, whole or not at all, and cannot be altered."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, event, update
from sqlalchemy.exc import DBAPIError

from catalogue.model.documents import Finding, Severity
from catalogue.problems import BadRequest, Conflict, NotFound
from catalogue.store import schema
from catalogue.store.entries import GENESIS_HASH, stamp
from catalogue.store.ledger import ItemState


def test_entries_come_back_as_they_were_appended(ledger, study, clock):
    """Every field of an entry survives the ledger, in the order of appending."""
    with ledger.transaction() as writer:
        run = writer.start_run("idr")
        digest = writer.put_original(b"{}", "application/ld+json")
        first = study(writer, "idr:idr0001", original_digest=digest, run_id=run, aliases=("https://idr/1",))
        second = study(writer, "idr:idr0002", parent="idr:idr0001")
    assert ledger.entries() == [first, second]
    assert (first.position, first.owner_seq, first.action, first.owner_epoch) == (1, 1, "create", 0)
    assert first.payload_digest == hashlib.sha256(first.payload).hexdigest()
    assert first.record["title"] == "Zebrafish é idr:idr0001"
    assert (first.run_id, first.original_digest, first.aliases) == (run, digest, ("https://idr/1",))
    assert first.retrieved_at == clock.now - timedelta(minutes=5)
    assert ledger.entries(after=1) == [second]
    assert ledger.entries(limit=1) == [first]


def test_each_entry_holds_the_hash_of_the_one_before(ledger, study):
    """The chain starts at the genesis hash and runs through transactions."""
    for number in range(3):
        with ledger.transaction() as writer:
            study(writer, f"idr:idr{number}")
            study(writer, f"empiar:{number}")
    entries = ledger.entries()
    hashes = [GENESIS_HASH] + [entry.entry_hash for entry in entries]
    assert [entry.prev_hash for entry in entries] == hashes[:-1]
    assert len(set(hashes)) == 7


def test_owners_count_their_own_entries_without_gaps(ledger, study):
    """Owner sequences run 1, 2, 3 for each owner, whatever others append and whatever fails."""
    for number in range(4):
        with ledger.transaction() as writer:
            study(writer, f"idr:idr{number}")
            if number % 2:
                study(writer, f"empiar:{number}")
        with pytest.raises(ZeroDivisionError), ledger.transaction() as writer:
            study(writer, f"empiar:x{number}")
            writer.flush()
            raise ZeroDivisionError
    found = [(entry.owner, entry.owner_seq) for entry in ledger.entries()]
    assert found == [("idr", 1), ("idr", 2), ("empiar", 1), ("idr", 3), ("idr", 4), ("empiar", 2)]
    assert [entry.position for entry in ledger.entries()] == [1, 2, 3, 4, 5, 6]


def test_same_payload_and_status_are_refused(ledger, study):
    """A record is never doubled, neither within a transaction nor by the next one."""
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001")
        with pytest.raises(Conflict, match="position 1"):
            study(writer, "idr:idr0001")
    with ledger.transaction() as writer, pytest.raises(Conflict, match="idr:idr0001"):
        study(writer, "idr:idr0001")
    assert ledger.last_position() == 1


def test_actions_follow_the_life_of_a_record(ledger, study):
    """A record is created, updated, suppressed, deleted, created again; an old payload may return."""
    steps = [("a", "public"), ("b", "public"), ("b", "suppressed"), ("a", "withdrawn"), ("a", "public")]
    with ledger.transaction() as writer:
        actions = [study(writer, "idr:idr0001", title=title, status=status).action for title, status in steps]
    assert actions == ["create", "update", "update", "delete", "create"]
    assert [entry.action for entry in ledger.history("idr:idr0001")] == actions
    assert ledger.head("idr:idr0001").position == 5


def test_failed_transaction_leaves_nothing(ledger, study):
    """Entries, originals, cursor, items, quarantine, findings and runs vanish together."""
    with pytest.raises(ZeroDivisionError), ledger.transaction() as writer:
        run = writer.start_run("idr")
        digest = writer.put_original(b"content", "text/plain")
        study(writer, "idr:idr0001", original_digest=digest, run_id=run, aliases=("one",))
        writer.set_cursor("idr", "commit-1")
        writer.set_item("idr", "a.json", ItemState(digest, "gide/1", ("idr:idr0001",)))
        writer.quarantine("idr", "b.json", reason="not-parsable", detail="cut", harvester="gide/1")
        writer.replace_findings("idr", "a.json", None, [Finding("c", Severity.INFO, "p", "v", "m")])
        writer.flush()
        raise ZeroDivisionError
    assert ledger.entries() == []
    assert ledger.head("idr:idr0001") is None and ledger.find_alias("one") is None
    assert ledger.cursor("idr") is None and ledger.items("idr") == {}
    assert ledger.quarantined() == [] and ledger.findings() == [] and ledger.runs() == []
    with pytest.raises(NotFound):
        ledger.original(digest)


def test_stamps_of_the_ledger_never_go_back(ledger, study, clock):
    """R23: a clock that stands or goes back still gives rising moments, across transactions."""
    for number, seconds in enumerate((0, 0, -86_400, 0, 90_000)):
        clock.move(seconds)
        with ledger.transaction() as writer:
            study(writer, f"idr:idr{number}")
    stamps = [entry.recorded_at for entry in ledger.entries()]
    assert stamps == sorted(set(stamps))
    assert stamps[3] - stamps[0] == timedelta(microseconds=3)
    assert stamps[4] == clock.now


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "Study"}, "kind"),
        ({"status": "gone"}, "status"),
        ({"owner": "empiar"}, "owner"),
        ({"curie": "idr:"}, "accession"),
        ({"payload": b"[]"}, "JSON object"),
    ],
)
def test_fields_outside_their_values_are_refused(ledger, study, change, said):
    """Nothing enters under a wrong kind, status, owner, identifier or payload."""
    with ledger.transaction() as writer, pytest.raises(BadRequest, match=said):
        study(writer, **{"curie": "idr:idr0001", **change})
    assert ledger.last_position() == 0


def test_moment_without_zone_is_refused(ledger, study):
    """A moment whose zone is unknown is an error, and the refused entry leaves no gap."""
    with ledger.transaction() as writer:
        with pytest.raises(ValueError, match="time zone"):
            study(writer, "idr:idr0001", retrieved_at=datetime(2026, 1, 1))
        study(writer, "idr:idr0001")
    assert [entry.owner_seq for entry in ledger.entries()] == [1]


def test_entry_needs_its_original(ledger, study):
    """An entry cannot point at bytes the ledger does not hold."""
    with ledger.transaction() as writer, pytest.raises(NotFound, match="Put it before"):
        study(writer, "idr:idr0001", original_digest="0" * 64)


@pytest.mark.parametrize(
    "change",
    [
        update(schema.entry).values(status="public"),
        delete(schema.entry),
        update(schema.original).values(media_type="text/html"),
    ],
    ids=["alter-entry", "delete-entry", "alter-original"],
)
def test_engine_refuses_to_alter_what_was_written(ledger, study, change):
    """The database itself keeps entries and originals, also against its own clients."""
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001", original_digest=writer.put_original(b"x", "text/plain"))
    with pytest.raises(DBAPIError, match="append-only"), ledger.engine.begin() as connection:
        connection.execute(change)
    assert ledger.entries()[0].status == "public"


def test_originals_are_kept_once_by_digest(ledger):
    """Bytes come back as given, and putting them again stores nothing."""
    content = bytes(range(256)) * 50
    with ledger.transaction() as writer:
        digest = writer.put_original(content, "application/octet-stream")
        assert writer.put_original(content, "application/octet-stream") == digest
    with ledger.transaction() as writer:
        assert writer.put_original(content, "application/octet-stream") == digest
        assert writer.put_original(b"", "text/plain") == hashlib.sha256(b"").hexdigest()
    assert ledger.original(digest) == content
    assert ledger.original(hashlib.sha256(b"").hexdigest()) == b""
    assert list(ledger.fsck()) == []


def test_large_transaction_is_one_transaction(ledger, study):
    """More rows than one batch are readable before the end and vanish when the end fails."""
    with pytest.raises(ZeroDivisionError), ledger.transaction() as writer:
        for number in range(1200):
            study(writer, f"idr:idr{number}")
        assert writer.head("idr:idr1199").position == 1200
        assert ledger.last_position() == 0
        raise ZeroDivisionError
    assert ledger.last_position() == 0


def test_thousand_appends_need_few_statements(ledger, study):
    """Heads, originals and rows travel in batches, so that a page of studies costs tens of statements."""
    sent = []
    event.listen(ledger.engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2]))
    curies = [f"idr:idr{number}" for number in range(1000)]
    with ledger.transaction() as writer:
        writer.prefetch(curies)
        for curie in curies:
            digest = writer.put_original(curie.encode(), "text/plain")
            study(writer, curie, original_digest=digest, aliases=(f"https://idr/{curie}",))
            writer.set_item("idr", curie, ItemState(digest, "gide/1", (curie,)))
            writer.replace_findings("idr", curie, curie, [Finding("c", Severity.INFO, "p", "v", "m")])
            writer.resolve_quarantine("idr", curie)
    assert ledger.last_position() == 1000
    assert len(sent) <= 30, sent


def test_ended_transaction_refuses_more(ledger, study):
    """A writer kept beyond its block writes nothing."""
    with ledger.transaction() as writer:
        pass
    for late in (lambda: study(writer, "idr:idr0001"), lambda: writer.set_cursor("idr", "x"), writer.flush):
        with pytest.raises(RuntimeError, match="has ended"):
            late()
    assert ledger.last_position() == 0


def test_stamp_is_utc_with_microseconds():
    """Moments are written so that text order is time order, whatever zone they came in."""
    assert stamp(datetime.fromisoformat("2026-03-01T01:30:00+02:00")) == "2026-02-28T23:30:00.000000Z"
