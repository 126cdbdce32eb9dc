"""Drops the payloads of withdrawn records, so that only their tombstones are left (P18).

Entries stay, with header, digests and signature: the log remains whole and can be checked. Source: federation.md
section 3 (withdrawn: payload dropped everywhere, tombstone kept for ever).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, func, select, update

from catalogue.store import schema
from catalogue.store.entries import GONE, NO_PAYLOAD, stamp

if TYPE_CHECKING:
    from catalogue.store.ledger import Ledger

_PART: Final = 200


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge dropped.

    Args:
        records: withdrawn records that lost older payloads.
        payloads: versions whose payload is gone.
        originals: partners' documents whose bytes are gone.
        position: of the newest tombstone that is due, also one purged before; what was made of the ledger before it
            must go. 0 when there is none.
    """

    records: int
    payloads: int
    originals: int
    position: int


def purge(ledger: Ledger, before: datetime) -> Purged:
    """Drops what older versions said of records that were withdrawn or replaced, and the documents only they came from.

    Done again it finds nothing; a crash in between leaves the rest to the next time. On SQLite the bytes are
    overwritten and leave the write-ahead log as well.

    Args:
        before: records whose tombstone is younger are left for the next time.
    """
    records = payloads = originals = 0
    position = _newest_stone(ledger, before)
    while curies := _due(ledger, before):
        with ledger.transaction() as writer:
            connection = writer.connection
            _overwrite(connection)
            digests = _originals_of(connection, curies)
            payloads += _drop_payloads(connection, curies)
            originals += _drop_originals(connection, digests)
            _forget_items(connection, curies)
            records += len(curies)
    if records:
        _empty_log(ledger)
    return Purged(records, payloads, originals, position)


def _newest_stone(ledger: Ledger, before: datetime) -> int:
    entry, head = schema.entry.c, schema.head.c
    query = select(func.max(entry.position)).join(schema.head, head.position == entry.position)
    with ledger.engine.connect() as connection:
        return connection.scalar(query.where(head.status.in_(sorted(GONE)), entry.recorded_at < stamp(before))) or 0


def _due(ledger: Ledger, before: datetime) -> list[str]:
    """Curies of withdrawn records with payloads to drop, some at a time."""
    entry, head = schema.entry, schema.head
    stone = entry.alias("stone")
    query = (
        select(head.c.curie)
        .join(stone, stone.c.position == head.c.position)
        .where(head.c.status.in_(sorted(GONE)), stone.c.recorded_at < stamp(before))
        .where(
            select(entry.c.position)
            .where(entry.c.curie == head.c.curie, entry.c.action != "delete", func.length(entry.c.payload) > 0)
            .exists()
        )
        .order_by(head.c.curie)
        .limit(_PART)
    )
    with ledger.engine.connect() as connection:
        return list(connection.scalars(query))


def _originals_of(connection: Connection, curies: Iterable[str]) -> set[str]:
    entry = schema.entry.c
    query = select(entry.original_digest).where(entry.curie.in_(list(curies)), entry.original_digest.is_not(None))
    return set(connection.scalars(query.distinct()))


def _drop_payloads(connection: Connection, curies: list[str]) -> int:
    entry = schema.entry
    which = (entry.c.curie.in_(curies), entry.c.action != "delete", func.length(entry.c.payload) > 0)
    change = update(entry).where(*which).values(payload=b"", stored_digest=NO_PAYLOAD)
    return connection.execute(change).rowcount


def _drop_originals(connection: Connection, digests: set[str]) -> int:
    """Drops documents from which nothing comes that is still here."""
    entry, quarantine, original = schema.entry, schema.quarantine, schema.original
    used = set()
    for digest in sorted(digests):
        still = select(entry.c.position).where(
            entry.c.original_digest == digest, entry.c.action != "delete", func.length(entry.c.payload) > 0
        )
        refused = select(quarantine.c.item).where(
            quarantine.c.original_digest == digest, quarantine.c.resolved_at.is_(None)
        )
        if connection.scalar(still.limit(1)) is not None or connection.scalar(refused.limit(1)) is not None:
            used.add(digest)
    gone = sorted(digests - used)
    if not gone:
        return 0
    which = (original.c.digest.in_(gone), func.length(original.c.content) > 0)
    change = update(original).where(*which).values(content=b"", stored_digest=NO_PAYLOAD)
    return connection.execute(change).rowcount


def _forget_items(connection: Connection, curies: list[str]) -> None:
    """Lets documents that gave the records be read whole again, should they give them once more."""
    gone = set(curies)
    item = schema.item
    owners = sorted({curie.partition(":")[0] for curie in gone})
    for owner in owners:
        rows: list[Any] = list(
            connection.execute(
                select(item.c.source, item.c.item, item.c.curies).where(item.c.curies.contains(f'"{owner}:'))
            )
        )
        for source, name, given in rows:
            if gone & set(json.loads(given)):
                where = (item.c.source == source, item.c.item == name)
                connection.execute(update(item).where(*where).values(digest="", mapping_version=""))


def _overwrite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def _empty_log(ledger: Ledger) -> None:
    """Writes the write-ahead log back and empties it, where SQLite keeps one; a reader at work leaves it for later."""
    if ledger.engine.dialect.name == "sqlite":
        with ledger.engine.connect() as connection:
            connection.commit()
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
