"""The first ledger: entries that cannot be altered, originals, and the books of harvesting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REFUSAL = "{0} is append-only"

# What the engines refuse. An original may have to be deleted one day (withdrawal of its bytes), never altered.
_REFUSED = (("entry", "UPDATE"), ("entry", "DELETE"), ("original", "UPDATE"))


def upgrade() -> None:
    """Creates every table and the triggers that keep entries and originals as they were written."""
    _create_originals_and_runs()
    _create_entries()
    _create_heads()
    _create_books()
    if op.get_context().dialect.name == "sqlite":
        _refuse_on_sqlite()
    else:
        _refuse_on_postgresql()


def downgrade() -> None:
    """There is nothing before the first ledger; a ledger is never unmade by a migration."""
    raise NotImplementedError("the first revision has no predecessor")


def _create_originals_and_runs() -> None:
    op.create_table(
        "original",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("stored_digest", sa.Text, nullable=False),
    )
    op.create_table(
        "source",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("harvester", sa.Text, nullable=False),
        sa.Column("location", sa.Text, nullable=False),
        sa.Column("owners", sa.Text, nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("added_at", sa.Text, nullable=False),
    )
    op.create_table(
        "run",
        sa.Column("id", _COUNTER, primary_key=True, autoincrement=False),
        sa.Column("source", sa.Text, sa.ForeignKey("source.name"), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("started", sa.Text, nullable=False),
        sa.Column("heartbeat", sa.Text, nullable=False),
        sa.Column("ended", sa.Text),
        sa.Column("report", sa.Text, nullable=False),
    )
    op.create_index("run_source", "run", ["source", "id"])


def _create_entries() -> None:
    op.create_table(
        "entry",
        sa.Column("position", _COUNTER, primary_key=True, autoincrement=False),
        sa.Column("curie", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("owner_epoch", sa.BigInteger, nullable=False),
        sa.Column("owner_seq", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("parent", sa.Text),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("stored_digest", sa.Text, nullable=False),
        sa.Column("payload_digest", sa.Text, nullable=False),
        sa.Column("prev_hash", sa.Text, nullable=False),
        sa.Column("entry_hash", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("source_url", sa.Text),
        sa.Column("original_digest", sa.Text, sa.ForeignKey("original.digest")),
        sa.Column("harvester", sa.Text, nullable=False),
        sa.Column("run_id", sa.BigInteger, sa.ForeignKey("run.id")),
        sa.Column("retrieved_at", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("aliases", sa.Text, nullable=False),
        sa.UniqueConstraint("owner", "owner_epoch", "owner_seq", name="entry_owner_seq"),
    )
    op.create_index("entry_curie", "entry", ["curie", "position"])


def _create_heads() -> None:
    op.create_table(
        "head",
        sa.Column("curie", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, sa.ForeignKey("entry.position"), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("parent", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("payload_digest", sa.Text, nullable=False),
    )
    op.create_index("head_parent", "head", ["parent", "curie"])
    op.create_index("head_kind", "head", ["kind", "status", "curie"])
    op.create_table(
        "alias",
        sa.Column("alias", sa.Text, nullable=False),
        sa.Column("curie", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, sa.ForeignKey("entry.position"), nullable=False),
        sa.PrimaryKeyConstraint("alias", "curie"),
    )


def _create_books() -> None:
    op.create_table(
        "cursor",
        sa.Column("source", sa.Text, sa.ForeignKey("source.name"), primary_key=True),
        sa.Column("cursor", sa.Text),
        sa.Column("moved_at", sa.Text, nullable=False),
    )
    op.create_table(
        "item",
        sa.Column("source", sa.Text, sa.ForeignKey("source.name"), nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("mapping_version", sa.Text, nullable=False),
        sa.Column("curies", sa.Text, nullable=False),
        sa.Column("missing_since", sa.Text),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("source", "item"),
    )
    op.create_table(
        "quarantine",
        sa.Column("source", sa.Text, sa.ForeignKey("source.name"), nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("identifier", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("original_digest", sa.Text, sa.ForeignKey("original.digest")),
        sa.Column("harvester", sa.Text, nullable=False),
        sa.Column("first_seen", sa.Text, nullable=False),
        sa.Column("last_seen", sa.Text, nullable=False),
        sa.Column("tries", sa.BigInteger, nullable=False),
        sa.Column("resolved_at", sa.Text),
        sa.PrimaryKeyConstraint("source", "item"),
    )
    op.create_table(
        "finding",
        sa.Column("id", _COUNTER, primary_key=True, autoincrement=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("curie", sa.Text),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("run_id", sa.BigInteger, sa.ForeignKey("run.id")),
    )
    op.create_index("finding_item", "finding", ["source", "item"])
    op.create_index("finding_curie", "finding", ["curie"])
    op.create_table(
        "lease",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("expires", sa.Text, nullable=False),
    )


def _refuse_on_sqlite() -> None:
    for table, operation in _REFUSED:
        op.execute(
            f"CREATE TRIGGER {table}_no_{operation.lower()} BEFORE {operation} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL.format(table)}'); END"
        )


def _refuse_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table, operation in _REFUSED:
        op.execute(
            f"CREATE TRIGGER {table}_no_{operation.lower()} BEFORE {operation} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
