"""A ledger is opened durable, made once, and never by accident."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from catalogue.problems import Conflict, Locked, NotFound, SettingsInvalid, StoreDamaged
from catalogue.store import schema
from catalogue.store.database import revisions
from catalogue.store.ledger import Ledger

OPENER = Path(__file__).with_name("opener.py")


def test_opening_twice_finds_what_was_written(ledger_url, clock, study):
    """A ledger survives its process and is not made anew."""
    with Ledger(ledger_url, clock) as ledger, ledger.transaction() as writer:
        entry = study(writer, "idr:idr0001")
    with Ledger(ledger_url, clock, create=False) as ledger:
        assert ledger.entries() == [entry]


def test_missing_ledger_is_not_made_unless_asked(ledger_url, clock, tmp_path):
    """A mistyped place is an error that says what to do, and leaves no file behind."""
    for options in ({"create": False}, {"read_only": True}):
        with pytest.raises(NotFound, match="ommatidia init"):
            Ledger(ledger_url, clock, **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_other_places_are_refused(clock, url):
    """Only a file or a PostgreSQL server can hold a ledger."""
    with pytest.raises(SettingsInvalid, match=r"ledger|memory"):
        Ledger(url, clock)


def test_ledger_of_a_newer_version_is_refused(ledger_url, clock):
    """A revision nobody here knows is left alone."""
    with Ledger(ledger_url, clock) as ledger, ledger.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Conflict, match="9999"):
        Ledger(ledger_url, clock)


def test_migrations_make_the_tables_of_the_schema(ledger):
    """Running every revision gives exactly the tables, columns, indexes and keys of schema.py."""
    with ledger.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, schema.metadata) == []
        assert context.get_current_revision() == revisions()[-1]


def test_read_only_ledger_refuses_to_write(ledger_url, clock, study):
    """A reader cannot append, whatever it calls."""
    with Ledger(ledger_url, clock) as ledger, ledger.transaction() as writer:
        study(writer, "idr:idr0001")
    with Ledger(ledger_url, clock, read_only=True) as reader:
        assert reader.last_position() == 1
        with pytest.raises(RuntimeError, match="read-only"), reader.transaction() as writer:
            study(writer, "idr:idr0002")
        with pytest.raises(DBAPIError, match=r"read-only|readonly"), reader.engine.begin() as connection:
            connection.execute(delete(schema.alias))
        assert reader.last_position() == 1


def test_sqlite_is_set_to_lose_nothing(tmp_path, clock):
    """Every connection syncs on commit, keeps a write-ahead log and checks foreign keys."""
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    with (
        Ledger(f"sqlite:///{tmp_path}/sub/ledger.db", clock) as ledger,
        ledger.engine.connect() as one,
        ledger.engine.connect() as two,
    ):
        for connection in (one, two):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
            assert found == wanted


def test_writer_that_waits_too_long_is_told(tmp_path, clock, study, monkeypatch):
    """A ledger that stays locked gives the problem `locked`, and serves again once the lock is gone."""
    import catalogue.store.database as database

    url = f"sqlite:///{tmp_path}/ledger.db"
    with Ledger(url, clock) as ledger, Ledger(url, clock) as other:
        monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.02)
        with other.transaction() as writer:
            study(writer, "idr:idr0001")
            for _ in range(20):
                with pytest.raises(Locked, match="Try again"), ledger.transaction():
                    pass
        with ledger.transaction() as writer:
            study(writer, "idr:idr0002")
        assert ledger.last_position() == 2


def test_file_that_is_no_ledger_is_said_to_be_damaged(tmp_path, clock):
    """Bytes that are no database give a problem that names the way out."""
    (tmp_path / "ledger.db").write_bytes(b"not a database at all" * 1000)
    with pytest.raises(StoreDamaged, match="fsck"):
        Ledger(f"sqlite:///{tmp_path}/ledger.db", clock)


def test_processes_opening_at_once_make_one_ledger(ledger_url, clock):
    """Four first openings at the same time all succeed and run the migrations once."""
    command = [sys.executable, str(OPENER), ledger_url]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) for _ in range(4)]
    for process in started:
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=600)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0, 0], answers
    with Ledger(ledger_url, clock, create=False) as ledger:
        assert ledger.last_position() == 4
        assert list(ledger.fsck()) == []


def test_killed_migration_leaves_the_old_state(ledger_url, clock, monkeypatch):
    """G18: a migration that dies half-way leaves no table behind, and the next opening finishes it."""
    import catalogue.store.database as database

    upgrade = database._upgrade

    def dies(connection):
        upgrade(connection)
        raise KeyboardInterrupt

    monkeypatch.setattr(database, "_upgrade", dies)
    with pytest.raises(KeyboardInterrupt):
        Ledger(ledger_url, clock)
    monkeypatch.undo()
    with pytest.raises(NotFound):
        Ledger(ledger_url, clock, create=False)
    with Ledger(ledger_url, clock) as ledger:
        assert ledger.last_position() == 0
