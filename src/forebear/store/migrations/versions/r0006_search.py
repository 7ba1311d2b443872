"""Texts to be searched with their words, and the steps that made nothing but aggregates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables; all events are told anew to fill them."""
    op.create_table(
        "aggregate",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("run", Int, nullable=False),
        sa.ForeignKeyConstraint(["run"], ["node.id"], name="fk_aggregate_run"),
        sa.PrimaryKeyConstraint("seq", name="pk_aggregate"),
    )
    op.create_table(
        "phrase",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("about", Word, nullable=False),
        sa.Column("field", sa.SmallInteger(), nullable=False),
        sa.Column("key", Word, nullable=False),
        sa.Column("text", Word, nullable=True),
        sa.PrimaryKeyConstraint("seq", "n", name="pk_phrase"),
    )
    op.create_index("ix_phrase_about_field_key_seq", "phrase", ["about", "field", "key", "seq"])
    op.create_table(
        "word",
        sa.Column("word", Word, nullable=False),
        sa.Column("field", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("word", "field", "seq", "n", name="pk_word"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take them away; what they say can be made again from the events."""
    for table in ("word", "phrase", "aggregate"):
        op.drop_table(table)
