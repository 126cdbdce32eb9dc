"""Held batches in the ledger's books: changes that wait for a person (federation.md, R16).

Parts of catalogue.store.ledger.Ledger and catalogue.store.writer.LedgerWriter; deciding is catalogue.ingest.held's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from catalogue.problems import Conflict, NotFound
from catalogue.store import schema
from catalogue.store.bookkeeping import Clock
from catalogue.store.books import HELD_CHANGES, HeldBatch, HeldChange
from catalogue.store.entries import moment, stamp


class HeldReader:
    """Reads held batches."""

    engine: Engine

    def held_batches(self, source: str | None = None, *, state: str | None = None) -> list[HeldBatch]:
        """Batches, newest first.

        Args:
            state: only those in this state, such as `open`.
        """
        table = schema.held
        query = select(table).order_by(table.c.id.desc())
        if source is not None:
            query = query.where(table.c.source == source)
        if state is not None:
            query = query.where(table.c.state == state)
        with self.engine.connect() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
            counts = _counts(connection, [row["id"] for row in rows])
        return [_batch(row, counts[row["id"]]) for row in rows]

    def held_batch(self, number: int) -> HeldBatch:
        """The batch called `number`.

        Raises:
            NotFound: there is none.
        """
        with self.engine.connect() as connection:
            query = select(schema.held).where(schema.held.c.id == number)
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                raise NotFound(f"There is no held batch {number}. See `ommatidia held list`.")
            return _batch(dict(row), _counts(connection, [number])[number])

    def held_changes(self, number: int, after: str = "", limit: int | None = None) -> list[HeldChange]:
        """What a batch would change, by curie.

        Args:
            after: only curies above this one.
            limit: at most so many; None for all.
        """
        table = schema.held_change
        query = select(table).where(table.c.held_id == number, table.c.curie > after).order_by(table.c.curie)
        with self.engine.connect() as connection:
            rows = connection.execute(query if limit is None else query.limit(limit)).mappings()
            return [HeldChange(**{name: row[name] for name in HeldChange.__slots__}) for row in rows]

    def held_documents(self, number: int) -> list[str]:
        """Documents that a batch keeps from being applied, by name; those that are gone are not among them."""
        table = schema.held_document
        with self.engine.connect() as connection:
            return list(
                connection.scalars(select(table.c.item).where(table.c.held_id == number).order_by(table.c.item))
            )

    def held_items(self, source: str, kinds: Iterable[str]) -> set[str]:
        """Documents that open batches of runs of these kinds are about, gone or kept from being applied."""
        held = schema.held.c
        found: set[str] = set()
        for table in (schema.held_change, schema.held_document):
            query = select(table.c.item).distinct().join(schema.held, held.id == table.c.held_id)
            query = query.where(held.source == source, held.state == "open", held.kind.in_(list(kinds)))
            with self.engine.connect() as connection:
                found.update(connection.scalars(query))
        return found


class HeldWriter:
    """Writes held batches within a ledger transaction."""

    connection: Connection
    clock: Clock

    def hold(
        self,
        source: str,
        run_id: int,
        kind: str,
        live: int,
        changes: Sequence[HeldChange],
        documents: Iterable[str] = (),
    ) -> int:
        """The number of a new open batch.

        Args:
            documents: that are kept from being applied.
        """
        table = schema.held
        number = (self.connection.scalar(select(func.max(table.c.id))) or 0) + 1
        values: dict[str, Any] = {"id": number, "source": source, "run_id": run_id, "kind": kind, "live": live}
        self.connection.execute(insert(table).values(**values, state="open", made_at=stamp(self.clock())))
        rows = [{name: getattr(c, name) for name in HeldChange.__slots__} | {"held_id": number} for c in changes]
        if rows:
            self.connection.execute(insert(schema.held_change), rows)
        items = [{"held_id": number, "item": item} for item in documents]
        if items:
            self.connection.execute(insert(schema.held_document), items)
        return number

    def supersede_held(self, source: str, kinds: Iterable[str]) -> None:
        """Closes open batches of runs of these kinds, since a later run decides anew."""
        table = schema.held
        self.connection.execute(
            update(table)
            .where(table.c.source == source, table.c.state == "open", table.c.kind.in_(list(kinds)))
            .values(state="superseded", decided_at=stamp(self.clock()))
        )

    def decide_held(self, number: int, state: str) -> None:
        """Closes an open batch.

        Args:
            state: 'accepted' or 'dropped'.
        Raises:
            Conflict: it is not open any more.
        """
        table = schema.held
        values = {"state": state, "decided_at": stamp(self.clock())}
        query = update(table).where(table.c.id == number, table.c.state == "open").values(**values)
        if self.connection.execute(query).rowcount != 1:
            raise Conflict(f"The held batch {number} is not open any more. See `ommatidia held list --all`.")


def _counts(connection: Connection, numbers: Sequence[int]) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = {number: Counter() for number in numbers}
    table = schema.held_change.c
    query = select(table.held_id, table.change, func.count()).group_by(table.held_id, table.change)
    for number, change, count in connection.execute(query):
        if number in found:
            found[number][change] = count
    return found


def _batch(row: dict[str, Any], counts: Counter[str]) -> HeldBatch:
    decided: datetime | None = None if row["decided_at"] is None else moment(row["decided_at"])
    changes = {change: counts[change] for change in HELD_CHANGES}
    return HeldBatch(**(row | {"made_at": moment(row["made_at"]), "decided_at": decided, "changes": changes}))
