"""How often records are used: accesses of the hours under way, and counts by month."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds four tables."""
    op.create_table(
        "usage_visit",
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("curie", sa.Text, nullable=False),
        sa.Column("usage_kind", sa.Text, nullable=False),
        sa.Column("click", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("access_method", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("record_kind", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("session", "curie", "usage_kind", "click", "at"),
    )
    op.create_index("usage_visit_at", "usage_visit", ["at"])
    op.create_table(
        "usage_count",
        sa.Column("curie", sa.Text, nullable=False),
        sa.Column("month", sa.Text, nullable=False),
        sa.Column("usage_metric", sa.Text, nullable=False),
        sa.Column("access_method", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("record_kind", sa.Text, nullable=False),
        sa.Column("usage_value", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("curie", "month", "usage_metric", "access_method"),
    )
    op.create_index("usage_count_month", "usage_count", ["month", "record_kind", "owner"])
    op.create_table(
        "usage_volume",
        sa.Column("curie", sa.Text, nullable=False),
        sa.Column("month", sa.Text, nullable=False),
        sa.Column("access_method", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("curie", "month", "access_method"),
    )
    op.create_table(
        "usage_fold",
        sa.Column("id", _COUNTER, primary_key=True, autoincrement=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.Column("first_month", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Takes the tables away, and with them every count."""
    for name in ("usage_fold", "usage_volume", "usage_count", "usage_visit"):
        op.drop_table(name)
