"""The ledger: events in their order, how far they reach, and what was refused."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, Table

from forebear.store.schema.columns import Int, Word, metadata, seq

__all__ = ["event", "head", "refusal"]

event = Table(
    "event",
    metadata,
    seq(),
    Column("id", Word, nullable=False, unique=True),
    Column("recorded", Int, nullable=False, index=True),
    Column("leaf", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

head = Table(
    "head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", Int, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("recorded", Int, nullable=False),
    # When events were recorded is in none of them: the times are bound to each other here.
    Column("clock", LargeBinary),
)

# What was refused because its id was taken by an event with other content. No part of the
# ledger: it says only what somebody tried.
refusal = Table(
    "refusal",
    metadata,
    Column("id", Word, primary_key=True),
    Column("leaf", LargeBinary, primary_key=True),
    Column("seq", Int, nullable=False),
    Column("at", Int, nullable=False),
)
