"""What was done to data in a step: its operations, and where rows and columns went.

Part of what `forebear.core.events.StepRecorded` says.
"""

from __future__ import annotations

from msgspec import Struct

__all__ = ["Ended", "Feed", "Flow", "Operation", "Rows"]


class Operation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that was done to data on the way from what a step used to what it made.

    `dropped` are columns that ended with it and `added` those that began with it. With `unknown`
    it is no operation that we know: what it did to rows and columns was not seen.
    """

    name: str
    where: str | None = None
    """`file:line` of the statement in the user's own code."""
    times: int = 1
    rows_in: int | None = None
    rows_out: int | None = None
    by: list[str] = []
    """Columns that decided about rows: of a condition, of a key, of an order."""
    dropped: list[str] = []
    added: list[str] = []
    pooled: bool = False
    """Figures over many rows (a mean, a rank, rates by group) went into its values."""
    gathers: bool = False
    """Its values hold those of many rows as they were: lists, texts joined by commas."""
    unknown: bool = False


class Rows(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which rows of a source are in a target, where that was seen.

    With neither `map` nor `data` row i of the target is row i of the source. Both hold the bytes
    of `forebear.engines.rowbytes.encode`: `map` is their digest in the content store, `data` the
    bytes themselves where they are short.
    """

    n_in: int
    n_out: int
    reached: int
    """Rows of the source that are in the target at least once."""
    map: str | None = None
    data: bytes | None = None


class Feed(Struct, frozen=True, array_like=True):
    """What one column was made of: columns of sources, by operations; both by their places.

    Nothing in `columns` says that it was made of constants.
    """

    columns: list[tuple[int, str]] = []
    """(place in `Flow.sources`, name of the column there)."""
    through: list[int] = []
    """Places in `StepRecorded.operations`."""


class Ended(Struct, frozen=True, array_like=True):
    """Columns of sources, as in `Feed`, and the operation by its place in the step: their last."""

    operation: int
    columns: list[tuple[int, str]]


class Flow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How rows and columns of what a step used went into one artifact that it generated.

    Columns of arrays have their position as name ("0", "1"…), a series without a name "".
    """

    target: str
    sources: list[str]
    rows: list[Rows | None] = []
    """For each source; None where that was not seen."""
    same: list[str] = []
    """Columns of the target that are the columns of that name in the first source, unchanged."""
    columns: dict[str, Feed] = {}
    """The other columns."""
    labels: dict[str, Feed] = {}
    """Labels of rows that have a name: they may become columns again, and are none now."""
    ended: list[Ended] = []
    """The columns of sources that are in none of its columns, as far as that was seen."""
    unseen: bool = False
    """What went into the columns was not seen: each may come from every column of each source."""
