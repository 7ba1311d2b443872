"""What became of the rows of one source, step by step: the cleansing record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from forebear.analysis.flowgraph import FlowGraph
from forebear.analysis.verdict import called
from forebear.core.entities import Node
from forebear.core.events import StepRecorded
from forebear.core.ports import Store
from forebear.ops.cuts import Cut, all_cuts
from forebear.ops.row_maps import MapReader
from forebear.ops.source_code import SourceLines
from forebear.ops.training import rows_known, steps_of

if TYPE_CHECKING:
    from forebear.analysis.rowways import Holding

__all__ = ["Ends", "PartWord", "RowPart", "RowRecord", "Stage"]

PartWord = Literal["train", "base", "validation", "test", "input", "made"]
Ends = dict[PartWord, list[str]]
_GOALS: Final[tuple[PartWord, ...]] = ("train", "base", "made")
"""The parts for whose sake the others are set aside."""
_FEW: Final = 10


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


class RowRecord:
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

        self._graph, self.source, self._ends = graph, source, ends
        self._goals = [id for part in _GOALS for id in ends.get(part, ())]
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
        """Return the steps from the source to what the model learned from, or the data."""
        inside = set(self._graph.above(self._goals))
        found = []
        for artifact in self._graph.below([self.source]):
            if artifact == self.source or artifact not in inside:
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
            operations=all_cuts(told.run, told.operations, self._lines) if told else [],
        )

    def arrived(self) -> int | None:
        """Return how many rows of the source were learned from, or are in the data."""
        reached = self._reached(self._goals)
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
            if part not in _GOALS and lost is not None and there is not None:
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


def _repeated(here: Holding) -> int:
    """Return how many rows hold a row of the source that an earlier one holds too."""
    if here.rows is None or here.rows.start is not None:
        return 0
    counts = here.rows.counts()
    return int(counts.sum()) - int((counts > 0).sum())


def _ranges(mask: Any) -> list[tuple[int, int]]:
    """Return the first and the last of each run of rows in a mask."""
    import numpy as np

    ends = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    return [(int(first), int(after) - 1) for first, after in ends.reshape(-1, 2)]
