"""One flipped bit in what members exchange is found and named."""

from __future__ import annotations

import shutil
import sqlite3

import pytest
from ledger_records import START, append_study

from catalogue.model.signing import NodeKey
from catalogue.model.tenure import SignedTenure, next_tenure
from catalogue.store.ledger import Ledger

OLD, NEW = NodeKey(b"o" * 32), NodeKey(b"n" * 32)
# What only this node says of itself, and nothing follows from.
LOCAL = {("log_entry", "received_from"), ("tenure", "received_from"), ("tenure", "recorded_at")}
COLUMNS = {
    "log_entry": [
        "position", "owner", "owner_epoch", "owner_seq", "generated_at", "asserted_by", "previous", "digest",
        "signature",
    ],
    "bucket": ["owner", "bucket", "count", "live", "digest", "live_digest"],
    "tenure": ["owner", "epoch", "node", "key", "after_seq", "digest", "statement"],
    "head": [
        "curie", "position", "owner", "kind", "parent", "status", "payload_digest", "owner_epoch", "owner_seq",
        "bucket", "whole",
    ],
}  # fmt: skip
PLACES = [(table, column) for table, columns in COLUMNS.items() for column in columns]


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A closed ledger with two owners, one of which got another key."""
    path = tmp_path_factory.mktemp("sound") / "ledger.db"
    with Ledger(f"sqlite:///{path}", lambda: START, key=OLD) as ledger:
        with ledger.transaction() as writer:
            for number in range(1, 4):
                append_study(writer, f"idr:idr{number:04d}")
                append_study(writer, f"empiar:{10_000 + number}")
            append_study(writer, "idr:10001", kind="image", parent="idr:idr0001")
        place = ledger.log.place("idr", 0)
        before = ledger.registry.tenure("idr")
        said = next_tenure(
            before, OLD.node, NEW.public, (place.seq, place.digest), "key", "2026-11-22T10:00:00.000000Z"
        )
        with ledger.transaction() as writer:
            writer.put_tenure(SignedTenure(said, {k.public: k.sign(said.message) for k in (OLD, NEW)}), "")
    with Ledger(f"sqlite:///{path}", lambda: START, key=NodeKey(b"n" * 32, OLD.node)) as ledger:
        with ledger.transaction() as writer:
            append_study(writer, "idr:idr0002", title="changed")
            append_study(writer, "idr:idr0003", status="withdrawn")
        assert list(ledger.fsck()) == []
    return path


def test_every_column_is_looked_at(sound):
    """A column that is added to what members exchange must be checked, or be named as one that nothing follows from."""
    with sqlite3.connect(sound) as connection:
        for table, columns in COLUMNS.items():
            there = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
            assert there - {name for of, name in LOCAL if of == table} == set(columns)


@pytest.mark.parametrize("which", ["first", "last"])
@pytest.mark.parametrize(("table", "column"), PLACES)
def test_flipped_bit_is_named(sound, tmp_path, table, column, which):
    """P16: the lowest bit of any value of the first and of the last row is missed by nobody who runs fsck."""
    path = tmp_path / "ledger.db"
    shutil.copy(sound, path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = OFF")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    order = "ASC" if which == "first" else "DESC"
    query = f"SELECT rowid, {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY rowid {order} LIMIT 1"
    rowid, value = connection.execute(query).fetchone()
    flipped = value ^ 64 if isinstance(value, int) else value[:-1] + chr(ord(value[-1]) ^ 1)
    connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (flipped, rowid))
    connection.commit()
    connection.close()
    with Ledger(f"sqlite:///{path}", lambda: START, create=False) as ledger:
        found = list(ledger.fsck())
    assert found
    assert not [fault for fault in found if "cut short" in fault.what]


@pytest.mark.parametrize("statement", ["DELETE FROM log_entry WHERE position = 9", "DELETE FROM tenure WHERE epoch = 1",
                                       "DELETE FROM tenure", "DELETE FROM log_entry WHERE position = 1",
                                       "DELETE FROM bucket"])  # fmt: skip
def test_lost_row_is_named(sound, tmp_path, statement):
    """What was signed and is signed no longer, a statement and a digest that are lost are told."""
    path = tmp_path / "ledger.db"
    shutil.copy(sound, path)
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()
    with Ledger(f"sqlite:///{path}", lambda: START, create=False) as ledger:
        assert list(ledger.fsck())
