"""What is known of the data that a run read and wrote, for those to whom the run is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from forebear.analysis.columns import ANY, Trail, origins, spoken_in
from forebear.analysis.flowgraph import FlowGraph
from forebear.core.catalog import DESCRIPTION, TAG
from forebear.core.events import Operation, StepRecorded
from forebear.core.ports import Store
from forebear.core.rows import VersionRow
from forebear.core.statements import about_name
from forebear.exchange.openlineage.details import ColumnSource, Details
from forebear.ops.kin import table_of
from forebear.ops.schemas import columns_in, schema_of
from forebear.ops.training import flow_into, steps_of

__all__ = ["details_of"]

_ROLES: Final = ("train", "validation", "test", "reference", "base", "teacher")
"""From what says most of a source to what says least, where it went into several."""


def details_of(
    store: Store, run: str, inputs: Collection[str], outputs: Collection[str]
) -> dict[str, Details]:
    """Return what is known of artifacts that a run read (`inputs`) and wrote (`outputs`)."""
    nodes = store.nodes([*inputs, *outputs])
    roles = _roles(store, run, inputs)
    columns = _made_of(store, inputs, [id for id in outputs if nodes[id].kind != "model"])
    found = {}
    for id, rows in store.versions_of(list(nodes)).items():
        known = _said(store, rows)
        found[id] = Details(tags=known[0], description=known[1])
    return {
        id: Details(
            columns=schema_of(store, node),
            rows=table_of(store, node).rows if node.rows is None else node.rows,
            role=roles.get(id),
            made_of=columns.get(id, {}),
            tags=found[id].tags if id in found else [],
            description=found[id].description if id in found else None,
        )
        for id, node in nodes.items()
    }


def _said(store: Store, rows: Sequence[VersionRow]) -> tuple[list[str], str | None]:
    """Return the tags and the description of the names that something is a version of."""
    about = list(dict.fromkeys(about_name(row.kind, row.name) for row in rows))
    tags = sorted({one.row.key for one in TAG.latest(store.statements, about)}) if about else []
    texts = DESCRIPTION.latest(store.statements, about) if about else []
    return tags, texts[-1].value.text if texts else None


def _roles(store: Store, run: str, inputs: Collection[str]) -> dict[str, str]:
    """Return as what inputs reached a model, by whatever was made of them on the way."""
    used: dict[str, set[str]] = {}
    for edge in store.run_edges(run):
        if edge.type == "used" and edge.role in _ROLES:
            used.setdefault(edge.role, set()).add(edge.source)
    found: dict[str, str] = {}
    for role in _ROLES:
        if role in used:
            above = flow_into(store, sorted(used[role]), None).order
            found |= {id: role for id in above if id in inputs and id not in found}
    return found


def _made_of(
    store: Store, inputs: Collection[str], outputs: Sequence[str]
) -> dict[str, dict[str, list[ColumnSource]]]:
    """Return of which columns of inputs the columns of outputs were made, where that was seen."""
    whole = flow_into(store, outputs, None)
    # What lies behind an input is the business of the run that made it.
    into = {target: ways for target, ways in whole.into.items() if target not in inputs}
    graph = FlowGraph(order=whole.order, into=into)
    steps, nodes = steps_of(store, graph, None), store.nodes(graph.order)
    spoken = spoken_in(graph, steps)

    def names(artifact: str) -> list[str]:
        node = nodes.get(artifact)
        return [one.name for one in columns_in(table_of(store, node))] if node else []

    made = origins(graph, steps, names, spoken)
    return {
        id: {
            name: [
                _source(steps, place.artifact, place.column, trail)
                for place, trail in trails.items()
                if place.artifact in inputs and trail.seen and ANY not in (place.column, name)
            ]
            for name, trails in made.get(id, {}).items()
        }
        for id in outputs
    }


def _source(
    steps: Mapping[str, StepRecorded], artifact: str, column: str, trail: Trail
) -> ColumnSource:
    done = [
        steps[one.step].operations[one.number]
        for one in trail.through
        if one.number >= 0 and one.step in steps
    ]
    return ColumnSource(
        artifact=artifact,
        column=column,
        through=list(dict.fromkeys(one.name for one in done)),
        way=_way(done, is_same=not trail.through),
    )


def _way(done: Iterable[Operation], *, is_same: bool) -> str:
    """Return in OpenLineage's words what was done to values."""
    if any(one.pooled for one in done):
        return "AGGREGATION"
    return "IDENTITY" if is_same else "TRANSFORMATION"
