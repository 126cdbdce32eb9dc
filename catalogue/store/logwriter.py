"""The exchanged half of a ledger transaction: whose turn it is to write, signatures, received entries, digests.

Base of catalogue.store.writer.LedgerWriter. Read federation.md section 3.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from catalogue.model.log_entry import START, LogEntry
from catalogue.model.signing import NodeKey
from catalogue.model.tenure import SignedTenure, Tenure, first_tenure
from catalogue.problems import RecordRejected
from catalogue.store import schema
from catalogue.store.bookkeeping import Clock
from catalogue.store.bookwriter import BookWriter, upsert
from catalogue.store.digests import digest_row
from catalogue.store.entries import FIRST_SCHEMA_VERSION, stamp
from catalogue.store.fencing import fence
from catalogue.store.registry import STOPPING, clear_alarms, read_tenures, write_alarm, write_tenure

_UNSIGNED = 1000


class LogWriter(BookWriter):
    """Signs what this node writes and keeps what members wrote.

    Args:
        key: of this node; None writes entries that nobody can exchange until `sign_log` was called with one.
    """

    def __init__(self, connection: Connection, clock: Clock, key: NodeKey | None) -> None:
        super().__init__(connection, clock)
        self.key = key
        self._tenures: dict[str, Tenure | None] = {}
        self._last: dict[tuple[str, int], str] = {}
        self._log_rows: list[dict[str, Any]] = []
        self._touched: set[tuple[str, str]] = set()
        self._stopped: dict[str, str] | None = None
        self._whole: set[tuple[str, int]] = set()
        # Set when something changed that views have passed: they must be made anew.
        self.rewritten = False

    def epoch_to_write(self, owner: str) -> int:
        """The epoch in which this node writes an owner's records; begins to record an owner that nobody records.

        Raises:
            RecordRejected: `not-owner`, another node writes them, or they are stopped until a person has looked; `gap`,
                not all that was written before this node's epoch is here.
        """
        stopped = self._stops().get(owner)
        if stopped is not None:
            raise RecordRejected(
                f"Nothing of {owner} is written until a person has looked (`ommatidia member alarms`): {stopped}",
                reason="not-owner",
            )
        tenure = self._tenure(owner)
        if tenure is None:
            return 0
        if self.key is not None and self.key.node == tenure.node and self.key.public != tenure.key:
            raise RecordRejected(
                f"This node writes the records of {owner} with the key {tenure.key[:16]}…, but its node.key holds "
                f"{self.key.public[:16]}…, a former or another one. Put the newest copy of node.key back and start the "
                "node again; if it is lost, the members must vote who writes them (`ommatidia member propose`).",
                reason="not-owner",
            )
        if self.key is None or (tenure.node, tenure.key) != (self.key.node, self.key.public):
            raise RecordRejected(
                f"The records of {owner} are written by the node {tenure.node} (epoch {tenure.epoch}); exactly one "
                "node does. Pause the source here (`ommatidia source pause`), or let them be handed over to this node.",
                reason="not-owner",
            )
        self._require_former(tenure)
        return tenure.epoch

    def put_tenure(self, signed: SignedTenure, received_from: str) -> None:
        """Keeps a statement that follows the one before it, within this transaction.

        What was taken in of the epoch before beyond the hand-over counts no longer (P11), and what had stopped the
        owner is settled by it.
        """
        self.flush()
        said, now = signed.tenure, stamp(self.clock())
        write_tenure(self.connection, signed, received_from, now)
        touched = fence(self.connection, said.owner, said.epoch - 1, said.after_seq) if said.epoch else set()
        self._touched |= {(said.owner, place) for place in touched}
        self.rewritten = self.rewritten or bool(touched)
        clear_alarms(self.connection, said.owner, STOPPING | {"proposal"}, now, f"statement of epoch {said.epoch}")
        self._tenures.pop(said.owner, None)
        self._stopped = None
        self.forget_heads()

    def flush(self) -> None:
        """Sends what was gathered; LedgerWriter's to do."""
        raise NotImplementedError

    def forget_heads(self) -> None:
        """Forgets what was read of heads; LedgerWriter's to do."""
        raise NotImplementedError

    def raise_alarm(
        self, kind: str, detail: str, *, owner: str = "", node: str = "", evidence: Mapping[str, Any] | None = None
    ) -> None:
        """Notes an alarm within this transaction."""
        write_alarm(self.connection, stamp(self.clock()), kind, detail, owner, node, evidence or {})
        self._stopped = None

    def sign_log(self, owner: str) -> int:
        """Number of this owner's entries signed now: those that this node wrote before it had a key."""
        return self._sign_older(owner, self.epoch_to_write(owner)) if self.key is not None else 0

    def _require_former(self, tenure: Tenure) -> None:
        """Entries of the epoch before that came after ours would take records back to what they were (P5)."""
        if tenure.epoch == 0 or (tenure.owner, tenure.epoch) in self._whole:
            return
        log = schema.log_entry.c
        query = select(func.max(log.owner_seq)).where(log.owner == tenure.owner, log.owner_epoch == tenure.epoch - 1)
        here = self.connection.scalar(query) or 0
        if here < tenure.after_seq:
            raise RecordRejected(
                f"Of {tenure.owner}, {here} of the {tenure.after_seq} entries before epoch {tenure.epoch} are here; "
                "this node writes when it holds them all. Pull from a member that does (`ommatidia member pull`).",
                reason="gap",
            )
        self._whole.add((tenure.owner, tenure.epoch))

    def _tenure(self, owner: str) -> Tenure | None:
        if owner not in self._tenures:
            kept = read_tenures(self.connection, owner)
            if not kept and self.key is not None:
                said = first_tenure(owner, self.key.node, self.key.public, stamp(self.clock()))
                kept = [SignedTenure(said, {self.key.public: self.key.sign(said.message)})]
                write_tenure(self.connection, kept[0], "", stamp(self.clock()))
            self._tenures[owner] = kept[-1].tenure if kept else None
        return self._tenures[owner]

    def _stops(self) -> dict[str, str]:
        if self._stopped is None:
            table = schema.alarm.c
            query = select(table.owner, table.detail).where(table.cleared_at.is_(None), table.kind.in_(STOPPING))
            self._stopped = {owner: detail for owner, detail in self.connection.execute(query) if owner}
        return self._stopped

    def ready_to_sign(self, owner: str, epoch: int) -> None:
        """Signs what was written before there was a key, so that the next entry of the owner can follow it."""
        if self.key is not None and (owner, epoch) not in self._last:
            self._sign_older(owner, epoch)

    def sign(self, fields: Mapping[str, Any]) -> None:
        """Gathers what is exchanged of an entry that this node writes; `ready_to_sign` came first."""
        if self.key is not None:
            log = self.header(fields, self.key.node, self._last[fields["owner"], fields["owner_epoch"]])
            self.note_log(fields["position"], log, self.key.sign(log.message), "")

    def note_log(self, position: int, log: LogEntry, signature: str, received_from: str) -> None:
        """Gathers what is exchanged of the entry at `position`."""
        self._last[log.owner, log.epoch] = log.digest
        self._log_rows.append(self._log_row(position, log, signature, received_from))

    @staticmethod
    def _log_row(position: int, log: LogEntry, signature: str, received_from: str) -> dict[str, Any]:
        return {
            "position": position,
            "owner": log.owner,
            "owner_epoch": log.epoch,
            "owner_seq": log.seq,
            "generated_at": log.generated_at,
            "asserted_by": log.asserted_by,
            "previous": log.previous,
            "digest": log.digest,
            "signature": signature,
            "received_from": received_from,
        }

    def last_digest(self, owner: str, epoch: int) -> str:
        """Digest of the last entry of an owner's log of one epoch, or what its first entry follows."""
        if (owner, epoch) not in self._last:
            table = schema.log_entry.c
            query = select(table.digest).where(table.owner == owner, table.owner_epoch == epoch)
            found = self.connection.scalar(query.order_by(table.owner_seq.desc()).limit(1))
            self._last[owner, epoch] = found if found is not None else self._after(owner, epoch)
        return self._last[owner, epoch]

    def _after(self, owner: str, epoch: int) -> str:
        """What the first entry of an epoch follows."""
        said = [one.tenure for one in read_tenures(self.connection, owner) if one.tenure.epoch == epoch]
        return said[0].after_digest if said else START

    @staticmethod
    def header(fields: Mapping[str, Any], node: str, previous: str) -> LogEntry:
        """The exchanged header of an entry with these columns; `recorded_at` is when its writer wrote it."""
        return LogEntry(
            owner=fields["owner"],
            epoch=fields["owner_epoch"],
            seq=fields["owner_seq"],
            curie=fields["curie"],
            kind=fields["kind"],
            parent=fields["parent"],
            action=fields["action"],
            status=fields["status"],
            payload_digest=fields["payload_digest"],
            schema_version=fields["schema_version"] or FIRST_SCHEMA_VERSION,
            generated_at=fields["recorded_at"],
            aliases=tuple(json.loads(fields["aliases"])),
            asserted_by=node,
            previous=previous,
        )

    def _sign_older(self, owner: str, epoch: int) -> int:
        """Signs entries that were written before there was a key; afterwards the last digest is known."""
        assert self.key is not None
        entry, log = schema.entry, schema.log_entry
        signed = select(log.c.position).where(log.c.position == entry.c.position).exists()
        columns = [column for column in entry.c if column.name != "payload"]
        query = select(*columns).where(entry.c.owner == owner, entry.c.owner_epoch == epoch, ~signed)
        previous, count, after = self.last_digest(owner, epoch), 0, 0
        while True:
            part = query.where(entry.c.owner_seq > after).order_by(entry.c.owner_seq).limit(_UNSIGNED)
            rows = self.connection.execute(part).mappings().all()
            made: list[dict[str, Any]] = []
            for row in rows:
                header = self.header(dict(row), self.key.node, previous)
                made.append(self._log_row(row["position"], header, self.key.sign(header.message), ""))
                previous, after = header.digest, row["owner_seq"]
            if made:
                self.connection.execute(insert(schema.log_entry), made)
            self._last[owner, epoch] = previous
            count += len(rows)
            if len(rows) < _UNSIGNED:
                return count

    def _send_log(self) -> None:
        if self._log_rows:
            self.connection.execute(insert(schema.log_entry), self._log_rows)
            self._log_rows = []

    def settle_digests(self) -> None:
        """Makes the digests of all buckets touched say what the heads say; before the transaction commits."""
        rows = [digest_row(self.connection, *place) for place in sorted(self._touched)]
        upsert(self.connection, schema.bucket, [row for row in rows if row["count"]])
        table = schema.bucket
        for row in rows:
            if not row["count"]:
                gone = (table.c.owner == row["owner"], table.c.bucket == row["bucket"])
                self.connection.execute(delete(table).where(*gone))
        self._touched.clear()

    def fill_payload(self, position: int, frame: bytes, stored_digest: str) -> None:
        """Puts the payload into an entry that had come without it.

        Args:
            frame: as `Packer.compress` gave it, of bytes whose digest the entry names.
        """
        entry, head = schema.entry, schema.head
        values = {"payload": frame, "stored_digest": stored_digest}
        self.connection.execute(update(entry).where(entry.c.position == position).values(**values))
        row = self.connection.execute(
            select(head.c.owner, head.c.bucket).where(head.c.position == position)
        ).one_or_none()
        if row is not None:
            self.connection.execute(update(head).where(head.c.position == position).values(whole=1))
            self._touched.add((row[0], row[1]))
        self.rewritten = True
