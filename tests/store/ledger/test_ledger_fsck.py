"""One flipped bit anywhere is found and named, and never served (reliability.md, G7)."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ledger_records import START, append_study
from sqlalchemy import text

from catalogue.problems import Conflict, Locked, NotFound, StoreDamaged
from catalogue.store.entries import entry_hash
from catalogue.store.ledger import Fault, Ledger

TABLES = ("entry", "original", "head", "alias")
STUDIES = 12


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sound ledger in one closed SQLite file: studies with originals, some changed, one withdrawn."""
    path = tmp_path_factory.mktemp("sound") / "ledger.db"
    with Ledger(f"sqlite:///{path}", lambda: START) as ledger, ledger.transaction() as writer:
        for number in range(STUDIES):
            curie = f"{'idr' if number % 3 else 'empiar'}:s{number}"
            # The longest go over several pages of the file, the shortest share one.
            words = " ".join(f"{curie}-{i}-é" for i in range(10 ** (number % 4)))
            digest = writer.put_original(words.encode(), "application/ld+json")
            append_study(writer, curie, title=words, original_digest=digest, aliases=(f"https://x/{number}",))
        append_study(writer, "idr:s1", title="changed", aliases=("https://x/1", "second name"))
        append_study(writer, "idr:s2", status="withdrawn")
    return path


def content_of(ledger: Ledger) -> list[Any]:
    """All that a ledger says about its records."""
    entries = ledger.entries(limit=1000)
    originals = {entry.original_digest for entry in entries} - {None}
    names = [f"https://x/{number}" for number in range(STUDIES)] + ["second name"]
    return [
        entries,
        {digest: ledger.original(digest) for digest in originals},
        ledger.heads(),
        ledger.counts(),
        [ledger.find_alias(name) for name in names],
    ]


@pytest.fixture(scope="module")
def sound_content(sound: Path) -> list[Any]:
    """What the sound ledger says about its records."""
    with open_ledger(sound) as ledger:
        return content_of(ledger)


def open_ledger(path: Path) -> Ledger:
    """The ledger in the file `path`."""
    return Ledger(f"sqlite:///{path}", lambda: START, create=False)


def test_sound_ledger_has_no_faults(ledger, study):
    """Nothing is reported about a ledger that was only ever written to by its writer."""
    for number in range(5):
        with ledger.transaction() as writer:
            digest = writer.put_original(b"%d" % number, "text/plain")
            study(writer, "idr:idr0001", title=str(number), original_digest=digest, aliases=("a", "A", f"n{number}"))
            study(writer, f"empiar:{number}", status="withdrawn" if number == 3 else "public")
    assert list(ledger.fsck()) == []


@given(st.sampled_from(TABLES), st.data())
@settings(max_examples=150, deadline=None)
def test_one_flipped_bit_in_any_column_is_named(sound, table, data):
    """Any bit of any column of entries, originals, heads and aliases: fsck names the record it belongs to."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        shutil.copy(sound, path)
        position, curie, digest = flip_column(path, table, data)
        with open_ledger(path) as ledger:
            faults = list(ledger.fsck())
    assert any(names(fault, position, curie, digest) for fault in faults), faults


def names(fault: Fault, position: int | None, curie: str | None, digest: str) -> bool:
    """True when a fault points at the record that was damaged."""
    return fault.position == position or fault.curie == curie or bool(digest and digest in fault.what)


def flip_column(path: Path, table: str, data: st.DataObject) -> tuple[int | None, str | None, str]:
    """Flips one bit of one column; the position, curie and original that the row had before."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    rows = connection.execute(f"SELECT rowid AS row_key, * FROM {table}").fetchall()
    row = data.draw(st.sampled_from(rows))
    column = data.draw(st.sampled_from([c for c in dict(row) if c != "row_key" and row[c] is not None]))
    value, cast = row[column], "?"
    if isinstance(value, int):
        flipped: object = value ^ (1 << data.draw(st.integers(0, 40)))
    else:
        raw = bytearray(value.encode() if isinstance(value, str) else value)
        assume(raw)
        bit = data.draw(st.integers(0, len(raw) * 8 - 1))
        raw[bit // 8] ^= 1 << (bit % 8)
        flipped, cast = bytes(raw), "CAST(? AS TEXT)" if isinstance(value, str) else "?"
    try:
        with connection:
            connection.execute(f"UPDATE {table} SET {column} = {cast} WHERE rowid = ?", (flipped, row["row_key"]))
    except sqlite3.IntegrityError:
        # The bit would give two rows one key, which no disk error can do behind the index.
        assume(False)
    finally:
        connection.close()
    if table == "original":
        return None, None, row["digest"]
    return row["position"], row["curie"], ""


@given(st.sampled_from(["entry.payload", "original.content"]), st.data())
@settings(max_examples=100, deadline=None)
def test_one_flipped_bit_in_the_file_is_named(sound, place, data):
    """A bit of a payload or an original flipped in the file itself, behind the engine, is named and not served."""
    table, column = place.split(".")
    key = "curie" if table == "entry" else "digest"
    with sqlite3.connect(sound) as connection:
        rows = connection.execute(f"SELECT {key}, {column} FROM {table}").fetchall()
    connection.close()
    name, blob = data.draw(st.sampled_from(rows))
    file = bytearray(sound.read_bytes())
    at = data.draw(st.integers(0, len(blob) - 1))
    start = max(0, min(at - 8, len(blob) - 16))
    found = file.find(blob[start : start + 16])
    assume(found >= 0 and file.find(blob[start : start + 16], found + 1) < 0)
    file[found + at - start] ^= 1 << data.draw(st.integers(0, 7))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        path.write_bytes(file)
        with open_ledger(path) as ledger:
            faults = list(ledger.fsck())
            assert any(fault.curie == name or name in fault.what for fault in faults), faults
            if table == "original":
                # A bit that zstd does not use changes no content: right bytes or an error, nothing between.
                with contextlib.suppress(StoreDamaged):
                    assert hashlib.sha256(ledger.original(name)).hexdigest() == name


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_flipped_bit_of_the_file_is_found_or_harmless(sound, sound_content, data):
    """Wherever in the file a bit flips: fsck reports it, or every record still reads as before."""
    file = bytearray(sound.read_bytes())
    bit = data.draw(st.integers(0, len(file) * 8 - 1))
    file[bit // 8] ^= 1 << (bit % 8)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        path.write_bytes(file)
        try:
            with open_ledger(path) as ledger:
                assert list(ledger.fsck()) or content_of(ledger) == sound_content, f"bit {bit}"
        except (StoreDamaged, Conflict, NotFound, Locked):
            # The ledger does not even open: nobody can miss that.
            return


def test_pages_out_of_order_end_the_search_with_a_fault(sound, tmp_path):
    """Damage that sends SQLite back to rows it gave already is reported; the check still comes to an end."""
    file = sound.read_bytes()
    damaged = 0
    for start in range(4096, len(file), 4096):
        leaf_of_table, cells = file[start] == 0x0D, int.from_bytes(file[start + 3 : start + 5])
        if not leaf_of_table or cells < 2:
            continue
        # Cell pointers stand behind the header of eight bytes, in key order (sqlite.org/fileformat.html, 1.6).
        first, last = start + 8, start + 8 + 2 * (cells - 1)
        page = bytearray(file)
        page[first : first + 2], page[last : last + 2] = file[last : last + 2], file[first : first + 2]
        path = tmp_path / f"{start}.db"
        path.write_bytes(page)
        # A page of the schema out of order keeps the ledger from being opened at all, which is loud enough.
        with contextlib.suppress(StoreDamaged), open_ledger(path) as ledger:
            assert list(ledger.fsck())
            damaged += 1
    assert damaged >= 4


@pytest.mark.parametrize("column", ["payload", "status", "curie", "payload_digest", "retrieved_at"])
def test_damaged_entry_is_not_served(ledger, study, column):
    """Reading a record whose stored bytes changed is an error that names it, never a wrong answer."""
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001")
    tamper(ledger, f"UPDATE entry SET {column} = :value WHERE position = 1", b"x" if column == "payload" else "x")
    with pytest.raises(StoreDamaged, match="Entry 1"):
        ledger.entries()
    assert next(fault.position for fault in ledger.fsck()) == 1


def test_damaged_original_is_not_served(ledger):
    """Bytes that no longer fit their digest are refused."""
    with ledger.transaction() as writer:
        digest = writer.put_original(b"content", "text/plain")
        other = writer.put_original(b"other", "text/plain")
    tamper(ledger, f"UPDATE original SET content = (SELECT o.content FROM original o WHERE o.digest = '{other}')")
    with pytest.raises(StoreDamaged, match=digest):
        ledger.original(digest)
    assert ledger.original(other) == b"other"
    assert [fault.what for fault in ledger.fsck() if digest in fault.what]


def test_lost_entries_are_named(ledger, study):
    """Entries taken out of the middle leave a gap, a broken chain and a broken owner sequence."""
    with ledger.transaction() as writer:
        for number in range(5):
            study(writer, f"idr:idr{number}")
    tamper(ledger, "DELETE FROM entry WHERE position IN (2, 3)")
    faults = [(fault.position, fault.what) for fault in ledger.fsck()]
    assert (2, "no entry is stored at position 2 to 3") in faults
    assert (4, "it does not follow the entry before it: the chain is broken") in faults
    assert (4, "owner sequence 4 does not follow 1") in faults


def test_lost_end_of_the_log_is_named(ledger, study):
    """An end that was cut off is betrayed by the heads that point into it."""
    with ledger.transaction() as writer:
        for number in range(3):
            study(writer, f"idr:idr{number}")
    tamper(ledger, "DELETE FROM entry WHERE position = 3")
    assert Fault(3, "idr:idr2", "the head of the record does not say what its entry says") in list(ledger.fsck())


def test_rewritten_history_breaks_the_chain(ledger, study):
    """An entry replaced by a well-formed other one no longer fits the entry after it."""
    with ledger.transaction() as writer:
        for number in range(3):
            study(writer, f"idr:idr{number}")
    with ledger.engine.connect() as connection:
        row = dict(connection.execute(text("SELECT * FROM entry WHERE position = 2")).mappings().one())
    forged = entry_hash({**row, "source_url": "https://elsewhere.example/"})
    tamper(
        ledger,
        f"UPDATE entry SET source_url = 'https://elsewhere.example/', entry_hash = '{forged}' WHERE position = 2",
    )
    assert list(ledger.fsck()) == [Fault(3, "idr:idr2", "it does not follow the entry before it: the chain is broken")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE head SET position = 1", "not its newest entry"),
        ("DELETE FROM head", "not its newest entry"),
        ("UPDATE head SET status = 'withdrawn'", "does not say what its entry says"),
        ("DELETE FROM alias", "other name one is not kept"),
        ("UPDATE alias SET position = 1", "other name one is not kept"),
        ("INSERT INTO alias (alias, curie, position) VALUES ('two', 'idr:idr0001', 2)", "never claimed"),
        ("DELETE FROM original", "is not kept"),
    ],
)
def test_tables_beside_the_log_are_held_to_it(ledger, study, change, said):
    """Heads, aliases and originals are compared with what replaying the log gives."""
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001", title="old", aliases=("one",))
        digest = writer.put_original(b"x", "text/plain")
        study(writer, "idr:idr0001", original_digest=digest, aliases=("one",))
    tamper(ledger, change)
    # What heads say goes into the digests that members compare.
    faults = [fault for fault in ledger.fsck() if "the bucket" not in fault.what]
    assert faults and all((fault.position, fault.curie) in ((1, "idr:idr0001"), (2, "idr:idr0001")) for fault in faults)
    assert any(said in fault.what for fault in faults), faults


def test_lost_original_of_a_quarantined_document_is_named(ledger):
    """R19: the raw bytes of what was refused are part of the promise."""
    with ledger.transaction() as writer:
        digest = writer.put_original(b"x", "text/plain")
        writer.quarantine(
            "idr", "a.json", reason="policy", detail="", harvester="gide/1", identifier="idr:7", original_digest=digest
        )
    tamper(ledger, "DELETE FROM original")
    assert list(ledger.fsck()) == [Fault(None, "idr:7", f"the original {digest} of quarantined a.json is not kept")]


def test_fsck_reads_one_moment_while_a_writer_works(ledger, study):
    """Entries committed during the check are neither missed heads nor broken chains."""
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001")
    search = ledger.fsck()
    with ledger.transaction() as writer:
        study(writer, "idr:idr0002")
    assert list(search) == []


def tamper(ledger: Ledger, statement: str, value: object = None) -> None:
    """Changes stored rows behind the ledger's back: triggers and foreign keys are off."""
    with ledger.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.rollback()
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys = OFF")
            triggers = driver.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (trigger,) in triggers:
                driver.execute(f"DROP TRIGGER {trigger}")
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement), {"value": value} if ":value" in statement else {})
        connection.commit()
