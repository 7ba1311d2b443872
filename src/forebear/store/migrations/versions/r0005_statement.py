"""What is said of things on topics: owners, findings, verdicts, recalls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table; events that older code has taken in are told anew."""
    op.create_table(
        "statement",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("topic", Word, nullable=False),
        sa.Column("about", Word, nullable=False),
        sa.Column("key", Word, nullable=False),
        sa.Column("value", Word, nullable=True),
        sa.Column("who", Word, nullable=True),
        sa.Column("why", Word, nullable=True),
        sa.Column("until", Int, nullable=True),
        sa.Column("run", Int, nullable=True),
        sa.Column("evidence", sa.SmallInteger(), nullable=False),
        sa.Column("packet", Word, nullable=True),
        sa.Column("at", Int, nullable=False),
        sa.ForeignKeyConstraint(["run"], ["node.id"], name="fk_statement_run"),
        sa.PrimaryKeyConstraint("seq", name="pk_statement"),
    )
    op.create_index("ix_statement_topic", "statement", ["topic", "about", "key", "seq"])
    op.create_index("ix_statement_about", "statement", ["about", "seq"])


def downgrade() -> None:
    """Take it away; what it says can be made again from the events."""
    op.drop_table("statement")
