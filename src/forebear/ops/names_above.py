"""What columns of data are called in the things that it was made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from forebear.analysis.flowgraph import FlowGraph
from forebear.core.checking import Check
from forebear.core.events import StepRecorded

__all__ = ["draws_of", "names_above", "renamed"]


def names_above(
    graph: FlowGraph,
    steps: Mapping[str, StepRecorded],
    artifact: str,
    columns: Sequence[str],
    *,
    computed: bool = True,
) -> dict[str, dict[str, str]]:
    """Return for each thing above data what columns of the data are called there.

    A column that was computed from one of another name is called as that one, unless it is not
    `computed`: then it is not there, since what holds for it need not hold for the other.
    """
    found: dict[str, dict[str, str]] = {artifact: {name: name for name in columns}}
    for id in reversed(graph.order):
        here = found.get(id)
        if here is None:
            continue
        for passage in graph.into.get(id, ()):
            there = found.setdefault(passage.source, {})
            step = steps.get(passage.run or "")
            for name, called_here in here.items():
                source = _source_column(step, id, passage.source, called_here, computed)
                if source is not None:
                    there.setdefault(name, source)
    return found


def draws_of(
    graph: FlowGraph, steps: Mapping[str, StepRecorded], rows: Mapping[str, int]
) -> dict[str, dict[str, int]]:
    """Return for each thing how many rows its columns were drawn from, where these are fewer.

    A column of a table of 300 shops is 300 draws of chance, to however many orders it is joined.
    """
    found: dict[str, dict[str, int]] = {}
    for id in graph.order:
        here = found.setdefault(id, {})
        for run in dict.fromkeys(passage.run for passage in graph.into.get(id, ())):
            step = steps.get(run or "")
            for flow in step.flows if step is not None else ():
                if flow.target != id or flow.unseen or not flow.sources:
                    continue
                feeds = {name: [(0, name)] for name in flow.same}
                feeds |= {name: feed.columns for name, feed in flow.columns.items()}
                for name, columns in feeds.items():
                    sources = [(flow.sources[at], column) for at, column in columns]
                    drawn = [found.get(s, {}).get(c, rows.get(s)) for s, c in sources]
                    known = [one for one in drawn if one is not None]
                    if known and len(known) == len(drawn):
                        here[name] = max(known)
    return found


def _source_column(
    step: StepRecorded | None, target: str, source: str, column: str, computed: bool
) -> str | None:
    """Return what a column of the target is called in a source; None where it has no part."""
    flow = next((one for one in step.flows if one.target == target), None) if step else None
    if flow is None or flow.unseen or source not in flow.sources:
        return column
    place = flow.sources.index(source)
    if column in flow.same:
        return column if place == 0 else None
    feed = flow.columns.get(column)
    if feed is None:
        return column
    names = [name for at, name in feed.columns if at == place]
    if not computed and feed.through:
        return column if column in names else None
    return next(iter(names), None)


def renamed(check: Check, columns: Mapping[str, str]) -> Check | None:
    """Return a check as it is done where its columns have these names; None where it can't be."""
    involved = check.involved()
    if not involved:
        return check
    if len(involved) != 1 or "column" not in check.__struct_fields__:
        return check if all(columns.get(name) == name for name in involved) else None
    name = columns.get(involved[0])
    if name is None:
        return None
    return check if name == involved[0] else replace(check, column=name)
