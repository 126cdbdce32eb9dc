"""The harvesting half of a ledger transaction: cursors, items, quarantine, findings, runs.

Base of catalogue.store.writer.LedgerWriter, which adds entries and originals.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import sqlite

from catalogue.model.documents import Finding
from catalogue.model.namespaces import OWNERS
from catalogue.problems import REASONS, BadRequest, NotFound
from catalogue.store import schema
from catalogue.store.bookkeeping import Clock, item_state, no_source
from catalogue.store.books import RUN_STATES, ItemState
from catalogue.store.entries import RECEIVED, compact_json, stamp
from catalogue.store.finding_rows import FindingRows

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


class BookWriter:
    """Writes the books within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock
        self._open = True
        # Source -> its only owner; None where it has several or any.
        self._sources: dict[str, str | None] = {}
        self._items: dict[tuple[str, str], ItemState | None] = {}
        self._quarantine: list[tuple[bool, dict[str, Any]]] = []
        self._findings = FindingRows()

    def require_open(self) -> None:
        """Returns while the transaction is open.

        Raises:
            RuntimeError: the with block of the transaction has ended.
        """
        if not self._open:
            raise RuntimeError("the ledger transaction has ended; open another one")

    def close(self) -> None:
        """Refuses every further use."""
        self._open = False

    def set_cursor(self, source: str, cursor: str | None) -> None:
        """Moves the cursor of `source`; None forgets it, so that the next fetch is a full one."""
        self._require_source(source)
        row = {"source": source, "cursor": cursor, "moved_at": stamp(self.clock())}
        upsert(self.connection, schema.cursor, [row])

    def set_fingerprint(self, source: str, paths: str) -> None:
        """Notes what the documents of `source` look like."""
        self._require_source(source)
        row = {"source": source, "paths": paths, "noted_at": stamp(self.clock())}
        upsert(self.connection, schema.fingerprint, [row])

    def item(self, source: str, item: str) -> ItemState | None:
        """The state of one document as this transaction sees it."""
        self.require_open()
        if (source, item) in self._items:
            return self._items[source, item]
        table = schema.item
        query = select(table).where(table.c.source == source, table.c.item == item)
        row = self.connection.execute(query).mappings().one_or_none()
        return None if row is None else item_state(row)

    def set_item(self, source: str, item: str, state: ItemState) -> None:
        """Writes what became of a document."""
        self._require_source(source)
        self._items[source, item] = state

    def drop_item(self, source: str, item: str) -> None:
        """Forgets a document and its findings; entries and originals made of it stay."""
        self._require_source(source)
        self._items[source, item] = None
        self.clear_findings(source, item)

    def quarantine(
        self,
        source: str,
        item: str,
        *,
        reason: str,
        detail: str,
        harvester: str,
        identifier: str | None = None,
        url: str | None = None,
        original_digest: str | None = None,
    ) -> None:
        """Notes that a document was refused: anew, or one more try of the same.

        Args:
            reason: one of catalogue.problems.REASONS.
            original_digest: of its bytes, put by `put_original` in this transaction or earlier.
        Raises:
            BadRequest: the reason is not in the closed list.
            NotFound: the source is unknown.
        """
        self._require_source(source)
        if reason not in REASONS:
            raise BadRequest(f"Quarantine reason {reason!r} is not in the closed list (federation.md, R20).")
        now = stamp(self.clock())
        row = {
            "source": source,
            "item": item,
            "identifier": identifier,
            "reason": reason,
            "detail": detail,
            "url": url,
            "original_digest": original_digest,
            "harvester": harvester,
            "first_seen": now,
            "last_seen": now,
            "tries": 1,
            "resolved_at": None,
            "owner": self._owner(source, identifier),
        }
        self._quarantine.append((True, row))

    def resolve_quarantine(self, source: str, item: str) -> None:
        """Notes that a document is no longer refused; one that never was is passed over."""
        self._require_source(source)
        row = {"of_source": source, "of_item": item, "now": stamp(self.clock())}
        self._quarantine.append((False, row))

    def resolve_received(self, curies: Collection[str]) -> None:
        """Notes that earlier versions of records, whose payload was refused, do not matter: a later one came whole."""
        table = schema.quarantine
        # What came from members is under the key of its entry, whichever member gave it.
        earlier = (table.c.resolved_at.is_(None), table.c.harvester == RECEIVED)
        names = sorted(curies)
        for start in range(0, len(names), 500):
            change = update(table).where(*earlier, table.c.identifier.in_(names[start : start + 500]))
            self.connection.execute(change.values(resolved_at=stamp(self.clock())))

    def replace_findings(
        self, source: str, item: str, curie: str | None, findings: Sequence[Finding], run_id: int | None = None
    ) -> None:
        """Makes `findings` the ones in force for one record of one document; those known already stay known since then.

        Args:
            curie: the record; None for findings about the document as a whole.
        """
        self._require_source(source)
        owner = self._owner(source, curie)
        now = stamp(self.clock())
        self._findings.replace(source, item, curie, findings, owner=owner, run_id=run_id, now=now)

    def clear_findings(self, source: str, item: str) -> None:
        """Removes the findings of a document and of all its records."""
        self._require_source(source)
        self._findings.clear(source, item)

    def start_run(self, source: str, report: dict[str, Any] | None = None) -> int:
        """The id of a new run of `source`; runs of it that never ended become `interrupted` (R6).

        The caller holds the lease of the source, so that no other run of it is alive.

        Args:
            report: what to keep of it until it reports; anything JSON can hold.
        """
        self._require_source(source)
        now = stamp(self.clock())
        table = schema.run
        self.connection.execute(
            update(table)
            .where(table.c.source == source, table.c.state == "running")
            .values(state="interrupted", ended=now)
        )
        run_id = (self.connection.scalar(select(func.max(table.c.id))) or 0) + 1
        values = {"id": run_id, "source": source, "state": "running", "started": now, "heartbeat": now}
        self.connection.execute(insert(table).values(**values, report=compact_json(report or {})))
        return run_id

    def heartbeat(self, run_id: int, report: dict[str, Any] | None = None) -> None:
        """Notes that a run is alive.

        Args:
            report: what it has done so far; None leaves what was noted.
        Raises:
            NotFound: no such run, or it was ended or interrupted; stop working.
        """
        noted = {} if report is None else {"report": compact_json(report)}
        self._touch_run(run_id, heartbeat=stamp(self.clock()), **noted)

    def end_run(self, run_id: int, state: str, report: dict[str, Any]) -> None:
        """Ends a run.

        Args:
            state: one of catalogue.store.books.RUN_STATES, not 'running'.
            report: anything JSON can hold.
        Raises:
            NotFound: no such run, or it has ended.
        """
        if state not in RUN_STATES - {"running"}:
            raise BadRequest(f"A run cannot end as {state!r}; give one of {', '.join(sorted(RUN_STATES))}.")
        now = stamp(self.clock())
        self._touch_run(run_id, state=state, heartbeat=now, ended=now, report=compact_json(report))

    def flush_books(self) -> None:
        """Sends gathered items, quarantine and findings to the database."""
        self._flush_items()
        for refused, group in groupby(self._quarantine, key=lambda step: step[0]):
            rows = [row for _, row in group]
            if refused:
                _upsert_quarantine(self.connection, rows)
            else:
                table = schema.quarantine
                self.connection.execute(
                    update(table)
                    .where(
                        table.c.source == bindparam("of_source"),
                        table.c.item == bindparam("of_item"),
                        table.c.resolved_at.is_(None),
                    )
                    .values(resolved_at=bindparam("now")),
                    rows,
                )
        self._quarantine = []
        self._findings.flush(self.connection)

    def _require_source(self, name: str) -> None:
        self.require_open()
        if name in self._sources:
            return
        owners = self.connection.scalar(select(schema.source.c.owners).where(schema.source.c.name == name))
        if owners is None:
            raise no_source(name)
        known = json.loads(owners)
        self._sources[name] = known[0] if len(known) == 1 else None

    def _owner(self, source: str, curie: str | None) -> str | None:
        """Whose a record is, by its name; what names none is the only owner's of its source, if that has one."""
        prefix, colon, _ = (curie or "").partition(":")
        return prefix if colon and prefix in OWNERS else self._sources[source]

    def _touch_run(self, run_id: int, **values: str) -> None:
        self.require_open()
        table = schema.run
        running = (table.c.id == run_id, table.c.state == "running")
        if self.connection.execute(update(table).where(*running).values(**values)).rowcount != 1:
            raise NotFound(f"Run {run_id} is not running. It was ended, or another run of its source took over.")

    def _flush_items(self) -> None:
        rows, dropped = [], []
        for (source, item), state in self._items.items():
            if state is None:
                dropped.append({"of_source": source, "of_item": item})
                continue
            rows.append(
                {
                    "source": source,
                    "item": item,
                    "digest": state.digest,
                    "mapping_version": state.mapping_version,
                    "curies": compact_json(list(state.curies)),
                    "missing_since": None if state.missing_since is None else stamp(state.missing_since),
                    "outcome": state.outcome,
                    "read_at": None if state.read_at is None else stamp(state.read_at),
                }
            )
        upsert(self.connection, schema.item, rows)
        self._delete_by_item(schema.item, dropped)
        self._items = {}

    def _delete_by_item(self, table: Table, rows: list[dict[str, str]]) -> None:
        if rows:
            of_item = (table.c.source == bindparam("of_source"), table.c.item == bindparam("of_item"))
            self.connection.execute(delete(table).where(*of_item), rows)


def upsert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Writes `rows`, replacing those with the same primary key; nothing happens without rows."""
    if not rows:
        return
    statement = insert_for(connection, table)
    keys = [column.name for column in table.primary_key]
    fresh = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=fresh), rows)


def _upsert_quarantine(connection: Connection, rows: list[dict[str, Any]]) -> None:
    table = schema.quarantine
    statement = insert_for(connection, table)
    fresh: dict[str, Any] = {name: statement.excluded[name] for name in rows[0] if name not in ("source", "item")}
    del fresh["first_seen"]
    fresh["tries"] = table.c.tries + 1
    connection.execute(statement.on_conflict_do_update(index_elements=["source", "item"], set_=fresh), rows)


def insert_for(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what to do where a row is there (`on_conflict_do_update`)."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # 20 ms that a node on SQLite need not wait

    return postgresql.insert(table)
