"""How rows and columns pass from what an object was made of to the object.

A *relation* says which rows of one thing are in another: `SAME` (row by row), a `RowMap`, or
None where that was not seen. Nothing is looked at here: integrations tell what they saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from forebear.capture.tracker import Operation, Origin
    from forebear.engines.rowmaps import RowMap

__all__ = [
    "SAME",
    "Columns",
    "Feed",
    "Passage",
    "Relation",
    "combined",
    "is_pooled",
    "merged",
    "names_of",
    "through",
]


class _Same:
    """The relation of two things that have the same rows in the same order."""

    def __repr__(self) -> str:
        return "SAME"


SAME: Final = _Same()

Relation = Any
"""`SAME`, a `RowMap`, or None; NumPy is not imported to say which."""


class Feed(NamedTuple):
    """What a column was made of: columns of recorded artifacts, and by which operations."""

    sources: frozenset[tuple[Origin, str]] = frozenset()
    through: tuple[Operation, ...] = ()


class Columns(NamedTuple):
    """The columns of an object, by position, and what each was made of."""

    names: tuple[str, ...]
    feeds: tuple[Feed, ...]
    levels: Mapping[str, Feed] = {}
    """Columns that have become labels of rows, and may become columns again."""

    def feed(self, name: str) -> Feed | None:
        """Return what the column, or label, of that name was made of."""
        return self.feeds[self.names.index(name)] if name in self.names else self.levels.get(name)

    def all(self) -> Feed:
        """Return what all columns together were made of."""
        return merged(self.feeds)


class Passage(NamedTuple):
    """What an integration saw of one operation.

    `rows` has a relation for each parent that was told, in the same order. `columns` are those
    of what was made; None where that was not seen.
    """

    rows: Sequence[Relation]
    columns: Columns | None = None


def names_of(thing: Any) -> tuple[str, ...]:
    """Return the names of a thing's columns: positions for an array, one for a series."""
    labels = getattr(thing, "column_names", None)  # what Arrow calls them; its `columns` are data
    labels = getattr(thing, "columns", None) if labels is None else labels
    if labels is not None:
        return tuple(map(str, labels))
    if getattr(thing, "ndim", 0) == 2:
        return tuple(map(str, range(thing.shape[1])))
    name = getattr(thing, "name", None)
    return ("" if name is None else str(name),)


def through(later: Relation, earlier: Relation) -> Relation:
    """Return the relation over two operations.

    >>> through(SAME, SAME), through(None, SAME)
    (SAME, None)
    """
    if later is None or earlier is None:
        return None
    if later is SAME:
        return earlier
    return later if earlier is SAME else later.after(earlier)


def combined(one: Relation, two: Relation) -> Relation:
    """Return the relation of a thing that holds, of one source, the rows of both."""
    if one is two or one is None or two is None:
        return one if one is two else None
    if is_pooled(one) != is_pooled(two):
        # A row stands for itself, whatever figures of its group lie beside it.
        return two if is_pooled(one) else one
    if one is not SAME and two is not SAME:
        return one.joined(two)
    known: RowMap = two if one is SAME else one
    if known.is_identity():
        return SAME
    return known.with_own_rows() if known.n_in == known.n_out else None


def is_pooled(relation: Relation) -> bool:
    """Tell whether rows stand for several rows each."""
    return relation is not None and relation is not SAME and relation.outs is not None


def merged(feeds: Iterable[Feed], operation: Operation | None = None) -> Feed:
    """Return one feed of several, with `operation` as the last one."""
    sources: set[tuple[Origin, str]] = set()
    passed: dict[Operation, None] = {}
    for feed in feeds:
        sources |= feed.sources
        passed.update(dict.fromkeys(feed.through))
    if operation is not None:
        passed.pop(operation, None)
        passed[operation] = None
    return Feed(frozenset(sources), tuple(passed))
