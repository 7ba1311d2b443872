"""Which artifacts are models, without reading all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        "ix_artifact_model",
        "artifact",
        ["node"],
        sqlite_where=sa.text("kind = 'model'"),
        postgresql_where=sa.text("kind = 'model'"),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_artifact_model", "artifact")
