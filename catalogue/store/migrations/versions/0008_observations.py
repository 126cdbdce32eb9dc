"""What live checks of FAIR audits saw."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds the table of observations."""
    op.create_table(
        "observation",
        sa.Column("number", _COUNTER, primary_key=True, autoincrement=True),
        sa.Column("check_name", sa.Text, nullable=False),
        sa.Column("curie", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("status", sa.BigInteger),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("observed_at", sa.Text, nullable=False),
    )
    op.create_index("observation_of", "observation", ["check_name", "curie", "number"])


def downgrade() -> None:
    """Drops what was seen."""
    op.drop_table("observation")
