"""What is new among edges, and which runs serve, without reading all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two indexes."""
    op.create_index("ix_edge_seq", "edge", ["seq"])
    op.create_index(
        "ix_run_serving",
        "run",
        ["node"],
        sqlite_where=sa.text("kind = 'serve'"),
        postgresql_where=sa.text("kind = 'serve'"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_run_serving", "run")
    op.drop_index("ix_edge_seq", "edge")
