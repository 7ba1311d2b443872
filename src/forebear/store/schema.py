"""The tables: the ledger, and the projections that can be made again from it.

Ids are UUIDv7 or digests outward and integers in here. Every row of a projection carries the
`seq` of the event it comes from, and rows are added, never changed: what was known at an
earlier `seq` is what the rows up to it say. Where an event may speak of the same thing again
(`artifact`, `run`, `run_end`, `param`), each says its own row and the reader adds them up in
the order in which they were `said`, so that the order of arrival doesn't matter.
Times are integer microseconds since 1970.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.event import listen

__all__ = ["PROJECTIONS", "metadata"]

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


def _seq() -> Column[Any]:
    return Column("seq", Int, primary_key=True, autoincrement=False)


def _ordinal() -> Column[Any]:
    return Column("n", Integer, primary_key=True, autoincrement=False)


def _node(name: str, *, optional: bool = False, index: bool = False) -> Column[Any]:
    return Column(name, Int, ForeignKey("node.id"), nullable=optional, index=index)


event = Table(
    "event",
    metadata,
    _seq(),
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

node = Table(
    "node",
    metadata,
    Column("id", Int, primary_key=True, autoincrement=False),
    Column("key", Word, nullable=False, unique=True),
    Column("type", Word, nullable=False),
    Column("seq", Int, nullable=False),
)

artifact = Table(
    "artifact",
    metadata,
    _seq(),
    _node("node", index=True),
    Column("said", Int, nullable=False),
    Column("kind", Word, nullable=False),
    Column("digest", Word, nullable=False, index=True),
    Column("label", Word),
    Column("format", Word),
    Column("size", Int),
    Column("rows", Int),
    Column("columns", Word),
    Column("table_digest", Word, index=True),
    Column("weights_digest", Word, index=True),
    Column("kept", Boolean, nullable=False),
    Column("by_reference", Boolean, nullable=False),
    Column("attrs", Word),
)

run = Table(
    "run",
    metadata,
    _seq(),
    _node("node", index=True),
    _node("parent", optional=True),
    Column("said", Int, nullable=False),
    Column("kind", Word, nullable=False),
    Column("name", Word, nullable=False),
    Column("started", Int, nullable=False, index=True),
    Column("ended", Int),
    Column("status", Word, nullable=False),
    Column("place", Word),
    Column("command", Word),
    Column("cwd", Word),
    Column("attrs", Word),
    Index(None, "parent", "started"),
)

run_end = Table(
    "run_end",
    metadata,
    _seq(),
    _node("node", index=True),
    Column("said", Int, nullable=False),
    Column("status", Word, nullable=False),
    Column("ended", Int, nullable=False),
    Column("exit_code", Int),
    Column("error", Word),
    Column("attrs", Word),
)

param = Table(
    "param",
    metadata,
    _seq(),
    _node("run", index=True),
    Column("said", Int, nullable=False),
    Column("params", Word, nullable=False),
)

edge = Table(
    "edge",
    metadata,
    *(
        Column(name, Int, ForeignKey("node.id"), primary_key=True, autoincrement=False)
        for name in ("source", "target")
    ),
    Column("type", SmallInteger, primary_key=True, autoincrement=False),
    Column("role", Word, primary_key=True),
    Column("relation", Word, primary_key=True),
    Column("slot", Word, primary_key=True),
    # Who says that one artifact derives from another; 0 where nobody, or where a run is an end.
    Column("run", Int, primary_key=True, autoincrement=False),
    Column("evidence", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", Int, nullable=False),
    Index(None, "target", "seq"),
    Index(None, "seq"),  # what is new since a snapshot of the graph was made
    sqlite_with_rowid=False,
)

context = Table(
    "context",
    metadata,
    _seq(),
    _ordinal(),
    _node("run", index=True),
    _node("artifact"),
    Column("role", Word, nullable=False),
    Column("slot", Word, nullable=False),
    Column("evidence", SmallInteger, nullable=False),
)

name = Table(
    "name",
    metadata,
    Column("id", Int, primary_key=True, autoincrement=False),
    Column("kind", Word, nullable=False),
    Column("name", Word, nullable=False),
    Column("seq", Int, nullable=False),
    UniqueConstraint("kind", "name"),
)

# An artifact is a version of a name. The row that gave the number is `minted`; an artifact
# named later whose content the name already had gets a row with that number.
version = Table(
    "version",
    metadata,
    _seq(),
    Column("name", Int, ForeignKey("name.id"), nullable=False),
    Column("number", Int, nullable=False),
    Column("minted", Boolean, nullable=False),
    _node("artifact", index=True),
    _node("run", optional=True),
    Column("who", Word),
    Column("automatic", Boolean, nullable=False),
    Column("at", Int, nullable=False),
    UniqueConstraint("name", "artifact"),
)

alias = Table(
    "alias",
    metadata,
    _seq(),
    Column("name", Int, ForeignKey("name.id"), nullable=False, index=True),
    Column("alias", Word, nullable=False),
    Column("version", Int),
    Column("who", Word, nullable=False),
    Column("why", Word),
    Column("at", Int, nullable=False),
)

# SQL has no portable NaN or infinity and SQLite loses the sign of -0.0: such a value is in
# `special`, as text.
metric = Table(
    "metric",
    metadata,
    _seq(),
    _ordinal(),
    _node("run", index=True),
    Column("key", Word, nullable=False),
    Column("value", Double),
    Column("special", Word),
    Column("step", Int),
    Column("at", Int, nullable=False),
    _node("model", optional=True, index=True),
    _node("data", optional=True),
    Column("split", Word),
    Column("evidence", SmallInteger, nullable=False),
    Column("params", Word),
)

# Many points of one figure. They lie in the content store, in the packet `points`.
series = Table(
    "series",
    metadata,
    _seq(),
    _ordinal(),
    _node("run", index=True),
    Column("key", Word, nullable=False),
    Column("count", Int, nullable=False),
    Column("summary", Word, nullable=False),
    Column("at", Int, nullable=False),
    _node("model", optional=True, index=True),
    _node("data", optional=True),
    Column("split", Word),
    Column("evidence", SmallInteger, nullable=False),
    Column("params", Word),
    Column("points", Word, nullable=False),
)

location = Table(
    "location",
    metadata,
    _seq(),
    _node("artifact", index=True),
    Column("uri", Word, nullable=False, index=True),
    Column("mode", Word, nullable=False),
    _node("run", optional=True),
    Column("at", Int, nullable=False),
)

gap = Table(
    "gap",
    metadata,
    _seq(),
    _node("run", index=True),
    Column("what", Word, nullable=False),
    _node("artifact", optional=True),
)

reproduction = Table(
    "reproduction",
    metadata,
    _seq(),
    _node("artifact", index=True),
    _node("run"),
    Column("verdict", Word, nullable=False),
    Column("reason", Word, nullable=False),
    Column("environment", Word, nullable=False),
    Column("who", Word, nullable=False),
    Column("at", Int, nullable=False),
    Column("matched", Word),
    Column("details", Word),
)

# What came out the same when a run was done again: its making in that run is verified.
reproduced = Table(
    "reproduced",
    metadata,
    _seq(),
    _ordinal(),
    _node("artifact", index=True),
    _node("run"),
)

# Which rows of a source are in a target, as one step made it. What went into which column is
# read from the event itself.
flow = Table(
    "flow",
    metadata,
    _seq(),
    _ordinal(),
    _node("run"),
    _node("source", index=True),
    _node("target", index=True),
    # None where the rows were not seen.
    Column("n_in", Int),
    Column("n_out", Int),
    Column("reached", Int),
    Column("whole", Boolean, nullable=False),
    Column("map", Word),
    Column("data", LargeBinary),
)

# What is said of things on topics (`forebear.core.statements`). What it is about is often no
# node: a name, a package.
statement = Table(
    "statement",
    metadata,
    _seq(),
    Column("topic", Word, nullable=False),
    Column("about", Word, nullable=False),
    Column("key", Word, nullable=False),
    Column("value", Word),
    Column("who", Word),
    Column("why", Word),
    Column("until", Int),
    _node("run", optional=True),
    Column("evidence", SmallInteger, nullable=False),
    Column("packet", Word),
    Column("at", Int, nullable=False),
    Index("ix_statement_topic", "topic", "about", "key", "seq"),
    Index("ix_statement_about", "about", "seq"),
)

# Steps that made nothing but figures over many rows (`forebear.core.flows.aggregates`).
aggregate = Table("aggregate", metadata, _seq(), _node("run"))

# Texts that are looked through (`forebear.core.search`). Like a statement, a later one about the
# same thing, field and key takes the place of an earlier one; without text it takes it back.
phrase = Table(
    "phrase",
    metadata,
    _seq(),
    _ordinal(),
    Column("about", Word, nullable=False),
    Column("field", SmallInteger, nullable=False),
    Column("key", Word, nullable=False),
    Column("text", Word),
    Index(None, "about", "field", "key", "seq"),
)

# The words of each text. That they are so is checked against the texts and not the events: who
# shares a database need not know the names that are in it.
word = Table(
    "word",
    metadata,
    Column("word", Word, primary_key=True),
    Column("field", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", Int, primary_key=True, autoincrement=False),
    _ordinal(),
    sqlite_with_rowid=False,
)

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
    _seq(),
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

# One statement is right for both databases. Said as an option of a dialect, each would have to
# be imported to check the option, which takes a tenth of the time to open a store.
for _table, _index in (
    (artifact, "CREATE INDEX ix_artifact_model ON artifact (node) WHERE kind = 'model'"),
    (edge, "CREATE INDEX ix_edge_run ON edge (run) WHERE run <> 0"),
    (run, "CREATE INDEX ix_run_serving ON run (node) WHERE kind = 'serve'"),
    (version, "CREATE UNIQUE INDEX uq_version_minted ON version (name, number) WHERE minted"),
):
    listen(_table, "after_create", DDL(_index))  # type: ignore[no-untyped-call]

PROJECTIONS: Final = (
    node,
    name,
    artifact,
    run,
    run_end,
    param,
    context,
    edge,
    version,
    alias,
    metric,
    series,
    location,
    gap,
    reproduction,
    reproduced,
    flow,
    statement,
    aggregate,
    phrase,
    word,
)
"""In an order in which rows can be written: what is referred to comes first."""
