"""Where objects come from, and how rows and columns passed on the way.

A *relation* says which rows of one thing are in another: `SAME` (row by row), a `RowMap`, or
None where that was not seen. Nothing is looked at here: integrations tell what they saw.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from forebear.capture.callsite import CallSite

if TYPE_CHECKING:
    from forebear.engines.rowmaps import RowMap

__all__ = [
    "SAME",
    "At",
    "Columns",
    "Feed",
    "Operation",
    "Origin",
    "Passage",
    "Relation",
    "combined",
    "held",
    "is_pooled",
    "lost",
    "merged",
    "names_of",
    "through",
]


class _Same:
    """The relation of two things that have the same rows in the same order."""

    def __repr__(self) -> str:
        return "SAME"


SAME: Final = _Same()

_known_texts: Final[dict[int, tuple[weakref.ref[Any], tuple[str, ...]]]] = {}

Relation = Any
"""`SAME`, a `RowMap`, or None; NumPy is not imported to say which."""


class At(NamedTuple):
    """One execution of one place in a program; things told with an equal one are one thing."""

    frame: int
    instruction: int
    file: str
    line: int


class Operation:
    """One thing done to data between two points that matter; each is itself and no other."""

    __slots__ = (
        "added", "at", "by", "dropped", "gathers", "lost", "name", "number", "pooled", "rows_in",
        "rows_out", "table", "times", "unknown",
    )  # fmt: skip

    def __init__(self, name: str, number: int, at: At | None = None) -> None:
        self.name = name
        self.number = number
        self.at = at
        self.times = 1
        self.rows_in: int | None = None
        self.rows_out: int | None = None
        self.by: dict[str, None] = {}
        """Columns that decided about rows."""
        self.dropped: dict[str, None] = {}
        self.added: dict[str, None] = {}
        self.lost: set[tuple[Origin, str]] = set()
        """Columns of recorded artifacts that went into it and no further, on this way."""
        self.table = False
        """It made a table, and not a column or figure beside one."""
        self.pooled = False
        """Figures over many rows went into its values."""
        self.gathers = False
        """Its values hold those of many rows."""
        self.unknown = False
        """What it did to rows and columns was not seen."""


class Feed(NamedTuple):
    """What a column was made of: columns of recorded artifacts, and by which operations."""

    sources: frozenset[tuple[Origin, str]] = frozenset()
    through: tuple[Operation, ...] = ()


class Columns:
    """The columns of an object, by position, and what each was made of. Never changed."""

    __slots__ = ("_places", "_sources", "feeds", "levels", "names")

    def __init__(
        self,
        names: tuple[str, ...],
        feeds: tuple[Feed, ...],
        levels: Mapping[str, Feed] = {},
    ) -> None:
        self.names = names
        self.feeds = feeds
        self.levels = levels
        """Columns that have become labels of rows, and may become columns again."""
        # Both are worked out when they are asked for: a wide table is asked at every step.
        self._places: dict[str, int] | None = None
        self._sources: frozenset[tuple[Origin, str]] | None = None

    def feed(self, name: str) -> Feed | None:
        """Return what the column, or label, of that name was made of."""
        if self._places is None:  # the first of several that are called the same
            self._places = dict(
                zip(reversed(self.names), range(len(self.names))[::-1], strict=True)
            )
        place = self._places.get(name)
        return self.levels.get(name) if place is None else self.feeds[place]

    def renamed(self, names: tuple[str, ...]) -> Columns:
        """Return the same columns in their places under other names."""
        return Columns(names, self.feeds, self.levels)

    def through(self, operations: tuple[Operation, ...]) -> Columns:
        """Return the same columns, made by more operations before their own."""
        feeds = (Feed(one.sources, (*operations, *one.through)) for one in self.feeds)
        return Columns(self.names, tuple(feeds), self.levels)

    def with_levels(self, levels: Mapping[str, Feed]) -> Columns:
        """Return the same columns with other labels of rows."""
        return Columns(self.names, self.feeds, levels)

    def sources(self) -> frozenset[tuple[Origin, str]]:
        """Return all columns of recorded artifacts that are in it."""
        if self._sources is None:
            self._sources = frozenset().union(*(feed.sources for feed in self.feeds))
        return self._sources

    def all(self) -> Feed:
        """Return what all columns together were made of."""
        return merged(self.feeds)


class Origin:
    """Where one object comes from.

    Either it was digested and is the content of `artifact`, or it was made by `operations`
    from `parents`; then nothing is recorded until the object reaches a point that matters.
    """

    __slots__ = (
        "artifact",
        "columns",
        "data",
        "digest",
        "exact",
        "guessed",
        "held",
        "label",
        "model",
        "operations",
        "parents",
        "role",
        "rows",
    )

    def __init__(
        self,
        *,
        artifact: str | None = None,
        digest: str | None = None,
        parents: tuple[Origin, ...] = (),
        operations: tuple[Operation, ...] = (),
        label: str | None = None,
        role: str | None = None,
        exact: bool = True,
        rows: Mapping[Origin, Relation] | None = None,
        columns: Columns | None = None,
    ) -> None:
        self.artifact = artifact
        self.digest = digest
        self.parents = parents
        self.operations = operations
        self.label = label
        self.role = role
        """The part this data plays: train, validation, test."""
        self.exact = exact
        """False when the parents are all that could be, not what was seen."""
        self.rows: Mapping[Origin, Relation] = rows or {}
        """Which rows of each parent it holds."""
        self.columns = columns
        """What its columns were made of, where that was seen."""
        self.held: frozenset[tuple[Origin, str]] = frozenset()
        """Columns of recorded artifacts that went into it, where that was not seen."""
        self.model: Origin | None = None
        """For predictions: the model that made them."""
        self.data: Origin | None = None
        """For predictions: the data they were made on. For a model: what it was trained on."""
        self.guessed = False
        """The model and the data are those of the latest predictions of the same length."""

    def sources(self) -> tuple[Origin, ...]:
        """Return the nearest recorded ancestors: itself, when its content is recorded."""
        return (self,) if self.artifact is not None else self.parents

    def relation(self, source: Origin) -> Relation:
        """Return which rows of a source it holds."""
        return SAME if source is self else self.rows.get(source)

    def site(self) -> CallSite | None:
        """Return where the last operation was done."""
        at = self.operations[-1].at if self.operations else None
        return CallSite(where=f"{at.file}:{at.line}") if at is not None else None

    def names(self) -> list[str]:
        """Return the names of the operations, first to last."""
        return [operation.name for operation in self.operations]


class Passage(NamedTuple):
    """What an integration saw of one operation.

    `rows` has a relation for each parent that was told, in the same order. `columns` are those
    of what was made; None where that was not seen.
    """

    rows: Sequence[Relation]
    columns: Columns | None = None
    taken_from: Sequence[int] | None = None
    """The places of the parents that columns can end on the way from; None for all."""


def names_of(thing: Any) -> tuple[str, ...]:
    """Return the names of a thing's columns: positions for an array, one for a series."""
    labels = getattr(thing, "column_names", None)  # what Arrow calls them; its `columns` are data
    labels = getattr(thing, "columns", None) if labels is None else labels
    if labels is not None:
        return _texts(labels) if hasattr(labels, "is_") else tuple(map(str, labels))
    if getattr(thing, "ndim", 0) == 2:
        return tuple(map(str, range(thing.shape[1])))
    name = getattr(thing, "name", None)
    return ("" if name is None else str(name),)


def _texts(labels: Any) -> tuple[str, ...]:
    """Return the labels of pandas' columns as texts, which are never changed: made once for each.

    A wide table is asked for them at every step, and in Arrow's strings each is a call.
    """
    known = _known_texts.get(id(labels))
    if known is not None and known[0]() is labels:
        return known[1]
    made = tuple(map(str, labels.tolist()))
    key = id(labels)
    _known_texts[key] = weakref.ref(labels, lambda _: _known_texts.pop(key, None)), made
    return made


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
    return relation is not None and relation is not SAME and relation.is_grouped


def held(origins: Iterable[Origin]) -> frozenset[tuple[Origin, str]]:
    """Return the columns of recorded artifacts that things of these origins may hold."""
    known = {id(one.columns): one.columns for one in origins if one.columns is not None}
    unseen = (one.held for one in origins if one.columns is None)
    return frozenset().union(*(one.sources() for one in known.values()), *unseen)


def lost(parents: Sequence[Origin], made: Columns | None) -> frozenset[tuple[Origin, str]]:
    """Return the columns of recorded artifacts that are in `parents` and not in what was made."""
    if made is None or all(one.columns is made for one in parents):
        return frozenset()
    return held(parents) - made.sources()


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
