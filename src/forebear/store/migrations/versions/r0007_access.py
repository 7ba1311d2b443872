"""Accounts, their roles and tokens, the log of who did what, and where events came in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables; they are empty until a server has accounts."""
    op.create_table(
        "account",
        sa.Column("id", Word, nullable=False),
        sa.Column("name", Word, nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("created", Int, nullable=False),
        sa.Column("closed", Int),
        sa.Column("issuer", Word),
        sa.Column("subject", Word),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("issuer", "subject", name="uq_account_issuer_subject"),
        sa.UniqueConstraint("name", name="uq_account_name"),
    )
    op.create_table(
        "member",
        sa.Column("account", Word, nullable=False),
        sa.Column("workspace", Word, nullable=False),
        sa.Column("role", Word, nullable=False),
        sa.Column("since", Int, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_member_account"),
        sa.PrimaryKeyConstraint("account", "workspace", "role", name="pk_member"),
    )
    op.create_table(
        "token",
        sa.Column("id", Word, nullable=False),
        sa.Column("account", Word),
        sa.Column("purpose", Word, nullable=False),
        sa.Column("digest", Word, nullable=False),
        sa.Column("name", Word, nullable=False),
        sa.Column("scopes", Word, nullable=False),
        sa.Column("workspace", Word),
        sa.Column("made", Int, nullable=False),
        sa.Column("expires", Int, nullable=False),
        sa.Column("used", Int),
        sa.Column("revoked", Int),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_token_account"),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.UniqueConstraint("digest", name="uq_token_digest"),
    )
    op.create_index("ix_token_account", "token", ["account"])
    op.create_table(
        "access",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("at", Int, nullable=False),
        sa.Column("account", Word),
        sa.Column("line", Word, nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_access"),
    )
    op.create_index("ix_access_account", "access", ["account", "seq"])
    op.create_table(
        "intake",
        sa.Column("first", Int, autoincrement=False, nullable=False),
        sa.Column("last", Int, nullable=False),
        sa.Column("workspace", Word, nullable=False),
        sa.Column("account", Word),
        sa.PrimaryKeyConstraint("first", name="pk_intake"),
    )
    op.create_table(
        "sighting",
        sa.Column("key", Word, nullable=False),
        sa.Column("workspace", Word, nullable=False),
        sa.PrimaryKeyConstraint("key", "workspace", name="pk_sighting"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take them away, with all that they say: no event says it again."""
    for table in ("sighting", "intake", "access", "token", "member", "account"):
        op.drop_table(table)
