"""What a model was trained and measured on, and the flow of data that leads there."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from msgspec import Struct

from forebear.analysis.flowgraph import FlowGraph, gather
from forebear.core.entities import Edge, Node
from forebear.core.errors import InvalidInput
from forebear.core.events import StepRecorded
from forebear.core.flows import Passage
from forebear.core.ports import Store
from forebear.core.rows import MetricRow
from forebear.core.validation import VALIDATION
from forebear.ops.facts import Facts
from forebear.ops.kin import same_model, table_of
from forebear.ops.resolve import Found, of_model, resolve
from forebear.ops.table import Target

__all__ = [
    "BASES",
    "FlowDeed",
    "Learned",
    "Training",
    "columns_in",
    "deed_of",
    "flow_into",
    "learned",
    "measured_on",
    "rows_known",
    "steps_of",
    "transformers_in",
    "unnamed_tests",
]

_MOST_COLUMNS: Final = 2000
BASES: Final = frozenset({"base", "teacher", "train"})
"""Roles in which a model is what another builds on; a model is never plain training data."""


class Training(Struct, frozen=True, kw_only=True):
    """One step that made a model, with the data that it used."""

    step: Node
    model: str
    inputs: list[Edge]

    def data(self, *roles: str, slot: str | None = None) -> list[str]:
        """Return the artifacts used with one of these roles, in one slot where it is given."""
        return list(
            dict.fromkeys(
                edge.source
                for edge in self.inputs
                if edge.role in roles and (slot is None or _slot(edge) == slot)
            )
        )


class Learned(Struct, frozen=True, kw_only=True):
    """A model as all its guises, with the trainings that made it."""

    found: Found
    kin: list[Node]
    trainings: list[Training]
    bases: list[Training]
    """Trainings of the models that it builds on."""
    gaps: list[str]
    whole: list[Node] = []
    """The models that it is a part of: what they were tested on it was tested on."""

    @property
    def title(self) -> str:
        """What an answer calls the model."""
        return self.found.title

    @property
    def ids(self) -> list[str]:
        """Ids of all guises."""
        return [node.id for node in self.kin]

    @property
    def tested_as(self) -> list[str]:
        """Ids of what a test of it is a test of: itself, and what it is a part of."""
        return [*self.ids, *(node.id for node in self.whole)]

    def train_data(self, *, slot: str | None = None) -> list[str]:
        """Return the data that it was trained on."""
        return [id for one in self.trainings for id in one.data("train", slot=slot)]

    @property
    def features_used(self) -> list[str] | None:
        """Return the columns of its training data that reach the estimator, where that is said."""
        for node in (*self.kin, *self.whole):
            said = node.attrs.get("features_used")
            if isinstance(said, list):
                return [str(name) for name in said]
        return None


class FlowDeed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that was done: an operation, or a step as a whole, with its line of code."""

    name: str
    where: str | None
    step: str
    unknown: bool = False


def learned(store: Store, target: Target, seq: int | None) -> Learned:
    """Return the model that is meant, with what it was trained on.

    Raises:
        InvalidInput: it is no model.
    """
    found = resolve(store, of_model(store, target, seq), seq)
    models = [node for node in found.nodes if node.kind == "model"]
    if not models:
        raise InvalidInput(
            f"'{target.ref}' is no model, and this question is about one.",
            hint="`forebear models` lists the models.",
        )
    kin = same_model(store, models[0], seq)
    trainings = _trainings(store, kin, seq)
    bases: list[Training] = []
    seen = {node.id for node in kin}
    near = _bases(store, kin, trainings, seen, seq)
    whole = [] if trainings else near
    while near:
        older = _trainings(store, near, seq)
        bases += older
        near = _bases(store, near, older, seen, seq)
    if not trainings:
        # A part of a model, or one that was changed after its training: it learned what that did.
        trainings, bases = bases, []
    gaps = [] if trainings else [f"how {found.title} was trained was not seen"]
    return Learned(found=found, kin=kin, trainings=trainings, bases=bases, gaps=gaps, whole=whole)


def _trainings(store: Store, models: Sequence[Node], seq: int | None) -> list[Training]:
    made = [
        edge
        for edge in store.edges([node.id for node in models], "up", seq=seq)
        if edge.type == "generated"
    ]
    runs = store.nodes(list(dict.fromkeys(edge.source for edge in made)), seq)
    arriving = store.edges(list(runs), "up", seq=seq)
    found = []
    for edge in made:
        step = runs.get(edge.source)
        inputs = [one for one in arriving if one.target == edge.source and one.type == "used"]
        if step is not None and any(one.role == "train" for one in inputs):
            found.append(Training(step=step, model=edge.target, inputs=inputs))
    return found


def _bases(
    store: Store,
    models: Sequence[Node],
    trainings: Iterable[Training],
    seen: set[str],
    seq: int | None,
) -> list[Node]:
    """Return models that these build on, and that were not `seen` yet."""
    ids = [node.id for node in models]
    up = store.edges(ids, "up", seq=seq)
    ends = [edge.source for edge in up if edge.type == "derived"]
    ends += [id for one in trainings for id in one.data(*BASES)]
    makers = [edge.source for edge in up if edge.type == "generated"]
    ends += [e.source for e in store.edges(makers, "up", seq=seq) if e.role in BASES]
    near = list(store.nodes(list(dict.fromkeys(ends)), seq).values())
    fresh = [node for node in near if node.kind == "model" and node.id not in seen]
    seen.update(node.id for node in fresh)
    return fresh


def measured_on(
    store: Store,
    model: Learned,
    seq: int | None,
    *,
    slots: Container[str] = ("X",),
    without: Container[str] = (),
) -> tuple[dict[str, list[str]], list[MetricRow]]:
    """Return the data that a model was measured or used on by their part, and the figures.

    The parts are `validation`, `test`, and `input` for what nobody gave a part. `slots` are those
    of the arguments that count. What steps in `without` did is passed over.
    """
    parts: dict[str, dict[str, None]] = {"validation": {}, "test": {}, "input": {}}
    trained = set(model.train_data())
    for one in model.trainings:
        parts["validation"] |= dict.fromkeys(one.data("validation"))
    models = model.tested_as
    parted = _of_parts(store, models, seq)
    figures = [row for row in store.metrics(models=models, seq=seq) if row.run not in without]
    for row in figures:
        if row.data is None or row.run in parted:
            continue
        if row.split in {"test", "validation"}:
            parts[row.split][row.data] = None
    steps = [e.target for e in store.edges(models, "down", seq=seq) if e.type == "used"]
    asked = [id for id in dict.fromkeys(steps) if id not in without and id not in parted]
    for edge in store.edges(asked, "up", seq=seq):
        role = "input" if edge.role in {None, "reference"} else edge.role
        if edge.type == "used" and role in parts and _slot(edge) in slots:
            parts[role][edge.source] = None
    told = {id for role in ("validation", "test") for id in parts[role]}
    for id in [id for id in parts["input"] if id in told or id in trained]:
        del parts["input"][id]
    return {role: [id for id in ids if id not in trained] for role, ids in parts.items()}, figures


def _of_parts(store: Store, models: Sequence[str], seq: int | None) -> set[str]:
    """Return the steps that validated models on a part of the rows of data.

    What they used is the whole of it, of which most rows were not asked about.
    """
    ever = Facts(store, seq).history(VALIDATION, models)
    return {said.value.step for said in ever if said.value.part is not None}


def unnamed_tests(
    store: Store, model: Learned, inputs: Sequence[str], seq: int | None
) -> list[str]:
    """Return those of `inputs` on which a model was used in the run that trained it.

    Where nobody said what is test data, that is what it must have been.
    """
    runs = {one.step.root or one.step.id for one in model.trainings}
    edges = [edge for edge in store.edges(inputs, "down", seq=seq) if edge.type == "used"]
    steps = store.nodes(list(dict.fromkeys(edge.target for edge in edges)), seq)
    using = {
        edge.target
        for edge in store.edges(list(steps), "up", seq=seq)
        if edge.source in model.tested_as
    }
    inside = {id for id in using if (steps[id].root or id) in runs}
    return list(dict.fromkeys(edge.source for edge in edges if edge.target in inside))


def _slot(edge: Edge) -> str:
    return edge.slot or "X"


def flow_into(store: Store, artifacts: Sequence[str], seq: int | None) -> FlowGraph:
    """Return all data that went into these, however far."""
    fetch: Callable[[Sequence[str]], list[Passage]] = partial(_arriving, store, seq)
    return gather(list(dict.fromkeys(artifacts)), fetch)


def _arriving(store: Store, seq: int | None, ids: Sequence[str]) -> list[Passage]:
    return store.flows.passages(ids, "up", seq)


def rows_known(nodes: Mapping[str, Node]) -> dict[str, int]:
    """Return how many rows artifacts have, of those whose records say it."""
    return {id: node.rows for id, node in nodes.items() if node.rows is not None}


def steps_of(store: Store, graph: FlowGraph, seq: int | None) -> dict[str, StepRecorded]:
    """Return the steps by which data went into data."""
    runs = dict.fromkeys(one.run for one in graph.passages if one.run is not None)
    return store.flows.steps(list(runs), seq)


def transformers_in(
    store: Store, graph: FlowGraph, seq: int | None, *, without: Iterable[str] = ()
) -> dict[str, list[Training]]:
    """Return the trainings of the fitted models that were used on the way, by their ids."""
    runs = list(dict.fromkeys(one.run for one in graph.passages if one.run is not None))
    own = set(without)
    used = [e for e in store.edges(runs, "up", seq=seq) if e.role == "model"]
    models = store.nodes([id for id in dict.fromkeys(e.source for e in used) if id not in own], seq)
    found: dict[str, list[Training]] = {}
    for node in models.values():
        kin = same_model(store, node, seq)
        if own.isdisjoint(one.id for one in kin):
            found[node.id] = _trainings(store, kin, seq)
    return found


def columns_in(store: Store, node: Node, seq: int | None) -> list[str]:
    """Return the names of an artifact's columns, positions for those of an array."""
    table: Any = table_of(store, node, seq)
    schema = table.attrs.get("schema")
    if isinstance(schema, list) and schema:
        return [one["name"] if isinstance(one, dict) else one.name for one in schema]
    shape = table.attrs.get("shape")
    if isinstance(shape, list) and len(shape) == 2:
        return [str(place) for place in range(min(shape[1], _MOST_COLUMNS))]
    return []


def deed_of(steps: dict[str, StepRecorded], step: str, number: int = -1) -> FlowDeed:
    """Return an operation of a step, or the step itself, as an answer tells it."""
    told = steps.get(step)
    if told is None:
        return FlowDeed(name="derivation" if not step else "unknown step", where=None, step=step)
    if 0 <= number < len(told.operations):
        one = told.operations[number]
        return FlowDeed(
            name=one.name, where=one.where or told.where, step=step, unknown=one.unknown
        )
    return FlowDeed(name=told.name, where=told.where, step=step)
