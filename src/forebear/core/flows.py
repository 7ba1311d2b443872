"""How data went into data, as a store tells it, and the port through which it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any, Literal, Protocol

from msgspec import Struct

from forebear.core.events import Feed, Flow, StepRecorded

__all__ = ["Flows", "Membership", "Passage", "aggregates"]

_FEWEST = 5
"""Rows that on average go into each row of what is called an aggregate."""


class Passage(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One artifact of data went into another, in a step or by a derivation.

    Where `told` is False no flow was recorded: that it went there follows from what the step used
    and made. `reached` is None where the rows were not seen.
    """

    source: str
    target: str
    run: str | None
    """The step; None for a derivation."""
    seq: int
    n: int = 0
    """With `seq` it finds the map."""
    told: bool = True
    relation: str | None = None
    """Of a derivation."""
    n_in: int | None = None
    n_out: int | None = None
    reached: int | None = None
    """How many rows of the source are in the target at least once."""
    whole: bool = False
    """Row i of the target is row i of the source, for all rows."""
    map: str | None = None
    """Digest of the row map, where it is in the content store."""

    @property
    def seen(self) -> bool:
        """Tell whether it is known which rows went where."""
        return self.whole or self.reached is not None


class Membership(Protocol):
    """An index of which artifacts hold which rows of one source; see `Flows.membership`."""

    @property
    def covered(self) -> int:
        """The last seq of which the index knows."""

    @property
    def size(self) -> int:
        """Bytes on disk."""

    def add(self, holders: Iterable[tuple[str, Any]], seq: int) -> None:
        """Add artifacts with the rows that they hold: a mask, or the first and the last row + 1.

        With this everything up to the event `seq` is covered.
        """

    def artifacts(self) -> list[list[str]]:
        """The artifacts of each piece of the index, in the order of `counts`."""

    def counts(self, rows: Any) -> list[Any] | None:
        """How many of these rows (ascending, each once) the artifacts of each piece hold.

        An artifact may be in several pieces; it holds what any of them says. None where the index
        was damaged; then it is gone.
        """

    def forget(self) -> None:
        """Delete the index."""


class Flows(Protocol):
    """How data went into data. `seq` bounds what a question may see: None is all."""

    def passages(
        self, artifacts: Sequence[str], direction: Literal["up", "down"], seq: int | None = None
    ) -> list[Passage]:
        """What arrives at (`up`) or leaves (`down`) any of these, in the order of recording."""

    def later(self, after: int) -> list[str]:
        """Artifacts into which something went that was recorded after this `seq`."""

    def map_bytes(self, passage: Passage) -> bytes | None:
        """The row map of a passage in its encoded form; None where it is `whole` or not seen.

        Raises:
            NotFound: it was kept in the content store, and is not there.
            CorruptStore: its bytes are not what was kept.
        """

    def membership(self, source: str) -> Membership:
        """The index of which artifacts hold which rows of `source`, as far as it was made.

        It is no more than a shortcut: whoever asks brings it up to date, and may delete it.
        """

    def aggregating(self, seq: int | None = None) -> list[str]:
        """The steps that made nothing but figures over many rows; see `aggregates`."""

    def steps(self, runs: Sequence[str], seq: int | None = None) -> dict[str, StepRecorded]:
        """What was recorded of these steps, by their ids; runs that are no steps are left out."""


def aggregates(step: StepRecorded) -> bool:
    """Tell whether all that a step made are figures over many rows of what it used.

    Many rows went into each row, by what was seen of rows, or else each column that came of a
    column passed an operation that pools. Where neither was seen it is no aggregate, and a list of
    the values of many rows is no figure.
    """
    if not step.flows or any(one.gathers for one in step.operations):
        return False
    return all(_aggregates(step, flow) for flow in step.flows)


def _aggregates(step: StepRecorded, flow: Flow) -> bool:
    if flow.unseen or not flow.sources:
        return False
    told = [rows for _, rows in zip_longest(flow.sources, flow.rows[: len(flow.sources)])]
    if all(rows is not None for rows in told):
        return all(0 < rows.n_out * _FEWEST <= rows.reached for rows in told if rows is not None)
    feeds = [feed for feed in flow.columns.values() if feed.columns]
    labels = [feed for feed in flow.labels.values() if feed.columns]
    return not flow.same and not labels and bool(feeds) and all(_pooled(step, one) for one in feeds)


def _pooled(step: StepRecorded, feed: Feed) -> bool:
    passed = [step.operations[place] for place in feed.through if place < len(step.operations)]
    return any(
        one.pooled
        and one.rows_in is not None
        and one.rows_out is not None
        and one.rows_out * _FEWEST <= one.rows_in
        for one in passed
    )
