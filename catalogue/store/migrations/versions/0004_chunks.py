"""Image lists in chunks: which chunks make the list of a study, and images that a list lacks since when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Creates the tables; what they hold follows from the newest entries of kind `image-list`."""
    op.create_table(
        "image_list",
        sa.Column("curie", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, sa.ForeignKey("entry.position"), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("withdrawn", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "image_chunk",
        sa.Column("list", sa.Text, sa.ForeignKey("image_list.curie"), nullable=False),
        sa.Column("ordinal", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("first", sa.Text, nullable=False),
        sa.Column("last", sa.Text, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("list", "ordinal"),
    )
    op.create_index("image_chunk_range", "image_chunk", ["owner", "first", "last"])
    op.create_index("image_chunk_digest", "image_chunk", ["digest"])
    op.create_table(
        "absent_image",
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("accession", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("list", "accession"),
    )


def downgrade() -> None:
    """There is no way back: an older version would take entries of kind `image-list` for studies."""
    raise NotImplementedError("entries of kind image-list mean nothing before revision 0004")
