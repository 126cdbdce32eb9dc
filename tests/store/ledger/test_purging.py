"""Withdrawn records lose their content for good, and nothing else does."""

from __future__ import annotations

from datetime import timedelta

import zstandard

from catalogue.problems import NotFound
from catalogue.store.books import ItemState
from catalogue.store.purging import purge


def later(ledger):
    """A moment after everything that is in the ledger."""
    return ledger.clock() + timedelta(days=2)


def test_payload_bytes_of_a_withdrawn_record_are_gone_from_the_ledgers_files(ledger, study, ledger_url):
    """P18: no file of the ledger holds a former version or its document any more; the tombstone and the chain stay."""
    with ledger.transaction() as writer:
        digest = writer.put_original(b"the partner's own words about it", "text/plain")
        gone = study(writer, "idr:idr0001", title="What was withdrawn later", original_digest=digest)
        study(writer, "idr:idr0002", title="What stays")
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001", status="withdrawn")
    frames = [
        zstandard.ZstdCompressor(level=3, write_checksum=True, write_content_size=True).compress(content)
        for content in (gone.payload, b"the partner's own words about it")
    ]
    assert ledger_url.startswith("postgresql") or all(found_in(ledger, frame) for frame in frames)
    done = purge(ledger, later(ledger))
    assert (done.records, done.payloads, done.originals) == (1, 1, 1)
    assert ledger_url.startswith("postgresql") or not any(found_in(ledger, frame) for frame in frames)
    assert ledger.head("idr:idr0001").status == "withdrawn" and ledger.head("idr:idr0001").payload
    assert [entry.status for entry in ledger.history("idr:idr0001")] == ["absent", "withdrawn"]
    assert ledger.head("idr:idr0002").record["title"] == "What stays"
    assert list(ledger.fsck()) == []
    assert purge(ledger, later(ledger)).records == 0


def found_in(ledger, frame: bytes) -> bool:
    """Whether the frame's bytes stand in any file of an SQLite ledger."""
    from pathlib import Path

    database = Path(ledger.engine.url.database)
    return any(frame in path.read_bytes() for path in database.parent.glob(f"{database.name}*"))


def test_original_that_other_records_came_from_stays(ledger, study):
    """A document that also gave a record which is still here keeps its bytes."""
    with ledger.transaction() as writer:
        digest = writer.put_original(b"two records in one", "text/plain")
        study(writer, "idr:idr0001", original_digest=digest)
        study(writer, "idr:idr0002", original_digest=digest)
        study(writer, "idr:idr0003", original_digest=writer.put_original(b"alone", "text/plain"))
    with ledger.transaction() as writer:
        alone = ledger.head("idr:idr0003").original_digest
        study(writer, "idr:idr0001", status="withdrawn")
        study(writer, "idr:idr0003", status="withdrawn")
    assert purge(ledger, later(ledger)).originals == 1
    assert ledger.original(digest) == b"two records in one"
    try:
        ledger.original(alone)
    except NotFound as problem:
        assert "withdrawn" in problem.detail
    else:
        raise AssertionError("the document is still there")


def test_young_tombstones_wait(ledger, study):
    """An operator has time to change their mind before anything is dropped."""
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001")
    with ledger.transaction() as writer:
        stone = study(writer, "idr:idr0001", status="withdrawn")
    assert purge(ledger, stone.recorded_at).records == 0
    assert ledger.history("idr:idr0001")[0].payload


def test_document_of_a_purged_record_is_read_again(ledger, study):
    """A source that gives the record once more is not told that its document is known."""
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001")
        writer.set_item("idr", "one", ItemState("d" * 64, "gide/1", ("idr:idr0001",)))
        writer.set_item("idr", "two", ItemState("e" * 64, "gide/1", ("idr:idr0002",)))
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001", status="withdrawn")
    purge(ledger, later(ledger))
    assert {name: state.digest for name, state in ledger.items("idr").items()} == {"one": "", "two": "e" * 64}


def test_document_that_comes_again_after_a_purge_is_kept_again(ledger, study):
    """The same bytes given once more are there again, and the ledger is sound."""
    with ledger.transaction() as writer:
        digest = writer.put_original(b"given twice", "text/plain")
        study(writer, "idr:idr0001", original_digest=digest)
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001", status="withdrawn")
    assert purge(ledger, later(ledger)).originals == 1
    with ledger.transaction() as writer:
        assert not writer.has_original(digest)
        assert writer.put_original(b"given twice", "text/html") == digest
        study(writer, "idr:idr0001", title="Back", original_digest=digest)
    assert ledger.original(digest) == b"given twice"
    assert list(ledger.fsck()) == []


def test_newest_due_tombstone_is_told_also_when_nothing_is_left_to_purge(ledger, study):
    """P18: what followed a purge may have been cut off by a crash, so the next one says again what must go."""
    assert purge(ledger, later(ledger)).position == 0
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001")
        stone = study(writer, "idr:idr0001", status="withdrawn")
        study(writer, "idr:idr0002")
    assert purge(ledger, later(ledger)).position == stone.position
    again = purge(ledger, later(ledger))
    assert (again.records, again.position) == (0, stone.position)
