"""What members exchange: signed log entries, digests by bucket, tenures, members, alarms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalogue.store.leaves import Leaf, bucket_digest, bucket_of

revision = "0006"
down_revision = "0005"

_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OF_ENTRY = "(select {0} from entry where entry.position = head.position)"
# The payload of a withdrawn record may go, and one that was lost may come; nothing else of an entry ever changes.
_FIXED = (
    "position, curie, owner, owner_epoch, owner_seq, kind, parent, action, status, payload_digest, prev_hash, "
    "entry_hash, source, source_url, original_digest, harvester, run_id, retrieved_at, recorded_at, aliases, "
    "schema_version"
)
_FIXED_ORIGINAL = "digest, media_type, size_bytes"


def upgrade() -> None:
    """Adds tables, fills in what follows from the entries, and lets payloads go."""
    _heads()
    _tables()
    _let_payloads_go()
    _digest_buckets()


def _heads() -> None:
    op.add_column("head", sa.Column("owner_epoch", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("head", sa.Column("owner_seq", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("head", sa.Column("bucket", sa.Text, nullable=False, server_default=""))
    op.add_column("head", sa.Column("whole", sa.Integer, nullable=False, server_default="1"))
    for name in ("owner_epoch", "owner_seq"):
        op.execute(f"update head set {name} = {_OF_ENTRY.format(name)}")  # noqa: S608  names of this file
    connection = op.get_bind()
    head = sa.table("head", sa.column("curie"), sa.column("bucket"))
    update = head.update().where(head.c.curie == sa.bindparam("which")).values(bucket=sa.bindparam("place"))
    rows = [{"which": curie, "place": bucket_of(curie)} for (curie,) in connection.execute(sa.select(head.c.curie))]
    if rows:
        connection.execute(update, rows)
    op.create_index("head_bucket", "head", ["owner", "bucket"])


def _tables() -> None:
    op.create_table(
        "log_entry",
        sa.Column("position", sa.BigInteger, sa.ForeignKey("entry.position"), primary_key=True, autoincrement=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("owner_epoch", sa.BigInteger, nullable=False),
        sa.Column("owner_seq", sa.BigInteger, nullable=False),
        sa.Column("generated_at", sa.Text, nullable=False),
        sa.Column("asserted_by", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sa.Column("received_from", sa.Text, nullable=False),
        sa.UniqueConstraint("owner", "owner_epoch", "owner_seq", name="log_entry_owner_seq"),
    )
    op.create_table(
        "bucket",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("bucket", sa.Text, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("live", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("live_digest", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("owner", "bucket"),
    )
    op.create_table(
        "tenure",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("after_seq", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("statement", sa.Text, nullable=False),
        sa.Column("received_from", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("owner", "epoch"),
    )
    op.create_table(
        "member",
        sa.Column("node", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("joined_at", sa.Text, nullable=False),
        sa.Column("progress", sa.Text, nullable=False),
    )
    op.create_table(
        "member_day",
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("pulls", sa.BigInteger, nullable=False),
        sa.Column("failed", sa.BigInteger, nullable=False),
        sa.Column("equal", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("node", "day"),
    )
    op.create_table(
        "alarm",
        sa.Column("id", _COUNTER, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("raised_at", sa.Text, nullable=False),
        sa.Column("last_seen", sa.Text, nullable=False),
        sa.Column("cleared_at", sa.Text),
        sa.Column("cleared_by", sa.Text, nullable=False),
    )
    op.create_index("alarm_owner", "alarm", ["owner", "cleared_at"])


def _let_payloads_go() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, fixed in (("entry", _FIXED), ("original", _FIXED_ORIGINAL)):
        act = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        if sqlite:
            op.execute(f"DROP TRIGGER {table}_no_update")
        else:
            op.execute(f"DROP TRIGGER {table}_no_update ON {table}")
            act = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {fixed} ON {table} {act}")


def _digest_buckets() -> None:
    connection = op.get_bind()
    names = ("curie", "owner", "bucket", "owner_epoch", "owner_seq", "status", "payload_digest")
    head = sa.table("head", *[sa.column(name) for name in names])
    buckets: dict[tuple[str, str], list[Leaf]] = {}
    for curie, owner, bucket, epoch, seq, status, digest in connection.execute(sa.select(head)):
        buckets.setdefault((owner, bucket), []).append(Leaf(curie, epoch, seq, status, digest))
    rows = []
    for (owner, name), leaves in buckets.items():
        made = bucket_digest(name, leaves)
        rows.append(
            {
                "owner": owner,
                "bucket": name,
                "count": made.count,
                "live": made.live,
                "digest": made.digest,
                "live_digest": made.live_digest,
            }
        )
    if rows:
        target = sa.table("bucket", *[sa.column(name) for name in rows[0]])
        connection.execute(target.insert(), rows)


def downgrade() -> None:
    """There is no way back: signed entries of other members would lose what shows that they are theirs."""
    raise NotImplementedError("entries received from members mean nothing before revision 0006")
