"""Time series in packets, and a record of refused events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "refusal",
        sa.Column("id", Word, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("seq", Int, nullable=False),
        sa.Column("at", Int, nullable=False),
        sa.PrimaryKeyConstraint("id", "leaf", name="pk_refusal"),
    )
    op.create_table(
        "series",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run", Int, nullable=False),
        sa.Column("key", Word, nullable=False),
        sa.Column("count", Int, nullable=False),
        sa.Column("summary", Word, nullable=False),
        sa.Column("at", Int, nullable=False),
        sa.Column("model", Int, nullable=True),
        sa.Column("data", Int, nullable=True),
        sa.Column("split", Word, nullable=True),
        sa.Column("evidence", sa.SmallInteger(), nullable=False),
        sa.Column("params", Word, nullable=True),
        sa.Column("points", Word, nullable=False),
        sa.ForeignKeyConstraint(["data"], ["node.id"], name="fk_series_data"),
        sa.ForeignKeyConstraint(["model"], ["node.id"], name="fk_series_model"),
        sa.ForeignKeyConstraint(["run"], ["node.id"], name="fk_series_run"),
        sa.PrimaryKeyConstraint("seq", "n", name="pk_series"),
    )
    op.create_index("ix_series_model", "series", ["model"])
    op.create_index("ix_series_run", "series", ["run"])


def downgrade() -> None:
    """Take them away; what `series` says can be made again from the events."""
    op.drop_table("series")
    op.drop_table("refusal")
