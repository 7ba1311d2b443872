"""What is known of columns: notes, and whether they hold what is sensitive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from msgspec import Struct, structs

from forebear.analysis.flowgraph import gather
from forebear.analysis.sensitive import Passed, passed_on
from forebear.analysis.verdict import called
from forebear.core.catalog import COLUMN, NOT_SENSITIVE, SCAN, ColumnNote, FoundBy
from forebear.core.flows import Passage
from forebear.core.ports import Store
from forebear.core.statements import about_name
from forebear.ops.schemas import schema_of
from forebear.ops.subjects import Subject

__all__ = ["ColumnFact", "ScanFact", "columns_known", "scan_of"]


class ColumnFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A column of which something is said, or that is sensitive."""

    name: str
    type: str | None = None
    text: str | None = None
    sensitivity: str | None = None
    """The class; `none` where somebody says that it is not sensitive."""
    found_by: FoundBy | None = None
    count: int | None = None
    share: float | None = None
    source: str | None = None
    """What has the class of its own, where this column was made of one there."""
    source_column: str | None = None
    path: list[str] = []
    """Ids of data from there to here."""
    inferred: bool = False
    """That it is the same column is known by its name only."""


class ScanFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That data was looked through for what is sensitive."""

    at: datetime
    rows: int
    columns: int
    whole: bool


def scan_of(store: Store, ids: Sequence[str], seq: int | None) -> ScanFact | None:
    """Return when data was last looked through, if it was."""
    found = SCAN.latest(store.statements, ids, seq=seq)
    if not found:
        return None
    last, said = found[-1].row, found[-1].value
    return ScanFact(at=last.at, rows=said.rows, columns=said.columns, whole=said.whole)


def columns_known(store: Store, thing: Subject, seq: int | None) -> list[ColumnFact]:
    """Return the columns of data of which something is known, or those that a model learns from."""
    if thing.kind == "model":
        learned = _learned_from(store, thing.ids, seq)
        return [one for id in learned for one in _facts(store, id, [], seq) if one.sensitivity]
    if thing.kind not in {"data", "file"} or not thing.ids:
        return []
    names = [about_name(row.kind, row.name) for row in thing.versions]
    return _facts(store, thing.ids[0], [thing.about, *names], seq)


def _facts(store: Store, id: str, names: Sequence[str], seq: int | None) -> list[ColumnFact]:
    notes = _notes(store, [id, *names], seq)
    node = store.node(id, seq)
    types = {one.name: one.type for one in schema_of(store, node, seq)} if node else {}
    passed = _passed(store, id, seq)
    order = [*types, *(name for name in (*notes, *passed) if name not in types)]
    facts = []
    for name in dict.fromkeys(order):
        fact = ColumnFact(name=name, type=types.get(name))
        note, one = notes.get(name), passed.get(name)
        if note is not None:
            fact = structs.replace(fact, **structs.asdict(note))
        if one is not None and fact.sensitivity is None:
            fact = structs.replace(fact, **_come_down(store, one))
        if note is not None or one is not None:
            facts.append(fact)
    return facts


def _come_down(store: Store, passed: Passed) -> dict[str, Any]:
    source = store.node(passed.artifacts[0])
    return {
        "sensitivity": passed.sensitivity,
        "source": called(source) if source else passed.artifacts[0],
        "source_column": passed.column,
        "path": list(passed.artifacts),
        "inferred": not passed.seen,
    }


def _notes(store: Store, about: Sequence[str], seq: int | None) -> dict[str, ColumnNote]:
    """Return notes by column: what people say goes before what a scan has found."""
    places = {one: place for place, one in enumerate(dict.fromkeys(about))}
    said = COLUMN.latest(store.statements, list(places), seq=seq)
    said.sort(key=lambda one: (one.value.found_by != "declared", places[one.row.about]))
    found: dict[str, ColumnNote] = {}
    for one in said:
        known = found.get(one.row.key)
        if known is None:
            found[one.row.key] = one.value
            continue
        main, other = (known, one.value) if known.sensitivity else (one.value, known)
        found[one.row.key] = ColumnNote(
            text=known.text or one.value.text,
            sensitivity=main.sensitivity or other.sensitivity,
            found_by=main.found_by or other.found_by,
            count=main.count,
            share=main.share,
        )
    return found


def _passed(store: Store, id: str, seq: int | None) -> dict[str, Passed]:
    """Return the sensitive columns of data, because of what is said of it and of all above it."""
    said = [one for one in COLUMN.latest(store.statements, seq=seq) if one.value.sensitivity]
    if not said:
        return {}
    graph = gather([id], partial(_passages, store, seq))
    versions = store.versions_of(graph.order, seq)
    names = {
        artifact: [about_name(row.kind, row.name) for row in rows]
        for artifact, rows in versions.items()
    }
    by_thing: dict[str, list[tuple[str, ColumnNote]]] = {}
    for one in said:
        by_thing.setdefault(one.row.about, []).append((one.row.key, one.value))
    own = {
        artifact: _classes(
            note
            for about in (artifact, *names.get(artifact, ()))
            for note in by_thing.get(about, ())
        )
        for artifact in graph.order
    }
    runs = {passage.run for passage in graph.passages if passage.run}
    return passed_on(graph, store.flows.steps(list(runs), seq), own).get(id, {})


def _passages(store: Store, seq: int | None, ids: Sequence[str]) -> list[Passage]:
    return store.flows.passages(ids, "up", seq)


def _classes(notes: Iterable[tuple[str, ColumnNote]]) -> dict[str, str]:
    """Return the class of each column: what people say goes before what a scan has found."""
    found: dict[str, str] = {}
    for column, note in sorted(notes, key=lambda one: one[1].found_by != "declared"):
        found.setdefault(column, note.sensitivity or NOT_SENSITIVE)
    return found


def _learned_from(store: Store, ids: Sequence[str], seq: int | None) -> list[str]:
    """Return the data that the steps used which made a model."""
    makers = [edge.source for edge in store.edges(ids, "up", seq=seq) if edge.type == "generated"]
    used = store.edges(makers, "up", seq=seq) if makers else []
    ends = list(dict.fromkeys(edge.source for edge in used if edge.type == "used"))
    return [node.id for node in store.nodes(ends, seq).values() if node.kind == "data"]
