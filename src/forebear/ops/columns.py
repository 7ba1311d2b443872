"""Which columns of which sources a model learns from, and what became of the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Literal, NamedTuple

from msgspec import Struct

from forebear.analysis.columns import (
    ANY,
    Done,
    Origins,
    Place,
    labels_in,
    losses,
    origins,
    spoken_in,
)
from forebear.analysis.flowgraph import FlowGraph
from forebear.analysis.verdict import called, counted, listed
from forebear.core.entities import Evidence, EvidenceWord, Node
from forebear.core.events import StepRecorded
from forebear.core.ports import Store
from forebear.ops.contents import Contents
from forebear.ops.resolve import moment
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.training import (
    FlowDeed,
    Learned,
    columns_in,
    deed_of,
    flow_into,
    learned,
    steps_of,
)

__all__ = [
    "ColumnUse",
    "ColumnWays",
    "ColumnsRequest",
    "ColumnsResponse",
    "SourceTable",
    "UnusedColumn",
    "columns",
    "columns_from",
]

Part = Literal["feature", "target", "weight"]


class SourceTable(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where columns begin: data that no recorded step made."""

    id: str
    title: str
    location: str | None
    columns: list[str]
    """All that are known; `*` alone where none is."""


class ColumnUse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A column of a source that reaches a model, and how."""

    source: str
    column: str
    part: Part
    becomes: list[str]
    """What the model knows it by: columns of its training data."""
    through: list[FlowDeed]
    evidence: EvidenceWord
    """`inferred` where an operation on the way was not seen: then it may reach the model."""


class UnusedColumn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A column of a source that does not reach a model, and where it ended."""

    source: str
    column: str
    how: Literal["dropped", "not read", "left out"]
    """`left out` by the model itself, whose training data have it."""
    by: FlowDeed
    decided: list[FlowDeed] = []
    """What it decided about rows in: a filter, a join, a sort."""


class ColumnsResponse(Struct, kw_only=True, omit_defaults=True):
    """Which columns of which sources a model learns from."""

    root: str
    verdict: str
    sources: list[SourceTable]
    columns: list[ColumnUse]
    unused: list[UnusedColumn]
    constants: list[str]
    """Features that were made of no column of any source."""
    complete: bool
    gaps: list[str]


class ColumnsRequest(Request[ColumnsResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask which columns a model learns from."""

    target: Target
    as_of: str | None = None


@operation(name="columns", permission="read")
def columns(context: Context, request: ColumnsRequest) -> ColumnsResponse:
    """Say which columns of which sources a model learns from, and where the others ended.

    Raises:
        InvalidInput: it is no model.
    """
    store = context.store
    seq = moment(store, request.as_of)
    return columns_from(store, learned(store, request.target, seq), seq)


def columns_from(
    store: Store, model: Learned, seq: int | None, begin: Sequence[str] = ()
) -> ColumnsResponse:
    """Return the answer of `columns`, with data in `begin` as sources whatever they came from."""
    ways = ColumnWays(store, model, seq, begin)
    uses = [use for part in ("feature", "target", "weight") for use in ways.uses(part)]
    unused = ways.unused({(use.source, use.column) for use in uses})
    gaps = [*model.gaps, *ways.gaps(uses)]
    sources = ways.sources()
    return ColumnsResponse(
        root=model.found.nodes[0].id,
        verdict=_verdict(model, uses, unused, {one.id: one.title for one in sources}),
        sources=sources,
        columns=uses,
        unused=unused,
        constants=ways.constants(),
        complete=not gaps,
        gaps=gaps,
    )


class _Link(NamedTuple):
    ends: tuple[str, str]
    """From which artifact into which."""
    evidence: EvidenceWord


class ColumnWays:
    """The ways of columns from all sources to one model."""

    def __init__(
        self, store: Store, model: Learned, seq: int | None, begin: Sequence[str] = ()
    ) -> None:
        self._store, self._model, self._seq = store, model, seq
        self.graph: FlowGraph = flow_into(store, model.train_data(), seq)
        if begin:
            for artifact in begin:
                self.graph.into.pop(artifact, None)
            self.graph.order = self.graph.above(model.train_data())
        self.steps: dict[str, StepRecorded] = steps_of(store, self.graph, seq)
        self.nodes: dict[str, Node] = store.nodes(self.graph.order, seq)
        self._contents = Contents(store, seq)
        self._spoken = spoken_in(self.graph, self.steps)
        self.origins: Origins = origins(self.graph, self.steps, self._names, self._spoken)
        self._rank = {one.run or "": place for place, one in enumerate(self.graph.passages)}
        self._labels = labels_in(self.graph, self.steps, self.origins)
        self._features = model.train_data(slot="X")
        self._grades: dict[str, EvidenceWord] = {}
        # Where the features lie; the way of a target is another one.
        above = set(self.graph.above(self._features))
        self._inside = FlowGraph(
            order=[one for one in self.graph.order if one in above],
            into={target: into for target, into in self.graph.into.items() if target in above},
        )

    def uses(self, part: Part) -> list[ColumnUse]:
        """Return the source columns that reach the model in this part."""
        found: dict[Place, tuple[dict[str, None], dict[Done, None], bool]] = {}
        for artifact, name in self._places(part):
            for place, trail in self.origins.get(artifact, {}).get(name, {}).items():
                becomes, through, seen = found.setdefault(place, ({}, {}, False))
                becomes[name] = None
                through |= dict.fromkeys(trail.through)
                found[place] = becomes, through, seen or trail.seen
        return [
            ColumnUse(
                source=place.artifact,
                column=place.column,
                part=part,
                becomes=list(becomes),
                through=self._deeds(through),
                evidence=self._grade(place.artifact) if seen else "inferred",
            )
            for place, (becomes, through, seen) in sorted(found.items(), key=self._order)
        ]

    def _grade(self, source: str) -> EvidenceWord:
        """Return how well it is known what came of a source: as the weakest link on its way is."""
        if source not in self._grades:
            below = set(self.graph.below([source]))
            words = [one.evidence for one in self._links if below.issuperset(one.ends)]
            self._grades[source] = min(words, key=Evidence.__getitem__, default="observed")
        return self._grades[source]

    @cached_property
    def _links(self) -> list[_Link]:
        """What ties each artifact on the way to what went into it, with how well that is known."""
        passages = self.graph.passages
        ends = list(dict.fromkeys(word for p in passages for word in (p.run, p.target) if word))
        edges = self._store.edges(ends, "up", seq=self._seq)
        known = {(edge.source, edge.target): edge.evidence for edge in edges}
        links = []
        for one in passages:
            pairs = [(one.source, one.run), (one.run, one.target), (one.source, one.target)]
            links += [
                _Link((one.source, one.target), known[pair])
                for pair in pairs
                if pair in known and known[pair] != "verified"
            ]
        return links

    def unused(self, used: set[tuple[str, str]]) -> list[UnusedColumn]:
        """Return the other columns of the sources, with where they ended."""
        return [
            self._unused(Place(source, name), self._way_of(source))
            for source in self.graph.roots
            for name in self.origins.get(source, {})
            if (source, name) not in used and name != ANY
        ]

    def _way_of(self, source: str) -> FlowGraph:
        """Return where the columns of a source may go: to features, or else to targets."""
        return self._inside if source in self._inside.order else self.graph

    def _unused(self, place: Place, way: FlowGraph) -> UnusedColumn:
        lost = losses(way, self.steps, self.origins, place)
        decided = self._decided(place, way)
        if lost is None:
            by = self._model.trainings[0].step
            deed = FlowDeed(name=by.name or by.kind, where=by.where, step=by.id)
            return UnusedColumn(
                source=place.artifact, column=place.column, how="left out", by=deed, decided=decided
            )
        reading = lost.source == place.artifact and self._reads(lost.step)
        return UnusedColumn(
            source=place.artifact,
            column=place.column,
            how="not read" if reading and lost.done.number < 0 else "dropped",
            by=deed_of(self.steps, lost.step, lost.done.number),
            decided=decided,
        )

    def _reads(self, step: str) -> bool:
        return step in self.steps and self.steps[step].kind == "ingest"

    def _decided(self, place: Place, way: FlowGraph) -> list[FlowDeed]:
        """Return the operations in which a column, or what was made of it, decided about rows."""
        found: dict[FlowDeed, None] = {}
        for passage in way.passages:
            step = self.steps.get(passage.run or "")
            names = {
                name
                for name, trails in self.origins.get(passage.source, {}).items()
                if place in trails
            }
            for number, one in enumerate(step.operations if step and names else ()):
                if names & set(one.by):
                    found[deed_of(self.steps, passage.run or "", number)] = None
        return list(found)

    def sources(self) -> list[SourceTable]:
        """Return where columns begin."""
        roots = self.graph.roots
        places: dict[str, str] = {}
        for row in self._store.locations(roots, self._seq):
            places.setdefault(row.artifact, row.uri)
        return [
            SourceTable(
                id=id,
                title=called(self.nodes[id]) if id in self.nodes else id,
                location=places.get(id),
                columns=list(self.origins.get(id, {})),
            )
            for id in roots
        ]

    def constants(self) -> list[str]:
        """Return features that were made of nothing."""
        return [
            name
            for artifact, name in self._places("feature")
            if not self.origins.get(artifact, {}).get(name)
        ]

    def gaps(self, uses: Sequence[ColumnUse]) -> list[str]:
        """Say what is not known of the ways."""
        sentences = []
        if not self._features:
            sentences.append("which data the features are was not seen")
        unseen = dict.fromkeys(d for use in uses for d in use.through if d.unknown)
        sentences += [f"what {_at(deed)} did to columns was not seen" for deed in unseen]
        weak = {use.column for use in uses if use.evidence == "inferred" and use.column != ANY}
        if weak:
            said = counted(len(weak), "column")
            sentences.append(f"{said} may reach the model: what was done on the way was not seen")
        nameless = [one.title for one in self.sources() if one.columns == [ANY]]
        sentences += [f"the columns of {title} are not known" for title in nameless]
        if not self.graph.complete:
            sentences.append("there is too much data on the way to look at all of it")
        return sentences

    def _places(self, part: Part) -> Iterable[Place]:
        """Return the columns of training data that play a part."""
        chosen = self._model.features_used
        for training in self._model.trainings:
            for edge in training.inputs:
                slot = edge.slot or "X"
                whose: Part = "feature" if slot == "X" else "target" if slot == "y" else "weight"
                if edge.role != "train" or whose != part:
                    continue
                labels = self._labels.get(edge.source, ())
                for name in self.origins.get(edge.source, {}):
                    wanted = part != "feature" or chosen is None or name in chosen
                    if wanted and name not in labels:
                        yield Place(edge.source, name)

    def _names(self, artifact: str) -> Sequence[str]:
        node = self.nodes.get(artifact)
        if node is None:
            return []
        known = columns_in(self._store, node, self._seq)
        if known or self.graph.into.get(artifact):
            return known
        # What was never read is told by the source itself, if the names are those it was read by.
        named = self._contents.names(node)
        return named if set(self._spoken.get(artifact, ())) <= set(named) else []

    def _deeds(self, through: Iterable[Done]) -> list[FlowDeed]:
        """Return operations in the order in which they were done."""
        return [deed_of(self.steps, *one) for one in sorted(through, key=self._when)]

    def _when(self, done: Done) -> tuple[int, int]:
        return self._rank.get(done.step, -1), done.number

    def _order(self, item: tuple[Place, object]) -> tuple[int, int]:
        place = item[0]
        names = list(self.origins.get(place.artifact, {}))
        return self.graph.order.index(place.artifact), names.index(place.column)


def _verdict(
    model: Learned,
    uses: Sequence[ColumnUse],
    unused: Sequence[UnusedColumn],
    titles: Mapping[str, str],
) -> str:
    learner, titles = _told_apart(model.title, titles)
    features = [use for use in uses if use.part == "feature"]
    if not features:
        return f"Which columns {learner} learns from was not seen."
    by: dict[str, list[str]] = {}
    for use in features:
        by.setdefault(titles[use.source], []).append(use.column)
    told = listed(f"{counted(len(names), 'column')} of {title}" for title, names in by.items())
    sentence = f"{learner} learns from {told}."
    target = [f"{use.column} of {titles[use.source]}" for use in uses if use.part == "target"]
    if target:
        sentence += f" Its target is {listed(target)}."
    if unused:
        do = "does" if len(unused) == 1 else "do"
        sentence += f" {counted(len(unused), 'other column')} of these sources {do} not reach it."
    return sentence


def _told_apart(model: str, titles: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """Return titles that say which is a model and which is data, where both have one name.

    >>> _told_apart("wine.joblib (wine:1)", {"a": "wine:1"})
    ('wine.joblib (model wine:1)', {'a': 'data wine:1'})
    """
    named = model.rpartition("(")[2].removesuffix(")")
    if named not in titles.values():
        return model, titles
    told = {id: f"data {title}" if title == named else title for id, title in titles.items()}
    before, _, after = model.rpartition(named)
    return f"{before}model {named}{after}", told


def _at(deed: FlowDeed) -> str:
    return f"{deed.name} ({deed.where})" if deed.where else deed.name
