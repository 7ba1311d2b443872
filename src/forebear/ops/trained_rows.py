"""Rows of some data that a model was trained on: the same rows, or equal records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from forebear.analysis.verdict import called
from forebear.core.entities import Node
from forebear.core.errors import ForebearError
from forebear.engines.records import Records, canonical
from forebear.ops.contents import Contents
from forebear.ops.rows import RowsRequest, rows
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.training import flow_into, learned

__all__ = ["TrainedRowsRequest", "TrainedRowsResponse", "trained_rows"]

_MOST_SOURCES = 10
_FEW = 20


class TrainedRowsResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many rows of some data a model was trained on."""

    count: int | None
    """None where that is not known, with the reason in `why`."""
    rows: list[int] = []
    """The first few, from 0 on."""
    sources: list[str] = []
    """What the model was trained on and has these rows."""
    why: str | None = None


class TrainedRowsRequest(
    Request[TrainedRowsResponse], frozen=True, kw_only=True, omit_defaults=True
):
    """Ask which rows of some data a model was trained on."""

    model: Target
    data: str
    """The id of the data."""
    path: str | None = None
    """A file with its content, where no copy was kept."""


@operation(name="trained-rows", permission="read")
def trained_rows(context: Context, request: TrainedRowsRequest) -> TrainedRowsResponse:
    """Say how many rows of some data a model was trained on, by lineage and by equal records."""
    store = context.store
    try:
        model = learned(store, request.model, None)
    except ForebearError as error:
        return _unknown(error.message)
    graph = flow_into(store, model.train_data(slot="X"), None)
    roots = list(graph.roots)
    if not roots:
        return _unknown("what the model was trained on was not seen")
    contents = Contents(store, None, given=request.path)
    nodes = store.nodes([*roots, request.data])
    unseen: list[str] = []
    found: dict[int, None] = {}
    sources: list[str] = []
    for root in roots[:_MOST_SOURCES]:
        inside = _reached(context, request.model, root)
        if inside is None:
            unseen.append(f"which rows of {called(nodes[root])} it learned from was not seen")
            continue
        same = inside if root == request.data else None
        if same is None:
            same = _equal(contents, nodes[root], nodes.get(request.data), inside)
        if same is None:
            unseen.append(f"the records of {called(nodes[root])} could not be compared")
        elif same:
            sources.append(called(nodes[root]))
            found |= dict.fromkeys(same)
    if unseen and not found:
        return _unknown(unseen[0])
    return TrainedRowsResponse(count=len(found), rows=sorted(found)[:_FEW], sources=sources)


def _unknown(why: str) -> TrainedRowsResponse:
    return TrainedRowsResponse(count=None, why=why.rstrip("."))


def _reached(context: Context, model: Target, root: str) -> list[int] | None:
    """Return the rows of a source that reached the training."""
    try:
        told = rows(context, RowsRequest(target=model, source=Target(ref=root), ranges=True))
    except ForebearError:
        return None
    parts = [one for one in told.parts if one.part in ("train", "base")]
    if any(one.reached is None for one in parts):
        return None
    return sorted({row for one in parts for row in _numbers(one.ranges)})


def _numbers(ranges: Iterable[tuple[int, int]]) -> Iterable[int]:
    for first, last in ranges:
        yield from range(first, last + 1)


def _equal(
    contents: Contents, source: Node, data: Node | None, inside: Sequence[int]
) -> list[int] | None:
    """Return the rows of the data that equal one of some rows of a source, value for value."""
    if data is None:
        return None
    mine, theirs = contents.of(data), contents.of(source)
    if mine is None or theirs is None:
        return None
    names = [name for name in mine.columns if name in theirs.columns]
    if len(names) < 2 or 2 * len(names) < len(mine.columns):
        return None
    known = {_record(theirs, names, row) for row in inside if row < theirs.rows}
    return [row for row in range(mine.rows) if _record(mine, names, row) in known]


def _record(records: Records, names: Sequence[str], row: int) -> tuple[object, ...]:
    return tuple(canonical(records.columns[name][row]) for name in names)
