"""Held batches stand in the books, and the fingerprint of what each source's documents look like."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds four tables, empty; nothing that stands is touched."""
    op.create_table(
        "held",
        sa.Column("id", _COUNTER, primary_key=True, autoincrement=False),
        sa.Column("source", sa.Text, sa.ForeignKey("source.name"), nullable=False),
        sa.Column("run_id", sa.BigInteger, sa.ForeignKey("run.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("live", sa.BigInteger, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("decided_at", sa.Text),
    )
    op.create_index("held_source", "held", ["source", "state"])
    op.create_table(
        "held_change",
        sa.Column("held_id", sa.BigInteger, sa.ForeignKey("held.id"), nullable=False),
        sa.Column("curie", sa.Text, nullable=False),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("replacement", sa.Text),
        sa.PrimaryKeyConstraint("held_id", "curie"),
    )
    op.create_table(
        "held_document",
        sa.Column("held_id", sa.BigInteger, sa.ForeignKey("held.id"), nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("held_id", "item"),
    )
    op.create_table(
        "fingerprint",
        sa.Column("source", sa.Text, sa.ForeignKey("source.name"), primary_key=True),
        sa.Column("paths", sa.Text, nullable=False),
        sa.Column("noted_at", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drops the four tables; what they hold is lost, entries are not."""
    op.drop_table("fingerprint")
    op.drop_table("held_document")
    op.drop_table("held_change")
    op.drop_table("held")
