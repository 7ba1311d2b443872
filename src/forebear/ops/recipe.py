"""Reproduction: the recipe of an artifact, and the verdict of having followed it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct

from forebear.core.entities import Edge, Node
from forebear.core.errors import InvalidInput
from forebear.core.events import ReproductionRecorded
from forebear.core.ports import Store
from forebear.core.rows import MetricRow, RunRow
from forebear.ops.kin import same_model
from forebear.ops.resolve import resolve, resolve_one
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "Ingredient",
    "RecipeRequest",
    "RecipeResponse",
    "ReproducedRequest",
    "ReproducedResponse",
    "ResolveRequest",
    "ResolveResponse",
    "SavedModelRequest",
    "SavedModelResponse",
    "StepFacts",
    "recipe",
    "reproduced",
]

_CONTEXT = {"code", "environment", "diff"}


class Ingredient(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that a run read or wrote: its content and where it was then."""

    artifact: Node
    path: str


class StepFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of a run with what it made and what was measured in it."""

    kind: str
    name: str
    where: str | None
    params: dict[str, Any]
    generated: list[Node]
    metrics: dict[str, float | str]


class RecipeResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that is recorded of how an artifact was made, for making it again."""

    target: Node
    """What is to be made again."""
    run: RunRow
    """The outermost run that made it."""
    code: Node | None
    environment: Node | None
    inputs: list[Ingredient]
    outputs: list[Ingredient]
    steps: list[StepFacts]
    gaps: list[str]
    params: dict[str, Any] = {}


class RecipeRequest(Request[RecipeResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask how an artifact was made."""

    target: Target


class ReproducedResponse(Struct, frozen=True, kw_only=True):
    """The verdict is recorded."""

    artifact: str
    verdict: str


class ReproducedRequest(Request[ReproducedResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Record the verdict of a reproduction."""

    artifact: str
    run: str
    verdict: Literal["bitwise", "numerical", "decision", "refuted"]
    reason: str
    environment: Literal["rebuilt", "current"]
    matched: list[str] = []
    details: dict[str, Any] = {}


@operation(name="recipe", permission="read")
def recipe(context: Context, request: RecipeRequest) -> RecipeResponse:
    """Return the run behind an artifact with its code, environment, inputs, outputs and steps.

    A ref to a run means all that the run has made; its last output stands for it.

    Raises:
        InvalidInput: no recorded run made it.
    """
    store = context.store
    node = resolve(store, request.target).nodes[0]
    run = _maker(store, node)
    if run is None:
        raise InvalidInput(
            f"No recorded run made {request.target.ref}, so there is nothing to run again.",
            hint="Only what a recorded program made can be reproduced: `forebear run train.py`.",
        )
    edges = store.run_edges(run.id)
    nodes = store.nodes(sorted({end for edge in edges for end in (edge.source, edge.target)}))
    # Runs inside it may have an environment of their own; that of the run itself comes last.
    contexts = sorted(edges, key=lambda edge: edge.target == run.id)
    context_of = {edge.role: nodes.get(edge.source) for edge in contexts if edge.role in _CONTEXT}
    outputs = _files(store, run, nodes, _made(edges), ("write", "copy"))
    return RecipeResponse(
        target=(outputs[-1].artifact if outputs else node) if node.type == "run" else node,
        run=run,
        code=context_of.get("code"),
        environment=context_of.get("environment"),
        inputs=_files(store, run, nodes, _taken(edges), ("read",)),
        outputs=outputs,
        steps=_steps(store, run, nodes, edges),
        gaps=[gap.what for gap in store.gaps([run.id])],
        params=run.params,
    )


@operation(name="reproduced", permission="write")
def reproduced(context: Context, request: ReproducedRequest) -> ReproducedResponse:
    """Record what came of making an artifact again."""
    context.store.append(
        [
            ReproductionRecorded(
                by=context.author,
                **{name: getattr(request, name) for name in request.__struct_fields__},
            )
        ]
    )
    return ReproducedResponse(artifact=request.artifact, verdict=request.verdict)


def _maker(store: Store, node: Node) -> RunRow | None:
    """Return the newest outermost run that made an artifact and did not fail, else the newest."""
    if node.type == "run":
        return store.run(node.root or node.id)
    ends = [edge.source for edge in store.edges([node.id], "up")]
    near = store.nodes(ends)
    origins = [n.id for n in near.values() if n.type == "artifact"]
    runs = [n for n in near.values() if n.type == "run"]
    runs += [
        n
        for n in store.nodes([e.source for e in store.edges(origins, "up")]).values()
        if n.type == "run"
    ]
    rows = [row for n in runs if (row := store.run(n.root or n.id)) is not None]
    rows.sort(key=lambda row: (row.status == "finished", row.started))
    return rows[-1] if rows else None


def _taken(edges: Sequence[Edge]) -> list[str]:
    made = set(_made(edges))
    return [
        edge.source
        for edge in edges
        if edge.type == "used" and edge.role not in _CONTEXT and edge.source not in made
    ]


def _made(edges: Sequence[Edge]) -> list[str]:
    return [edge.target for edge in edges if edge.type in ("generated", "derived")]


def _files(
    store: Store, run: RunRow, nodes: dict[str, Node], ids: Sequence[str], modes: Sequence[str]
) -> list[Ingredient]:
    wanted = [id for id in dict.fromkeys(ids) if id in nodes and not nodes[id].in_memory]
    places: dict[str, list[str]] = {}
    for place in store.locations(wanted, run=run.id):
        if place.mode in modes:
            places.setdefault(place.artifact, []).append(place.uri)
    return [
        Ingredient(artifact=nodes[id], path=path) for id in wanted for path in places.get(id, [])
    ]


def _steps(
    store: Store, run: RunRow, nodes: dict[str, Node], edges: Sequence[Edge]
) -> list[StepFacts]:
    made: dict[str, list[Node]] = {}
    for edge in edges:
        if edge.type == "generated" and edge.target in nodes:
            made.setdefault(edge.source, []).append(nodes[edge.target])
    rows = store.runs(roots_only=False, parent=run.id, limit=100_000)
    figures: dict[str, dict[str, float | str]] = {}
    for row in store.metrics(runs=[step.id for step in rows]):
        figures.setdefault(row.run, {})[_spoken(row)] = row.metric.value
    return [
        StepFacts(
            kind=step.kind,
            name=step.name,
            where=step.where,
            params=step.params,
            generated=made.get(step.id, []),
            metrics=figures.get(step.id, {}),
        )
        for step in rows
    ]


def _spoken(row: MetricRow) -> str:
    return row.metric.key if row.metric.step is None else f"{row.metric.key}[{row.metric.step}]"


class SavedModelResponse(Struct, frozen=True, kw_only=True):
    """Where a model's bytes may be found."""

    artifacts: list[Node]
    """The files that the model was saved to, the one asked for first."""
    paths: dict[str, list[str]]
    """For each artifact the places where its content was seen, newest first."""


class SavedModelRequest(Request[SavedModelResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask where the bytes of a model are."""

    target: Target


@operation(name="saved-model", permission="read")
def saved_model(context: Context, request: SavedModelRequest) -> SavedModelResponse:
    """Return the saved forms of a model.

    Raises:
        InvalidInput: it is no model.
    """
    node = resolve_one(context.store, request.target)
    if node.kind not in ("model", "file"):
        raise InvalidInput(f"{request.target.ref} is no model but {node.kind}.")
    saved = [one for one in same_model(context.store, node) if not one.in_memory]
    places: dict[str, list[str]] = {}
    for place in context.store.locations([one.id for one in saved]):
        places.setdefault(place.artifact, []).append(place.uri)
    return SavedModelResponse(artifacts=saved, paths=places)


class ResolveResponse(Struct, frozen=True, kw_only=True):
    """The artifact that a ref means."""

    artifact: str
    kind: str


class ResolveRequest(Request[ResolveResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask which artifact a ref means."""

    target: Target


@operation(name="resolve", permission="read")
def resolve_ref(context: Context, request: ResolveRequest) -> ResolveResponse:
    """Return the one artifact that is meant."""
    node = resolve_one(context.store, request.target)
    return ResolveResponse(artifact=node.id, kind=node.kind)
