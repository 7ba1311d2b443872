"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

TABLES = (
    "event",
    "head",
    "name",
    "node",
    "alias",
    "artifact",
    "context",
    "edge",
    "gap",
    "location",
    "metric",
    "param",
    "reproduced",
    "reproduction",
    "run",
    "run_end",
    "version",
)


def upgrade() -> None:
    """Make the ledger and the projections."""
    _ledger()
    _nodes()
    _edges()
    _registry()
    _facts()


def downgrade() -> None:
    """Take everything away."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _ledger() -> None:
    op.create_table(
        "event",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("id", Word, nullable=False),
        sa.Column("recorded", Int, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
        sa.UniqueConstraint("id", name="uq_event_id"),
    )
    op.create_index("ix_event_recorded", "event", ["recorded"])
    op.create_table(
        "head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", Int, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("recorded", Int, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_head"),
    )


def _nodes() -> None:
    op.create_table(
        "node",
        sa.Column("id", Int, autoincrement=False, nullable=False),
        sa.Column("key", Word, nullable=False),
        sa.Column("type", Word, nullable=False),
        sa.Column("seq", Int, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_node"),
        sa.UniqueConstraint("key", name="uq_node_key"),
    )
    op.create_table(
        "artifact",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("node", Int, nullable=False),
        sa.Column("said", Int, nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("digest", Word, nullable=False),
        sa.Column("label", Word, nullable=True),
        sa.Column("format", Word, nullable=True),
        sa.Column("size", Int, nullable=True),
        sa.Column("rows", Int, nullable=True),
        sa.Column("columns", Word, nullable=True),
        sa.Column("table_digest", Word, nullable=True),
        sa.Column("weights_digest", Word, nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("by_reference", sa.Boolean(), nullable=False),
        sa.Column("attrs", Word, nullable=True),
        sa.ForeignKeyConstraint(["node"], ["node.id"], name="fk_artifact_node"),
        sa.PrimaryKeyConstraint("seq", name="pk_artifact"),
    )
    op.create_index("ix_artifact_digest", "artifact", ["digest"])
    op.create_index("ix_artifact_node", "artifact", ["node"])
    op.create_index("ix_artifact_table_digest", "artifact", ["table_digest"])
    op.create_index("ix_artifact_weights_digest", "artifact", ["weights_digest"])
    op.create_table(
        "run",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("node", Int, nullable=False),
        sa.Column("parent", Int, nullable=True),
        sa.Column("said", Int, nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("name", Word, nullable=False),
        sa.Column("started", Int, nullable=False),
        sa.Column("ended", Int, nullable=True),
        sa.Column("status", Word, nullable=False),
        sa.Column("place", Word, nullable=True),
        sa.Column("command", Word, nullable=True),
        sa.Column("cwd", Word, nullable=True),
        sa.Column("attrs", Word, nullable=True),
        sa.ForeignKeyConstraint(["node"], ["node.id"], name="fk_run_node"),
        sa.ForeignKeyConstraint(["parent"], ["node.id"], name="fk_run_parent"),
        sa.PrimaryKeyConstraint("seq", name="pk_run"),
    )
    op.create_index("ix_run_node", "run", ["node"])
    op.create_index("ix_run_parent_started", "run", ["parent", "started"])
    op.create_index("ix_run_started", "run", ["started"])
    op.create_table(
        "run_end",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("node", Int, nullable=False),
        sa.Column("said", Int, nullable=False),
        sa.Column("status", Word, nullable=False),
        sa.Column("ended", Int, nullable=False),
        sa.Column("exit_code", Int, nullable=True),
        sa.Column("error", Word, nullable=True),
        sa.Column("attrs", Word, nullable=True),
        sa.ForeignKeyConstraint(["node"], ["node.id"], name="fk_run_end_node"),
        sa.PrimaryKeyConstraint("seq", name="pk_run_end"),
    )
    op.create_index("ix_run_end_node", "run_end", ["node"])
    op.create_table(
        "param",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("run", Int, nullable=False),
        sa.Column("said", Int, nullable=False),
        sa.Column("params", Word, nullable=False),
        sa.ForeignKeyConstraint(["run"], ["node.id"], name="fk_param_run"),
        sa.PrimaryKeyConstraint("seq", name="pk_param"),
    )
    op.create_index("ix_param_run", "param", ["run"])


def _edges() -> None:
    op.create_table(
        "edge",
        sa.Column("source", Int, autoincrement=False, nullable=False),
        sa.Column("target", Int, autoincrement=False, nullable=False),
        sa.Column("type", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("role", Word, nullable=False),
        sa.Column("relation", Word, nullable=False),
        sa.Column("slot", Word, nullable=False),
        sa.Column("run", Int, autoincrement=False, nullable=False),
        sa.Column("evidence", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", Int, nullable=False),
        sa.ForeignKeyConstraint(["source"], ["node.id"], name="fk_edge_source"),
        sa.ForeignKeyConstraint(["target"], ["node.id"], name="fk_edge_target"),
        sa.PrimaryKeyConstraint(
            "source",
            "target",
            "type",
            "role",
            "relation",
            "slot",
            "run",
            "evidence",
            name="pk_edge",
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_edge_run",
        "edge",
        ["run"],
        sqlite_where=sa.text("run <> 0"),
        postgresql_where=sa.text("run <> 0"),
    )
    op.create_index("ix_edge_target_seq", "edge", ["target", "seq"])
    op.create_table(
        "context",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run", Int, nullable=False),
        sa.Column("artifact", Int, nullable=False),
        sa.Column("role", Word, nullable=False),
        sa.Column("slot", Word, nullable=False),
        sa.Column("evidence", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["artifact"], ["node.id"], name="fk_context_artifact"),
        sa.ForeignKeyConstraint(["run"], ["node.id"], name="fk_context_run"),
        sa.PrimaryKeyConstraint("seq", "n", name="pk_context"),
    )
    op.create_index("ix_context_run", "context", ["run"])
    op.create_table(
        "reproduced",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("artifact", Int, nullable=False),
        sa.Column("run", Int, nullable=False),
        sa.ForeignKeyConstraint(["artifact"], ["node.id"], name="fk_reproduced_artifact"),
        sa.ForeignKeyConstraint(["run"], ["node.id"], name="fk_reproduced_run"),
        sa.PrimaryKeyConstraint("seq", "n", name="pk_reproduced"),
    )
    op.create_index("ix_reproduced_artifact", "reproduced", ["artifact"])


def _registry() -> None:
    op.create_table(
        "name",
        sa.Column("id", Int, autoincrement=False, nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("name", Word, nullable=False),
        sa.Column("seq", Int, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_name"),
        sa.UniqueConstraint("kind", "name", name="uq_name_kind_name"),
    )
    op.create_table(
        "version",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("name", Int, nullable=False),
        sa.Column("number", Int, nullable=False),
        sa.Column("minted", sa.Boolean(), nullable=False),
        sa.Column("artifact", Int, nullable=False),
        sa.Column("run", Int, nullable=True),
        sa.Column("who", Word, nullable=True),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("at", Int, nullable=False),
        sa.ForeignKeyConstraint(["artifact"], ["node.id"], name="fk_version_artifact"),
        sa.ForeignKeyConstraint(["name"], ["name.id"], name="fk_version_name"),
        sa.ForeignKeyConstraint(["run"], ["node.id"], name="fk_version_run"),
        sa.PrimaryKeyConstraint("seq", name="pk_version"),
        sa.UniqueConstraint("name", "artifact", name="uq_version_name_artifact"),
    )
    op.create_index("ix_version_artifact", "version", ["artifact"])
    op.create_index(
        "uq_version_minted",
        "version",
        ["name", "number"],
        unique=True,
        sqlite_where=sa.text("minted"),
        postgresql_where=sa.text("minted"),
    )
    op.create_table(
        "alias",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("name", Int, nullable=False),
        sa.Column("alias", Word, nullable=False),
        sa.Column("version", Int, nullable=True),
        sa.Column("who", Word, nullable=False),
        sa.Column("why", Word, nullable=True),
        sa.Column("at", Int, nullable=False),
        sa.ForeignKeyConstraint(["name"], ["name.id"], name="fk_alias_name"),
        sa.PrimaryKeyConstraint("seq", name="pk_alias"),
    )
    op.create_index("ix_alias_name", "alias", ["name"])


def _facts() -> None:
    op.create_table(
        "metric",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run", Int, nullable=False),
        sa.Column("key", Word, nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("special", Word, nullable=True),
        sa.Column("step", Int, nullable=True),
        sa.Column("at", Int, nullable=False),
        sa.Column("model", Int, nullable=True),
        sa.Column("data", Int, nullable=True),
        sa.Column("split", Word, nullable=True),
        sa.Column("evidence", sa.SmallInteger(), nullable=False),
        sa.Column("params", Word, nullable=True),
        sa.ForeignKeyConstraint(["data"], ["node.id"], name="fk_metric_data"),
        sa.ForeignKeyConstraint(["model"], ["node.id"], name="fk_metric_model"),
        sa.ForeignKeyConstraint(["run"], ["node.id"], name="fk_metric_run"),
        sa.PrimaryKeyConstraint("seq", "n", name="pk_metric"),
    )
    op.create_index("ix_metric_model", "metric", ["model"])
    op.create_index("ix_metric_run", "metric", ["run"])
    op.create_table(
        "location",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("artifact", Int, nullable=False),
        sa.Column("uri", Word, nullable=False),
        sa.Column("mode", Word, nullable=False),
        sa.Column("run", Int, nullable=True),
        sa.Column("at", Int, nullable=False),
        sa.ForeignKeyConstraint(["artifact"], ["node.id"], name="fk_location_artifact"),
        sa.ForeignKeyConstraint(["run"], ["node.id"], name="fk_location_run"),
        sa.PrimaryKeyConstraint("seq", name="pk_location"),
    )
    op.create_index("ix_location_artifact", "location", ["artifact"])
    op.create_index("ix_location_uri", "location", ["uri"])
    op.create_table(
        "gap",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("run", Int, nullable=False),
        sa.Column("what", Word, nullable=False),
        sa.Column("artifact", Int, nullable=True),
        sa.ForeignKeyConstraint(["artifact"], ["node.id"], name="fk_gap_artifact"),
        sa.ForeignKeyConstraint(["run"], ["node.id"], name="fk_gap_run"),
        sa.PrimaryKeyConstraint("seq", name="pk_gap"),
    )
    op.create_index("ix_gap_run", "gap", ["run"])
    op.create_table(
        "reproduction",
        sa.Column("seq", Int, autoincrement=False, nullable=False),
        sa.Column("artifact", Int, nullable=False),
        sa.Column("run", Int, nullable=False),
        sa.Column("verdict", Word, nullable=False),
        sa.Column("reason", Word, nullable=False),
        sa.Column("environment", Word, nullable=False),
        sa.Column("who", Word, nullable=False),
        sa.Column("at", Int, nullable=False),
        sa.Column("matched", Word, nullable=True),
        sa.Column("details", Word, nullable=True),
        sa.ForeignKeyConstraint(["artifact"], ["node.id"], name="fk_reproduction_artifact"),
        sa.ForeignKeyConstraint(["run"], ["node.id"], name="fk_reproduction_run"),
        sa.PrimaryKeyConstraint("seq", name="pk_reproduction"),
    )
    op.create_index("ix_reproduction_artifact", "reproduction", ["artifact"])
