"""Rows on their way into the projections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from forebear.core.entities import EdgeType, EvidenceWord
from forebear.core.events import AnyEvent, ArtifactRecorded
from forebear.store import bulk, schema
from forebear.store.engine import over
from forebear.store.schema import PROJECTIONS
from forebear.store.words import EDGE_TYPES, GRADES

__all__ = ["Batch", "Numbered", "next_id"]

Numbered = tuple[int, AnyEvent]
"""An event with its seq."""


class Batch:
    """Rows that some events add, gathered to be written at once.

    What the database knows of the artifacts and runs that they speak of is read beforehand,
    for all of them together.
    """

    def __init__(self, connection: Connection, events: Sequence[Numbered]) -> None:
        self.connection = connection
        self._rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in PROJECTIONS}
        self._nodes = self._known_nodes({key for _, event in events for key in _mentions(event)})
        self._next_node = next_id(connection, schema.node)
        self._said = self._known_details(
            {event.artifact for _, event in events if isinstance(event, ArtifactRecorded)}
        )

    def add(self, table: Table, **values: Any) -> None:
        """Add a row."""
        self._rows[table].append(values)

    def artifact(self, key: str, seq: int) -> int:
        """Return the integer id of an artifact, giving it one when it is new."""
        return self._nodes.get(key) or self._new_node(key, "artifact", seq)

    def run(self, key: str, seq: int) -> int:
        """Return the integer id of a run, giving it one when it is new."""
        return self._nodes.get(key) or self._new_node(key, "run", seq)

    def edge(
        self,
        seq: int,
        type: EdgeType,
        source: int,
        target: int,
        *,
        evidence: EvidenceWord,
        role: str | None = None,
        slot: str | None = None,
        relation: str | None = None,
        run: int = 0,
    ) -> None:
        """Add an edge."""
        self._rows[schema.edge].append(
            {
                "source": source,
                "target": target,
                "type": EDGE_TYPES[type],
                "role": role or "",
                "relation": relation or "",
                "slot": slot or "",
                "run": run,
                "evidence": GRADES[evidence],
                "seq": seq,
            }
        )

    def is_news(self, node: int, said: int, details: dict[str, Any]) -> bool:
        """Tell whether the same details of an artifact were not said before."""
        known = self._said.setdefault(node, [])
        if any(when <= said and what == details for when, what in known):
            return False
        known.append((said, details))
        return True

    def write(self) -> None:
        """Write the rows gathered so far."""
        for table, rows in self._rows.items():
            if rows:
                write = bulk.insert_earliest if table is schema.edge else bulk.insert
                write(self.connection, table, rows)
                self._rows[table] = []

    def _new_node(self, key: str, type: str, seq: int) -> int:
        id = self._nodes[key] = self._next_node
        self._next_node += 1
        self.add(schema.node, id=id, key=key, type=type, seq=seq)
        return id

    def _known_nodes(self, keys: set[str]) -> dict[str, int]:
        node = schema.node.c
        rows = bulk.matching(self.connection, node.key, keys, node.key, node.id)
        return {row.key: row.id for row in rows}

    def _known_details(self, keys: set[str]) -> dict[int, list[tuple[int, dict[str, Any]]]]:
        nodes = [self._nodes[key] for key in keys if key in self._nodes]
        found: dict[int, list[tuple[int, dict[str, Any]]]] = {}
        columns = schema.artifact.columns
        for row in bulk.matching(self.connection, schema.artifact.c.node, nodes, *columns):
            details = dict(zip(columns.keys(), row, strict=True))
            del details["seq"]
            found.setdefault(details.pop("node"), []).append((details.pop("said"), details))
        return found


def _mentions(event: AnyEvent) -> Iterator[str]:
    """Name all artifacts and runs that an event speaks of."""
    for told in (event, *getattr(event, "series", ())):
        for field in ("run", "parent", "artifact", "source", "target", "model", "data"):
            key = getattr(told, field, None)
            if key is not None:
                yield key
    for field in ("used", "generated"):
        for link in getattr(event, field, ()):
            yield link.artifact
    for flow in getattr(event, "flows", ()):
        yield flow.target
        yield from flow.sources
    yield from getattr(event, "matched", ())


def next_id(connection: Connection, table: Table) -> int:
    """Return the integer id that the next row of a table gets."""
    newest: int | None = over(connection).value(f"SELECT max(id) FROM {table.name}")  # noqa: S608
    return (newest or 0) + 1
