"""What is recorded of the way of data between two points: operations, rows and columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from forebear.capture.passage import SAME, Columns, Feed, Relation
from forebear.capture.pooling import pools_at
from forebear.capture.session import Session
from forebear.capture.tracker import Operation, Origin
from forebear.core import steps

__all__ = ["flow_of", "mixed", "operations_of", "own_columns", "passed_on", "rows_of"]

_INLINE: Final = 400
"""Bytes up to which a row map stands in the event itself."""
_MOST_COLUMNS: Final = 2000


def own_columns(origin: Origin, names: Iterable[str], recorded: Iterable[str] = ()) -> Columns:
    """Return the columns of content that is recorded: each is its own.

    What is `recorded` as a column and has no name among them is a label of rows.
    """
    own = {name: Feed(frozenset({(origin, name)})) for name in (*names, *recorded)}
    names = tuple(names)
    known = set(names)
    levels = {name: own[name] for name in recorded if name not in known}
    return Columns(names, tuple(own[name] for name in names), levels)


def operations_of(session: Session, operations: Sequence[Operation]) -> list[steps.Operation]:
    """Return operations as an event carries them; one that was done again at once is said once."""
    found: list[steps.Operation] = []
    for one in operations:
        where = None if one.at is None else session.relative(f"{one.at.file}:{one.at.line}")
        found.append(
            steps.Operation(
                name=one.name,
                where=where,
                times=one.times,
                rows_in=one.rows_in,
                rows_out=one.rows_out,
                by=list(one.by)[:_MOST_COLUMNS],
                dropped=list(one.dropped)[:_MOST_COLUMNS],
                added=list(one.added)[:_MOST_COLUMNS],
                pooled=one.pooled or _pools(one),
                gathers=one.gathers,
                unknown=one.unknown,
            )
        )
    return found


def _pools(operation: Operation) -> bool:
    """Tell it by the code, of what was seen: what was done again tells it itself."""
    at = operation.at
    return at is not None and operation.number >= 0 and pools_at(at.file, at.line)


def rows_of(session: Session, relation: Relation, n_out: int) -> steps.Rows | None:
    """Return a relation as an event carries it; a long map is kept beside."""
    if relation is None:
        return None
    if relation is SAME:
        return steps.Rows(n_in=n_out, n_out=n_out, reached=n_out)
    if relation.n_out != n_out:
        return None  # told of another state of the object
    if relation.is_identity():
        return steps.Rows(n_in=n_out, n_out=n_out, reached=n_out)
    from forebear.engines.rowbytes import encode

    body, reached = encode(relation), int(relation.reached().sum())
    inline = len(body) <= _INLINE
    return steps.Rows(
        n_in=relation.n_in,
        n_out=n_out,
        reached=reached,
        data=body if inline else None,
        map=None if inline else session.keep(body),
    )


def flow_of(
    session: Session,
    target: str,
    origin: Origin,
    sources: Sequence[Origin],
    *,
    rows: int,
    names: Sequence[str] | None = None,
    labels: Collection[str] = (),
) -> steps.Flow:
    """Return how rows and columns of `sources` went into the artifact `target`.

    `origin` is what was known of the object before it was recorded; `rows` and `names` are those
    that it has now, `labels` the names that are labels of its rows.
    """
    places = {source: place for place, source in enumerate(sources)}
    numbers = {operation: place for place, operation in enumerate(origin.operations)}
    same: list[str] = []
    made: dict[str, steps.Feed] = {}
    labelled: dict[str, steps.Feed] = {}
    columns = _renamed(origin.columns, names)
    pairs = _pairs(columns)
    for name, feed in pairs:
        told = sorted((places[one], column) for one, column in feed.sources if one in places)
        through = [numbers[one] for one in feed.through if one in numbers]
        if name in labels:
            if not _is_label(name):
                labelled[name] = steps.Feed(told, through)
        elif told == [(0, name)] and not through:
            same.append(name)
        else:
            made[name] = steps.Feed(told, through)
    return steps.Flow(
        target=target,
        sources=[source.artifact or "" for source in sources],
        rows=[rows_of(session, origin.relation(source), rows) for source in sources],
        same=same,
        columns=made,
        labels=labelled,
        ended=[]
        if columns is None
        else _ended(
            origin.operations, [feed for name, feed in pairs if name not in labels], places
        ),
        unseen=columns is None,
    )


def _ended(
    operations: Sequence[Operation], feeds: Sequence[Feed], places: Mapping[Origin, int]
) -> list[steps.Ended]:
    """Return which columns of sources are in none of `feeds`, by the last operation they reached.

    What made a table counts before what took a single column or figure out of one. Operations
    stand in the order of what they were done to, which is not that of time where things were
    made on the side.
    """
    alive = {source for feed in feeds for source in feed.sources}
    last: dict[tuple[Origin, str], tuple[bool, int, int]] = {}
    number = -1
    for place, operation in enumerate(operations):
        number = operation.number if operation.number >= 0 else number
        for one in operation.lost - alive:
            if one[0] in places:
                here = (operation.table, number, place)
                last[one] = max(last.get(one, here), here)
    found: dict[int, list[tuple[int, str]]] = {}
    for (source, name), (_, _, place) in last.items():
        found.setdefault(place, []).append((places[source], name))
    return [steps.Ended(place, sorted(found[place])[:_MOST_COLUMNS]) for place in sorted(found)]


def passed_on(
    session: Session,
    target: str,
    source: str,
    *,
    rows: int,
    names: Sequence[str] = (),
    labels: Iterable[str] = (),
    relation: Relation = SAME,
) -> steps.Flow:
    """Return the flow of something that has the columns of its one source under the same names."""
    return steps.Flow(
        target=target,
        sources=[source],
        rows=[rows_of(session, relation, rows)],
        same=list(names)[:_MOST_COLUMNS],
        labels={name: steps.Feed([(0, name)]) for name in labels if not _is_label(name)},
    )


def mixed(
    session: Session,
    target: str,
    source: str,
    *,
    rows: int,
    columns: Mapping[str, Sequence[str]] | None = None,
) -> steps.Flow:
    """Return the flow of something that has the rows of its one source, and columns made of its.

    Without `columns` each may come from all of them.
    """
    same = [name for name, of in (columns or {}).items() if list(of) == [name]]
    made = {
        name: steps.Feed([(0, one) for one in of])
        for name, of in (columns or {}).items()
        if list(of) != [name]
    }
    return steps.Flow(
        target=target,
        sources=[source],
        rows=[rows_of(session, SAME, rows)],
        same=same,
        columns=made,
        unseen=columns is None,
    )


def _pairs(columns: Columns | None) -> list[tuple[str, Feed]]:
    if columns is None:
        return []
    return list(zip(columns.names, columns.feeds, strict=True))[:_MOST_COLUMNS]


def _renamed(columns: Columns | None, names: Sequence[str] | None) -> Columns | None:
    """Return the columns under the names that the object has now."""
    if columns is None or names is None or tuple(names) == columns.names:
        return columns
    pairs = list(zip(columns.names, names, strict=False))
    if len(names) == len(columns.names) and all(o == n or o not in names for o, n in pairs):
        return columns.renamed(tuple(names))  # renamed, each in its place
    found = [columns.feed(name) for name in names]
    if any(feed is None and not _is_label(name) for name, feed in zip(names, found, strict=True)):
        return None
    return Columns(tuple(names), tuple(feed or Feed() for feed in found))


def _is_label(name: str) -> bool:
    """Tell whether a column stands for row labels that have no name."""
    return name.startswith("__index_level_")
