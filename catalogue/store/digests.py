"""Reads the digests of what the ledger holds; they are kept exact within each transaction (catalogue.store.logwriter).

Source: federation.md section 6, "Digest", S9.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select

from catalogue.store import schema
from catalogue.store.fencing import counts
from catalogue.store.leaves import ABSENT, BucketDigest, Leaf, bucket_digest, owner_digest


@dataclass(frozen=True, slots=True)
class OwnerDigest:
    """All that this node holds of one owner.

    Args:
        epoch, seq: how far the owner's log goes here.
        log_digest: digest of its last entry, which stands for the whole log; "" where it is not signed.
        count: records, tombstones included; `live` without them.
        digest: over all records; `live_digest` over live ones.
    """

    owner: str
    epoch: int
    seq: int
    log_digest: str
    count: int
    live: int
    digest: str
    live_digest: str


@dataclass(frozen=True, slots=True)
class NodeDigests:
    """Digests of all owners at one position of this node's log."""

    position: int
    owners: tuple[OwnerDigest, ...]


class Digests:
    """Reads digests; each call sees one state of the ledger."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def node(self) -> NodeDigests:
        """Digests of every owner, by name."""
        with self._engine.connect() as connection:
            position = connection.scalar(select(func.max(schema.entry.c.position))) or 0
            owners = connection.scalars(select(schema.bucket.c.owner).distinct().order_by(schema.bucket.c.owner))
            found = tuple(_owner(connection, name) for name in owners)
        return NodeDigests(position, found)

    def owner(self, owner: str) -> OwnerDigest | None:
        """Digests of one owner; None when nothing of it is here."""
        with self._engine.connect() as connection:
            found = _owner(connection, owner)
        return found if found.count else None

    def buckets(self, owner: str) -> list[BucketDigest]:
        """Digests of an owner's buckets, by name."""
        with self._engine.connect() as connection:
            return _buckets(connection, owner)

    def leaves(self, owner: str, bucket: str) -> list[Leaf]:
        """The records of a bucket, by curie."""
        with self._engine.connect() as connection:
            return read_leaves(connection, owner, bucket)


def read_leaves(connection: Connection, owner: str, bucket: str) -> list[Leaf]:
    """The records of a bucket, by curie, as a connection sees them."""
    head = schema.head.c
    query = select(head.curie, head.owner_epoch, head.owner_seq, head.status, head.payload_digest, head.whole)
    rows = connection.execute(query.where(head.owner == owner, head.bucket == bucket).order_by(head.curie))
    return [
        Leaf(curie, epoch, seq, status if whole else ABSENT, digest)
        for curie, epoch, seq, status, digest, whole in rows
    ]


def digest_row(connection: Connection, owner: str, bucket: str) -> dict[str, str | int]:
    """The row of the table `bucket` that follows from the heads."""
    made = bucket_digest(bucket, read_leaves(connection, owner, bucket))
    return {
        "owner": owner,
        "bucket": bucket,
        "count": made.count,
        "live": made.live,
        "digest": made.digest,
        "live_digest": made.live_digest,
    }


def _buckets(connection: Connection, owner: str) -> list[BucketDigest]:
    table = schema.bucket.c
    columns = (table.bucket, table.count, table.live, table.digest, table.live_digest)
    query = select(*columns).where(table.owner == owner).order_by(table.bucket)
    return [BucketDigest(*row) for row in connection.execute(query)]


def _owner(connection: Connection, owner: str) -> OwnerDigest:
    buckets = _buckets(connection, owner)
    entry, log = schema.entry.c, schema.log_entry.c
    newest = (
        select(entry.owner_epoch, entry.owner_seq, log.digest)
        .outerjoin(schema.log_entry, log.position == entry.position)
        .where(entry.owner == owner, counts())
        .order_by(entry.owner_epoch.desc(), entry.owner_seq.desc())
        .limit(1)
    )
    epoch, seq, said = connection.execute(newest).one_or_none() or (0, 0, "")
    return OwnerDigest(
        owner,
        epoch,
        seq,
        said or "",
        sum(one.count for one in buckets),
        sum(one.live for one in buckets),
        owner_digest(buckets),
        owner_digest(buckets, live=True),
    )
