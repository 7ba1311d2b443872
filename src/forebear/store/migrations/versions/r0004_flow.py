"""Which rows of what a step used are in what it made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table; events that older code has taken in are told anew."""
    op.create_table(
        "flow",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run", Int, nullable=False),
        sa.Column("source", Int, nullable=False),
        sa.Column("target", Int, nullable=False),
        sa.Column("n_in", Int, nullable=True),
        sa.Column("n_out", Int, nullable=True),
        sa.Column("reached", Int, nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("map", Word, nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["run"], ["node.id"], name="fk_flow_run"),
        sa.ForeignKeyConstraint(["source"], ["node.id"], name="fk_flow_source"),
        sa.ForeignKeyConstraint(["target"], ["node.id"], name="fk_flow_target"),
        sa.PrimaryKeyConstraint("seq", "n", name="pk_flow"),
    )
    op.create_index("ix_flow_source", "flow", ["source"])
    op.create_index("ix_flow_target", "flow", ["target"])


def downgrade() -> None:
    """Take it away; what it says can be made again from the events."""
    op.drop_table("flow")
