"""Finds what was lost or altered in a ledger, and names the record it happened to.

Read reliability.md section 1, item 6 and section 4, G7: an engine's own check overlooks flipped bits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice, pairwise
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, Table, func, literal_column, or_, select, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NullType

from catalogue.problems import StoreDamaged
from catalogue.store import schema
from catalogue.store.chunk_fsck import chunk_faults
from catalogue.store.entries import GENESIS_HASH, NO_PAYLOAD, damage, normalised_alias
from catalogue.store.exchange_fsck import exchange_faults
from catalogue.store.faults import Fault
from catalogue.store.fencing import counts
from catalogue.store.image_chunks import ChunkFiles
from catalogue.store.originals import decompress, digest_of, original_stored_digest

_BATCH = 500
_UNREADABLE = (DBAPIError, StoreDamaged, UnicodeError)

Row = dict[str, Any]


def find_faults(engine: Engine, files: ChunkFiles) -> Iterator[Fault]:
    """Faults, those of the engine first, then of entries by position, heads, aliases, originals and image chunks.

    Everything is read in one transaction, so that a writer at work is no fault. A damaged record does not hide the
    next one; where the engine cannot walk on at all, a fault says that the search was cut short.
    """
    with _reading(engine) as connection:
        searches = (
            _engine_faults,
            _entry_faults,
            _head_faults,
            _alias_faults,
            _original_faults,
            _lost_originals,
            exchange_faults,
        )
        for search in (*searches, partial(chunk_faults, files=files)):
            try:
                yield from search(connection)
            except _UNREADABLE as error:
                yield Fault(None, None, f"the search was cut short: {_said(error)}")


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    if engine.dialect.name != "sqlite":
        with engine.execution_options(isolation_level="REPEATABLE READ").connect() as connection:
            yield connection
        return
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        # A flipped bit may break UTF-8; such text must reach the comparison, where it differs from what was hashed.
        driver.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        try:
            yield connection
        finally:
            driver.text_factory = str


def _engine_faults(connection: Connection) -> Iterator[Fault]:
    if connection.dialect.name != "sqlite":
        return
    for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if said != "ok":
            yield Fault(None, None, f"SQLite integrity check: {said}")


def _entry_faults(connection: Connection) -> Iterator[Fault]:
    expected, last_hash, last_moment = 1, GENESIS_HASH, ""
    sequences: dict[tuple[Any, Any], int] = {}
    for position, row, trouble in _rows(connection, schema.entry):
        if position != expected:
            which = f"{expected}" if position == expected + 1 else f"{expected} to {position - 1}"
            curie = _curie_at(connection, expected)
            yield Fault(expected, curie, f"no entry is stored at position {which}")
        expected = position + 1
        if row is None:
            yield Fault(position, _curie_at(connection, position), f"the entry cannot be read: {trouble}")
            last_hash = ""
            continue
        faults = list(damage(row))
        if last_hash and row["prev_hash"] != last_hash:
            faults.append("it does not follow the entry before it: the chain is broken")
        of_owner = (row["owner"], row["owner_epoch"])
        if row["owner_seq"] != sequences.get(of_owner, 0) + 1:
            faults.append(f"owner sequence {row['owner_seq']} does not follow {sequences.get(of_owner, 0)}")
        if not isinstance(row["recorded_at"], str) or row["recorded_at"] <= last_moment:
            faults.append("it was not recorded after the entry before it")
        else:
            last_moment = row["recorded_at"]
        if isinstance(row["owner_seq"], int):
            sequences[of_owner] = row["owner_seq"]
        last_hash = row["entry_hash"]
        for what in faults:
            yield Fault(position, _printable(row["curie"]), what)


def _head_faults(connection: Connection) -> Iterator[Fault]:
    entry, head = schema.entry.c, schema.head.c
    standing = select(entry.curie, func.max(entry.position).label("position")).where(counts())
    newest = standing.group_by(entry.curie).subquery()
    missed = (
        select(newest.c.position, newest.c.curie)
        .outerjoin(schema.head, head.curie == newest.c.curie)
        .where(head.position.is_distinct_from(newest.c.position))
    )
    for position, curie in _all(connection, missed):
        yield Fault(position, _printable(curie), "the head of the record is not its newest entry")
    same = ("curie", "owner", "kind", "parent", "status", "payload_digest", "owner_epoch", "owner_seq")
    differ = or_(*(head[name].is_distinct_from(entry[name]) for name in same))
    wrong = select(head.position, head.curie).outerjoin(schema.entry, entry.position == head.position).where(differ)
    for position, curie in _all(connection, wrong):
        yield Fault(position, _printable(curie), "the head of the record does not say what its entry says")


def _alias_faults(connection: Connection) -> Iterator[Fault]:
    table = schema.alias.c
    rows = _rows(connection, schema.entry, ("curie", "aliases"))
    beyond = select(schema.entry.c.position).join(
        schema.tenure,
        (schema.tenure.c.owner == schema.entry.c.owner)
        & (schema.tenure.c.epoch == schema.entry.c.owner_epoch + 1)
        & (schema.tenure.c.after_seq < schema.entry.c.owner_seq),
    )
    fenced = {position for (position,) in _all(connection, beyond)}
    while batch := list(islice(rows, _BATCH)):
        claims = [
            (position, row["curie"], name)
            for position, row, _ in batch
            if row and position not in fenced
            for name in _claimed(row)
        ]
        curies = {curie for _, curie, _ in claims if _printable(curie) == curie}
        query = select(table.curie, table.alias, table.position).where(table.curie.in_(curies))
        kept = {(curie, name): position for curie, name, position in _all(connection, query)} if curies else {}
        for position, curie, name in claims:
            newest = kept.get((curie, name))
            if not isinstance(newest, int) or newest < position:
                yield Fault(position, _printable(curie), f"its other name {name} is not kept")
    unclaimed = (
        select(table.alias, table.curie, table.position, schema.entry.c.curie, schema.entry.c.aliases)
        .outerjoin(schema.entry, schema.entry.c.position == table.position)
        .order_by(table.position)
    )
    for name, curie, position, entry_curie, aliases in _all(connection, unclaimed):
        if curie != entry_curie or name not in _claimed({"aliases": aliases}):
            what = f"it is kept under the name {_printable(name)}, which it never claimed"
            yield Fault(position, _printable(curie), what)


def _original_faults(connection: Connection) -> Iterator[Fault]:
    for key, row, trouble in _rows(connection, schema.original, size=50):
        if row is None:
            faults, digest = [f"cannot be read: {trouble}"], key if isinstance(key, str) else None
        else:
            faults, digest = list(_original_damage(row)), row["digest"]
        position, curie = _user_of(connection, digest) if faults else (None, None)
        for what in faults:
            yield Fault(position, curie, f"original {_printable(digest) or 'of a lost name'} {what}")


def _original_damage(row: Row) -> Iterator[str]:
    frame = row["content"]
    if not isinstance(frame, bytes):
        yield "is not stored as bytes"
        return
    if not frame and row["stored_digest"] == NO_PAYLOAD:
        return  # Purged with the withdrawn records that came from it.
    if original_stored_digest(row["media_type"], row["size_bytes"], frame) != row["stored_digest"]:
        yield "does not fit its stored digest"
    try:
        if digest_of(decompress(frame)) != row["digest"]:
            yield "does not fit its digest"
    except StoreDamaged:
        yield "cannot be decompressed"


def _lost_originals(connection: Connection) -> Iterator[Fault]:
    entry, quarantine, original = schema.entry.c, schema.quarantine.c, schema.original.c
    lost = (
        select(entry.position, entry.curie, entry.original_digest)
        .outerjoin(schema.original, original.digest == entry.original_digest)
        .where(entry.original_digest.is_not(None), original.digest.is_(None))
        .order_by(entry.position)
    )
    for position, curie, digest in _all(connection, lost):
        yield Fault(position, _printable(curie), f"its original {_printable(digest)} is not kept")
    refused = (
        select(quarantine.identifier, quarantine.item, quarantine.original_digest)
        .outerjoin(schema.original, original.digest == quarantine.original_digest)
        .where(quarantine.original_digest.is_not(None), original.digest.is_(None))
    )
    for identifier, item, digest in _all(connection, refused):
        what = f"the original {_printable(digest)} of quarantined {_printable(item)} is not kept"
        yield Fault(None, _printable(identifier), what)


def _rows(
    connection: Connection, table: Table, names: Sequence[str] | None = None, size: int = _BATCH
) -> Iterator[tuple[Any, Row | None, str]]:
    """(key, row, "") in key order, or (key, None, why) for a row that cannot be read."""
    key = _key(connection, table)
    # Without type processing: bytes(n) of a damaged integer would allocate n bytes.
    columns: list[Any] = [type_coerce(table.c[name], NullType()).label(name) for name in names or table.c.keys()]
    every: Select[Any] = select(*columns).order_by(key)
    after = None
    while True:
        found = select(key).select_from(table).order_by(key).limit(size)
        keys = [k for (k,) in _all(connection, found if after is None else found.where(key > after))]
        if not keys:
            return
        if any(one >= two for one, two in pairwise([*([] if after is None else [after]), *keys])):
            # A damaged page can send SQLite back to where it was; paging on would never end.
            raise StoreDamaged(f"the keys of the table {table.name} are out of order")
        span = key <= keys[-1] if after is None else (key > after) & (key <= keys[-1])
        try:
            rows = _mappings(connection, every.where(span))
        except _UNREADABLE:
            rows = []
        if len(rows) == len(keys):
            yield from ((k, row, "") for k, row in zip(keys, rows, strict=True))
        else:
            yield from (_one_row(connection, every.where(key == k), k) for k in keys)
        after = keys[-1]


def _one_row(connection: Connection, query: Select[Any], key: Any) -> tuple[Any, Row | None, str]:
    try:
        return key, _mappings(connection, query)[0], ""
    except _UNREADABLE as error:
        return key, None, _said(error)
    except IndexError:
        return key, None, "its key leads nowhere"


def _key(connection: Connection, table: Table) -> ColumnElement[Any]:
    if table is schema.entry:
        return table.c.position
    # SQLite's rowid stays usable when the text of a primary key is damaged.
    return literal_column("rowid") if connection.dialect.name == "sqlite" else table.c.digest


def _all(connection: Connection, query: Select[Any]) -> list[Any]:
    # In a savepoint, since PostgreSQL refuses everything after an error until the transaction is rolled back to one.
    with connection.begin_nested():
        return list(connection.execute(query).all())


def _mappings(connection: Connection, query: Select[Any]) -> list[Row]:
    with connection.begin_nested():
        return [dict(row) for row in connection.execute(query).mappings()]


def _claimed(row: Row | None) -> set[str]:
    try:
        return {normalised_alias(name) for name in json.loads(row["aliases"])} if row else set()
    except (ValueError, TypeError, AttributeError):
        # Aliases that cannot be read do not fit the entry hash either, which says so.
        return set()


def _curie_at(connection: Connection, position: int) -> str | None:
    try:
        query = select(schema.head.c.curie).where(schema.head.c.position == position)
        return next((_printable(curie) for (curie,) in _all(connection, query)), None)
    except _UNREADABLE:
        # Naming an entry that cannot be read is an attempt; its position is reported all the same.
        return None


def _user_of(connection: Connection, digest: Any) -> tuple[int | None, str | None]:
    if not isinstance(digest, str) or _printable(digest) != digest:
        return None, None
    entry = schema.entry.c
    query = select(entry.position, entry.curie).where(entry.original_digest == digest).order_by(entry.position)
    return next(((p, _printable(c)) for p, c in _all(connection, query.limit(1))), (None, None))


def _printable(value: Any) -> str | None:
    """Text with its damaged bytes spelt out, fit for a terminal."""
    if value is None:
        return None
    return str(value).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _said(error: BaseException) -> str:
    cause = error.__cause__ or getattr(error, "orig", None) or error
    return str(cause).splitlines()[0] if str(cause) else type(cause).__name__
