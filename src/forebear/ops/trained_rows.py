"""Rows of some data that a model was trained on: the same rows by lineage, or equal records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct

from forebear.analysis.verdict import called
from forebear.core.entities import Node
from forebear.core.errors import ForebearError, InvalidInput
from forebear.engines.records import Records, canonical
from forebear.ops.contents import Contents
from forebear.ops.meeting import Meeting
from forebear.ops.row_record import RowPart
from forebear.ops.rows import RowsRequest, rows
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.training import learned

__all__ = [
    "PartRowsRequest",
    "PartRowsResponse",
    "TrainedRowsRequest",
    "TrainedRowsResponse",
    "part_rows",
    "trained_rows",
]

_MOST_SOURCES: Final = 10


class TrainedRowsResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many rows of some data a model was trained on."""

    count: int | None
    """None where that is not known, with the reason in `why`."""
    how: Literal["the same rows", "equal records"] | None = None
    source: str | None = None
    """What they come from."""
    why: str | None = None


class TrainedRowsRequest(
    Request[TrainedRowsResponse], frozen=True, kw_only=True, omit_defaults=True
):
    """Ask which rows of some data a model was trained on."""

    model: Target
    data: str
    """The id of the data."""


@operation(name="trained-rows", permission="read")
def trained_rows(context: Context, request: TrainedRowsRequest) -> TrainedRowsResponse:
    """Say how many rows of some data a model was trained on, by lineage and by equal records."""
    store = context.store
    try:
        model = learned(store, request.model, None)
    except ForebearError as error:
        return _unknown(error.message)
    train = model.train_data(slot="X")
    if not train:
        return _unknown("what the model was trained on was not seen")
    meeting = Meeting(store, [*train, request.data], None)
    shared = meeting.shared(train, [request.data])
    if shared.number:
        source = called(meeting.nodes[shared.artifact])
        return TrainedRowsResponse(count=shared.number, how="the same rows", source=source)
    return _Records(meeting, Contents(store, None), train, request.data).compared()


def _unknown(why: str) -> TrainedRowsResponse:
    return TrainedRowsResponse(count=None, why=why.rstrip("."))


class _Records:
    """The records of what a model was trained on, and of the data that it is asked about."""

    def __init__(
        self, meeting: Meeting, contents: Contents, train: Sequence[str], data: str
    ) -> None:
        self._meeting, self._contents = meeting, contents
        self._train, self._data = train, data

    def compared(self) -> TrainedRowsResponse:
        """Return how many records of the data equal one that was trained on."""
        mine = self._parts([self._data])
        theirs = self._parts(self._train)
        if isinstance(mine, str) or isinstance(theirs, str):
            return _unknown(mine if isinstance(mine, str) else str(theirs))
        count, where = 0, None
        for _, records, asked in mine:
            for title, others, inside in theirs:
                equal = _equal(records, asked, others, inside)
                if equal is None:
                    return _unknown(f"it has too few columns in common with {title}")
                if equal > count:
                    count, where = equal, title
        if not count:
            return TrainedRowsResponse(count=0)
        return TrainedRowsResponse(count=count, how="equal records", source=where)

    def _parts(self, ids: Sequence[str]) -> list[tuple[str, Records, list[int]]] | str:
        """Return the sources of some data with their records and the rows that are in it.

        What cannot be told is returned as a sentence.
        """
        found: list[tuple[str, Records, list[int]]] = []
        for root in self._roots(ids)[:_MOST_SOURCES]:
            if root.id in ids:  # a file as it was given: all of its rows
                whole = self._contents.of(root)
                if whole is None:
                    return f"the records of {called(root)} could not be compared"
                found.append((called(root), whole, list(range(whole.rows))))
                continue
            mask, seen = self._meeting.rows_of(ids, root.id)
            if mask is None and not seen:
                return f"which rows of {called(root)} are in it was not seen"
            if mask is None:
                continue
            records = self._meeting.records(self._contents, root.id, len(mask))
            if records is None or not seen:
                return f"the records of {called(root)} could not be compared"
            found.append((called(root), records, mask.nonzero()[0].tolist()))
        return found or "its records could not be compared"

    def _roots(self, ids: Sequence[str]) -> list[Node]:
        roots = [one for one in self._meeting.graph.roots if self._holds(ids, one)]
        return [self._meeting.nodes[one] for one in roots if one in self._meeting.nodes]

    def _holds(self, ids: Sequence[str], root: str) -> bool:
        return any(root in self._meeting.held(one) for one in ids)


def _equal(
    mine: Records, asked: Sequence[int], theirs: Records, inside: Sequence[int]
) -> int | None:
    """Return how many of some records are equal to one of others, by the columns of both."""
    names = [name for name in mine.columns if name in theirs.columns]
    if len(names) < 2 or 2 * len(names) < len(mine.columns):
        return None
    known = {_record(theirs, names, row) for row in inside}
    return sum(_record(mine, names, row) in known for row in asked)


def _record(records: Records, names: Sequence[str], row: int) -> tuple[object, ...]:
    return tuple(canonical(records.columns[name][row]) for name in names)


class PartRowsResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Rows that a model's own run used as one part."""

    rows: list[int]
    """From 0 on."""
    trained: int | None = None
    """How many of them were in the training data too; None where that was not seen."""


class PartRowsRequest(Request[PartRowsResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask which rows of some data a model's own run used as one part."""

    model: Target
    data: Target
    part: str


@operation(name="part-rows", permission="read")
def part_rows(context: Context, request: PartRowsRequest) -> PartRowsResponse:
    """Return the rows of some data that a model's own run used as test, validation or training.

    Raises:
        InvalidInput: nobody saw which they are.
    """
    told = rows(context, RowsRequest(target=request.model, source=request.data, ranges=True))
    parts = [one for one in told.parts if one.part == request.part and one.ranges]
    # The source as a whole is no part that was set aside: somebody validated on it afterwards.
    parts = [one for one in parts if one.artifact != told.source] or parts
    if not parts:
        known = ", ".join(dict.fromkeys(one.part for one in told.parts if one.ranges)) or "none"
        raise InvalidInput(
            f"Which rows of {told.title} were {request.part} rows of {request.model.ref} was not"
            " seen.",
            hint=f"Known are: {known}.",
        )
    wanted = _numbers(parts)
    trained = [one for one in told.parts if one.part in ("train", "base")]
    seen = all(one.reached is not None for one in trained)
    return PartRowsResponse(
        rows=sorted(wanted), trained=len(wanted & _numbers(trained)) if seen else None
    )


def _numbers(parts: Sequence[RowPart]) -> set[int]:
    return {row for one in parts for first, last in one.ranges for row in range(first, last + 1)}
