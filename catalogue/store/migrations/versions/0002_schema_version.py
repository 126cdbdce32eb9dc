"""Entries say under which version of the model they were written; items say when their bytes were read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds both columns, empty; entries that stand are neither rewritten nor hashed anew (catalogue.store.entries)."""
    op.add_column("entry", sa.Column("schema_version", sa.Text))
    op.add_column("item", sa.Column("read_at", sa.Text))


def downgrade() -> None:
    """There is no way back: entries written since are hashed with their schema version."""
    raise NotImplementedError("entries written since revision 0002 cannot be verified without their schema version")
