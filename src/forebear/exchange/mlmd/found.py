"""What is found in a database of ML Metadata, as plain Structs; its tables are only read."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from forebear.core import redaction
from forebear.core.digest import of_bytes
from forebear.core.errors import InvalidInput, Unreadable
from forebear.exchange.mlflow.links import Link, Row, is_server, to_file, to_server
from forebear.exchange.mlmd.values import value_of

__all__ = ["Found", "Thing", "Use", "read"]

_TABLES: Final = frozenset(("mlmdenv", "artifact", "execution", "event", "type"))
_STRANGE: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DECLARED: Final = {1: "output", 2: "input", 3: "input", 4: "output"}
"""Events that say what an execution used and made; others are its own business, or were planned."""


class Thing(Struct, frozen=True, kw_only=True):
    """An artifact, an execution or a context."""

    id: int
    type: str
    base: str | None = None
    """The simple type that its type is one of: `mlmd.Model`, `mlmd.Train`…"""
    name: str | None = None
    uri: str = ""
    state: int = 0
    created: datetime = _EPOCH
    updated: datetime = _EPOCH
    properties: dict[str, Any] = {}

    @property
    def short(self) -> str:
        """Its type without the module that it is in."""
        return self.type.rpartition(".")[2]


class Use(Struct, frozen=True, kw_only=True):
    """An artifact that an execution used or made, and as what."""

    execution: int
    artifact: int
    side: str
    key: str
    """The name of the input or output."""


class Found(Struct, kw_only=True):
    """A whole database."""

    where: str
    identity: str
    """What tells it from other databases, however it grows: what was first in it."""
    artifacts: dict[int, Thing]
    executions: dict[int, Thing]
    contexts: dict[int, Thing]
    uses: list[Use]
    members: dict[int, list[int]]
    """The contexts of each execution."""


def read(where: str) -> Found:
    """Return what ML Metadata has recorded in a database: a file of SQLite, PostgreSQL, MySQL.

    Raises:
        InvalidInput: there is no such place.
        Unreadable: it is no database of ML Metadata, or does not answer.
    """
    link = _opened(where)
    try:
        if not {one.lower() for one in link.tables} >= _TABLES:
            raise Unreadable(
                f"{link.where} is no database of ML Metadata: it has no table MLMDEnv, Artifact,"
                " Execution, Event and Type."
            )
        return _Reading(link).found()
    except _STRANGE as error:
        raise Unreadable(
            f"{link.where} holds what ML Metadata would not write: {type(error).__name__}."
        ) from None
    finally:
        link.close()


def _opened(where: str) -> Link:
    if is_server(where):
        return to_server(where)
    path = Path(where.removeprefix("sqlite:///")).expanduser()
    if "://" in where and not where.startswith("sqlite:///"):
        raise InvalidInput(
            f"{where[:200]} is no place that ML Metadata's records are read from.",
            hint="Say a file of SQLite, postgresql://… or mysql://….",
        )
    if not path.is_file():
        raise InvalidInput(f"There is no file {path}.", hint="TFX keeps one as metadata.db.")
    return to_file(path)


class _Reading:
    """One database on its way into Structs."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._tables = {one.lower() for one in link.tables}
        self._types = {row["id"]: row["name"] for row in self._rows("Type")}
        above = self._rows("ParentType")
        self._bases = {row["type_id"]: self._types.get(row["parent_type_id"]) for row in above}

    def found(self) -> Found:
        """Return all that there is."""
        artifacts = self._things("Artifact", "state")
        executions = self._things("Execution", "last_known_state")
        contexts = self._things("Context", "state")
        members: dict[int, list[int]] = defaultdict(list)
        for row in self._rows("Association"):
            if row["context_id"] in contexts:
                members[row["execution_id"]].append(row["context_id"])
        known = [
            use for use in self._uses() if use.artifact in artifacts and use.execution in executions
        ]
        return Found(
            where=self._link.where,
            identity=_identity(artifacts, executions, contexts),
            artifacts=artifacts,
            executions=executions,
            contexts=contexts,
            uses=known,
            members=dict(members),
        )

    def _things(self, table: str, state: str) -> dict[int, Thing]:
        properties: dict[int, dict[str, Any]] = defaultdict(dict)
        column = f"{table.lower()}_id"
        for row in self._rows(f"{table}Property"):
            properties[row[column]][str(row["name"])] = value_of(row)
        known: dict[int, dict[str, Any]] = {
            id: redaction.mapping(found).value for id, found in properties.items()
        }
        return {
            row["id"]: Thing(
                id=int(row["id"]),
                type=str(self._types.get(row["type_id"]) or "unknown"),
                base=self._bases.get(row["type_id"]),
                name=str(row["name"]) if row["name"] else None,
                uri=redaction.text(str(row["uri"] or "")).value,
                state=int(row[state] or 0),
                created=_moment(row["create_time_since_epoch"]),
                updated=_moment(row["last_update_time_since_epoch"]),
                properties=known.get(row["id"], {}),
            )
            for row in self._rows(table)
        }

    def _uses(self) -> list[Use]:
        keys: dict[int, str] = {}
        for row in self._rows("EventPath"):
            if not row["is_index_step"] and row["step_key"]:
                keys.setdefault(row["event_id"], str(row["step_key"]))
        return [
            Use(
                execution=row["execution_id"],
                artifact=row["artifact_id"],
                side=_DECLARED[row["type"]],
                key=keys.get(row["id"], ""),
            )
            for row in self._rows("Event")
            if row["type"] in _DECLARED
        ]

    def _rows(self, table: str) -> list[Row]:
        """Return a table's rows; none where an older ML Metadata had no such table."""
        if table.lower() not in self._tables:
            return []
        return self._link.rows(f"SELECT * FROM {table}")  # noqa: S608 - a name of ours


def _identity(*parts: dict[int, Thing]) -> str:
    first = [things[min(things)] for things in parts if things]
    said = [f"{one.id} {one.type} {one.name} {one.uri} {one.created}" for one in first]
    return of_bytes("\n".join(said).encode())


def _moment(millis: Any) -> datetime:
    return _EPOCH + timedelta(milliseconds=millis or 0)
