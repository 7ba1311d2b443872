"""The checks of `leaks` that read records: equal ones on both sides, and later ones before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from forebear.analysis.verdict import counted
from forebear.engines.records import Records, canonical
from forebear.ops.leak_case import FEW, Case, Checked, Finding

__all__ = ["duplicates", "later"]


def duplicates(case: Case) -> Checked:
    """Look for equal records on both sides, under different row numbers or in different files."""
    tables: dict[str, tuple[Records, Any, Any]] = {}
    for root in case.meeting.graph.roots:
        (mine, seen), (theirs, all_seen) = (
            case.meeting.rows_of(ids, root) for ids in (case.train, case.test)
        )
        if not any(mask is not None and mask.any() for mask in (mine, theirs)):
            continue
        rows = len(mine if mine is not None else theirs)
        records = case.meeting.records(case.contents, root, rows)
        if records is None or not seen or not all_seen:
            return Checked([], f"the records of {case.title(root)} were not compared")
        tables[root] = records, mine, theirs
    names = _common(records.columns for records, _, _ in tables.values())
    if not names:
        return Checked([], "training and test data have no columns in common")
    train: dict[tuple[str, ...], tuple[str, int]] = {}
    for root, (records, mine, _) in tables.items():
        for row in _numbers(mine):
            train.setdefault(_record(records, names, row), (root, row))
    found: dict[str, list[int]] = {}
    for root, (records, mine, theirs) in tables.items():
        for row in _numbers(theirs):
            if mine is not None and mine[row]:
                continue  # the same row on both sides is an overlap, and told as one
            if _record(records, names, row) in train:
                found.setdefault(root, []).append(row)
    cause = case.chosen()
    return Checked(
        [
            Finding(
                kind="duplicates",
                words=f"{counted(len(rows), 'test record')} of {case.title(root)} have an equal"
                " one in the training data.",
                at=case.fit(),
                cause=cause,
                source=root,
                count=len(rows),
                rows=rows[:FEW],
            )
            for root, rows in found.items()
        ]
    )


def later(case: Case) -> Checked:
    """Look for training rows that are later than the earliest test row."""
    assert case.time is not None
    before, after = [], []
    for root in case.meeting.graph.roots:
        node = case.meeting.nodes[root]
        (mine, seen), (theirs, all_seen) = (
            case.meeting.rows_of(ids, root) for ids in (case.train, case.test)
        )
        if mine is None and theirs is None:
            continue
        records = case.contents.of(node, rows=len(mine if mine is not None else theirs))
        column = records.column(case.time) if records is not None else None
        if column is None:
            continue
        if not seen or not all_seen:
            return Checked([], "which rows are in training and test data was not seen")
        before += [(root, row, column[row]) for row in _numbers(mine) if column[row]]
        after += [(root, row, column[row]) for row in _numbers(theirs) if column[row]]
    if not before or not after:
        return Checked([], f"no column '{case.time}' of the sources could be read")
    moment = _moments([text for *_, text in (*before, *after)])
    first = min(after, key=lambda one: moment(one[2]))
    later = [(root, row) for root, row, text in before if moment(text) > moment(first[2])]
    if not later:
        return Checked([])
    words = (
        f"{counted(len(later), 'training row')} of {case.title(later[0][0])} are later by"
        f" {case.time} than the first test row ({first[2]})."
    )
    return Checked(
        [
            Finding(
                kind="time",
                words=words,
                at=case.fit(),
                cause=case.chosen(),
                source=later[0][0],
                count=len(later),
                rows=sorted(row for root, row in later if root == later[0][0])[:FEW],
            )
        ]
    )


def _common(tables: Iterable[Mapping[str, object]]) -> list[str]:
    names: list[str] | None = None
    for columns in tables:
        names = list(columns) if names is None else [name for name in names if name in columns]
    return names or []


def _numbers(mask: Any) -> list[int]:
    return [] if mask is None else mask.nonzero()[0].tolist()


def _record(records: Records, names: Sequence[str], row: int) -> tuple[str, ...]:
    return tuple(records.columns[name][row] for name in names)


def _moments(texts: Sequence[str]) -> Callable[[str], Any]:
    """Return how to compare these texts: as numbers, as times, or as they are."""
    if all(not isinstance(canonical(text), str) for text in texts):
        return canonical
    try:
        for text in texts:
            _time(text)
    except ValueError:
        return str
    return _time


def _time(text: str) -> float:
    return datetime.fromisoformat(text.strip()).timestamp()
