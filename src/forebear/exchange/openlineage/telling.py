"""Our runs as events of OpenLineage: what a run read and wrote, with what is known of it.

A program that was recorded is one run; what went through its memory is left out. The version of a
data set is the digest of its content, so that whoever knows digests meets it again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from importlib import metadata
from typing import Any, Final

from forebear.core.digest import is_digest
from forebear.core.entities import Edge, Node
from forebear.core.errors import InvalidInput
from forebear.core.ports import Store
from forebear.core.quality import CHECK
from forebear.core.rows import RunRow
from forebear.exchange.openlineage.details import ColumnSource, Details
from forebear.exchange.openlineage.naming import DatasetKey, key_of_uri
from forebear.exchange.openlineage.topics import FACETS

__all__ = ["NAMESPACE", "tell_run"]

NAMESPACE: Final = "forebear"
"""The namespace of our jobs, where nobody says another."""
_PRODUCER: Final = "https://pypi.org/project/forebear"
_SPEC: Final = "https://openlineage.io/spec"
_EVENT: Final = f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
_STATES: Final = {"finished": "COMPLETE", "failed": "FAIL", "lost": "ABORT"}
_DATA: Final = ("data", "model", "file")
_SCHEMAS: Final = {
    "parent": "1-2-0/ParentRunFacet",
    "processing_engine": "1-1-1/ProcessingEngineRunFacet",
    "executionParameters": "1-0-0/ExecutionParametersRunFacet",
    "errorMessage": "1-0-1/ErrorMessageRunFacet",
    "jobType": "2-0-4/JobTypeJobFacet",
    "sourceCodeLocation": "1-1-0/SourceCodeLocationJobFacet",
    "schema": "1-2-0/SchemaDatasetFacet",
    "version": "1-0-1/DatasetVersionDatasetFacet",
    "datasetType": "1-0-1/DatasetTypeDatasetFacet",
    "dataQualityAssertions": "1-1-0/DataQualityAssertionsDatasetFacet",
    "columnLineage": "1-2-0/ColumnLineageDatasetFacet",
    "documentation": "1-1-0/DocumentationDatasetFacet",
    "tags": "1-0-0/TagsDatasetFacet",
    "inputStatistics": "1-0-0/InputStatisticsInputDatasetFacet",
    "outputStatistics": "1-0-2/OutputStatisticsOutputDatasetFacet",
}
"""Of each facet that is told: version and name of its schema."""


Finding = Callable[[Collection[str], Collection[str]], Mapping[str, Details]]
"""Returns what is known of the inputs and outputs of a run, by their ids."""


def tell_run(
    store: Store, id: str, namespace: str = NAMESPACE, details: Finding | None = None
) -> list[dict[str, Any]]:
    """Return the events of a run: its start, and its end where it has one.

    Raises:
        InvalidInput: it was told by a producer of OpenLineage in the first place.
    """
    run = store.run(id)
    assert run is not None
    if store.statements.latest([FACETS["run"].name], [id]) or "openlineage" in run.attrs:
        raise InvalidInput(
            f"The run {id[:13]} came from OpenLineage, and is not told again.",
            hint="Send its events to both places where they are made.",
        )
    return _Run(store, run, namespace, details).events()


class _Run:
    """One run on its way out."""

    def __init__(self, store: Store, run: RunRow, namespace: str, details: Finding | None) -> None:
        self._store, self._run, self._namespace = store, run, namespace
        edges = store.run_edges(run.id)
        self._nodes = store.nodes(list({end for one in edges for end in (one.source, one.target)}))
        made = [one for one in edges if one.type in ("generated", "derived")]
        targets = {one.target for one in made}
        used = [one for one in edges if one.type == "used" and one.source not in targets]
        self._inputs = self._whole(used, lambda one: one.source)
        self._outputs = self._whole(made, lambda one: one.target)
        self._places = self._addresses([*self._inputs, *self._outputs])
        self._details = details(self._inputs, self._outputs) if details else {}

    def events(self) -> list[dict[str, Any]]:
        """Return the events, the first first."""
        run = self._run
        job = {
            "namespace": self._namespace,
            "name": run.name,
            "facets": _facets(self._job_facets()),
        }
        common = {"producer": _PRODUCER, "schemaURL": _EVENT, "job": job}
        told = {"runId": run.id, "facets": _facets(self._run_facets())}
        start = {
            "eventType": "START",
            "eventTime": run.started.isoformat(),
            **common,
            "run": told,
            "inputs": [],
            "outputs": [],
        }
        if run.ended is None:
            return [start]
        end = {
            "eventType": _STATES[run.status],
            "eventTime": run.ended.isoformat(),
            **common,
            "run": told,
            "inputs": [
                self._dataset(node, edge, "inputFacets") for node, edge in self._inputs.values()
            ],
            "outputs": [
                self._dataset(node, edge, "outputFacets") for node, edge in self._outputs.values()
            ],
        }
        return [start, end]

    def _whole(self, edges: Iterable[Edge], end: Any) -> dict[str, tuple[Node, Edge]]:
        """Return data and models that are more than values in memory, each once."""
        found: dict[str, tuple[Node, Edge]] = {}
        for edge in edges:
            node = self._nodes.get(end(edge))
            if node is not None and node.kind in _DATA and not node.in_memory:
                found.setdefault(node.id, (node, edge))
        return found

    def _addresses(self, ids: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for row in self._store.locations(ids, run=self._run.id):
            found.setdefault(row.artifact, row.uri)
        for row in self._store.locations([one for one in ids if one not in found]):
            found.setdefault(row.artifact, row.uri)
        return found

    def _run_facets(self) -> dict[str, Any]:
        run = self._run
        params = dict(run.params)
        for step in self._store.runs(parent=run.id, limit=1000):
            if step.kind == "train":
                params = {**step.params, **params}
        settings = [{"key": key, "value": str(value)} for key, value in sorted(params.items())]
        error = {"message": run.error, "programmingLanguage": "PYTHON"} if run.error else None
        return {
            "parent": self._parent(),
            "processing_engine": self._engine(),
            "executionParameters": {"parameters": settings} if settings else None,
            "errorMessage": error,
            "forebear_metrics": self._metrics(),
        }

    def _engine(self) -> dict[str, Any] | None:
        environments = (one for one in self._nodes.values() if one.kind == "environment")
        python = next((one.attrs.get("python") for one in environments), None)
        known = {"name": "Python", "openlineageAdapterVersion": metadata.version("forebear")}
        return {**known, "version": str(python)} if python else None

    def _parent(self) -> dict[str, Any] | None:
        above = None if self._run.parent is None else self._store.run(self._run.parent)
        if above is None:
            outside: dict[str, Any] | None = self._run.attrs.get("openlineage_parent")
            return outside
        job = {"namespace": self._namespace, "name": above.name}
        return {"run": {"runId": above.id}, "job": job}

    def _metrics(self) -> dict[str, Any] | None:
        steps = [one.id for one in self._store.runs(parent=self._run.id, limit=1000)]
        rows = self._store.metrics(runs=[self._run.id, *steps])
        told = [
            {"key": row.metric.key, "value": row.metric.value, "split": row.split} for row in rows
        ]
        return {"metrics": told} if told else None

    def _job_facets(self) -> dict[str, Any]:
        run, git = self._run, self._run.attrs.get("git") or {}
        trains = any(node.kind == "model" for node, _ in self._outputs.values())
        place = {
            "type": "git",
            "url": git.get("remote"),
            "repoUrl": git.get("remote"),
            "version": git.get("commit"),
            "branch": git.get("branch"),
            "path": run.name,
        }
        known = {key: value for key, value in place.items() if value}
        kind = "TRAINING" if trains else run.kind.upper()
        return {
            "jobType": {"processingType": "BATCH", "integration": "FOREBEAR", "jobType": kind},
            "sourceCodeLocation": known if "url" in known else None,
        }

    def _dataset(self, node: Node, edge: Edge, use: str) -> dict[str, Any]:
        key, known = self._key(node), self._details.get(node.id, Details())
        content = node.id if is_digest(node.id) and not node.attrs.get("by_reference") else None
        version = content or node.attrs.get("version")
        fields = [_known(name=one.name, type=_type(one.type)) for one in known.columns]
        tags = [{"key": one, "value": "true", "source": "USER"} for one in known.tags]
        facets = {
            "schema": {"fields": fields} if fields else None,
            "version": {"datasetVersion": str(version)} if version else None,
            "datasetType": _model_type(node),
            "columnLineage": self._column_lineage(known),
            "documentation": {"description": known.description} if known.description else None,
            "tags": {"tags": tags} if tags else None,
        }
        rows = node.rows if known.rows is None else known.rows
        amounts = _known(rowCount=rows, size=node.size) or None
        role = known.role or edge.role
        mine: dict[str, Any] = {"forebear_use": _known(role=role, digest=content) or None}
        if use == "outputFacets":
            mine["outputStatistics"] = amounts
        else:
            mine |= {"inputStatistics": amounts, "dataQualityAssertions": self._checks(node)}
        return {
            "namespace": key.namespace,
            "name": key.name,
            "facets": _facets(facets),
            use: _facets(mine),
        }

    def _key(self, node: Node) -> DatasetKey:
        uri = self._places.get(node.id)
        return DatasetKey(NAMESPACE, node.name or node.id) if uri is None else key_of_uri(uri)

    def _column_lineage(self, known: Details) -> dict[str, Any] | None:
        fields = {
            name: {"inputFields": [self._input_field(one) for one in sources]}
            for name, sources in known.made_of.items()
            if sources
        }
        return {"fields": fields} if fields else None

    def _input_field(self, one: ColumnSource) -> dict[str, Any]:
        key = self._key(self._nodes[one.artifact])
        done = ", ".join(one.through) or None
        way = _known(type="DIRECT", subtype=one.way, description=done)
        return {
            "namespace": key.namespace,
            "name": key.name,
            "field": one.column,
            "transformations": [way],
        }

    def _checks(self, node: Node) -> dict[str, Any] | None:
        said = CHECK.latest(self._store.statements, [node.id])
        told = [
            _known(
                assertion=one.value.check,
                success=one.value.status == "passed",
                column=one.value.column,
                severity=one.value.severity,
                description=one.value.message or None,
            )
            for one in said
            if one.value.status in ("passed", "failed")
        ]
        return {"assertions": told} if told else None


def _type(said: str) -> str | None:
    return None if said == "?" else said


def _model_type(node: Node) -> dict[str, Any] | None:
    if node.kind != "model":
        return None
    return _known(datasetType="MODEL", subType=node.attrs.get("library") or node.format)


def _known(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _facets(found: dict[str, Any]) -> dict[str, Any]:
    """Return facets with who says them and the schema they have; those of None are left out."""
    told = {}
    for name, facet in found.items():
        if facet is None:
            continue
        schema = _PRODUCER
        if name in _SCHEMAS:
            version, _, type = _SCHEMAS[name].partition("/")
            schema = f"{_SPEC}/facets/{version}/{type}.json#/$defs/{type}"
        told[name] = {"_producer": _PRODUCER, "_schemaURL": schema, **facet}
    return told
