"""pandas: one call that makes columns, and what is known of those that went in."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Final

from forebear.capture.passage import Columns, names_of
from forebear.capture.tracker import Operation, Tracker

__all__ = ["Asked", "columns_now", "is_pandas", "is_wide", "known_of"]

_PASSING: Final = frozenset(
    "__getitem__ select take copy head tail sample sort_values sort_index dropna drop query filter"
    " drop_duplicates loc iloc reset_index set_index reindex rename rename_axis set_axis concat"
    " merge join get xs nlargest nsmallest truncate squeeze pop to_numpy array values construct"
    " insert assign __setitem__ columns add_prefix add_suffix __finalize__ to_frame group"
    " train_test_split between_time at_time first last asfreq DataFrame Series slice"
    " explode".split()
)
"""Operations that leave the values of a column as they are."""


class Asked:
    """One call: what is needed to say what columns were made of."""

    def __init__(
        self,
        tracker: Tracker,
        operation: Operation,
        function: str,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        self.tracker = tracker
        self.operation = operation
        self.function = function
        """The function of pandas that was followed; the operation is the one the user called."""
        self.args = args
        self.kwargs = dict(kwargs or {})

    def of(self, thing: Any) -> Columns | None:
        """Return what the columns of a known thing were made of, by their present names."""
        return columns_now(self.tracker, thing)

    def changes(self) -> bool:
        """Tell whether the operation makes new values."""
        return not {self.operation.name, self.function} & _PASSING

    def option(self, position: int, name: str) -> Any:
        """Return an argument of the followed function, `self` counted."""
        if name in self.kwargs:
            return self.kwargs[name]
        return self.args[position] if position < len(self.args) else None


def columns_now(tracker: Tracker, thing: Any) -> Columns | None:
    """Return the columns of a known thing; those that were renamed in place by their new names."""
    origin = tracker.get(thing)
    known = origin.columns if origin is not None else None
    if known is None:
        return None
    if is_wide(thing, known):
        return known
    names = names_of(thing)
    if names != known.names and len(names) == len(known.names) and _renamed(known.names, names):
        return known.renamed(names)
    return known


def _renamed(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Tell whether columns were renamed in their places, rather than others put there."""
    old = set(before)
    return all(one == two or two not in old for one, two in zip(before, after, strict=True))


def known_of(parents: Iterable[Any], asked: Asked) -> list[tuple[Any, Columns]]:
    return [(one, found) for one in parents if (found := asked.of(one)) is not None]


def is_wide(thing: Any, known: Columns) -> bool:
    """Tell whether a series has a value for each column of a frame, as its means have."""
    return getattr(thing, "ndim", 0) == 1 and len(known.names) > 1


def is_pandas(thing: Any) -> bool:
    """Tell whether a thing is a frame or series of pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(thing, pandas.DataFrame | pandas.Series)
