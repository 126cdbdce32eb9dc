"""Writes one ledger transaction: entries, originals and books, which become durable together or not at all.

Rows are gathered and sent in batches; positions are handed out at once, since a ledger has one writer at a time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from catalogue.model.log_entry import LogEntry
from catalogue.model.signing import NodeKey
from catalogue.model.table import schema_version as current_schema_version
from catalogue.problems import BadRequest, Conflict, NotFound
from catalogue.store import schema
from catalogue.store.bookkeeping import Clock
from catalogue.store.bookwriter import upsert
from catalogue.store.entries import (
    GENESIS_HASH,
    GONE,
    KINDS,
    NO_PAYLOAD,
    STATUSES,
    Entry,
    compact_json,
    entry_from,
    entry_hash,
    moment,
    normalised_alias,
    stamp,
)
from catalogue.store.held import HeldWriter
from catalogue.store.image_lists import LIST, write_list
from catalogue.store.leaves import bucket_of
from catalogue.store.logwriter import LogWriter
from catalogue.store.originals import Packer, digest_of, original_stored_digest

# Rows or raw bytes gathered before they are sent to the database; bounds memory in long transactions.
_BATCH_ROWS = 1000
_BATCH_BYTES = 32 << 20
# SQLite before 3.32 takes 999 variables; half of it leaves room.
_IN_LIST = 500


_HEAD_COLUMNS = tuple(schema.head.c.keys())


class _Head(NamedTuple):
    position: int
    status: str
    payload_digest: str


class LedgerWriter(LogWriter, HeldWriter):
    """One open transaction of the ledger; made by Ledger.transaction only."""

    def __init__(self, connection: Connection, clock: Clock, key: NodeKey | None = None) -> None:
        super().__init__(connection, clock, key)
        self._packer = Packer()
        self._heads: dict[str, _Head | None] = {}
        self._sequences: dict[tuple[str, int], int] = {}
        self._entries: list[dict[str, Any]] = []
        self._new_heads: dict[str, dict[str, Any]] = {}
        self._new_aliases: dict[tuple[str, str], int] = {}
        self._contents: dict[str, tuple[bytes, str]] = {}
        self._known_originals: set[str] = set()
        self._new_lists: dict[str, tuple[int, str, bytes]] = {}
        self.dropped_chunks: set[str] = set()
        self._gathered_bytes = 0
        last = connection.execute(
            select(schema.entry.c.position, schema.entry.c.entry_hash, schema.entry.c.recorded_at)
            .order_by(schema.entry.c.position.desc())
            .limit(1)
        ).one_or_none()
        self._position: int = last[0] if last else 0
        self._last_hash: str = last[1] if last else GENESIS_HASH
        self._last_moment = moment(last[2]) if last else None

    def prefetch(self, curies: Iterable[str]) -> None:
        """Reads the heads of `curies` in one go, so that appending to them asks nothing more."""
        missing = [curie for curie in dict.fromkeys(curies) if curie not in self._heads]
        table = schema.head
        for start in range(0, len(missing), _IN_LIST):
            part = missing[start : start + _IN_LIST]
            query = select(table.c.curie, table.c.position, table.c.status, table.c.payload_digest)
            found = {row[0]: _Head(*row[1:]) for row in self.connection.execute(query.where(table.c.curie.in_(part)))}
            for curie in part:
                self._heads[curie] = found.get(curie)

    def head(self, curie: str) -> Entry | None:
        """The newest version of `curie`, as this transaction sees it."""
        self.flush()
        query = select(schema.entry).join(schema.head, schema.head.c.position == schema.entry.c.position)
        row = self.connection.execute(query.where(schema.head.c.curie == curie)).mappings().one_or_none()
        return None if row is None else entry_from(dict(row))

    def append(
        self,
        *,
        curie: str,
        owner: str,
        kind: str,
        status: str,
        payload: bytes,
        source: str,
        harvester: str,
        retrieved_at: datetime,
        parent: str | None = None,
        source_url: str | None = None,
        original_digest: str | None = None,
        run_id: int | None = None,
        aliases: Sequence[str] = (),
        schema_version: str = "",
    ) -> Entry:
        """The entry that makes `payload` the newest version of `curie`; durable when the transaction commits.

        Args:
            kind: 'study', 'image', or 'image-list', whose payload names chunks that are durable already.
            status: one of catalogue.store.entries.STATUSES; those of GONE make the entry a deletion.
            payload: canonical JSON bytes (of the tombstone, when withdrawn or replaced).
            original_digest: of bytes put by `put_original`, now or earlier.
            aliases: other names of the record; each keeps resolving after later versions no longer claim it.
            schema_version: of the model, under which the payload was written; "" means the present one.
        Raises:
            Conflict: the newest version has the same payload and status; nothing is doubled.
            BadRequest: a field is outside its allowed values.
            NotFound: `original_digest` names bytes the ledger does not hold.
            RecordRejected: `not-owner`, another node writes the records of this owner.
        """
        self.require_open()
        _check(curie, owner, kind, status, payload)
        digest = digest_of(payload)
        action = self._action(curie, status, digest)
        epoch = self.epoch_to_write(owner)
        if original_digest is not None and not self.has_original(original_digest):
            raise NotFound(f"Original {original_digest} of {curie} is not in the ledger. Put it before appending.")
        frame = self._packer.compress(payload)
        fields: dict[str, Any] = {
            "position": self._position + 1,
            "curie": curie,
            "owner": owner,
            "owner_epoch": epoch,
            "owner_seq": self.next_sequence(owner, epoch),
            "kind": kind,
            "parent": parent,
            "action": action,
            "status": status,
            "payload": frame,
            "stored_digest": digest_of(frame),
            "payload_digest": digest,
            "prev_hash": self._last_hash,
            "source": source,
            "source_url": source_url,
            "original_digest": original_digest,
            "harvester": harvester,
            "run_id": run_id,
            "retrieved_at": stamp(retrieved_at),
            "recorded_at": stamp(self._next_moment()),
            "aliases": compact_json(list(aliases)),
            "schema_version": schema_version or current_schema_version(),
        }
        fields["entry_hash"] = entry_hash(fields)
        self.ready_to_sign(owner, epoch)
        self._gather(fields, payload)
        self.sign(fields)
        return self._entry(fields, payload)

    def append_received(
        self,
        log: LogEntry,
        signature: str,
        payload: bytes,
        *,
        received_from: str,
        source: str,
        source_url: str,
        harvester: str,
        run_id: int | None,
        retrieved_at: datetime,
    ) -> Entry:
        """The entry that a member gave, now next in its owner's log here; its header stays as it is.

        Whether it may be believed was decided before (catalogue.federation.merge).

        Args:
            payload: canonical JSON bytes whose digest the header names; empty when they are not here.
            received_from: node whose feed brought it.
        Raises:
            Conflict: it is not the next one of its owner's log; nothing is written.
            BadRequest: the payload is not the one that the header names.
        """
        self.require_open()
        expected = self.next_sequence(log.owner, log.epoch)
        if log.seq != expected or log.previous != self.last_digest(log.owner, log.epoch):
            raise Conflict(f"{log.iri} does not follow what is here of {log.owner}: {expected} comes next.")
        if payload and digest_of(payload) != log.payload_digest:
            raise BadRequest(f"The payload of {log.iri} does not have the digest that its header names.")
        frame = self._packer.compress(payload) if payload else b""
        fields: dict[str, Any] = {
            "position": self._position + 1,
            "curie": log.curie,
            "owner": log.owner,
            "owner_epoch": log.epoch,
            "owner_seq": log.seq,
            "kind": log.kind,
            "parent": log.parent,
            "action": log.action,
            "status": log.status,
            "payload": frame,
            "stored_digest": digest_of(frame),
            "payload_digest": log.payload_digest,
            "prev_hash": self._last_hash,
            "source": source,
            "source_url": source_url,
            "original_digest": None,
            "harvester": harvester,
            "run_id": run_id,
            "retrieved_at": stamp(retrieved_at),
            "recorded_at": stamp(self._next_moment()),
            "aliases": compact_json(list(log.aliases)),
            "schema_version": log.schema_version,
        }
        fields["entry_hash"] = entry_hash(fields)
        self._gather(fields, payload)
        self.note_log(fields["position"], log, signature, received_from)
        return self._entry(fields, payload)

    def fill_received(self, position: int, payload: bytes) -> None:
        """Gives an entry that came without its payload the payload, which the caller found to have its digest."""
        self.flush()
        frame = self._packer.compress(payload)
        self.fill_payload(position, frame, digest_of(frame))
        entry = schema.entry.c
        query = select(entry.curie, entry.owner, entry.kind).where(entry.position == position)
        curie, owner, kind = self.connection.execute(query).one()
        head = select(schema.head.c.position).where(schema.head.c.curie == curie)
        if kind == LIST and self.connection.scalar(head) == position:
            self._new_lists[curie] = (position, owner, payload)

    def forget_heads(self) -> None:
        """Reads heads anew from here on."""
        self._heads.clear()

    def put_original(self, content: bytes, media_type: str) -> str:
        """The digest under which `content` is kept; bytes that are there already are not stored again."""
        self.require_open()
        digest = digest_of(content)
        if digest not in self._known_originals and digest not in self._contents:
            self._contents[digest] = (content, media_type)
            self._gathered_bytes += len(content)
            self._flush_if_full()
        return digest

    def has_original(self, digest: str) -> bool:
        """True when the bytes called `digest` are kept, or were put in this transaction."""
        if digest in self._contents or digest in self._known_originals:
            return True
        table = schema.original.c
        query = select(table.digest).where(table.digest == digest, table.stored_digest != NO_PAYLOAD)
        if self.connection.scalar(query) is None:
            return False
        self._known_originals.add(digest)
        return True

    def set_absences(self, curie: str, since: Mapping[str, datetime]) -> None:
        """Notes since when images of the list `curie` are absent from the source; all others are not."""
        self.require_open()
        table = schema.absent_image
        self.connection.execute(delete(table).where(table.c.list == curie))
        rows = [{"list": curie, "accession": name, "since": stamp(when)} for name, when in since.items()]
        if rows:
            self.connection.execute(insert(table), rows)

    def flush(self) -> None:
        """Sends everything gathered to the database, still within the transaction."""
        self.require_open()
        self._flush_originals()
        if self._entries:
            self.connection.execute(insert(schema.entry), self._entries)
            upsert(self.connection, schema.head, list(self._new_heads.values()))
            rows = [{"alias": a, "curie": c, "position": p} for (a, c), p in self._new_aliases.items()]
            upsert(self.connection, schema.alias, rows)
            self._entries, self._new_heads, self._new_aliases = [], {}, {}
        self._send_log()
        for position, owner, payload in self._new_lists.values():
            self.dropped_chunks |= write_list(self.connection, position, owner, payload)
        self._new_lists = {}
        self._gathered_bytes = 0
        self.flush_books()

    def _head(self, curie: str) -> _Head | None:
        if curie not in self._heads:
            self.prefetch([curie])
        return self._heads[curie]

    def _action(self, curie: str, status: str, payload_digest: str) -> str:
        head = self._head(curie)
        if head is not None and (head.payload_digest, head.status) == (payload_digest, status):
            raise Conflict(f"{curie} holds this payload with status {status} already, at position {head.position}.")
        if status in GONE:
            return "delete"
        return "create" if head is None or head.status in GONE else "update"

    def next_sequence(self, owner: str, epoch: int) -> int:
        """The place that the next entry of an owner's log of that epoch has."""
        if (owner, epoch) not in self._sequences:
            table = schema.entry
            query = select(func.max(table.c.owner_seq)).where(table.c.owner == owner, table.c.owner_epoch == epoch)
            self._sequences[owner, epoch] = self.connection.scalar(query) or 0
        return self._sequences[owner, epoch] + 1

    def _next_moment(self) -> datetime:
        now = self.clock()
        if self._last_moment is not None:
            # R23: stamps of one ledger never go back or repeat, whatever the clock does.
            now = max(now, self._last_moment + timedelta(microseconds=1))
        return now

    def _entry(self, fields: dict[str, Any], payload: bytes) -> Entry:
        values = {name: fields[name] for name in Entry.__slots__}
        values |= {"payload": payload, "aliases": tuple(json.loads(fields["aliases"]))}
        values |= {name: moment(fields[name]) for name in ("retrieved_at", "recorded_at")}
        return Entry(**values)

    def _gather(self, fields: dict[str, Any], payload: bytes) -> None:
        position, curie = fields["position"], fields["curie"]
        self._position, self._last_hash = position, fields["entry_hash"]
        self._last_moment = moment(fields["recorded_at"])
        self._sequences[fields["owner"], fields["owner_epoch"]] = fields["owner_seq"]
        self._heads[curie] = _Head(position, fields["status"], fields["payload_digest"])
        self._entries.append(fields)
        place = bucket_of(curie)
        derived = {"bucket": place, "whole": int(bool(payload))}
        self._new_heads[curie] = {name: derived.get(name, fields.get(name)) for name in _HEAD_COLUMNS}
        self._touched.add((fields["owner"], place))
        if fields["kind"] == LIST and payload:
            self._new_lists[curie] = (position, fields["owner"], payload)
        for name in json.loads(fields["aliases"]):
            self._new_aliases[normalised_alias(name), curie] = position
        self._gathered_bytes += len(fields["payload"])
        self._flush_if_full()

    def _flush_if_full(self) -> None:
        if len(self._entries) >= _BATCH_ROWS or self._gathered_bytes >= _BATCH_BYTES:
            self.flush()

    def _flush_originals(self) -> None:
        digests = list(self._contents)
        table = schema.original
        for start in range(0, len(digests), _IN_LIST):
            part = digests[start : start + _IN_LIST]
            query = select(table.c.digest, table.c.media_type, table.c.stored_digest).where(table.c.digest.in_(part))
            kept = {digest: (media_type, stored) for digest, media_type, stored in self.connection.execute(query)}
            rows = [self._original_row(digest) for digest in part if digest not in kept]
            if rows:
                self.connection.execute(insert(table), rows)
            for digest, (media_type, stored) in kept.items():
                if stored == NO_PAYLOAD:
                    self._restore_original(digest, media_type)
        self._known_originals.update(digests)
        self._contents = {}

    def _restore_original(self, digest: str, media_type: str) -> None:
        """Puts the bytes back that went with withdrawn records, as the source gives them once more."""
        self._contents[digest] = (self._contents[digest][0], media_type)
        row = self._original_row(digest)
        change = update(schema.original).where(schema.original.c.digest == digest)
        self.connection.execute(change.values(content=row["content"], stored_digest=row["stored_digest"]))

    def _original_row(self, digest: str) -> dict[str, Any]:
        content, media_type = self._contents[digest]
        frame = self._packer.compress(content)
        return {
            "digest": digest,
            "media_type": media_type,
            "size_bytes": len(content),
            "content": frame,
            "stored_digest": original_stored_digest(media_type, len(content), frame),
        }


def _check(curie: str, owner: str, kind: str, status: str, payload: bytes) -> None:
    if kind not in KINDS:
        raise BadRequest(f"{curie}: kind {kind!r} is none of {', '.join(sorted(KINDS))}.")
    if status not in STATUSES:
        raise BadRequest(f"{curie}: status {status!r} is none of {', '.join(sorted(STATUSES))}.")
    prefix, _, accession = curie.partition(":")
    if not accession or prefix != owner:
        raise BadRequest(f"{curie!r} is not an accession of its owner {owner!r}; its prefix must be the owner.")
    if not (payload.startswith(b"{") and payload.endswith(b"}")):
        raise BadRequest(f"{curie}: the payload is not a JSON object.")
