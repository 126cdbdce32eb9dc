"""Damage to chunks is found, named and mended; what no list has is removed."""

from __future__ import annotations

import os

import pytest

from catalogue.problems import Locked, StoreDamaged
from catalogue.store.chunk_fsck import repair_chunks
from catalogue.store.image_chunks import ChunkFiles
from catalogue.store.writer import LedgerWriter
from tests.ingest.tables.conftest import Lists, rows


@pytest.fixture
def filled(lists: Lists) -> Lists:
    """A list of 3,000 images in one chunk."""
    lists.partner.tables["idr0001"] = rows(100_000, 3_000)
    lists.harvest()
    return lists


def flip(lists: Lists, place: int) -> None:
    path = lists.ledger.image_lists.files.path(lists.chunks()[0])
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= 4
    path.write_bytes(content)


@pytest.mark.parametrize("place", [0, 777, -1, 20_000])
def test_a_flipped_bit_is_found_and_never_served(filled: Lists, place: int) -> None:
    """G7: one bit anywhere in a chunk is a named fault, and its images are errors rather than other images."""
    assert list(filled.ledger.fsck()) == []
    flip(filled, place)
    (fault,) = filled.ledger.fsck()
    assert fault.curie == "idr:idr0001/images"
    assert "100000" in fault.what
    with pytest.raises(StoreDamaged):
        filled.ledger.head("idr:100005")


def test_a_damaged_chunk_is_written_again_from_the_source(filled: Lists) -> None:
    """A repair removes the damaged chunk; the next harvest reads its source again, and the list is whole."""
    flip(filled, 500)
    assert repair_chunks(filled.ledger).damaged == 1
    assert len(list(filled.ledger.fsck())) == 1
    position = filled.ledger.last_position()
    filled.harvest()
    assert list(filled.ledger.fsck()) == []
    assert filled.ledger.last_position() == position


def test_tables_of_a_list_are_made_anew(filled: Lists) -> None:
    """What the tables say follows from the ledger: lost, it is a fault, and a repair restores it."""
    with filled.ledger.transaction() as writer:
        writer.connection.exec_driver_sql("DELETE FROM image_chunk")
    assert "manifest" in next(iter(filled.ledger.fsck())).what
    assert repair_chunks(filled.ledger).lists == 1
    assert list(filled.ledger.fsck()) == []
    assert filled.ledger.head("idr:100005") is not None


def test_chunks_that_no_list_has_are_removed(filled: Lists) -> None:
    """Superseded chunks and what a killed writer left go with a repair; what was just put may be named yet."""
    (old,) = filled.chunks()
    files = filled.ledger.image_lists.files
    filled.partner.tables["idr0001"] = rows(100_000, 3_001)
    filled.harvest()
    assert files.path(old).exists()
    (files.folder / "ab").mkdir(exist_ok=True)
    (files.folder / "ab" / ".abcd.1.partial").write_bytes(b"half")
    (files.folder / "rows-x1").mkdir()
    (files.folder / "rows-x1" / "run-0.arrow").write_bytes(b"sorted")
    now = filled.clock().timestamp()
    for name, _ in list(files.kept()):
        path = files.path(name) if "/" not in name else name
        os.utime(path, (now, now))
    assert repair_chunks(filled.ledger).removed == 0
    filled.clock.pass_hours(2)
    done = repair_chunks(filled.ledger)
    assert done.removed == 3
    assert done.freed_bytes > 10
    assert not (files.folder / "rows-x1").exists()
    assert not files.path(old).exists()
    assert list(filled.ledger.fsck()) == []


def test_a_repair_waits_for_harvests(filled: Lists) -> None:
    """While a source is read, chunks may lie there that its end will name: nothing is removed."""
    with filled.ledger.lease("harvest:lists", "somebody"), pytest.raises(Locked):
        repair_chunks(filled.ledger)


def test_a_crash_before_the_commit_leaves_only_chunks_to_remove(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    """R2: until the transaction that names them has committed, chunks mean nothing; the next harvest uses them."""
    lists.partner.tables["idr0001"] = rows(100_000, 3_000)
    real = LedgerWriter.set_absences

    def die(*_arguments: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(LedgerWriter, "set_absences", die)
    with pytest.raises(OSError, match="full"):
        lists.harvest()
    assert lists.ledger.head("idr:idr0001/images") is None
    (left,) = [name for name, _ in lists.ledger.image_lists.files.kept()]
    assert list(lists.ledger.fsck()) == []
    monkeypatch.setattr(LedgerWriter, "set_absences", real)
    lists.harvest()
    assert lists.chunks() == [left]


def test_chunks_are_durable_before_they_are_named(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    """Acknowledged is durable: every chunk is synced to the disk before the transaction that names it begins."""
    order: list[str] = []
    sync, note = ChunkFiles.sync, LedgerWriter.set_absences
    monkeypatch.setattr(ChunkFiles, "sync", lambda files: (order.append("sync"), sync(files))[1])
    monkeypatch.setattr(LedgerWriter, "set_absences", lambda *a: (order.append("named"), note(*a))[1])
    lists.partner.tables["idr0001"] = rows(100_000, 10)
    lists.harvest()
    assert order == ["sync", "named"]
    assert lists.ledger.image_lists.files._unsynced == []


def test_what_a_crash_left_of_a_chunk_is_written_again(lists: Lists) -> None:
    """G7: a chunk that a power cut left empty, before anything named it, is whole and durable once it is put again."""
    files = lists.ledger.image_lists.files
    digest = files.put(b"rows")
    files.path(digest).write_bytes(b"")
    again = ChunkFiles(files.folder)
    assert again.put(b"rows") == digest
    assert again.content(digest) == b"rows"
    third = ChunkFiles(files.folder)
    third.put(b"rows")
    assert third._unsynced == [files.path(digest)]
