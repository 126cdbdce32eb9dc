"""What a simulated node has on its disk: its log and everything that follows from it or is kept beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalogue.model.log_entry import START, LogEntry
from catalogue.model.tenure import SignedTenure
from catalogue.store.digests import OwnerDigest
from catalogue.store.exchange_log import OwnerPlace
from catalogue.store.image_lists import Chunk, chunks_of
from catalogue.store.leaves import ABSENT, BucketDigest, Leaf, bucket_digest, bucket_of, owner_digest
from catalogue.store.registry import FREEZING, Member


@dataclass(frozen=True, slots=True)
class Row:
    """One entry; it has the names that catalogue.exchange.exchange_json reads."""

    log: LogEntry
    signature: str
    payload: bytes
    received_from: str
    position: int
    recorded_at: datetime

    @property
    def entry(self) -> Row:
        """Itself: position, moment and payload are here."""
        return self


@dataclass(slots=True)
class Disk:
    """Durable state; a copy of it is a backup.

    Args:
        rows: in the order of positions, from 1.
        logs: (owner, epoch) -> indexes of its rows.
        heads: curie -> index of its newest row.
        buckets: (owner, bucket) -> curies.
        offers: owner -> statement that this node signed and its heir did not yet; nothing of it is written meanwhile.
        quarantine: item -> reason, of what is refused now.
        progress: member -> what the last pull from it noted.
    """

    rows: list[Row] = field(default_factory=list)
    logs: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    heads: dict[str, int] = field(default_factory=dict)
    buckets: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    tenures: dict[str, list[SignedTenure]] = field(default_factory=dict)
    offers: dict[str, SignedTenure] = field(default_factory=dict)
    alarms: dict[tuple[str, str, str], str] = field(default_factory=dict)
    quarantine: dict[str, str] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    progress: dict[str, dict[str, Any]] = field(default_factory=dict)
    chunks: dict[str, bytes] = field(default_factory=dict)
    digests: dict[tuple[str, str], BucketDigest] = field(default_factory=dict)

    def copy(self) -> Disk:
        """A backup, which nothing that happens later changes."""
        return Disk(
            list(self.rows),
            {name: list(found) for name, found in self.logs.items()},
            dict(self.heads),
            {name: set(found) for name, found in self.buckets.items()},
            {name: list(found) for name, found in self.tenures.items()},
            dict(self.offers),
            dict(self.alarms),
            dict(self.quarantine),
            dict(self.members),
            {name: dict(found) for name, found in self.progress.items()},
            dict(self.chunks),
            dict(self.digests),
        )

    def place(self, owner: str, epoch: int) -> OwnerPlace:
        """How far an owner's log of one epoch goes."""
        found = self.logs.get((owner, epoch))
        if found:
            last = self.rows[found[-1]].log
            return OwnerPlace(owner, epoch, last.seq, last.digest)
        said = [one.tenure for one in self.tenures.get(owner, ()) if one.tenure.epoch == epoch]
        return OwnerPlace(owner, epoch, 0, said[0].after_digest if said else START)

    def find(self, owner: str, epoch: int, seq: int) -> Row | None:
        """The entry with that key."""
        found = self.logs.get((owner, epoch), ())
        return self.rows[found[seq - 1]] if 0 < seq <= len(found) else None

    def head(self, curie: str) -> Row | None:
        """The newest version of a record."""
        return self.rows[self.heads[curie]] if curie in self.heads else None

    def counts(self, row: Row) -> bool:
        """Whether no later statement of its owner leaves an entry out (P11)."""
        log = row.log
        return not any(
            one.tenure.epoch == log.epoch + 1 and one.tenure.after_seq < log.seq
            for one in self.tenures.get(log.owner, ())
        )

    def put_tenure(self, signed: SignedTenure) -> None:
        """Keeps a statement; what it leaves out counts no longer, and what had stopped its owner is settled."""
        said = signed.tenure
        chain = self.tenures.setdefault(said.owner, [])
        chain.append(signed)
        chain.sort(key=lambda one: one.tenure.epoch)
        for index in self.logs.get((said.owner, said.epoch - 1), [])[said.after_seq :]:
            self._set_head(self.rows[index].log.curie)
        self.offers.pop(said.owner, None)
        for alarm in [one for one in self.alarms if one[1] == said.owner and one[0] in FREEZING]:
            del self.alarms[alarm]

    def append(self, log: LogEntry, signature: str, payload: bytes, received_from: str, now: datetime) -> Row:
        """The entry, now the newest of its record."""
        row = Row(log, signature, payload, received_from, len(self.rows) + 1, now)
        before = self.head(log.curie)
        self.rows.append(row)
        self.logs.setdefault((log.owner, log.epoch), []).append(len(self.rows) - 1)
        self.heads[log.curie] = len(self.rows) - 1
        place = log.owner, bucket_of(log.curie)
        self.buckets.setdefault(place, set()).add(log.curie)
        self.digests.pop(place, None)
        if log.kind == "image-list" and log.action == "delete" and before is not None:
            self._drop(before)
        return row

    def fill(self, row: Row, payload: bytes) -> Row:
        """The same entry with its payload."""
        log = row.log
        filled = Row(log, row.signature, payload, row.received_from, row.position, row.recorded_at)
        self.rows[row.position - 1] = filled
        self.digests.pop((log.owner, bucket_of(log.curie)), None)
        return filled

    def frozen(self) -> dict[str, str]:
        """Owner -> why nothing more of it is taken in or written."""
        return {owner: why for (kind, owner, _), why in self.alarms.items() if kind in FREEZING and owner}

    def leaves(self, owner: str, bucket: str) -> list[Leaf]:
        """The records of a bucket, by curie."""
        found = (self.rows[self.heads[name]] for name in sorted(self.buckets.get((owner, bucket), ())))
        return [
            Leaf(
                row.log.curie,
                row.log.epoch,
                row.log.seq,
                row.log.status if row.payload else ABSENT,
                row.log.payload_digest,
            )
            for row in found
        ]

    def bucket_digests(self, owner: str) -> list[BucketDigest]:
        """Digests of an owner's buckets, by name."""
        for place in [one for one in self.buckets if one[0] == owner and one not in self.digests]:
            self.digests[place] = bucket_digest(place[1], self.leaves(*place))
        return [self.digests[place] for place in sorted(self.buckets) if place[0] == owner]

    def owner_digest(self, owner: str) -> OwnerDigest | None:
        """All that is here of an owner; None when nothing is."""
        buckets = self.bucket_digests(owner)
        if not buckets:
            return None
        counted = (self.rows[index] for (name, _), found in self.logs.items() if name == owner for index in found)
        last = max((row.log for row in counted if self.counts(row)), key=lambda log: (log.epoch, log.seq))
        count, live = sum(one.count for one in buckets), sum(one.live for one in buckets)
        digests = owner_digest(buckets), owner_digest(buckets, live=True)
        return OwnerDigest(owner, last.epoch, last.seq, last.digest, count, live, *digests)

    def owners(self) -> Iterator[OwnerDigest]:
        """What is here of each owner, by name."""
        for name in sorted({owner for owner, _ in self.buckets}):
            found = self.owner_digest(name)
            assert found is not None
            yield found

    def _set_head(self, curie: str) -> None:
        """Makes the newest entry of a record that counts its head; none where there is no such entry."""
        place = curie.partition(":")[0], bucket_of(curie)
        self.digests.pop(place, None)
        self.heads.pop(curie, None)
        for index, row in enumerate(self.rows):
            if row.log.curie == curie and self.counts(row):
                self.heads[curie] = index
        if curie not in self.heads:
            self.buckets[place].discard(curie)
            if not self.buckets[place]:
                del self.buckets[place]

    def _drop(self, row: Row) -> None:
        """Removes the chunks of a list that is withdrawn, unless another list names them."""
        gone = {one.digest for one in _chunks(row)}
        kept = {one.digest for index in self.heads.values() for one in _chunks(self.rows[index])}
        for name in gone - kept:
            self.chunks.pop(name, None)


def _chunks(row: Row) -> list[Chunk]:
    return chunks_of(json.loads(row.payload)) if row.log.kind == "image-list" and row.payload else []
