"""The projections: what can be made again from the events."""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    UniqueConstraint,
)
from sqlalchemy.event import listen

from forebear.store.schema.columns import Int, Word, metadata, node_key, ordinal, seq

__all__ = [
    "aggregate",
    "alias",
    "artifact",
    "context",
    "edge",
    "flow",
    "gap",
    "location",
    "metric",
    "name",
    "node",
    "param",
    "phrase",
    "reproduced",
    "reproduction",
    "run",
    "run_end",
    "series",
    "statement",
    "version",
    "word",
]

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
    seq(),
    node_key("node", index=True),
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
    seq(),
    node_key("node", index=True),
    node_key("parent", optional=True),
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
    seq(),
    node_key("node", index=True),
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
    seq(),
    node_key("run", index=True),
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
    seq(),
    ordinal(),
    node_key("run", index=True),
    node_key("artifact"),
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
    seq(),
    Column("name", Int, ForeignKey("name.id"), nullable=False),
    Column("number", Int, nullable=False),
    Column("minted", Boolean, nullable=False),
    node_key("artifact", index=True),
    node_key("run", optional=True),
    Column("who", Word),
    Column("automatic", Boolean, nullable=False),
    Column("at", Int, nullable=False),
    UniqueConstraint("name", "artifact"),
)

alias = Table(
    "alias",
    metadata,
    seq(),
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
    seq(),
    ordinal(),
    node_key("run", index=True),
    Column("key", Word, nullable=False),
    Column("value", Double),
    Column("special", Word),
    Column("step", Int),
    Column("at", Int, nullable=False),
    node_key("model", optional=True, index=True),
    node_key("data", optional=True),
    Column("split", Word),
    Column("evidence", SmallInteger, nullable=False),
    Column("params", Word),
)

# Many points of one figure. They lie in the content store, in the packet `points`.
series = Table(
    "series",
    metadata,
    seq(),
    ordinal(),
    node_key("run", index=True),
    Column("key", Word, nullable=False),
    Column("count", Int, nullable=False),
    Column("summary", Word, nullable=False),
    Column("at", Int, nullable=False),
    node_key("model", optional=True, index=True),
    node_key("data", optional=True),
    Column("split", Word),
    Column("evidence", SmallInteger, nullable=False),
    Column("params", Word),
    Column("points", Word, nullable=False),
)

location = Table(
    "location",
    metadata,
    seq(),
    node_key("artifact", index=True),
    Column("uri", Word, nullable=False, index=True),
    Column("mode", Word, nullable=False),
    node_key("run", optional=True),
    Column("at", Int, nullable=False),
)

gap = Table(
    "gap",
    metadata,
    seq(),
    node_key("run", index=True),
    Column("what", Word, nullable=False),
    node_key("artifact", optional=True),
)

reproduction = Table(
    "reproduction",
    metadata,
    seq(),
    node_key("artifact", index=True),
    node_key("run"),
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
    seq(),
    ordinal(),
    node_key("artifact", index=True),
    node_key("run"),
)

# Which rows of a source are in a target, as one step made it. What went into which column is
# read from the event itself.
flow = Table(
    "flow",
    metadata,
    seq(),
    ordinal(),
    node_key("run"),
    node_key("source", index=True),
    node_key("target", index=True),
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
    seq(),
    Column("topic", Word, nullable=False),
    Column("about", Word, nullable=False),
    Column("key", Word, nullable=False),
    Column("value", Word),
    Column("who", Word),
    Column("why", Word),
    Column("until", Int),
    node_key("run", optional=True),
    Column("evidence", SmallInteger, nullable=False),
    Column("packet", Word),
    Column("at", Int, nullable=False),
    Index("ix_statement_topic", "topic", "about", "key", "seq"),
    Index("ix_statement_about", "about", "seq"),
)

# Steps that made nothing but figures over many rows (`forebear.core.flows.aggregates`).
aggregate = Table("aggregate", metadata, seq(), node_key("run"))

# Texts that are looked through (`forebear.core.search`). Like a statement, a later one about the
# same thing, field and key takes the place of an earlier one; without text it takes it back.
phrase = Table(
    "phrase",
    metadata,
    seq(),
    ordinal(),
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
    ordinal(),
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
