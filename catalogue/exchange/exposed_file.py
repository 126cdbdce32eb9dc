"""The SQLite file of catalogue.exchange.exposed: tables, reading, and one writer at a time."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from catalogue.exchange.base import RENDERER_VERSION

# Changes when tables, or what is read out of records, change; a file of another form is made anew.
FORM: Final = f"1/{RENDERER_VERSION}"
FILE: Final = "exposed.db"
_WAIT_S: Final = 30.0

_TABLES: Final = """
create table if not exists fact (name text primary key, value text not null) without rowid;
create table if not exists record (
    position integer primary key, curie text not null unique, kind text not null, status text not null,
    recorded_at text not null, sets text not null, formats text not null);
create index if not exists record_absent on record (status) where status = 'absent';
create table if not exists member (name text not null, position integer not null, primary key (name, position))
    without rowid;
create table if not exists set_name (spec text primary key, name text not null) without rowid;
create table if not exists digest (
    position integer primary key, size integer not null, md5 text not null, sha256 text not null);
"""
_COLUMNS: Final = "r.position, r.curie, r.kind, r.status, r.recorded_at, r.sets, r.formats"
Found = tuple[int, str, str, str, str, str, str]


class ExposedFile:
    """The file; each thread has a connection of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / FILE
        self._of_thread = threading.local()
        with self._writing() as connection:
            # Not by executescript, which would commit before it begins.
            for statement in filter(str.strip, _TABLES.split(";")):
                connection.execute(statement)
            if _fact(connection, "form") != FORM:
                _empty(connection)

    def position(self) -> int:
        """Ledger position that the file reflects."""
        return int(_fact(self._connection, "position") or 0)

    def entry_hash(self) -> str:
        """Hash of the ledger entry at that position."""
        return _fact(self._connection, "entry_hash") or ""

    def reset(self) -> None:
        """Forget everything."""
        with self._writing() as connection:
            _empty(connection)

    def rows(self, after: int, up_to: int, limit: int, within: str | None, form: str | None) -> list[Found]:
        """Records above `after`, not above `up_to`, in order."""
        tables, where, values = _selection(after, up_to, within, form)
        text = f"select {_COLUMNS} from {tables} where {where} order by r.position limit ?"  # noqa: S608
        return self._connection.execute(text, (*values, limit)).fetchall()

    def count(self, after: int, up_to: int, within: str | None, form: str | None) -> int:
        """Number of such records."""
        tables, where, values = _selection(after, up_to, within, form)
        text = f"select count(*) from {tables} where {where}"  # noqa: S608
        return int(self._connection.execute(text, values).fetchone()[0])

    def blocks(self, size: int, up_to: int, public: bool) -> list[tuple[int, str]]:
        """Blocks of positions that hold live records, each with the newest stamp in it."""
        shown = "= 'public'" if public else "in ('public', 'suppressed')"
        text = (
            f"select (position - 1) / ? as block, max(recorded_at) from record where position <= ? "  # noqa: S608
            f"and status {shown} group by block order by block"
        )
        return self._connection.execute(text, (size, up_to)).fetchall()

    def sets(self) -> list[tuple[str, str]]:
        """setSpec and setName of every set."""
        return self._connection.execute("select spec, name from set_name order by spec").fetchall()

    def absent(self) -> list[int]:
        """Positions of records whose payload was not here when they were taken in."""
        return [row[0] for row in self._connection.execute("select position from record where status = 'absent'")]

    def digests(self, after: int, up_to: int) -> dict[int, tuple[int, str, str]]:
        """Position -> size in bytes, MD5 and SHA-256, of the documents that were measured."""
        text = "select position, size, md5, sha256 from digest where position > ? and position <= ?"
        return {row[0]: row[1:] for row in self._connection.execute(text, (after, up_to))}

    def keep_digests(self, found: Sequence[tuple[int, int, str, str]]) -> None:
        """Keep the sizes and digests of documents: (position, size, MD5, SHA-256)."""
        with self._writing() as connection:
            connection.executemany("insert or replace into digest values (?, ?, ?, ?)", found)

    @contextmanager
    def changing(self, position: int) -> Iterator[Writer | None]:
        """A writer whose work is kept when the block ends well; None where the file is not at `position` any more."""
        with self._writing() as connection:
            at = int(_fact(connection, "position") or 0)
            yield Writer(connection) if at == position else None

    @property
    def _connection(self) -> sqlite3.Connection:
        held: sqlite3.Connection | None = getattr(self._of_thread, "connection", None)
        if held is None:
            held = sqlite3.connect(self._path, timeout=_WAIT_S, isolation_level=None)
            held.execute("pragma journal_mode = wal")
            # All of it can be made anew from the ledger; a file that a power cut damaged is.
            held.execute("pragma synchronous = normal")
            self._of_thread.connection = held
        return held

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        connection.execute("begin immediate")
        try:
            yield connection
        except BaseException:  # also an interrupt must give the lock back; it is raised on
            connection.execute("rollback")
            raise
        connection.execute("commit")


class Writer:
    """One open change of the file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._run = connection.execute

    def sets_of(self, curie: str) -> list[str]:
        """setSpecs of the version of `curie` that is in the file."""
        found = self._run("select sets from record where curie = ?", (curie,)).fetchone()
        return [str(spec) for spec in json.loads(found[0])] if found else []

    def put(
        self,
        position: int,
        curie: str,
        kind: str,
        status: str,
        recorded_at: str,
        sets: Sequence[str],
        names: Sequence[tuple[str, str]],
        formats: str,
    ) -> None:
        """Make this the newest version of its record.

        Args:
            sets: the most specific sets; it is a member of those above them too.
            names: setSpec and setName of these and those above.
        """
        former = self._run("select position, sets from record where curie = ?", (curie,)).fetchone()
        if former:
            left = [(spec, former[0]) for spec in _above(json.loads(former[1]))]
            for spec_and_position in left:
                self._run("delete from member where name = ? and position = ?", spec_and_position)
            self._run("delete from record where position = ?", (former[0],))
            self._run("delete from digest where position = ?", (former[0],))
        values = position, curie, kind, status, recorded_at, json.dumps(list(sets)), formats
        self._run("insert into record values (?, ?, ?, ?, ?, ?, ?)", values)
        for spec in _above(sets):
            self._run("insert into member values (?, ?)", (spec, position))
        for spec, name in names:
            self._run("insert or replace into set_name values (?, ?)", (spec, name))

    def moved(self, position: int, entry_hash: str) -> None:
        """The file now reflects the ledger up to here."""
        self._run("insert or replace into fact values ('position', ?)", (str(position),))
        self._run("insert or replace into fact values ('entry_hash', ?)", (entry_hash,))


def _selection(after: int, up_to: int, within: str | None, form: str | None) -> tuple[str, str, list[Any]]:
    tables, where, values = "record r", "r.position > ? and r.position <= ?", [after, up_to]
    found: list[Any] = values
    if within is not None:
        tables = "member m join record r on r.position = m.position"
        where = "m.position > ? and m.position <= ? and m.name = ?"
        found = [*values, within]
    if form is not None:
        where += " and (r.status in ('withdrawn', 'replaced') or instr(' ' || r.formats || ' ', ?))"
        found = [*found, f" {form} "]
    return tables, where, found


def _above(specs: Sequence[str]) -> list[str]:
    """The sets and all sets above them in the hierarchy."""
    found = dict.fromkeys(specs)
    for spec in specs:
        parts = spec.split(":")
        found.update(dict.fromkeys(":".join(parts[:end]) for end in range(1, len(parts))))
    return list(found)


def _fact(connection: sqlite3.Connection, name: str) -> str | None:
    row = connection.execute("select value from fact where name = ?", (name,)).fetchone()
    return str(row[0]) if row else None


def _empty(connection: sqlite3.Connection) -> None:
    for table in ("fact", "record", "member", "set_name", "digest"):
        connection.execute(f"delete from {table}")  # noqa: S608
    connection.execute("insert into fact values ('form', ?)", (FORM,))
