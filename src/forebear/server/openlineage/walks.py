"""Lineage in Marquez' form: of jobs and data sets, of columns, and upwards from a run."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from forebear.core.errors import InvalidInput, NotFound
from forebear.exchange.openlineage import facets, versions
from forebear.exchange.openlineage.explicit import key_of
from forebear.exchange.openlineage.naming import DatasetKey, JobKey, dataset_key
from forebear.exchange.openlineage.view import View
from forebear.server.openlineage.shapes import Shapes, version_uuid

__all__ = ["column_lineage", "lineage", "node_id", "upstream"]

Node = JobKey | DatasetKey
Field = tuple[DatasetKey, str]


def node_id(node: Node) -> str:
    """Return how Marquez writes a node."""
    kind = "job" if isinstance(node, JobKey) else "dataset"
    return f"{kind}:{node.namespace}:{node.name}"


def lineage(view: View, said: str, depth: int) -> dict[str, Any]:
    """Return what lies above and below a job or a data set, so many jobs far.

    Upwards only what leads to it, downwards only what it leads to: what merely shares a data set
    with it is no lineage of it.
    """
    shapes, start = Shapes(view), _node(view, said)
    up: dict[Node, list[Node]] = {}
    down: dict[Node, list[Node]] = {}
    for job in view.jobs.values():
        for key in shapes.io(job, "inputs"):
            up.setdefault(job.key, []).append(key)
            down.setdefault(key, []).append(job.key)
        for key in shapes.io(job, "outputs"):
            down.setdefault(job.key, []).append(key)
            up.setdefault(key, []).append(job.key)
    steps = 2 * depth + (1 if isinstance(start, JobKey) else 0)
    found = {start, *_reached(start, up, steps), *_reached(start, down, steps)}
    return {"graph": [_drawn(shapes, node, found, up, down) for node in sorted(found, key=node_id)]}


def _reached(start: Any, along: dict[Any, list[Any]], steps: int) -> set[Any]:
    found, frontier = {start}, [start]
    for _ in range(steps):
        frontier = [one for node in frontier for one in along.get(node, ()) if one not in found]
        found.update(frontier)
        if not frontier:
            break
    return found


def _drawn(
    shapes: Shapes,
    node: Node,
    found: set[Node],
    up: dict[Node, list[Node]],
    down: dict[Node, list[Node]],
) -> dict[str, Any]:
    id, view = node_id(node), shapes.view
    if isinstance(node, JobKey):
        data = shapes.job(view.jobs[node])
    else:
        data = shapes.dataset(view.datasets[node])
    before = [node_id(one) for one in dict.fromkeys(up.get(node, ())) if one in found]
    after = [node_id(one) for one in dict.fromkeys(down.get(node, ())) if one in found]
    return {
        "id": id,
        "type": "JOB" if isinstance(node, JobKey) else "DATASET",
        "data": data,
        "inEdges": [{"origin": one, "destination": id} for one in before],
        "outEdges": [{"origin": id, "destination": one} for one in after],
    }


def column_lineage(view: View, said: str, depth: int, downstream: bool) -> dict[str, Any]:
    """Return what columns are made of, and with `downstream` what is made of them."""
    said, version = _versioned(said)
    told = {} if version is None else _told_with(view, said, version)
    edges = _column_edges(view, told)
    up, down = edges.up, edges.down
    starts = _fields(view, said, up, down)
    found = {one for start in starts for one in _reached(start, up, depth)}
    if downstream:
        found |= {one for start in starts for one in _reached(start, down, depth)}
    return {"graph": [_field_drawn(view, one, edges, found) for one in sorted(found)]}


class _Edges(NamedTuple):
    """What each column is made of, what is made of it, and how."""

    up: dict[Field, list[Field]]
    down: dict[Field, list[Field]]
    ways: dict[tuple[Field, Field], list[facets.Transformation]]


def _column_edges(view: View, told: Mapping[DatasetKey, dict[str, Any]]) -> _Edges:
    """Return how columns hang together, by the newest that is told but where it is given."""
    edges = _Edges({}, {}, {})
    for state in view.datasets.values():
        known = told.get(state.key, state.known)
        said = facets.read(known, "columnLineage", facets.ColumnLineage)
        for name, one in said.fields.items() if said else ():
            target = state.key, name
            for source in one.input_fields:
                origin = view.canonical(key_of(source)), source.field or "*"
                edges.up.setdefault(target, []).append(origin)
                edges.down.setdefault(origin, []).append(target)
                edges.ways[target, origin] = source.transformations or []
    return edges


def _field_drawn(view: View, one: Field, edges: _Edges, found: set[Field]) -> dict[str, Any]:
    up, down, ways = edges
    key, name = one
    state = view.datasets.get(key)
    schema = facets.read(state.known, "schema", facets.Schema) if state else None
    kind = next((f.type for f in (schema.fields if schema else ()) if f.name == name), None)
    known = versions.writes(view, key)
    version = version_uuid(max(known).artifact) if known else None
    return {
        "id": _field_id(one),
        "type": "DATASET_FIELD",
        "data": {
            "namespace": key.namespace,
            "dataset": key.name,
            "datasetVersion": version,
            "field": name,
            "fieldType": kind,
            "transformationDescription": None,
            "transformationType": None,
            "inputFields": [
                {
                    "namespace": source.namespace,
                    "dataset": source.name,
                    "field": field,
                    "transformations": [
                        {"type": way.type, "subtype": way.subtype, "masking": way.masking}
                        for way in ways.get((one, (source, field)), ())
                    ],
                }
                for source, field in dict.fromkeys(up.get(one, ()))
            ],
        },
        "inEdges": _edges(one, (x for x in up.get(one, ()) if x in found), inward=True),
        "outEdges": _edges(one, (x for x in down.get(one, ()) if x in found), inward=False),
    }


def _edges(one: Field, others: Iterable[Field], *, inward: bool) -> list[dict[str, str]]:
    ids = [_field_id(other) for other in dict.fromkeys(others)]
    own = _field_id(one)
    return [
        {"origin": id, "destination": own} if inward else {"origin": own, "destination": id}
        for id in ids
    ]


def _field_id(one: Field) -> str:
    return f"datasetField:{one[0].namespace}:{one[0].name}:{one[1]}"


def upstream(view: View, said: str, depth: int) -> dict[str, Any]:
    """Return the runs above a run, by the versions of data sets that they wrote."""
    makers: dict[str, str] = {}
    for run in view.runs.values():
        for part in run.parts("outputs", view.links).values():
            makers.update((one.artifact, run.id) for one in versions.written(part, run))
    if said not in view.runs:
        raise NotFound(f"There is no run '{said[:60]}'.")
    shapes, found, frontier = Shapes(view), [], [said]
    seen = {said}
    for distance in range(depth + 1):
        above: list[str] = []
        for id in frontier:
            run = view.runs[id]
            inputs = []
            for part in run.parts("inputs", view.links).values():
                for one in versions.read(view, part, run):
                    maker = makers.get(one.artifact)
                    inputs.append(
                        {
                            "namespace": part.key.namespace,
                            "name": part.key.name,
                            "version": version_uuid(one.artifact),
                            "producedByRunId": maker,
                        }
                    )
                    if maker is not None and maker not in seen:
                        seen.add(maker)
                        above.append(maker)
            job = {"namespace": run.job.namespace, "name": run.job.name}
            found.append({"job": job, "run": shapes.run(run), "inputs": inputs, "depth": distance})
        frontier = above
    return {"runs": found}


def _versioned(said: str) -> tuple[str, str | None]:
    """Return a node without its version, and the version."""
    node, _, version = said.rpartition("#")
    try:
        return node, str(uuid.UUID(version))
    except ValueError:
        return said, None


def _told_with(view: View, said: str, version: str) -> dict[DatasetKey, dict[str, Any]]:
    """Return what was told of a data set when a version of it was written."""
    kind, _, rest = said.partition(":")
    node = _field(view, rest)[0] if kind == "datasetField" else _node(view, said)
    if isinstance(node, JobKey):
        return {}
    for one in Shapes(view).dataset_versions(view.datasets[node]):
        if one["version"] == version:
            return {node: one["facets"]}
    raise NotFound(f"There is no version {version} of '{said[:120]}'.")


def _node(view: View, said: str) -> Node:
    """Return the node that is meant: a namespace may have colons in it, and so may a name."""
    said, _ = _versioned(said)
    kind, _, rest = said.partition(":")
    if kind not in ("job", "dataset"):
        raise InvalidInput(
            f"'{said[:120]}' is no node.",
            hint="Write job:NAMESPACE:NAME or dataset:NAMESPACE:NAME.",
        )
    for namespace, name in _splits(rest):
        if kind == "job" and JobKey(namespace, name) in view.jobs:
            return JobKey(namespace, name)
        dataset = view.dataset(dataset_key(namespace, name))
        if kind == "dataset" and dataset is not None:
            return dataset.key
    raise NotFound(f"There is no {'job' if kind == 'job' else 'data set'} '{rest[:120]}'.")


def _fields(view: View, said: str, up: dict[Field, Any], down: dict[Field, Any]) -> list[Field]:
    kind, _, rest = said.partition(":")
    if kind == "datasetField":
        return [_field(view, rest)]
    node = _node(view, said)
    keys = [node] if isinstance(node, DatasetKey) else Shapes(view).io(view.jobs[node], "outputs")
    return sorted(one for one in {*up, *down} if one[0] in keys)


def _field(view: View, said: str) -> Field:
    for front, field in _splits(said):
        for namespace, name in _splits(front):
            dataset = view.dataset(dataset_key(namespace, name))
            if dataset is not None:
                return dataset.key, field
    raise NotFound(f"There is no field '{said[:120]}'.")


def _splits(text: str) -> Iterable[tuple[str, str]]:
    """Yield all ways to cut a text in two at a colon."""
    parts = text.split(":")
    return ((":".join(parts[:n]), ":".join(parts[n:])) for n in range(len(parts) - 1, 0, -1))
