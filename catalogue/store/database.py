"""Opens the ledger's database: durable settings, one writer at a time, migrations.

SQLite facts: sqlalchemy.org "Serializable isolation / Savepoints / Transactional DDL" (pysqlite), sqlite.org/wal.html.
"""

from __future__ import annotations

import random
import re
import sqlite3
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, column, create_engine, event, func, inspect, make_url, select, table
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import ArgumentError

from catalogue.problems import Conflict, Locked, NotFound, SettingsInvalid, StoreDamaged
from catalogue.resources import migrations_dir

BUSY_TIMEOUT_S = 30
_DAMAGED = "The ledger's file is damaged. Run `ommatidia fsck` and restore it from a backup."
_BUSY = f"Another process has been writing to the ledger for {BUSY_TIMEOUT_S} s. Try again later."
# Any constant will do; it keeps our advisory locks apart from those of other applications in the same database.
_LOCK_CLASS = 0x0DDA


def open_engine(url: str, *, create: bool, read_only: bool) -> Engine:
    """An engine on the ledger at `url`, its tables at the newest revision.

    Args:
        url: `sqlite:////folder/ledger.db` or `postgresql+psycopg://…`.
        create: make the database file and tables, or bring them up to date; False refuses to do either.
        read_only: connections refuse to write.
    Raises:
        SettingsInvalid: the URL names another engine.
        NotFound: there is no ledger and `create` is False.
        Conflict: the ledger was written by another version of this software.
    """
    try:
        target = make_url(url)
    except ArgumentError as error:
        raise SettingsInvalid("The ledger URL cannot be read; give sqlite:///… or postgresql+psycopg://….") from error
    backend = target.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise SettingsInvalid(f"The ledger cannot live in {backend}; give sqlite:///… or postgresql+psycopg://….")
    if backend == "sqlite":
        _require_file(target, create=create and not read_only)
        engine = create_engine(target, connect_args={"timeout": BUSY_TIMEOUT_S})
        _prepare_sqlite(engine, read_only=read_only)
    else:
        engine = create_engine(target, isolation_level="READ COMMITTED", pool_pre_ping=True)
        _prepare_postgresql(engine, read_only=read_only)
    event.listen(engine, "handle_error", _translate_error)
    try:
        _ensure_revision(engine, create=create and not read_only)
    except BaseException:  # also an interrupt must give the connections back; it is raised on
        engine.dispose()
        raise
    return engine


def _require_file(target: URL, *, create: bool) -> None:
    if not target.database or target.database == ":memory:":
        raise SettingsInvalid("The ledger needs a file; an SQLite database in memory is lost with its process.")
    path = Path(target.database)
    if create:
        path.parent.mkdir(parents=True, exist_ok=True)
    elif not path.exists():
        raise NotFound("There is no ledger here yet. Run `ommatidia init`.")


def _prepare_sqlite(engine: Engine, *, read_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def settle(connection: Any, _record: object) -> None:
        # pysqlite must not send BEGIN of its own, or DDL and IMMEDIATE cannot be controlled.
        connection.isolation_level = None
        try:
            arrange(connection)
        except UnicodeDecodeError as error:
            # sqlite3 fails to decode SQLite's own message when that quotes a damaged schema.
            raise StoreDamaged(_DAMAGED) from error

    def arrange(connection: Any) -> None:
        run = connection.execute
        run(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
        if run("PRAGMA journal_mode").fetchone()[0] != "wal":
            # SQLite does not wait here, and several processes may be the first to open a ledger.
            _insist(connection, "PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run("PRAGMA foreign_keys = ON")
        # Without it INSERT OR REPLACE would pass by the triggers that refuse deletion.
        run("PRAGMA recursive_triggers = ON")
        if read_only:
            run("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if not connection.get_execution_options().get("ledger_writer"):
            # Straight to the driver: it reads nothing yet, and every look-up begins with it.
            driver.execute("BEGIN")
            return
        if read_only:
            _refuse_writer()
        # SQLite's own waiting falls back to one look in 100 ms and starves: three busy writers needed 18 s for what
        # takes 3 s with short looks of our own, which find the gap between two transactions (test_ledger_processes).
        driver.execute("PRAGMA busy_timeout = 0")
        try:
            _insist(driver, "BEGIN IMMEDIATE")
        finally:
            driver.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")


def _insist(driver: Any, statement: str) -> None:
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            driver.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            if time.monotonic() > deadline:
                raise Locked(_BUSY) from error
            time.sleep(random.uniform(0.0005, 0.003))


def try_write_lock(engine: Engine, clock: Callable[[], datetime]) -> datetime | None:
    """The present moment, told while nobody writes to the ledger; None when somebody does.

    Nothing waits: the lock is asked for once and given back at once.
    """
    if engine.url.get_backend_name() == "sqlite":
        return _try_sqlite(engine, clock)
    with engine.begin() as connection:
        own = func.hashtext(func.current_schema())
        return clock() if connection.scalar(select(func.pg_try_advisory_xact_lock(_LOCK_CLASS, own))) else None


def _try_sqlite(engine: Engine, clock: Callable[[], datetime]) -> datetime | None:
    lent = engine.raw_connection()
    try:
        driver: Any = lent.driver_connection
        driver.execute("PRAGMA busy_timeout = 0")
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            # Locked, or a file system that cannot be written to.
            return None
        else:
            now = clock()
            driver.execute("ROLLBACK")
            return now
        finally:
            driver.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
    finally:
        lent.close()


def _prepare_postgresql(engine: Engine, *, read_only: bool) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        run = connection.exec_driver_sql
        if read_only:
            run("SET TRANSACTION READ ONLY")
            if connection.get_execution_options().get("ledger_writer"):
                _refuse_writer()
        if connection.get_execution_options().get("ledger_writer"):
            # Positions are handed out under this lock, which ends with the transaction: gap-free, in commit order.
            run(f"SET LOCAL lock_timeout = '{BUSY_TIMEOUT_S}s'")
            own = func.hashtext(func.current_schema())
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK_CLASS, own)))
            # A commit acknowledged here must be on disk, whatever the server's default.
            off = func.current_setting("synchronous_commit") == "off"
            connection.execute(select(func.set_config("synchronous_commit", "on", True)).where(off))


# What SQLite says of a damaged file; tables and columns are checked on opening, so that their lack is damage too.
_DAMAGE = re.compile(
    "malformed|not a database|Could not decode to UTF-8|disk I/O error|unsupported file format|no such (table|column)"
)


def _refuse_writer() -> None:
    raise RuntimeError("this ledger was opened read-only")


def _translate_error(context: ExceptionContext) -> None:
    said = str(context.original_exception)
    if "database is locked" in said or "lock timeout" in said:
        raise Locked(_BUSY)
    if isinstance(context.original_exception, UnicodeDecodeError) or _DAMAGE.search(said):
        raise StoreDamaged(_DAMAGED)


def revisions() -> list[str]:
    """Revisions this version of the software knows, oldest first."""
    return sorted(path.name[:4] for path in (migrations_dir() / "versions").glob("[0-9]*_*.py"))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(select(column("version_num")).select_from(table("alembic_version")))


def _ensure_revision(engine: Engine, *, create: bool) -> None:
    known = revisions()
    with engine.connect() as connection:
        found = _revision(connection)
    if found == known[-1]:
        return
    if found is not None and found not in known:
        raise Conflict(f"The ledger is at revision {found}, which this version does not know. Use a newer version.")
    if not create:
        if found is None:
            raise NotFound("There is no ledger here yet. Run `ommatidia init`.")
        raise Conflict(f"The ledger is at revision {found} and must be brought to {known[-1]}. Run `ommatidia init`.")
    with engine.execution_options(ledger_writer=True).begin() as connection:
        # Another process may have done it while this one waited for the lock.
        if _revision(connection) != known[-1]:
            _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    # Imported here because it takes a quarter of a second that only a new or old ledger needs.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_dir()).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
