"""What is known of columns: notes, and whether they hold what is sensitive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct, structs

from forebear.analysis.sensitive import Passed
from forebear.analysis.verdict import called
from forebear.core.catalog import COLUMN, NOT_SENSITIVE, SCAN, ColumnNote, FoundBy
from forebear.core.ports import Store
from forebear.core.statements import about_name
from forebear.ops.carriers import nodes_of
from forebear.ops.column_ways import Above, columns_above, data_behind
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


class Columns(NamedTuple):
    """Columns of which something is known, and whether all that lies above was followed."""

    facts: list[ColumnFact]
    complete: bool


def columns_known(store: Store, thing: Subject, seq: int | None) -> Columns:
    """Return the columns of data of which something is known, or those that a model learns from."""
    if thing.kind == "model":
        found = [_facts(store, id, [], seq) for id in data_behind(store, thing.ids, seq)]
        sensitive = [one for part in found for one in part.facts if one.sensitivity]
        return Columns(sensitive, all(part.complete for part in found))
    if thing.kind not in {"data", "file"} or not thing.ids:
        return Columns([], True)
    names = [about_name(row.kind, row.name) for row in thing.versions]
    return _facts(store, thing.ids[0], [thing.about, *names], seq)


def _facts(store: Store, id: str, names: Sequence[str], seq: int | None) -> Columns:
    notes = _notes(store, [id, *names], seq)
    node = store.node(id, seq)
    types = {one.name: one.type for one in schema_of(store, node, seq)} if node else {}
    passed, complete = _passed(store, id, seq)
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
    return Columns(facts, complete)


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


def _passed(store: Store, id: str, seq: int | None) -> Above:
    """Return the sensitive columns of data, because of what is said of it and of all above it."""
    said: dict[str, list[tuple[str, ColumnNote]]] = {}
    for one in COLUMN.latest(store.statements, seq=seq):
        if one.value.sensitivity:
            said.setdefault(one.row.about, []).append((one.row.key, one.value))
    if not said:
        return Above({})
    notes: dict[str, list[tuple[str, ColumnNote]]] = {}
    for about, nodes in nodes_of(store, said, seq).items():
        for node in nodes:
            notes.setdefault(node, []).extend(said[about])
    return columns_above(store, id, {node: _classes(own) for node, own in notes.items()}, seq)


def _classes(notes: Iterable[tuple[str, ColumnNote]]) -> dict[str, str]:
    """Return the class of each column: what people say goes before what a scan has found."""
    found: dict[str, str] = {}
    for column, note in sorted(notes, key=lambda one: one[1].found_by != "declared"):
        found.setdefault(column, note.sensitivity or NOT_SENSITIVE)
    return found
