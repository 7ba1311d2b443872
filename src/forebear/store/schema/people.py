"""What a server knows of people, and in which workspace events came in."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, UniqueConstraint

from forebear.store.schema.columns import Int, Word, metadata, seq

__all__ = ["access", "account", "intake", "member", "sighting", "token"]

# What a server knows of people (`forebear.core.accounts`), and by whom and in which workspace
# events came in. No part of the ledger, and not to be made again from it.
account = Table(
    "account",
    metadata,
    Column("id", Word, primary_key=True),
    Column("name", Word, nullable=False, unique=True),
    Column("kind", Word, nullable=False),
    Column("created", Int, nullable=False),
    Column("closed", Int),
    Column("issuer", Word),
    Column("subject", Word),
    UniqueConstraint("issuer", "subject", name="uq_account_issuer_subject"),
)

member = Table(
    "member",
    metadata,
    Column("account", Word, ForeignKey("account.id"), primary_key=True),
    Column("workspace", Word, primary_key=True),
    Column("role", Word, primary_key=True),
    Column("since", Int, nullable=False),
)

token = Table(
    "token",
    metadata,
    Column("id", Word, primary_key=True),
    Column("account", Word, ForeignKey("account.id"), index=True),
    Column("purpose", Word, nullable=False),
    Column("digest", Word, nullable=False, unique=True),
    Column("name", Word, nullable=False),
    Column("scopes", Word, nullable=False),
    Column("workspace", Word),
    Column("made", Int, nullable=False),
    Column("expires", Int, nullable=False),
    Column("used", Int),
    Column("revoked", Int),
)

access = Table(
    "access",
    metadata,
    seq(),
    Column("at", Int, nullable=False),
    Column("account", Word),
    Column("line", Word, nullable=False),
    # The SHA-256 of the chain before it and of the line: nothing can be changed or taken out.
    Column("chain", LargeBinary, nullable=False),
    Index("ix_access_account", "account", "seq"),
)

intake = Table(
    "intake",
    metadata,
    Column("first", Int, primary_key=True, autoincrement=False),
    Column("last", Int, nullable=False),
    Column("workspace", Word, nullable=False),
    Column("account", Word),
)

sighting = Table(
    "sighting",
    metadata,
    Column("key", Word, primary_key=True),
    Column("workspace", Word, primary_key=True),
    sqlite_with_rowid=False,
)
