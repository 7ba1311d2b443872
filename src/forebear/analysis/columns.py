"""Which columns of which sources a column was made of, through what, and where others ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from forebear.analysis.flowgraph import FlowGraph
from forebear.core.events import Flow, StepRecorded
from forebear.core.flows import Passage

__all__ = [
    "ANY",
    "Done",
    "Loss",
    "Origins",
    "Place",
    "Trail",
    "labels_in",
    "losses",
    "origins",
    "spoken_in",
]


class Place(NamedTuple):
    """A column of an artifact."""

    artifact: str
    column: str


class Done(NamedTuple):
    """An operation of a step by its place there; -1 is the step itself."""

    step: str
    number: int


class Trail(NamedTuple):
    """How a column came from another one: by which operations, and whether that was seen."""

    through: tuple[Done, ...] = ()
    seen: bool = True


class Loss(NamedTuple):
    """Where the values of a source's column ended on their way."""

    step: str
    source: str
    target: str
    done: Done
    names: tuple[str, ...]
    """What the column, or what was made of it, was called there."""


Trails = dict[Place, Trail]
Origins = dict[str, dict[str, Trails]]
"""For each artifact and column the columns of sources that it was made of."""

_NOTHING: Final[Trails] = {}
ANY: Final = "*"
"""The name that stands for the columns of something whose columns are not known."""


def origins(
    graph: FlowGraph,
    steps: Mapping[str, StepRecorded],
    names: Callable[[str], Sequence[str]],
    spoken: Mapping[str, Sequence[str]],
) -> Origins:
    """Return what each column in the graph was made of.

    `names` tells the columns of an artifact, as far as its own record does, and `spoken` those
    that flows speak of (`spoken_in`).
    """
    found: Origins = {}
    for artifact in graph.order:
        known = dict.fromkeys([*names(artifact), *spoken.get(artifact, ())])
        arriving = graph.into.get(artifact)
        if not arriving:
            own = list(known) or [ANY]
            found[artifact] = {one: {Place(artifact, one): Trail()} for one in own}
            continue
        columns: dict[str, Trails] = {one: {} for one in known or [ANY]}
        for told in _tellings(arriving, steps):
            for name, trails in told.columns(found, list(columns)).items():
                columns[name] = _joined(columns.get(name, _NOTHING), trails)
        if len(columns) > 1 and not columns.get(ANY, True):
            del columns[ANY]
        found[artifact] = columns
    return found


class _Telling(NamedTuple):
    """One step, or derivation, that made an artifact of sources, with the flow that tells how."""

    step: str
    sources: tuple[str, ...]
    flow: Flow | None
    copied: bool = False
    in_parts: bool = False
    """Whether it tells of operations: a column that went through none of them is as it was."""

    def columns(self, found: Origins, known: Sequence[str]) -> dict[str, Trails]:
        first = found.get(self.sources[0], {}) if self.sources else {}
        if self.copied:
            return first
        if self.flow is None or self.flow.unseen:
            return dict.fromkeys(known, self._all_of(found))
        told = {name: first.get(name, _NOTHING) for name in self.flow.same}
        for name, feed in (*self.flow.labels.items(), *self.flow.columns.items()):
            done = tuple(Done(self.step, number) for number in feed.through)
            trails: Trails = {}
            for place, column in feed.columns:
                source = found.get(self.sources[place], {}) if place < len(self.sources) else {}
                trails = _joined(trails, source.get(column, _NOTHING))
            itself = () if self.in_parts else (Done(self.step, -1),)
            told[name] = _extended(trails, done or itself)
        missing = [name for name in known if name not in told]
        if told:
            # Flows tell of all columns: what they leave out are labels of rows, that go along.
            told |= {name: first.get(name, _NOTHING) for name in missing}
        else:
            told = dict.fromkeys(missing, self._all_of(found))
        return told

    def _all_of(self, found: Origins) -> Trails:
        """Return what all columns of all sources were made of: each may have gone anywhere."""
        trails: Trails = {}
        for source in self.sources:
            for one in found.get(source, {}).values():
                trails = _joined(trails, one)
        step = (Done(self.step, -1),) if self.step else ()
        return {
            place: Trail(_appended(trail.through, step), seen=False)
            for place, trail in trails.items()
        }


def labels_in(
    graph: FlowGraph, steps: Mapping[str, StepRecorded], made_of: Origins
) -> dict[str, set[str]]:
    """Return the names that are labels of rows and no columns, by artifact."""
    found: dict[str, set[str]] = {}
    for artifact in graph.order:
        flows = [one.flow for one in _tellings(graph.into.get(artifact, ()), steps)]
        if not flows or any(flow is None or flow.unseen for flow in flows):
            continue
        columns = {name for flow in flows if flow for name in (*flow.same, *flow.columns)}
        labels = set(made_of.get(artifact, ())) - columns
        if columns and labels:
            found[artifact] = labels
    return found


def losses(
    graph: FlowGraph,
    steps: Mapping[str, StepRecorded],
    made_of: Origins,
    wanted: Place,
) -> Loss | None:
    """Return where the values of a source's column ended, the furthest place that they reached.

    None where they go on to the end of the graph, or never left it.
    """
    labels = labels_in(graph, steps, made_of)
    alive = {
        artifact: [
            name
            for name, trails in columns.items()
            if wanted in trails and name not in labels.get(artifact, ())
        ]
        for artifact, columns in made_of.items()
    }
    leaving = graph.out_of()
    for source in reversed(graph.order):
        if not alive.get(source):
            continue
        passages = leaving.get(source, ())
        if not passages:
            return None
        ends = [one for one in passages if not alive.get(one.target)]
        if not ends:
            return None
        passage = ends[-1]
        step = passage.run or ""
        done = _ended(step, steps.get(step), passage.target, source, alive[source])
        return Loss(step, source, passage.target, done, tuple(alive[source]))
    return None


def _ended(
    step: str, told: StepRecorded | None, target: str, source: str, names: Sequence[str]
) -> Done:
    """Return the last operation of a step with which any of these columns ended."""
    operations = told.operations if told is not None else []
    for flow in told.flows if told is not None else ():
        for ended in reversed(flow.ended) if flow.target == target else ():
            if any(flow.sources[at] == source and name in names for at, name in ended.columns):
                return Done(step, ended.operation)
    for number in reversed(range(len(operations))):
        if set(names) & set(operations[number].dropped):
            return Done(step, number)
    return Done(step, -1)


def spoken_in(graph: FlowGraph, steps: Mapping[str, StepRecorded]) -> dict[str, list[str]]:
    """Return the columns of each artifact that flows speak of."""
    found: dict[str, dict[str, None]] = {}
    for artifact in graph.order:
        for told in _tellings(graph.into.get(artifact, ()), steps):
            flow = told.flow
            if flow is None or flow.unseen:
                continue
            mine = found.setdefault(artifact, {})
            mine |= dict.fromkeys([*flow.same, *flow.columns, *flow.labels])
            if told.sources:
                found.setdefault(told.sources[0], {}).update(dict.fromkeys(flow.same))
            for feed in (*flow.columns.values(), *flow.labels.values()):
                for place, column in feed.columns:
                    if place < len(told.sources):
                        found.setdefault(told.sources[place], {})[column] = None
            for place, column in (one for ended in flow.ended for one in ended.columns):
                found.setdefault(flow.sources[place], {})[column] = None
    return {artifact: list(names) for artifact, names in found.items()}


def _tellings(arriving: Sequence[Passage], steps: Mapping[str, StepRecorded]) -> list[_Telling]:
    """Return who tells how an artifact was made: each flow, and what no flow tells of."""
    found: list[_Telling] = []
    unsaid: dict[str, dict[str, None]] = {}
    for passage in arriving:
        if passage.run is None:
            found.append(_Telling("", (passage.source,), None, copied=passage.whole))
        elif not passage.told or passage.run not in steps:
            unsaid.setdefault(passage.run, {})[passage.source] = None
    target = arriving[0].target if arriving else ""
    for run in dict.fromkeys(one.run for one in arriving if one.told and one.run in steps):
        assert run is not None
        flows = (flow for flow in steps[run].flows if flow.target == target)
        parts = bool(steps[run].operations)
        found += [_Telling(run, tuple(flow.sources), flow, in_parts=parts) for flow in flows]
    found += [_Telling(run, tuple(sources), None) for run, sources in unsaid.items()]
    return found


def _joined(one: Trails, two: Trails) -> Trails:
    if not one or not two:
        return one or two
    joined = dict(one)
    for place, trail in two.items():
        known = joined.get(place)
        if known is None:
            joined[place] = trail
        elif known != trail:
            through = _appended(known.through, trail.through)
            joined[place] = Trail(through, known.seen or trail.seen)
    return joined


def _extended(trails: Trails, done: tuple[Done, ...]) -> Trails:
    return {
        place: Trail(_appended(trail.through, done), trail.seen) for place, trail in trails.items()
    }


def _appended(before: tuple[Done, ...], more: tuple[Done, ...]) -> tuple[Done, ...]:
    return tuple(dict.fromkeys((*before, *more)))
