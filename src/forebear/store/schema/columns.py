"""What all tables have in common: how they are named, and the types of their columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, Text

__all__ = ["Int", "Word", "metadata", "node_key", "ordinal", "seq"]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives the fast integer primary key only to the type INTEGER. PostgreSQL compares text
# by locale unless told not to, and prefix search needs plain code points.
Int = BigInteger().with_variant(Integer, "sqlite")
Word = Text().with_variant(Text(collation="C"), "postgresql")


def seq() -> Column[Any]:
    """The event that a row comes from."""
    return Column("seq", Int, primary_key=True, autoincrement=False)


def ordinal() -> Column[Any]:
    """Which of several rows of one event it is."""
    return Column("n", Integer, primary_key=True, autoincrement=False)


def node_key(name: str, *, optional: bool = False, index: bool = False) -> Column[Any]:
    """An artifact or a run, by its number."""
    return Column(name, Int, ForeignKey("node.id"), nullable=optional, index=index)
