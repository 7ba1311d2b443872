"""What became of the rows of a source on their way to a model: the cleansing record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from forebear.analysis.flowgraph import FlowGraph
from forebear.analysis.verdict import called, counted
from forebear.core.entities import Node
from forebear.core.errors import InvalidInput
from forebear.core.events import Operation, StepRecorded
from forebear.core.ports import Store
from forebear.ops.resolve import moment, resolve
from forebear.ops.row_maps import MapReader, require_numpy
from forebear.ops.source_code import SourceLines
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.training import (
    Learned,
    Training,
    flow_into,
    learned,
    measured_on,
    rows_known,
    steps_of,
)

if TYPE_CHECKING:
    from forebear.analysis.rowways import Holding

__all__ = ["Cut", "RowPart", "RowsRequest", "RowsResponse", "Stage", "cuts_of", "rows"]

PartWord = Literal["train", "base", "validation", "test", "input"]
_Ends = dict[PartWord, list[str]]
_FEW: Final = 10
_ANSWERS: Final = ("y", "y_true")
"""The arguments that hold what is to be predicted."""


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


class Stage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step on the way, and what of the source's rows came out of it."""

    step: str
    kind: str
    name: str
    where: str | None
    line: str | None
    artifact: str
    title: str
    """What it made."""
    rows: int | None
    """Rows of what it made."""
    reached: int | None
    """Rows of the source that are in it, each counted once; None where it was not seen."""
    lost: int | None
    """Rows of the source that went in and did not come out."""
    set_aside: dict[str, int] = {}
    """How many of the lost are in other parts: in test data, in validation data."""
    lost_rows: list[int] = []
    """The first few, by their place in the source, from 0 on."""
    repeated: int = 0
    """Rows of what it made beyond one for each row of the source."""
    operations: list[Cut] = []


class RowPart(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Data in which a model met rows of the source, and which part it plays."""

    part: PartWord
    artifact: str
    title: str
    rows: int | None
    reached: int | None
    repeated: int = 0
    ranges: list[tuple[int, int]] = []
    """Where they were asked for: the rows of the source, as the first and the last of each run of
    them, from 0 on."""


class RowsResponse(Struct, kw_only=True, omit_defaults=True):
    """What became of the rows of a source on their way to a model."""

    root: str
    source: str
    title: str
    location: str | None
    verdict: str
    rows: int | None
    """Rows of the source."""
    stages: list[Stage]
    parts: list[RowPart]
    complete: bool
    gaps: list[str]


class RowsRequest(Request[RowsResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask what became of the rows of a source."""

    target: Target
    source: Target | None = None
    """Needed where the model comes from several sources."""
    ranges: bool = False
    """Tell of each part which rows of the source are in it, not only how many."""
    as_of: str | None = None


@operation(name="rows", permission="read")
def rows(context: Context, request: RowsRequest) -> RowsResponse:
    """Say how many rows of a source reached a model, and where and why the others were lost.

    Raises:
        InvalidInput: it is no model, the source does not lead to it, or NumPy is not there.
    """
    require_numpy()
    store = context.store
    seq = moment(store, request.as_of)
    model = learned(store, request.target, seq)
    features = _ends(store, model, ("X",), seq)
    answers = _ends(store, model, _ANSWERS, seq)
    every = [id for ends in (features, answers) for ids in ends.values() for id in ids]
    graph = flow_into(store, every, seq)
    source = _source(store, request, model, graph, seq)
    below = set(graph.below([source]))
    # A source may have gone into the answers only.
    ends: _Ends = {
        part: [id for id in ids if id in below] or [id for id in answers[part] if id in below]
        for part, ids in features.items()
    }
    record = _Record(store, graph, source, ends, seq)
    stages, parts = record.stages(), record.parts(ranges=request.ranges)
    gaps = [*model.gaps, *record.gaps(stages, parts)]
    return RowsResponse(
        root=model.found.nodes[0].id,
        source=source,
        title=record.title,
        location=record.location,
        verdict=_verdict(model, record, parts),
        rows=record.count,
        stages=stages,
        parts=parts,
        complete=not gaps,
        gaps=gaps,
    )


def _source(
    store: Store, request: RowsRequest, model: Learned, graph: FlowGraph, seq: int | None
) -> str:
    """Return the artifact that is meant as the source."""
    if request.source is None:
        roots = graph.roots
        if len(roots) == 1:
            return roots[0]
        titles = [called(node) for node in store.nodes(roots, seq).values()]
        hint = f"Its sources are {', '.join(titles)}." if titles else None
        raise InvalidInput(
            f"{model.title} comes from {counted(len(roots), 'source')}: say which one is meant.",
            hint=hint,
        )
    found = resolve(store, request.source, seq)
    inside = [id for id in found.ids if id in graph.into or id in graph.order]
    if not inside:
        raise InvalidInput(
            f"No row of {found.title} is known to have gone into {model.title}.",
            hint="`forebear trace` shows what did.",
        )
    return inside[0]


def _ends(store: Store, model: Learned, slots: Sequence[str], seq: int | None) -> _Ends:
    """Return the data that a model met in these arguments, by part."""
    measured, _ = measured_on(store, model, seq, slots=slots)
    return {
        "train": _data(model.trainings, slots),
        "base": _data(model.bases, slots),
        "validation": measured["validation"],
        "test": measured["test"],
        "input": measured["input"],
    }


def _data(trainings: Sequence[Training], slots: Sequence[str]) -> list[str]:
    data = [id for one in trainings for slot in slots for id in one.data("train", slot=slot)]
    return list(dict.fromkeys(data))


class _Record:
    """What became of the rows of one source."""

    def __init__(
        self,
        store: Store,
        graph: FlowGraph,
        source: str,
        ends: Mapping[PartWord, Sequence[str]],
        seq: int | None,
    ) -> None:
        from forebear.analysis.rowways import down_from

        self._graph, self._source, self._ends = graph, source, ends
        self._steps: dict[str, StepRecorded] = steps_of(store, graph, seq)
        self._nodes: dict[str, Node] = store.nodes(graph.order, seq)
        graph.rows = rows_known(self._nodes)
        self._lines = SourceLines(store, seq)
        self._reader = MapReader(store)
        self._held: dict[str, Holding] = dict(down_from(graph, source, self._reader, figures=False))
        places = store.locations([source], seq)
        self.location = places[0].uri if places else None
        self.title = self._called(source)
        start = self._held[source].rows
        known = start.n_in if start is not None and start.n_in else None
        self.count = known if known is not None else self._rows(source)

    def stages(self) -> list[Stage]:
        """Return the steps from the source to what the model learned from, in order."""
        inside = set(self._graph.above([*self._ends["train"], *self._ends["base"]]))
        found = []
        for artifact in self._graph.below([self._source]):
            if artifact == self._source or artifact not in inside:
                continue
            arriving = self._graph.into.get(artifact, ())
            sources = [p.source for p in arriving if p.source in self._held]
            runs = [p.run for p in arriving if p.source in self._held]
            found.append(self._stage(artifact, sources, runs[0] or ""))
        return found

    def _stage(self, artifact: str, sources: Sequence[str], step: str) -> Stage:
        told = self._steps.get(step)
        before, after = self._reached(sources), self._reached([artifact])
        lost = None if before is None or after is None else before & ~after
        numbers = [] if lost is None else lost.nonzero()[0][:_FEW].tolist()
        here = self._held[artifact]
        return Stage(
            step=step,
            kind=told.kind if told else "derivation",
            name=told.name if told else "derived",
            where=told.where if told else None,
            line=self._lines.at(step, told.where) if told else None,
            artifact=artifact,
            title=self._called(artifact),
            rows=self._rows(artifact),
            reached=None if after is None else int(after.sum()),
            lost=None if lost is None else int(lost.sum()),
            set_aside=self._set_aside(lost),
            lost_rows=numbers,
            repeated=_repeated(here),
            operations=_cuts(told.run, told.operations, self._lines) if told else [],
        )

    def learned(self) -> int | None:
        """Return how many rows of the source the model and what it builds on learned from."""
        reached = self._reached([*self._ends["train"], *self._ends["base"]])
        return None if reached is None else int(reached.sum())

    def parts(self, *, ranges: bool) -> list[RowPart]:
        """Return the data in which the model met rows of the source."""
        found = []
        for part, ids in self._ends.items():
            for id in ids:
                here = self._held.get(id)
                if here is None:
                    continue
                reached = self._reached([id])
                found.append(
                    RowPart(
                        part=part,
                        artifact=id,
                        title=self._called(id),
                        rows=self._rows(id),
                        reached=None if reached is None else int(reached.sum()),
                        repeated=_repeated(here),
                        ranges=_ranges(reached) if ranges and reached is not None else [],
                    )
                )
        return found

    def gaps(self, stages: Sequence[Stage], parts: Sequence[RowPart]) -> list[str]:
        """Say what is not known of the rows."""
        found = dict.fromkeys(
            f"which rows {one.name} kept was not seen" + (f" ({one.where})" if one.where else "")
            for one in stages
            if self._began_unseen(one)
        )
        found |= {
            f"which rows are in the {one.part} data {one.title} is not known": None
            for one in parts
            if one.reached is None
        }
        found |= self._reader.gaps
        return list(found)

    def _began_unseen(self, stage: Stage) -> bool:
        """Tell whether it is this stage after which rows are not known any more."""
        sources = [p.source for p in self._graph.into.get(stage.artifact, ())]
        return stage.reached is None and self._reached(sources) is not None

    def _set_aside(self, lost: Any) -> dict[str, int]:
        found: dict[str, int] = {}
        for part, ids in self._ends.items():
            there = self._reached([id for id in ids if id in self._held])
            if part not in {"train", "base"} and lost is not None and there is not None:
                count = int((lost & there).sum())
                if count:
                    found[part] = count
        return found

    def _reached(self, artifacts: Sequence[str]) -> Any:
        """Return a mask of the rows of the source in any of these; None where it is not known."""
        masks = []
        for one in artifacts:
            here = self._held.get(one)
            if here is None:
                continue
            if here.rows is None or here.unseen:
                return None
            masks.append(here.rows.reached())
        if not masks:
            return None
        found = masks[0]
        for mask in masks[1:]:
            found = found | mask
        return found

    def _rows(self, artifact: str) -> int | None:
        here = self._held.get(artifact)
        if here is not None and here.rows is not None:
            return here.rows.n_out
        node = self._nodes.get(artifact)
        return node.rows if node is not None else None

    def _called(self, artifact: str) -> str:
        node = self._nodes.get(artifact)
        return called(node) if node is not None else artifact


def cuts_of(step: StepRecorded, lines: SourceLines) -> list[Cut]:
    """Return the operations of a step that changed the number of rows, or may have."""
    some = [one for one in step.operations if one.unknown or one.rows_in != one.rows_out]
    return _cuts(step.run, some, lines)


def _cuts(step: str, operations: Sequence[Operation], lines: SourceLines) -> list[Cut]:
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


def _repeated(here: Holding) -> int:
    """Return how many rows hold a row of the source that an earlier one holds too."""
    if here.rows is None or here.rows.start is not None:
        return 0
    _, ins = here.rows.as_pairs()
    return len(ins) - int(here.rows.reached().sum())


def _ranges(mask: Any) -> list[tuple[int, int]]:
    """Return the first and the last of each run of rows in a mask."""
    import numpy as np

    ends = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    return [(int(first), int(after) - 1) for first, after in ends.reshape(-1, 2)]


def _verdict(model: Learned, record: _Record, parts: Sequence[RowPart]) -> str:
    count = record.learned()
    total = f"{record.count:,}" if record.count is not None else "the"
    if count is None:
        return (
            f"How many of {total} rows of {record.title} {model.title} learned from is not known."
        )
    sentence = f"{model.title} learned from {count:,} of {total} rows of {record.title}."
    repeated = next((one.repeated for one in parts if one.part == "train"), 0)
    if repeated:
        sentence += f" {counted(repeated, 'row')} of its training data are repetitions."
    for word in ("validation", "test"):
        there = [one for one in parts if one.part == word and one.reached is not None]
        if there:
            most = max(one.reached or 0 for one in there)
            sentence += f" {counted(most, 'row')} were in its {word} data."
    return sentence
