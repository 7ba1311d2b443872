"""What became of the rows of a source on their way to a model or to data: the cleansing record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from forebear.analysis.flowgraph import FlowGraph
from forebear.analysis.verdict import called, counted, listed
from forebear.core.errors import InvalidInput
from forebear.core.ports import Store
from forebear.ops.kin import table_of
from forebear.ops.resolve import Found, moment, resolve
from forebear.ops.row_maps import require_numpy
from forebear.ops.row_record import Ends, RowPart, RowRecord, Stage
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.training import (
    Learned,
    Training,
    flow_into,
    learned,
    measured_on,
)

__all__ = ["RowsRequest", "RowsResponse", "RowsSource", "rows"]

_ANSWERS: Final = ("y", "y_true")
"""The arguments that hold what is to be predicted."""


class RowsSource(Struct, frozen=True, kw_only=True):
    """Data from which something comes, and that comes from nothing that is recorded."""

    artifact: str
    title: str
    rows: int | None


class RowsResponse(Struct, kw_only=True, omit_defaults=True):
    """What became of the rows of a source on their way to a model or to data."""

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
    sources: list[RowsSource] = []
    """Of data all that it comes from, that with the most rows first."""


class RowsRequest(Request[RowsResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask what became of the rows of a source."""

    target: Target
    """A model, or data that was made of other data."""
    source: Target | None = None
    """Needed where a model comes from several sources; of data's the one with the most rows is
    meant unless another is named."""
    ranges: bool = False
    """Tell of each part which rows of the source are in it, not only how many."""
    as_of: str | None = None


@operation(name="rows", permission="read")
def rows(context: Context, request: RowsRequest) -> RowsResponse:
    """Say how many rows of a source reached a model or data, and where the others were lost.

    Raises:
        InvalidInput: it is neither, the source does not lead to it, or NumPy is not there.
    """
    require_numpy()
    store = context.store
    seq = moment(store, request.as_of)
    found = resolve(store, request.target, seq)
    if found.nodes[0].kind in {"data", "file"}:
        return _of_data(store, found, request, seq)
    return _of_model(store, learned(store, request.target, seq), request, seq)


def _of_model(store: Store, model: Learned, request: RowsRequest, seq: int | None) -> RowsResponse:
    features = _ends(store, model, ("X",), seq)
    answers = _ends(store, model, _ANSWERS, seq)
    every = [id for ends in (features, answers) for ids in ends.values() for id in ids]
    graph = flow_into(store, every, seq)
    source = _source(store, request, model, graph, seq)
    below = set(graph.below([source]))
    # A source may have gone into the answers only.
    ends: Ends = {
        part: [id for id in ids if id in below] or [id for id in answers[part] if id in below]
        for part, ids in features.items()
    }
    record = RowRecord(store, graph, source, ends, seq)
    parts = record.parts(ranges=request.ranges)
    return _told(record, model.found, _verdict(model, record, parts), parts, gaps=model.gaps)


def _of_data(store: Store, found: Found, request: RowsRequest, seq: int | None) -> RowsResponse:
    node = found.nodes[0]
    graph = flow_into(store, [node.id], seq)
    nodes = store.nodes([id for id in graph.roots if id != node.id], seq)
    sources = sorted(nodes.values(), key=lambda one: -(table_of(store, one, seq).rows or 0))
    if not sources:
        raise InvalidInput(
            f"{found.title} was made of nothing that is recorded.",
            hint="`forebear trace` shows where it comes from.",
        )
    source = sources[0].id
    if request.source is not None:
        source = _inside(resolve(store, request.source, seq), found, graph)
    record = RowRecord(store, graph, source, {"made": [node.id]}, seq)
    parts = record.parts(ranges=request.ranges)
    answer = _told(record, found, _data_verdict(found, record), parts)
    answer.sources = [
        RowsSource(artifact=one.id, title=called(one), rows=table_of(store, one, seq).rows)
        for one in sources
    ]
    return answer


def _told(
    record: RowRecord,
    found: Found,
    verdict: str,
    parts: list[RowPart],
    *,
    gaps: Sequence[str] = (),
) -> RowsResponse:
    stages = record.stages()
    every = [*gaps, *record.gaps(stages, parts)]
    return RowsResponse(
        root=found.nodes[0].id,
        source=record.source,
        title=record.title,
        location=record.location,
        verdict=verdict,
        rows=record.count,
        stages=stages,
        parts=parts,
        complete=not every,
        gaps=every,
    )


def _source(
    store: Store, request: RowsRequest, model: Learned, graph: FlowGraph, seq: int | None
) -> str:
    """Return the artifact that is meant as the source."""
    if request.source is None:
        nodes = store.nodes(graph.roots, seq)
        # Predictions among the test data come from the model, which has no rows.
        roots = [one for one in graph.roots if one not in nodes or nodes[one].kind != "model"]
        if len(roots) == 1:
            return roots[0]
        titles = [called(nodes[one]) for one in roots if one in nodes]
        hint = f"Its sources are {listed(titles, 6)}: `--source {titles[0]}`." if titles else None
        raise InvalidInput(
            f"{model.title} comes from {counted(len(roots), 'source')}: say which one is meant.",
            hint=hint,
        )
    return _inside(resolve(store, request.source, seq), model.found, graph)


def _inside(source: Found, target: Found, graph: FlowGraph) -> str:
    inside = [id for id in source.ids if id in graph.into or id in graph.order]
    if not inside:
        raise InvalidInput(
            f"No row of {source.title} is known to have gone into {target.title}.",
            hint="`forebear trace` shows what did.",
        )
    return inside[0]


def _ends(store: Store, model: Learned, slots: Sequence[str], seq: int | None) -> Ends:
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


def _verdict(model: Learned, record: RowRecord, parts: Sequence[RowPart]) -> str:
    count = record.arrived()
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


def _data_verdict(found: Found, record: RowRecord) -> str:
    count = record.arrived()
    total = f"{record.count:,}" if record.count is not None else "the"
    if count is None:
        return f"How many of {total} rows of {record.title} are in {found.title} is not known."
    return f"{found.title} holds {count:,} of {total} rows of {record.title}."
