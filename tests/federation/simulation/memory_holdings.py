"""Holdings in memory: what was committed outlives a crash, all else is gone; a disk may be full.

Kept to what the real thing does by tests/federation/holdings_contract.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from catalogue.federation.holdings import Arrival
from catalogue.model.log_entry import LogEntry
from catalogue.model.payload import digest
from catalogue.model.signing import NodeKey
from catalogue.model.table import schema_version
from catalogue.model.tenure import SignedTenure, Tenure, first_tenure, next_tenure, tenure_fault
from catalogue.problems import BadRequest, Conflict, RecordRejected
from catalogue.store.digests import OwnerDigest
from catalogue.store.entries import stamp
from catalogue.store.exchange_log import OwnerPlace
from catalogue.store.image_lists import Chunk
from catalogue.store.leaves import BucketDigest, Leaf
from tests.federation.simulation.disk import Disk, Row

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class DiskFull(OSError):
    """The disk took nothing; the transaction did not happen."""


class MemoryHoldings:
    """The holdings of a simulated node, and what its owner's side does with them.

    Args:
        disk: survives this object, as a disk survives a process.
        key: of the node.
        clock: of the node, however wrong.
        pause: called before and after each transaction; it may raise to say that the process died there.
        tell: called with (kind, row) when something became durable.
        believed: called with a statement when it became durable.
    """

    def __init__(
        self,
        disk: Disk,
        key: NodeKey,
        clock: Callable[[], datetime] = lambda: START,
        pause: Callable[[str], None] = lambda _: None,
        tell: Callable[[str, Row], None] = lambda _kind, _row: None,
        believed: Callable[[Tenure], None] = lambda _: None,
    ) -> None:
        self.disk = disk
        self.key = key
        self.full = False
        self._clock = clock
        self._pause = pause
        self._tell = tell
        self._believed = believed
        self._unsynced: dict[str, bytes] = {}

    @property
    def node(self) -> str:
        """Name of this node."""
        return self.key.node

    def tenures(self) -> dict[str, list[SignedTenure]]:
        """Owner -> statements by epoch."""
        return {owner: list(said) for owner, said in self.disk.tenures.items()}

    def member_keys(self) -> set[str]:
        """Keys of active and paused members and of this node."""
        shown = (one for one in self.disk.members.values() if one.state in ("active", "paused"))
        return {self.key.public} | {one.key for one in shown}

    def frozen(self) -> Mapping[str, str]:
        """Owner -> why it is frozen."""
        return self.disk.frozen()

    def place(self, owner: str, epoch: int) -> OwnerPlace:
        """How far an owner's log goes here."""
        return self.disk.place(owner, epoch)

    def digest_at(self, owner: str, epoch: int, seq: int) -> str | None:
        """Digest of an entry."""
        row = self.disk.find(owner, epoch, seq)
        return None if row is None else row.log.digest

    def owner_digest(self, owner: str) -> OwnerDigest | None:
        """What is here of an owner."""
        return self.disk.owner_digest(owner)

    def buckets(self, owner: str) -> list[BucketDigest]:
        """By bucket."""
        return self.disk.bucket_digests(owner)

    def leaves(self, owner: str, bucket: str) -> list[Leaf]:
        """The records of a bucket."""
        return self.disk.leaves(owner, bucket)

    def lacks(self, chunk: Chunk) -> bool:
        """Whether a chunk is neither on disk nor on its way there."""
        return chunk.digest not in self.disk.chunks and chunk.digest not in self._unsynced

    def keep_chunk(self, content: bytes) -> None:
        """Keeps a chunk, durable with the next transaction that takes something in."""
        self._unsynced[digest(content)] = content

    def put_tenure(self, signed: SignedTenure, received_from: str) -> None:
        """Keeps a statement; Conflict where another one of its epoch is kept."""
        self._transaction(lambda: self._put_tenure(signed))

    def raise_alarm(self, kind: str, detail: str, *, owner: str, node: str, evidence: Mapping[str, object]) -> None:
        """Notes an alarm; the same again is only seen again."""
        self._transaction(lambda: self.disk.alarms.setdefault((kind, owner, node), detail))

    def refuse(self, log: LogEntry, reason: str, detail: str, url: str, received_from: str) -> None:
        """Quarantines an entry."""
        self._transaction(lambda: self.disk.quarantine.__setitem__(_item(log), reason))

    def note_progress(self, node: str, progress: dict[str, Any]) -> None:
        """Writes down how a member stood."""
        self._transaction(lambda: self.disk.progress.__setitem__(node, progress))

    def take_in(self, arrivals: Sequence[Arrival], received_from: str) -> None:
        """Appends in one transaction, after the chunks are durable."""

        def append() -> list[Row]:
            self._sync()
            self._check(arrivals)
            return [self._append(one, received_from) for one in arrivals]

        for row in self._transaction(append, "applied"):
            assert row.log.seq

    def fill(self, log: LogEntry, payload: bytes) -> None:
        """Puts the payload where the entry stands."""

        def put() -> list[Row]:
            self._sync()
            row = self.disk.find(*log.key)
            if row is None or row.payload:
                return []
            self.disk.quarantine.pop(_item(log), None)
            return [self.disk.fill(row, payload)]

        self._transaction(put, "filled")

    def epoch_to_write(self, owner: str) -> int:
        """The epoch in which this node writes an owner's records; begins to record one that nobody records."""
        if owner in self.disk.frozen() or owner in self.disk.offers:
            raise RecordRejected(f"Nothing of {owner} is written.", reason="not-owner")
        chain = self.disk.tenures.get(owner)
        if not chain:
            said = first_tenure(owner, self.node, self.key.public, stamp(self._clock()))
            self._put_tenure(SignedTenure(said, {self.key.public: self.key.sign(said.message)}))
            return 0
        last = chain[-1].tenure
        if (last.node, last.key) != (self.node, self.key.public):
            raise RecordRejected(f"{last.node} writes {owner}.", reason="not-owner")
        if last.epoch and self.disk.place(owner, last.epoch - 1).seq < last.after_seq:
            raise RecordRejected(f"The log of {owner} before epoch {last.epoch} is not here whole.", reason="gap")
        return last.epoch

    def write(
        self, curie: str, kind: str, status: str, payload: bytes, parent: str | None = None, version: str = ""
    ) -> Row:
        """The entry with which this node, as its owner's writer, changed a record; durable when this returns."""
        [row] = self._transaction(lambda: [self._write(curie, kind, status, payload, parent, version)], "written")
        return row

    def offer(self, owner: str, node: str, key: str, now: str) -> SignedTenure | None:
        """The statement that hands an owner over, with this node's signature only; None when it is not its to give."""

        def put() -> SignedTenure | None:
            said = self._next(owner, node, key, "transfer", now)
            if said is None:
                return None
            self.disk.offers[owner] = self.signed(said)
            return self.disk.offers[owner]

        found: SignedTenure | None = self._transaction(put)
        return found

    def take_over(self, offered: SignedTenure) -> bool:
        """Whether the statement, now signed by both, is kept: it follows, and all that came before is here."""
        said = offered.tenure

        def put() -> bool:
            chain = self.disk.tenures.get(said.owner, [])
            row = self.disk.find(said.owner, said.epoch - 1, said.after_seq)
            whole = said.after_seq == 0 or (row is not None and row.log.digest == said.after_digest)
            if len(chain) != said.epoch or not whole:
                return False
            signed = self.signed(said, offered.signatures)
            if tenure_fault(signed, chain[-1].tenure if chain else None, self.member_keys()) is not None:
                return False
            self._put_tenure(signed)
            return True

        return bool(self._transaction(put))

    def change_key(self, fresh: NodeKey, now: str) -> list[SignedTenure]:
        """Statements that this node writes on with another key, of all owners that it writes; in one transaction."""

        def put() -> list[SignedTenure]:
            made = []
            for owner in sorted(self.disk.tenures):
                said = self._next(owner, self.node, fresh.public, "key", now)
                if said is not None:
                    made.append(self.signed(said, {fresh.public: fresh.sign(said.message)}))
                    self._put_tenure(made[-1])
            return made

        return list(self._transaction(put))

    def signed(self, said: Tenure, others: Mapping[str, str] | None = None) -> SignedTenure:
        """A statement with this node's signature and those of others."""
        return SignedTenure(said, {**(others or {}), self.key.public: self.key.sign(said.message)})

    def _next(self, owner: str, node: str, key: str, reason: str, now: str) -> Tenure | None:
        try:
            if owner not in self.disk.tenures:
                return None
            epoch = self.epoch_to_write(owner)
        except RecordRejected:
            return None
        before, place = self.disk.tenures[owner][-1].tenure, self.disk.place(owner, epoch)
        return next_tenure(before, node, key, (place.seq, place.digest), reason, now)

    def _write(self, curie: str, kind: str, status: str, payload: bytes, parent: str | None, version: str) -> Row:
        owner = curie.partition(":")[0]
        head = self.disk.head(curie)
        if head is not None and (head.log.payload_digest, head.log.status) == (digest(payload), status):
            raise Conflict(f"{curie} holds this payload with status {status} already.")
        epoch = self.epoch_to_write(owner)
        gone = head is None or head.log.action == "delete"
        action = "delete" if status in ("withdrawn", "replaced") else "create" if gone else "update"
        place = self.disk.place(owner, epoch)
        log = LogEntry(
            owner,
            epoch,
            place.seq + 1,
            curie,
            kind,
            parent,
            action,
            status,
            digest(payload),
            version or schema_version(),
            stamp(self._moment()),
            (),
            self.node,
            place.digest,
        )
        return self.disk.append(log, self.key.sign(log.message), payload, "", self._moment())

    def _transaction(self, work: Callable[[], Any], kind: str = "") -> Any:
        self._pause("before commit")
        if self.full:
            raise DiskFull("no space left on device")
        found = work()
        for row in found if kind else ():
            self._tell(kind, row)
        self._pause("after commit")
        return found

    def _check(self, arrivals: Sequence[Arrival]) -> None:
        last: dict[tuple[str, int], OwnerPlace] = {}
        for log, payload in ((one.log, one.payload) for one in arrivals):
            place = last.get((log.owner, log.epoch)) or self.disk.place(log.owner, log.epoch)
            if log.seq != place.seq + 1 or log.previous != place.digest:
                raise Conflict(f"{log.iri} does not follow what is here.")
            if payload and digest(payload) != log.payload_digest:
                raise BadRequest(f"The payload of {log.iri} does not have its digest.")
            last[log.owner, log.epoch] = OwnerPlace(log.owner, log.epoch, log.seq, log.digest)

    def _append(self, arrival: Arrival, received_from: str) -> Row:
        if arrival.reason:
            self.disk.quarantine[_item(arrival.log)] = arrival.reason
        else:
            self.disk.quarantine.pop(_item(arrival.log), None)
        return self.disk.append(arrival.log, arrival.signature, arrival.payload, received_from, self._moment())

    def _put_tenure(self, signed: SignedTenure) -> None:
        for kept in self.disk.tenures.get(signed.tenure.owner, ()):
            if kept.tenure.epoch == signed.tenure.epoch:
                if kept.tenure.digest != signed.tenure.digest:
                    raise Conflict(f"Another statement about {signed.tenure.owner} is kept.")
                return
        self.disk.put_tenure(signed)
        self._believed(signed.tenure)

    def _sync(self) -> None:
        self.disk.chunks |= self._unsynced
        self._unsynced = {}

    def _moment(self) -> datetime:
        now = self._clock()
        if self.disk.rows:
            now = max(now, self.disk.rows[-1].recorded_at + timedelta(microseconds=1))
        return now


def _item(log: LogEntry) -> str:
    return f"{log.owner}/{log.epoch}/{log.seq}"
