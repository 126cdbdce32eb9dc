"""Reads the books of harvesting and keeps sources and leases; base of catalogue.store.ledger.Ledger.

Writing that must move together with entries is catalogue.store.writer's.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, func, insert, select, update

from catalogue.problems import BadRequest, Conflict, Locked, NotFound
from catalogue.store import schema
from catalogue.store.books import ItemState, Lease, Quarantined, Run, Source, StoredFinding
from catalogue.store.entries import compact_json, moment, stamp

Clock = Callable[[], datetime]


class Bookkeeping:
    """The ledger's books.

    Args:
        engine: from catalogue.store.database.open_engine.
        clock: gives the present moment, aware.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock
        self._write_engine = engine.execution_options(ledger_writer=True)

    def sources(self) -> list[Source]:
        """Every source, by name."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(schema.source).order_by(schema.source.c.name)).mappings()
            return [_source(row) for row in rows]

    def source(self, name: str) -> Source:
        """The source called `name`.

        Raises:
            NotFound: there is none.
        """
        with self.engine.connect() as connection:
            query = select(schema.source).where(schema.source.c.name == name)
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise no_source(name)
        return _source(row)

    def add_source(
        self,
        name: str,
        *,
        harvester: str,
        location: str,
        owners: Sequence[str] = (),
        options: Mapping[str, str] | None = None,
    ) -> Source:
        """Adds a source in a transaction of its own; the same source added again is left as it is.

        Raises:
            BadRequest: the name is empty.
            Conflict: another source has this name.
        """
        if not name.strip():
            raise BadRequest("A source needs a name. Give one, such as `gide-bia`.")
        added = Source(name, harvester, location, tuple(owners), dict(options or {}), self.clock())
        with self._write_engine.begin() as connection:
            query = select(schema.source).where(schema.source.c.name == name)
            row = connection.execute(query).mappings().one_or_none()
            if row is not None:
                present = _source(row)
                if present.spec != added.spec:
                    raise Conflict(
                        f"Source {name} exists already, as {present.harvester} at {present.location}. "
                        "Choose another name."
                    )
                return present
            connection.execute(
                insert(schema.source).values(
                    name=name,
                    harvester=harvester,
                    location=location,
                    owners=compact_json(list(added.owners)),
                    options=compact_json(dict(added.options)),
                    added_at=stamp(added.added_at),
                )
            )
        return added

    def change_source(self, name: str, *, location: str, owners: Sequence[str], options: Mapping[str, str]) -> Source:
        """Writes a source's location, owners and options anew and forgets its cursor, so that it is read whole.

        Raises:
            NotFound: there is no such source.
        """
        table = schema.source
        values = {
            "location": location, "owners": compact_json(list(owners)), "options": compact_json(dict(options)),
        }  # fmt: skip
        with self._write_engine.begin() as connection:
            if connection.execute(update(table).where(table.c.name == name).values(**values)).rowcount != 1:
                raise no_source(name)
            connection.execute(delete(schema.cursor).where(schema.cursor.c.source == name))
        return self.source(name)

    def cursor(self, source: str) -> str | None:
        """Where the last complete fetch of `source` ended; None when there is nothing to resume from."""
        with self.engine.connect() as connection:
            query = select(schema.cursor.c.cursor).where(schema.cursor.c.source == source)
            found: str | None = connection.scalar(query)
            return found

    def fingerprint(self, source: str) -> str | None:
        """What the documents of `source` look like, as it was noted last; None before the first time."""
        with self.engine.connect() as connection:
            query = select(schema.fingerprint.c.paths).where(schema.fingerprint.c.source == source)
            found: str | None = connection.scalar(query)
            return found

    def items(self, source: str) -> dict[str, ItemState]:
        """Item -> state, of every document known of `source`, in item order."""
        query = select(schema.item).where(schema.item.c.source == source).order_by(schema.item.c.item)
        with self.engine.connect() as connection:
            rows = connection.execution_options(yield_per=5000).execute(query).mappings()
            return {row["item"]: item_state(row) for row in rows}

    def quarantined(self, source: str | None = None, *, resolved: bool = False) -> list[Quarantined]:
        """Documents in quarantine, by source and item.

        Args:
            resolved: also those that were accepted later.
        """
        table = schema.quarantine
        query = select(table).order_by(table.c.source, table.c.item)
        if source is not None:
            query = query.where(table.c.source == source)
        if not resolved:
            query = query.where(table.c.resolved_at.is_(None))
        with self.engine.connect() as connection:
            return [quarantined_document(row) for row in connection.execute(query).mappings()]

    def findings(
        self,
        source: str | None = None,
        curie: str | None = None,
        limit: int = 1000,
        *,
        item: str | None = None,
        code: str | None = None,
    ) -> list[StoredFinding]:
        """Findings in force, in the order they were stored, at most `limit`."""
        table = schema.finding
        query = select(table).order_by(table.c.id).limit(limit)
        wanted = {"source": source, "curie": curie, "item": item, "code": code}
        for name, value in wanted.items():
            if value is not None:
                query = query.where(table.c[name] == value)
        with self.engine.connect() as connection:
            rows = connection.execute(query).mappings()
            return [stored_finding(row) for row in rows]

    def finding_counts(self, source: str | None = None) -> dict[tuple[str, str], int]:
        """(code, severity) -> number of findings in force."""
        table = schema.finding
        query = select(table.c.code, table.c.severity, func.count()).group_by(table.c.code, table.c.severity)
        if source is not None:
            query = query.where(table.c.source == source)
        with self.engine.connect() as connection:
            return {(code, severity): count for code, severity, count in connection.execute(query)}

    def runs(self, source: str | None = None, limit: int = 20) -> list[Run]:
        """Runs, newest first."""
        query = select(schema.run).order_by(schema.run.c.id.desc()).limit(limit)
        if source is not None:
            query = query.where(schema.run.c.source == source)
        with self.engine.connect() as connection:
            return [_run(row) for row in connection.execute(query).mappings()]

    def acquire_lease(self, name: str, holder: str, ttl_s: float = 60.0) -> Lease:
        """The right to do what `name` says, for `ttl_s` seconds; held already by `holder`, it is prolonged.

        Args:
            holder: unique to one run of one process.
        Raises:
            Locked: another holder has it and has not let it expire.
        """
        with self._write_engine.begin() as connection:
            return take_lease(connection, Lease(name, holder, self._until(ttl_s)), self.clock(), must_hold=False)

    def renew_lease(self, lease: Lease, ttl_s: float = 60.0) -> Lease:
        """The same lease, prolonged to `ttl_s` seconds from now.

        Raises:
            Locked: it expired and somebody else took it, or it was released; stop working.
        """
        with self._write_engine.begin() as connection:
            renewed = Lease(lease.name, lease.holder, self._until(ttl_s))
            return take_lease(connection, renewed, self.clock(), must_hold=True)

    def release_lease(self, lease: Lease) -> None:
        """Gives the lease back; one that was lost already is left to its new holder."""
        held = schema.lease.c
        with self._write_engine.begin() as connection:
            connection.execute(delete(schema.lease).where(held.name == lease.name, held.holder == lease.holder))

    @contextmanager
    def lease(self, name: str, holder: str, ttl_s: float = 60.0) -> Iterator[Lease]:
        """`acquire_lease` for the length of a with block, released at its end."""
        held = self.acquire_lease(name, holder, ttl_s)
        try:
            yield held
        finally:
            self.release_lease(held)

    def leases(self) -> list[Lease]:
        """Leases that have not expired, by name."""
        query = select(schema.lease).order_by(schema.lease.c.name)
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        now = self.clock()
        found = [Lease(name, holder, moment(expires)) for name, holder, expires in rows]
        return [lease for lease in found if lease.expires > now]

    def _until(self, ttl_s: float) -> datetime:
        return self.clock() + timedelta(seconds=ttl_s)


def take_lease(connection: Connection, wanted: Lease, now: datetime, *, must_hold: bool) -> Lease:
    """`wanted`, written within the transaction of `connection`.

    Args:
        must_hold: refuse unless `wanted.holder` is still written as the holder. An expired lease that nobody else took
            is still the holder's: nothing happened in between.
    Raises:
        Locked: somebody else holds it, or `must_hold` and it was released.
    """
    table = schema.lease
    row = connection.execute(select(table).where(table.c.name == wanted.name)).one_or_none()
    values = {"holder": wanted.holder, "expires": stamp(wanted.expires)}
    if row is None:
        if must_hold:
            raise Locked(f"The lease {wanted.name} is no longer held by this run. Start the run again.")
        connection.execute(insert(table).values(name=wanted.name, **values))
        return wanted
    if row.holder != wanted.holder and (must_hold or moment(row.expires) > now):
        raise Locked(
            f"{wanted.name} is being worked on by another run until {row.expires} at the latest. Wait for it to end.",
            holder=row.holder,
            expires=row.expires,
        )
    connection.execute(update(table).where(table.c.name == wanted.name).values(**values))
    return wanted


def no_source(name: str) -> NotFound:
    """The problem of a source nobody added."""
    return NotFound(f"No source is called {name}. See `ommatidia source list`, or add it with `ommatidia source add`.")


def item_state(row: RowMapping) -> ItemState:
    """The state stored as `row` of the table `item`."""
    return ItemState(
        digest=row["digest"],
        # The same few words stand in every row; a million items share them.
        mapping_version=sys.intern(row["mapping_version"]),
        curies=tuple(json.loads(row["curies"])),
        missing_since=_optional(row["missing_since"]),
        outcome=sys.intern(row["outcome"]),
        read_at=_optional(row["read_at"]),
    )


def stored_finding(row: RowMapping) -> StoredFinding:
    """The finding stored as `row` of the table `finding`."""
    values: dict[str, Any] = {name: row[name] for name in StoredFinding.__slots__}
    return StoredFinding(
        **{**values, "first_seen": _optional(row["first_seen"]), "last_seen": _optional(row["last_seen"])}
    )


def _optional(text: str | None) -> datetime | None:
    return None if text is None else moment(text)


def _source(row: RowMapping) -> Source:
    return Source(
        name=row["name"],
        harvester=row["harvester"],
        location=row["location"],
        owners=tuple(json.loads(row["owners"])),
        options=json.loads(row["options"]),
        added_at=moment(row["added_at"]),
    )


def quarantined_document(row: RowMapping) -> Quarantined:
    """The refusal stored as `row` of the table `quarantine`."""
    values: dict[str, Any] = dict(row)
    for name in ("first_seen", "last_seen", "resolved_at"):
        values[name] = _optional(values[name])
    return Quarantined(**values)


def _run(row: RowMapping) -> Run:
    return Run(
        id=row["id"],
        source=row["source"],
        state=row["state"],
        started=moment(row["started"]),
        heartbeat=moment(row["heartbeat"]),
        ended=_optional(row["ended"]),
        report=json.loads(row["report"]),
    )
