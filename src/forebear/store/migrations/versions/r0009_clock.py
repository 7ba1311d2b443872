"""What binds the times at which events were recorded to each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from forebear.store.ledger import ticked

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column, and bind the times as they are."""
    op.add_column("head", sa.Column("clock", sa.LargeBinary(), nullable=True))
    connection, clock = op.get_bind(), b""
    times = sa.text("SELECT recorded FROM event ORDER BY seq").execution_options(yield_per=10_000)
    for recorded in connection.execute(times).scalars():
        clock = ticked(clock, recorded)
    bound = sa.text("UPDATE head SET clock = :clock")
    connection.execute(bound.bindparams(sa.bindparam("clock", clock, sa.LargeBinary())))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("head", "clock")
