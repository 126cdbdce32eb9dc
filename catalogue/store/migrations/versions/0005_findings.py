"""Findings and refusals say whose they are and since when; curators' decisions about identity have a table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SEEN = """
update finding set
    first_seen = (select started from run where run.id = finding.run_id),
    last_seen = (select started from run where run.id = finding.run_id)
"""


def upgrade() -> None:
    """Adds columns and indexes; findings that stand are dated by the run that wrote them, where that is known."""
    for name in ("owner", "first_seen", "last_seen"):
        op.add_column("finding", sa.Column(name, sa.Text))
    op.add_column("finding", sa.Column("tries", sa.BigInteger, nullable=False, server_default="1"))
    op.add_column("quarantine", sa.Column("owner", sa.Text))
    op.execute(_SEEN)
    op.execute(_owners("finding", "curie"))
    op.execute(_owners("quarantine", "identifier"))
    op.create_index("finding_of_source", "finding", ["source", "severity", "code", "id"])
    op.create_index("finding_of_owner", "finding", ["owner", "severity", "code", "id"])
    op.create_index("quarantine_owner", "quarantine", ["owner", "first_seen"])
    op.create_index("quarantine_identifier", "quarantine", ["identifier"])
    op.create_table(
        "identity_decision",
        sa.Column("id", _COUNTER, primary_key=True, autoincrement=True),
        sa.Column("curie", sa.Text, nullable=False),
        sa.Column("other", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_index("identity_decision_pair", "identity_decision", ["curie", "other", "id"])


def _owners(table: str, name: str) -> str:
    """Fills in the prefix of the record's name; what names no record gets its owner when it is next read."""
    place = "instr" if op.get_bind().dialect.name == "sqlite" else "strpos"
    prefix = f"substr({name}, 1, {place}({name}, ':') - 1)"
    return f"update {table} set owner = {prefix} where {place}({name}, ':') > 1"  # noqa: S608  names of this file


def downgrade() -> None:
    """There is no way back: what curators decided would be lost."""
    raise NotImplementedError("decisions about identity made since revision 0005 would be lost")
