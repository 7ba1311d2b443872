"""What the operations of a step did to the number of rows."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from forebear.core.events import Operation, StepRecorded
from forebear.ops.source_code import SourceLines

__all__ = ["Cut", "all_cuts", "changes_rows", "cuts_of"]


class Cut(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One operation of a stage, with what it did to the number of rows."""

    name: str
    where: str | None
    line: str | None
    """The line of code, as it was then."""
    rows_in: int | None
    rows_out: int | None
    by: list[str] = []
    """Columns that decided."""
    times: int = 1
    unknown: bool = False
    beside: bool = False
    """It made figures of the rows (a mean by group), and the rows went on without it."""


def cuts_of(step: StepRecorded, lines: SourceLines) -> list[Cut]:
    """Return the operations of a step that changed the number of its rows, or may have."""
    return [one for one in all_cuts(step.run, step.operations, lines) if changes_rows(one)]


def changes_rows(one: Cut) -> bool:
    """Tell whether an operation changed the number of rows that went on, or may have."""
    return one.unknown or (one.rows_in != one.rows_out and not one.beside)


def all_cuts(step: str, operations: Sequence[Operation], lines: SourceLines) -> list[Cut]:
    """Return all operations of a step."""
    return [
        Cut(
            name=one.name,
            where=one.where,
            line=lines.at(step, one.where),
            rows_in=one.rows_in,
            rows_out=one.rows_out,
            by=one.by,
            times=one.times,
            unknown=one.unknown,
            beside=_is_beside(operations[place:]),
        )
        for place, one in enumerate(operations)
    ]


def _is_beside(operations: Sequence[Operation]) -> bool:
    """Tell whether the first of these left the rows alone: what comes later has them all again."""
    first, *later = operations
    if first.rows_in is None or first.rows_out is None or first.rows_out >= first.rows_in:
        return False
    rows = first.rows_out
    for one in later:
        if one.rows_in is None or one.rows_out is None:
            continue
        if one.rows_in != rows:
            return one.rows_in == first.rows_in
        rows = one.rows_out
    return False
