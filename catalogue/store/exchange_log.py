"""Reads the log as members exchange it: entries with the owner's header and signature, and the owners' own logs.

Writing is catalogue.store.logwriter's. Read federation.md section 3.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, RowMapping, Select, func, select

from catalogue.model.log_entry import START, LogEntry
from catalogue.store import schema
from catalogue.store.entries import FIRST_SCHEMA_VERSION, Entry, moment
from catalogue.store.originals import FRAME_HEADER_BYTES, content_size

ReadEntries = Callable[[Select[Any]], list[Entry]]


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One entry as it is served to members.

    Args:
        entry: as this node keeps it; `entry.position` and `entry.recorded_at` are this node's, its payload is empty
            where that is not here.
        log: the owner's header, unchanged.
        signature: over `log.message` (hex), made with the key of the owner's tenure of that epoch.
        received_from: node whose feed brought it; "" for what this node wrote.
    """

    entry: Entry
    log: LogEntry
    signature: str
    received_from: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What there is to know of an entry without reading its payload.

    Args:
        stored_digest: of the payload as it is kept; changes when that is purged or filled in.
        newest: True while no later version of the record is here.
    """

    position: int
    stored_digest: str
    recorded_at: datetime
    newest: bool


@dataclass(frozen=True, slots=True)
class OwnerPlace:
    """How far an owner's log goes here: its last epoch, and in it the last sequence and digest."""

    owner: str
    epoch: int
    seq: int
    digest: str


class ExchangeLog:
    """Reads what is exchanged.

    Args:
        engine: of the ledger.
        entries: reads entries, checked.
    """

    def __init__(self, engine: Engine, entries: ReadEntries) -> None:
        self._engine = engine
        self._entries = entries

    def entries(self, after: int = 0, limit: int = 100) -> list[Exchanged]:
        """Entries with a position above `after`, in position order; those that are not signed yet are left out."""
        entry = schema.entry
        return self._exchanged(select(entry).where(entry.c.position > after).order_by(entry.c.position).limit(limit))

    def between(self, first: int, last: int) -> list[Exchanged]:
        """Entries at positions from `first` to `last`, in position order."""
        entry = schema.entry
        query = select(entry).where(entry.c.position.between(first, last)).order_by(entry.c.position)
        return self._exchanged(query)

    def marks(self, first: int, last: int) -> list[Mark]:
        """Marks of the signed entries at positions from `first` to `last`, in position order; far cheaper than they."""
        entry, log, head = schema.entry.c, schema.log_entry.c, schema.head.c
        query = (
            select(entry.position, entry.stored_digest, entry.recorded_at, head.position.is_not(None))
            .join(schema.log_entry, log.position == entry.position)
            .outerjoin(schema.head, (head.curie == entry.curie) & (head.position == entry.position))
            .where(entry.position.between(first, last))
            .order_by(entry.position)
        )
        with self._engine.connect() as connection:
            return [
                Mark(place, digest, moment(recorded_at), bool(newest))
                for place, digest, recorded_at, newest in connection.execute(query)
            ]

    def moments(self, positions: Collection[int]) -> dict[int, datetime]:
        """Position -> when it was written here, of those of a few hundred positions that the log has reached."""
        entry = schema.entry.c
        query = select(entry.position, entry.recorded_at).where(entry.position.in_(positions))
        with self._engine.connect() as connection:
            return {place: moment(recorded_at) for place, recorded_at in connection.execute(query)}

    def version_before(self, curie: str, position: int) -> Entry | None:
        """The version of a record that was its newest just before `position`; None when there was none."""
        entry = schema.entry
        query = select(entry).where(entry.c.curie == curie, entry.c.position < position)
        found = self._entries(query.order_by(entry.c.position.desc()).limit(1))
        return found[0] if found else None

    def of_owner(self, owner: str, epoch: int, after_seq: int = 0, limit: int = 100) -> list[Exchanged]:
        """Entries of an owner's log of one epoch with a sequence above `after_seq`, in its order."""
        entry = schema.entry.c
        query = select(schema.entry).where(entry.owner == owner, entry.owner_epoch == epoch)
        return self._exchanged(query.where(entry.owner_seq > after_seq).order_by(entry.owner_seq).limit(limit))

    def payload_sizes(self, owner: str, epoch: int, after_seq: int, up_to_seq: int) -> list[int]:
        """Bytes of the payloads of an owner's signed entries between two sequences; no payload is read."""
        entry, log = schema.entry.c, schema.log_entry.c
        query = (
            select(func.substr(entry.payload, 1, FRAME_HEADER_BYTES))
            .join(schema.log_entry, log.position == entry.position)
            .where(log.owner == owner, log.owner_epoch == epoch)
            .where(log.owner_seq > after_seq, log.owner_seq <= up_to_seq)
        )
        with self._engine.connect() as connection:
            return [content_size(bytes(header or b"")) for header in connection.scalars(query)]

    def find(self, owner: str, epoch: int, seq: int) -> Exchanged | None:
        """The entry with that key; None when it is not here."""
        found = self.of_owner(owner, epoch, seq - 1, limit=1)
        return found[0] if found and found[0].log.seq == seq else None

    def digest_at(self, owner: str, epoch: int, seq: int) -> str | None:
        """Digest of the entry with that key; None when it is not here."""
        table = schema.log_entry.c
        query = select(table.digest).where(table.owner == owner, table.owner_epoch == epoch, table.owner_seq == seq)
        with self._engine.connect() as connection:
            return connection.scalar(query)

    def newest(self, curie: str) -> Exchanged | None:
        """The newest version of a record; None when it was never recorded."""
        head = schema.head.c
        query = select(schema.entry).join(schema.head, head.position == schema.entry.c.position)
        found = self._exchanged(query.where(head.curie == curie))
        return found[0] if found else None

    def place(self, owner: str, epoch: int) -> OwnerPlace:
        """How far an owner's log of one epoch goes here; sequence 0 and what its tenure follows when it has none."""
        table = schema.log_entry.c
        query = select(table.owner_seq, table.digest).where(table.owner == owner, table.owner_epoch == epoch)
        with self._engine.connect() as connection:
            row = connection.execute(query.order_by(table.owner_seq.desc()).limit(1)).one_or_none()
            if row is not None:
                return OwnerPlace(owner, epoch, row[0], row[1])
            tenure = schema.tenure.c
            said = connection.scalar(select(tenure.statement).where(tenure.owner == owner, tenure.epoch == epoch))
        after = json.loads(said)["statement"]["after_digest"] if said else START
        return OwnerPlace(owner, epoch, 0, after)

    def places(self) -> dict[str, OwnerPlace]:
        """Owner -> how far its log goes here, of every owner with signed entries, at its last epoch."""
        table = schema.log_entry.c
        newest = select(table.owner, func.max(table.owner_epoch).label("epoch")).group_by(table.owner).subquery()
        with self._engine.connect() as connection:
            owners = connection.execute(select(newest.c.owner, newest.c.epoch)).all()
        return {owner: self.place(owner, epoch) for owner, epoch in sorted(owners)}

    def last_signed(self) -> int:
        """Position of the newest entry that can be exchanged; 0 when there is none."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.max(schema.log_entry.c.position))) or 0

    def _exchanged(self, query: Select[Any]) -> list[Exchanged]:
        found = self._entries(query)
        if not found:
            return []
        table = schema.log_entry
        positions = [entry.position for entry in found]
        by_position: dict[int, tuple[RowMapping, str]] = {}
        # Statuses as stored: an entry without its payload reads as absent.
        columns = (table, schema.entry.c.status.label("stored_status"))
        with self._engine.connect() as connection:
            for start in range(0, len(positions), 500):
                wanted = select(*columns).join(schema.entry, schema.entry.c.position == table.c.position)
                wanted = wanted.where(table.c.position.in_(positions[start : start + 500]))
                for row in connection.execute(wanted).mappings():
                    by_position[row["position"]] = (row, row["stored_status"])
        return [exchanged(entry, *by_position[entry.position]) for entry in found if entry.position in by_position]


def exchanged(entry: Entry, row: Any, status: str) -> Exchanged:
    """An entry with its row of `log_entry` and its status as stored."""
    log = LogEntry(
        owner=entry.owner,
        epoch=entry.owner_epoch,
        seq=entry.owner_seq,
        curie=entry.curie,
        kind=entry.kind,
        parent=entry.parent,
        action=entry.action,
        status=status,
        payload_digest=entry.payload_digest,
        schema_version=entry.schema_version or FIRST_SCHEMA_VERSION,
        generated_at=row["generated_at"],
        aliases=entry.aliases,
        asserted_by=row["asserted_by"],
        previous=row["previous"],
    )
    return Exchanged(entry, log, row["signature"], row["received_from"])
