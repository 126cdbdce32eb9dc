"""What pulling needs of a node's ledger; the real one here, another in the simulation of tests/federation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from catalogue.model.log_entry import LogEntry
from catalogue.model.tenure import SignedTenure
from catalogue.store.digests import OwnerDigest
from catalogue.store.entries import RECEIVED
from catalogue.store.exchange_log import OwnerPlace
from catalogue.store.image_lists import Chunk
from catalogue.store.leaves import BucketDigest, Leaf
from catalogue.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Arrival:
    """An entry that is to be taken in.

    Args:
        payload: canonical JSON; empty where it is not here.
        reason, detail: why the payload was refused; "" where it was not, or where the member has none either.
        url: where it was read.
    """

    log: LogEntry
    signature: str
    payload: bytes
    reason: str
    detail: str
    url: str


class Holdings(Protocol):
    """A node's log, registry and digests.

    Every call that writes is one transaction: whole and durable when it returns, or nothing of it.
    """

    @property
    def node(self) -> str:
        """Name of this node."""
        ...

    def tenures(self) -> dict[str, list[SignedTenure]]:
        """Owner -> statements by epoch."""
        ...

    def member_keys(self) -> set[str]:
        """Public keys of the members that this node exchanges with, its own included."""
        ...

    def put_tenure(self, signed: SignedTenure, received_from: str) -> None:
        """Keeps a statement that follows the one before it."""
        ...

    def frozen(self) -> Mapping[str, str]:
        """Owner -> why nothing more of it is taken in."""
        ...

    def raise_alarm(self, kind: str, detail: str, *, owner: str, node: str, evidence: Mapping[str, object]) -> None:
        """Notes what a person must look at."""
        ...

    def place(self, owner: str, epoch: int) -> OwnerPlace:
        """How far an owner's log of one epoch goes here."""
        ...

    def digest_at(self, owner: str, epoch: int, seq: int) -> str | None:
        """Digest of the entry with that key; None when it is not here."""
        ...

    def take_in(self, arrivals: Sequence[Arrival], received_from: str) -> None:
        """Appends entries, each the next of its owner's log, and quarantines payloads that were refused."""
        ...

    def refuse(self, log: LogEntry, reason: str, detail: str, url: str, received_from: str) -> None:
        """Quarantines an entry that may not be taken in at all."""
        ...

    def owner_digest(self, owner: str) -> OwnerDigest | None:
        """What is here of an owner."""
        ...

    def buckets(self, owner: str) -> list[BucketDigest]:
        """What is here of an owner, by bucket."""
        ...

    def leaves(self, owner: str, bucket: str) -> list[Leaf]:
        """The records of a bucket that are here."""
        ...

    def fill(self, log: LogEntry, payload: bytes) -> None:
        """Gives an entry that came without its payload the payload."""
        ...

    def lacks(self, chunk: Chunk) -> bool:
        """Whether a chunk of image rows must be fetched."""
        ...

    def keep_chunk(self, content: bytes) -> None:
        """Keeps a chunk, durable before the next `take_in` returns."""
        ...


class LedgerHoldings:
    """The holdings of a real node.

    Args:
        source: name of the member's source, under which refusals are shown.
        run_id: of the run under way.
    """

    def __init__(self, ledger: Ledger, source: str, run_id: int | None) -> None:
        assert ledger.key is not None, "a node without a key exchanges nothing"
        self._ledger = ledger
        self._source = source
        self._run_id = run_id
        self._key = ledger.key

    @property
    def node(self) -> str:
        """Name of this node."""
        return self._key.node

    def tenures(self) -> dict[str, list[SignedTenure]]:
        """Owner -> statements by epoch."""
        found: dict[str, list[SignedTenure]] = {}
        for said in self._ledger.registry.tenures():
            found.setdefault(said.tenure.owner, []).append(said)
        return found

    def member_keys(self) -> set[str]:
        """Public keys of active and paused members and of this node."""
        members = self._ledger.registry.members()
        return {self._key.public} | {one.key for one in members if one.state in ("active", "paused")}

    def put_tenure(self, signed: SignedTenure, received_from: str) -> None:
        """Keeps a statement."""
        with self._ledger.transaction() as writer:
            writer.put_tenure(signed, received_from)

    def frozen(self) -> Mapping[str, str]:
        """Owner -> why it is frozen."""
        return self._ledger.registry.frozen()

    def raise_alarm(self, kind: str, detail: str, *, owner: str, node: str, evidence: Mapping[str, object]) -> None:
        """Notes an alarm."""
        self._ledger.registry.raise_alarm(kind, detail, owner=owner, node=node, evidence=evidence)

    def place(self, owner: str, epoch: int) -> OwnerPlace:
        """How far an owner's log goes here."""
        return self._ledger.log.place(owner, epoch)

    def digest_at(self, owner: str, epoch: int, seq: int) -> str | None:
        """Digest of an entry."""
        return self._ledger.log.digest_at(owner, epoch, seq)

    def take_in(self, arrivals: Sequence[Arrival], received_from: str) -> None:
        """Appends in one transaction, after the chunks are durable."""
        self._ledger.image_lists.files.sync()
        now = self._ledger.clock()
        with self._ledger.transaction() as writer:
            writer.prefetch(one.log.curie for one in arrivals)
            for one in arrivals:
                writer.append_received(
                    one.log,
                    one.signature,
                    one.payload,
                    received_from=received_from,
                    source=self._source,
                    source_url=one.url,
                    harvester=RECEIVED,
                    run_id=self._run_id,
                    retrieved_at=now,
                )
            whole = {one.log.curie: one.log.seq for one in arrivals if one.payload}
            for one in arrivals:
                # A version that a later one of this record has taken the place of is nobody's trouble.
                if one.reason and one.log.seq > whole.get(one.log.curie, 0):
                    self._quarantine(writer, one.log, one.reason, one.detail, one.url)
            writer.resolve_received(whole)

    def refuse(self, log: LogEntry, reason: str, detail: str, url: str, received_from: str) -> None:
        """Quarantines an entry."""
        with self._ledger.transaction() as writer:
            self._quarantine(writer, log, reason, detail, url)

    def _quarantine(self, writer: object, log: LogEntry, reason: str, detail: str, url: str) -> None:
        writer.quarantine(  # type: ignore[attr-defined]
            self._source,
            f"{log.owner}/{log.epoch}/{log.seq}",
            reason=reason,
            detail=detail,
            harvester=RECEIVED,
            identifier=log.curie,
            url=url,
        )

    def owner_digest(self, owner: str) -> OwnerDigest | None:
        """What is here of an owner."""
        return self._ledger.digests.owner(owner)

    def buckets(self, owner: str) -> list[BucketDigest]:
        """By bucket."""
        return self._ledger.digests.buckets(owner)

    def leaves(self, owner: str, bucket: str) -> list[Leaf]:
        """The records of a bucket."""
        return self._ledger.digests.leaves(owner, bucket)

    def fill(self, log: LogEntry, payload: bytes) -> None:
        """Puts the payload where the entry stands."""
        kept = self._ledger.log.find(*log.key)
        if kept is None or kept.entry.payload:
            return
        self._ledger.image_lists.files.sync()
        with self._ledger.transaction() as writer:
            writer.fill_received(kept.entry.position, payload)
            writer.resolve_quarantine(self._source, f"{log.owner}/{log.epoch}/{log.seq}")

    def lacks(self, chunk: Chunk) -> bool:
        """Whether a chunk is not on disk."""
        return not self._ledger.image_lists.files.path(chunk.digest).exists()

    def keep_chunk(self, content: bytes) -> None:
        """Puts a chunk."""
        self._ledger.image_lists.files.put(content)
