"""What the operations of a step did to the number of rows."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from forebear.core.events import Operation, StepRecorded
from forebear.ops.source_code import SourceLines

__all__ = ["Cut", "all_cuts", "cuts_of"]


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


def cuts_of(step: StepRecorded, lines: SourceLines) -> list[Cut]:
    """Return the operations of a step that changed the number of rows, or may have."""
    some = [one for one in step.operations if one.unknown or one.rows_in != one.rows_out]
    return all_cuts(step.run, some, lines)


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
        )
        for one in operations
    ]
