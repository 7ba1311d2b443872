"""The columns of data, and what becomes of each on its way to a model."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from forebear.analysis.columns import ANY
from forebear.analysis.verdict import called, counted, listed
from forebear.core.entities import Column, Node
from forebear.core.errors import BadRef, InvalidInput, NotFound
from forebear.core.ports import Store
from forebear.ops.columns import ColumnWays, Part
from forebear.ops.resolve import moment, resolve
from forebear.ops.schemas import schema_of
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.training import FlowDeed, learned

__all__ = ["ColumnAt", "ColumnMapRequest", "ColumnMapResponse", "Origin", "column_map"]


class Origin(Struct, frozen=True, kw_only=True):
    """A column of a source, which no recorded step made."""

    source: str
    column: str


class ColumnAt(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One column of one thing."""

    name: str
    type: str | None = None
    origins: list[Origin] = []
    """The columns of sources that it was made of; what shares one hangs together."""
    part: Part | None = None
    """As what it, or what it is made of, reaches the model; None: not, as far as was seen."""
    fate: str | None = None
    """In words what became of it on the way."""


class NodeColumns(Struct, frozen=True, kw_only=True):
    """The columns of one thing, in their order."""

    id: str
    title: str
    columns: list[ColumnAt]


class ColumnMapResponse(Struct, frozen=True, kw_only=True):
    """The columns of some data, and how they lead to a model."""

    verdict: str
    nodes: list[NodeColumns]
    gaps: list[str]


class ColumnMapRequest(Request[ColumnMapResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask about the columns of some data."""

    targets: list[Target]
    """Data."""
    model: Target | None = None
    """The model to which they are followed."""
    as_of: str | None = None


@operation(name="column-map", permission="read")
def column_map(context: Context, request: ColumnMapRequest) -> ColumnMapResponse:
    """Tell the columns of some data, and of each what becomes of it on its way to a model."""
    store = context.store
    seq = moment(store, request.as_of)
    nodes = [resolve(store, target, seq).nodes[0] for target in request.targets]
    ways: _Ways | None = None
    gaps: list[str] = []
    if request.model is not None:
        try:
            ways = _Ways(store, request.model, seq)
        except (InvalidInput, BadRef, NotFound) as error:
            gaps.append(error.message)
    found = [
        NodeColumns(
            id=node.id,
            title=called(node),
            columns=_columns(node, schema_of(store, node, seq), ways),
        )
        for node in nodes
        if node.type == "artifact"
    ]
    return ColumnMapResponse(
        verdict=_verdict(found, followed=ways is not None),
        nodes=found,
        gaps=[*gaps, *(ways.gaps if ways is not None else [])],
    )


class _Ways:
    """What is known of the ways of columns to one model."""

    def __init__(self, store: Store, model: Target, seq: int | None) -> None:
        ways = ColumnWays(store, learned(store, model, seq), seq)
        parts: tuple[Part, ...] = ("feature", "target", "weight")
        uses = [use for part in parts for use in ways.uses(part)]
        self.gaps = ways.gaps(uses)
        self.parts: dict[tuple[str, str], Part] = {}
        self.fates: dict[tuple[str, str], str] = {}
        for use in reversed(uses):
            place = (use.source, use.column)
            self.parts[place] = use.part
            self.fates[place] = _way(use.becomes, use.through)
        for lost in ways.unused(set(self.parts)):
            self.fates[lost.source, lost.column] = f"{lost.how}: {_said(lost.by)}"
        self._origins = ways.origins

    def names(self, artifact: str) -> list[str]:
        """Return the columns of data on the way, as far as they are known."""
        return [name for name in self._origins.get(artifact, {}) if name != ANY]

    def origins(self, artifact: str, name: str) -> list[Origin]:
        """Return which columns of sources a column was made of."""
        trails = self._origins.get(artifact, {}).get(name, {})
        return [Origin(source=place.artifact, column=place.column) for place in trails]


def _columns(node: Node, schema: Sequence[Column], ways: _Ways | None) -> list[ColumnAt]:
    types: dict[str, str | None] = {column.name: column.type for column in schema}
    if ways is None:
        return [ColumnAt(name=name, type=type) for name, type in types.items()]
    types |= {name: None for name in ways.names(node.id) if name not in types}
    found = []
    for name, type in types.items():
        origins = ways.origins(node.id, name)
        places = [(one.source, one.column) for one in origins]
        part = next((ways.parts[place] for place in places if place in ways.parts), None)
        fate = ways.fates.get((node.id, name))
        found.append(ColumnAt(name=name, type=type, origins=origins, part=part, fate=fate))
    return found


def _way(becomes: Sequence[str], through: Sequence[FlowDeed]) -> str:
    words = f"becomes {listed(becomes)}"
    return f"{words} through {listed(map(_said, through))}" if through else words


def _said(deed: FlowDeed) -> str:
    return f"{deed.name} ({deed.where})" if deed.where else deed.name


def _verdict(found: Sequence[NodeColumns], *, followed: bool) -> str:
    columns = [column for one in found for column in one.columns]
    if not followed:
        return f"{counted(len(columns), 'column')} of {listed(one.title for one in found)}."
    reach = sum(1 for column in columns if column.part is not None)
    return f"{reach:,} of {counted(len(columns), 'column')} reach the model."
