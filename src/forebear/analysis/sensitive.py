"""Which columns hold what is sensitive, because of what they were made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from forebear.analysis.flowgraph import FlowGraph
from forebear.core.catalog import NOT_SENSITIVE
from forebear.core.events import Flow, StepRecorded
from forebear.core.flows import Passage, aggregates

__all__ = ["Passed", "passed_on"]

_SAME = frozenset({"copy", "export", "subset"})
"""Relations of what has the columns of what it is derived from."""


class Passed(Struct, frozen=True, kw_only=True):
    """A class that a column has of its own or from a column that it was made of."""

    sensitivity: str
    artifacts: tuple[str, ...]
    """From the data whose column has it of its own to this one."""
    column: str
    """What that column is called there."""
    seen: bool = True
    """False where only the name says that it is the same column."""


Classes = dict[str, dict[str, Passed]]
"""By artifact and column."""


def passed_on(
    graph: FlowGraph, steps: Mapping[str, StepRecorded], own: Mapping[str, Mapping[str, str]]
) -> Classes:
    """Return the classes of columns, each artifact's own and those that came down to it.

    A class ends where its column is dropped, where nothing but figures over many rows goes on,
    and where somebody says that the column is not sensitive.
    """
    found: Classes = {}
    for artifact in graph.order:
        classes: dict[str, Passed] = {}
        for source, old, new, seen in _columns_into(graph.into.get(artifact, ()), steps, found):
            before = found[source][old]
            if new not in classes:
                classes[new] = Passed(
                    sensitivity=before.sensitivity,
                    artifacts=(*before.artifacts, artifact),
                    column=before.column,
                    seen=before.seen and seen,
                )
        for column, word in own.get(artifact, {}).items():
            classes[column] = Passed(sensitivity=word, artifacts=(artifact,), column=column)
        found[artifact] = {
            column: one for column, one in classes.items() if one.sensitivity != NOT_SENSITIVE
        }
    return found


def _columns_into(
    arriving: Sequence[Passage], steps: Mapping[str, StepRecorded], found: Classes
) -> Iterator[tuple[str, str, str, bool]]:
    """Yield sensitive columns of sources with what they are called in what was made of them."""
    for passage in arriving:
        step = steps.get(passage.run or "")
        flow = _flow(step, passage)
        if step is not None and aggregates(step):
            continue
        classes = found.get(passage.source, {})
        if flow is not None and not flow.unseen:
            yield from _told(flow, passage.source, classes)
        elif passage.relation is None or passage.relation in _SAME:
            sure = passage.relation is not None
            yield from ((passage.source, column, column, sure) for column in classes)


def _told(
    flow: Flow, source: str, classes: Mapping[str, Passed]
) -> Iterator[tuple[str, str, str, bool]]:
    places = {place for place, one in enumerate(flow.sources) if one == source}
    if 0 in places:
        yield from ((source, column, column, True) for column in flow.same if column in classes)
    for made, feed in (*flow.columns.items(), *flow.labels.items()):
        for place, column in feed.columns:
            if place in places and column in classes:
                yield source, column, made, True


def _flow(step: StepRecorded | None, passage: Passage) -> Flow | None:
    flows = step.flows if step is not None else ()
    return next(
        (one for one in flows if one.target == passage.target and passage.source in one.sources),
        None,
    )
