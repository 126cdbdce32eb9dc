"""Tables of the ledger, the same on SQLite and PostgreSQL; migrations/ holds how they came to be.

Moments are text, `2026-11-22T10:00:00.000000Z`, so that hashing and ordering need no engine's date type.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

# SQLite gives the rowid only to a column declared exactly INTEGER PRIMARY KEY.
Counter = BigInteger().with_variant(Integer(), "sqlite")

original = Table(
    "original",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("stored_digest", Text, nullable=False),
)

source = Table(
    "source",
    metadata,
    Column("name", Text, primary_key=True),
    Column("harvester", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("owners", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("added_at", Text, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=False),
    Column("source", Text, ForeignKey("source.name"), nullable=False),
    Column("state", Text, nullable=False),
    Column("started", Text, nullable=False),
    Column("heartbeat", Text, nullable=False),
    Column("ended", Text),
    Column("report", Text, nullable=False),
    Index("run_source", "source", "id"),
)

entry = Table(
    "entry",
    metadata,
    Column("position", Counter, primary_key=True, autoincrement=False),
    Column("curie", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("owner_epoch", BigInteger, nullable=False),
    Column("owner_seq", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("parent", Text),
    Column("action", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("stored_digest", Text, nullable=False),
    Column("payload_digest", Text, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("entry_hash", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("source_url", Text),
    Column("original_digest", Text, ForeignKey("original.digest")),
    Column("harvester", Text, nullable=False),
    Column("run_id", BigInteger, ForeignKey("run.id")),
    Column("retrieved_at", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("aliases", Text, nullable=False),
    Column("schema_version", Text),
    UniqueConstraint("owner", "owner_epoch", "owner_seq", name="entry_owner_seq"),
    Index("entry_curie", "curie", "position"),
)

head = Table(
    "head",
    metadata,
    Column("curie", Text, primary_key=True),
    Column("position", BigInteger, ForeignKey("entry.position"), nullable=False),
    Column("owner", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("parent", Text),
    Column("status", Text, nullable=False),
    Column("payload_digest", Text, nullable=False),
    Column("owner_epoch", BigInteger, nullable=False),
    Column("owner_seq", BigInteger, nullable=False),
    Column("bucket", Text, nullable=False),
    # 0 where the entry came without its payload: nothing of it is served until a member gives it.
    Column("whole", Integer, nullable=False),
    Index("head_parent", "parent", "curie"),
    Index("head_kind", "kind", "status", "curie"),
    Index("head_bucket", "owner", "bucket"),
)

# What members exchange of an entry beside what `entry` has; a row for each that is signed.
log_entry = Table(
    "log_entry",
    metadata,
    Column("position", BigInteger, ForeignKey("entry.position"), primary_key=True, autoincrement=False),
    Column("owner", Text, nullable=False),
    Column("owner_epoch", BigInteger, nullable=False),
    Column("owner_seq", BigInteger, nullable=False),
    Column("generated_at", Text, nullable=False),
    Column("asserted_by", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("signature", Text, nullable=False),
    # Node whose feed brought it; empty for what this node wrote.
    Column("received_from", Text, nullable=False),
    UniqueConstraint("owner", "owner_epoch", "owner_seq", name="log_entry_owner_seq"),
)

bucket = Table(
    "bucket",
    metadata,
    Column("owner", Text, nullable=False),
    Column("bucket", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("live", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("live_digest", Text, nullable=False),
    PrimaryKeyConstraint("owner", "bucket"),
)

tenure = Table(
    "tenure",
    metadata,
    Column("owner", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("node", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("after_seq", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("statement", Text, nullable=False),
    Column("received_from", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    PrimaryKeyConstraint("owner", "epoch"),
)

member = Table(
    "member",
    metadata,
    Column("node", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("joined_at", Text, nullable=False),
    Column("progress", Text, nullable=False),
)

# One row a member and day (UTC): how often it was asked, and how often its digests were ours.
member_day = Table(
    "member_day",
    metadata,
    Column("node", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("pulls", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("equal", BigInteger, nullable=False),
    PrimaryKeyConstraint("node", "day"),
)

alarm = Table(
    "alarm",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("node", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("raised_at", Text, nullable=False),
    Column("last_seen", Text, nullable=False),
    Column("cleared_at", Text),
    Column("cleared_by", Text, nullable=False),
    Index("alarm_owner", "owner", "cleared_at"),
)

alias = Table(
    "alias",
    metadata,
    Column("alias", Text, nullable=False),
    Column("curie", Text, nullable=False),
    Column("position", BigInteger, ForeignKey("entry.position"), nullable=False),
    PrimaryKeyConstraint("alias", "curie"),
)

cursor = Table(
    "cursor",
    metadata,
    Column("source", Text, ForeignKey("source.name"), primary_key=True),
    Column("cursor", Text),
    Column("moved_at", Text, nullable=False),
)

item = Table(
    "item",
    metadata,
    Column("source", Text, ForeignKey("source.name"), nullable=False),
    Column("item", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("mapping_version", Text, nullable=False),
    Column("curies", Text, nullable=False),
    Column("missing_since", Text),
    Column("outcome", Text, nullable=False),
    Column("read_at", Text),
    PrimaryKeyConstraint("source", "item"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("source", Text, ForeignKey("source.name"), nullable=False),
    Column("item", Text, nullable=False),
    Column("identifier", Text),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("url", Text),
    Column("original_digest", Text, ForeignKey("original.digest")),
    Column("harvester", Text, nullable=False),
    Column("first_seen", Text, nullable=False),
    Column("last_seen", Text, nullable=False),
    Column("tries", BigInteger, nullable=False),
    Column("resolved_at", Text),
    Column("owner", Text),
    PrimaryKeyConstraint("source", "item"),
    Index("quarantine_owner", "owner", "first_seen"),
    Index("quarantine_identifier", "identifier"),
)

finding = Table(
    "finding",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("curie", Text),
    Column("code", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("run_id", BigInteger, ForeignKey("run.id")),
    Column("owner", Text),
    Column("first_seen", Text),
    Column("last_seen", Text),
    Column("tries", BigInteger, nullable=False),
    Index("finding_item", "source", "item"),
    Index("finding_curie", "curie"),
    # Counts by rule, and pages of one severity or rule, newest first, are read from these alone.
    Index("finding_of_source", "source", "severity", "code", "id"),
    Index("finding_of_owner", "owner", "severity", "code", "id"),
)

# What a curator decided about two records; only added to, the newest of a pair counts.
identity_decision = Table(
    "identity_decision",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("curie", Text, nullable=False),
    Column("other", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Text, nullable=False),
    Column("note", Text, nullable=False),
    Index("identity_decision_pair", "curie", "other", "id"),
)

held = Table(
    "held",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=False),
    Column("source", Text, ForeignKey("source.name"), nullable=False),
    Column("run_id", BigInteger, ForeignKey("run.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("live", BigInteger, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("decided_at", Text),
    Index("held_source", "source", "state"),
)

held_change = Table(
    "held_change",
    metadata,
    Column("held_id", BigInteger, ForeignKey("held.id"), nullable=False),
    Column("curie", Text, nullable=False),
    Column("change", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("replacement", Text),
    PrimaryKeyConstraint("held_id", "curie"),
)

held_document = Table(
    "held_document",
    metadata,
    Column("held_id", BigInteger, ForeignKey("held.id"), nullable=False),
    Column("item", Text, nullable=False),
    PrimaryKeyConstraint("held_id", "item"),
)

fingerprint = Table(
    "fingerprint",
    metadata,
    Column("source", Text, ForeignKey("source.name"), primary_key=True),
    Column("paths", Text, nullable=False),
    Column("noted_at", Text, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("expires", Text, nullable=False),
)

image_list = Table(
    "image_list",
    metadata,
    Column("curie", Text, primary_key=True),
    Column("position", BigInteger, ForeignKey("entry.position"), nullable=False),
    Column("owner", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("withdrawn", BigInteger, nullable=False),
)

image_chunk = Table(
    "image_chunk",
    metadata,
    Column("list", Text, ForeignKey("image_list.curie"), nullable=False),
    Column("ordinal", BigInteger, nullable=False),
    Column("owner", Text, nullable=False),
    Column("first", Text, nullable=False),
    Column("last", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    PrimaryKeyConstraint("list", "ordinal"),
    Index("image_chunk_range", "owner", "first", "last"),
    Index("image_chunk_digest", "digest"),
)

absent_image = Table(
    "absent_image",
    metadata,
    Column("list", Text, nullable=False),
    Column("accession", Text, nullable=False),
    Column("since", Text, nullable=False),
    PrimaryKeyConstraint("list", "accession"),
)

observation = Table(
    "observation",
    metadata,
    Column("number", Counter, primary_key=True, autoincrement=True),
    Column("check_name", Text, nullable=False),
    Column("curie", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("status", BigInteger),
    Column("detail", Text, nullable=False),
    Column("observed_at", Text, nullable=False),
    Index("observation_of", "check_name", "curie", "number"),
)

# Accesses of the hours that are not counted yet. No address and no page is told: `session` and `click` are made with
# a secret that ends with its day (catalogue.fair.usage.visits).
usage_visit = Table(
    "usage_visit",
    metadata,
    Column("session", Text, nullable=False),
    Column("curie", Text, nullable=False),
    Column("usage_kind", Text, nullable=False),
    Column("click", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("access_method", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("record_kind", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    PrimaryKeyConstraint("session", "curie", "usage_kind", "click", "at"),
    Index("usage_visit_at", "at"),
)

usage_count = Table(
    "usage_count",
    metadata,
    Column("curie", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("usage_metric", Text, nullable=False),
    Column("access_method", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("record_kind", Text, nullable=False),
    Column("usage_value", BigInteger, nullable=False),
    PrimaryKeyConstraint("curie", "month", "usage_metric", "access_method"),
    Index("usage_count_month", "month", "record_kind", "owner"),
)

usage_volume = Table(
    "usage_volume",
    metadata,
    Column("curie", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("access_method", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    PrimaryKeyConstraint("curie", "month", "access_method"),
)

# One row: accesses before `until` are counted, and none of them is taken any more.
usage_fold = Table(
    "usage_fold",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=False),
    Column("until", Text, nullable=False),
    Column("first_month", Text, nullable=False),
)
