"""MLflow's database, read as it is and never written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from forebear.core.errors import Unreadable
from forebear.exchange.mlflow.folders import Folders
from forebear.exchange.mlflow.found import (
    FoundExperiment,
    FoundFile,
    FoundInput,
    FoundLogged,
    FoundModel,
    FoundPoint,
    FoundRun,
    FoundVersion,
    Owner,
    text,
)
from forebear.exchange.mlflow.links import Link, Row

__all__ = ["Database"]

_STATES: Final = {1: "LOGGED_MODEL_PENDING", 2: "LOGGED_MODEL_READY",
                  3: "LOGGED_MODEL_UPLOAD_FAILED"}  # fmt: skip
_DELETED: Final = "Deleted_Internal"
_PARTS: Final = {
    "name": "name", "digest": "digest", "source_type": "dataset_source_type",
    "source": "dataset_source", "schema": "dataset_schema", "profile": "dataset_profile",
}  # fmt: skip
_NEEDED: Final = {"experiments", "runs", "params", "metrics", "tags", "model_versions"}


class Database:
    """A tracking database of MLflow."""

    def __init__(self, link: Link, artifacts: Sequence[Path]) -> None:
        self._link, self.where = link, link.where
        self._folders = Folders(artifacts)
        if not link.tables >= _NEEDED:
            self.close()
            raise Unreadable(
                f"{self.where} is no tracking database of MLflow: it has no table"
                f" {min(_NEEDED - link.tables)}."
            )

    def close(self) -> None:
        """Let go of the database."""
        self._link.close()

    def experiments(self) -> list[FoundExperiment]:
        """Return all experiments."""
        tags = self._pairs("experiment_tags", "experiment_id")
        return [
            FoundExperiment(
                id=str(row["experiment_id"]),
                name=row["name"],
                created=row["creation_time"] or 0,
                updated=row["last_update_time"] or 0,
                deleted=row["lifecycle_stage"] == "deleted",
                tags=tags[str(row["experiment_id"])],
            )
            for row in self._rows("experiments", "1 = 1 ORDER BY experiment_id")
        ]

    def count(self) -> int:
        """Return how many runs there are."""
        return int(self._link.rows("SELECT count(*) AS runs FROM runs")[0]["runs"])

    def runs(self, experiment: str) -> Iterator[FoundRun]:
        """Return the runs of an experiment."""
        chosen = "experiment_id = ? ORDER BY start_time, run_uuid"
        for row in self._rows("runs", chosen, experiment):
            id = row["run_uuid"]
            yield FoundRun(
                id=id,
                experiment=experiment,
                name=text(row["name"]),
                user=text(row["user_id"]),
                status=row["status"] or "FINISHED",
                start=row["start_time"] or 0,
                end=row["end_time"],
                deleted=row["lifecycle_stage"] == "deleted",
                artifact_uri=text(row["artifact_uri"]),
                params=self._pairs_of("params", id),
                tags=self._pairs_of("tags", id),
                points=self._points(id),
                inputs=[*self._datasets(id), *self._model_inputs(id)],
                outputs={
                    one["destination_id"]: one["step"] for one in self._rows("inputs", _OUTPUTS, id)
                },
            )

    def logged(self) -> list[FoundLogged]:
        """Return all logged models."""
        params = self._pairs("logged_model_params", "model_id", "param_key", "param_value")
        tags = self._pairs("logged_model_tags", "model_id", "tag_key", "tag_value")
        points = self._points_of_models()
        return [
            FoundLogged(
                id=row["model_id"],
                experiment=str(row["experiment_id"]),
                name=row["name"],
                created=row["creation_timestamp_ms"],
                updated=row["last_updated_timestamp_ms"],
                status=_STATES.get(row["status"], "LOGGED_MODEL_PENDING"),
                model_type=text(row["model_type"]),
                run=text(row["source_run_id"]),
                deleted=row["lifecycle_stage"] == "deleted",
                artifact_uri=row["artifact_location"],
                params=params[row["model_id"]],
                tags=tags[row["model_id"]],
                points=points[row["model_id"]],
            )
            for row in self._rows("logged_models", "1 = 1 ORDER BY creation_timestamp_ms, model_id")
        ]

    def models(self) -> list[FoundModel]:
        """Return all registered models."""
        tags = self._pairs("registered_model_tags", "name")
        return [
            FoundModel(
                name=row["name"],
                created=row["creation_time"] or 0,
                updated=row["last_updated_time"] or 0,
                description=text(row["description"]),
                tags=tags[row["name"]],
                aliases={
                    one["alias"]: one["version"]
                    for one in self._rows("registered_model_aliases", "name = ?", row["name"])
                },
                versions=self._versions(row["name"]),
            )
            for row in self._rows("registered_models", "1 = 1 ORDER BY creation_time, name")
        ]

    def files(self, owner: Owner) -> list[FoundFile]:
        """Return the files of a run or logged model."""
        return self._folders.files(owner)

    def file(self, owner: Owner, path: str) -> AbstractContextManager[Path]:
        """Give one of these files."""
        return self._folders.file(owner, path)

    def _versions(self, name: str) -> list[FoundVersion]:
        tags: dict[int, dict[str, str]] = defaultdict(dict)
        for row in self._rows("model_version_tags", "name = ?", name):
            tags[row["version"]][row["key"]] = text(row["value"])
        return [
            FoundVersion(
                number=row["version"],
                source=text(row["source"]),
                created=row["creation_time"] or 0,
                updated=row["last_updated_time"] or 0,
                stage=row["current_stage"] or "None",
                description=text(row["description"]),
                run=text(row["run_id"]),
                run_link=text(row["run_link"]),
                user=text(row["user_id"]),
                tags=tags[row["version"]],
                deleted=row["current_stage"] == _DELETED,
            )
            for row in self._rows("model_versions", "name = ? ORDER BY version", name)
        ]

    def _points(self, run: str) -> list[FoundPoint]:
        return [
            FoundPoint(row["key"], _figure(row["value"], row["is_nan"]), row["timestamp"],
                       row["step"])
            for row in sorted(self._rows("metrics", "run_uuid = ?", run), key=_moment)
        ]  # fmt: skip

    def _points_of_models(self) -> dict[str, dict[str, list[FoundPoint]]]:
        found: dict[str, dict[str, list[FoundPoint]]] = defaultdict(lambda: defaultdict(list))
        for row in self._rows("logged_model_metrics", "1 = 1"):
            point = FoundPoint(
                row["metric_name"],
                _figure(row["metric_value"], row["metric_value"] is None),
                row["metric_timestamp_ms"],
                row["metric_step"],
                row["model_id"],
                text(row["dataset_name"]),
                text(row["dataset_digest"]),
            )
            found[row["model_id"]][row["run_id"]].append(point)
        return found

    def _datasets(self, run: str) -> list[FoundInput]:
        found = []
        known = {"datasets", "input_tags"} <= self._link.tables
        for row in self._link.rows(_DATASETS, [run]) if known else ():
            tags = self._rows("input_tags", "input_uuid = ?", row["input_uuid"])
            found.append(
                FoundInput(
                    dataset={part: text(row[column]) for part, column in _PARTS.items()},
                    tags={one["name"]: one["value"] for one in tags},
                )
            )
        return found

    def _model_inputs(self, run: str) -> list[FoundInput]:
        return [
            FoundInput(model=row["destination_id"]) for row in self._rows("inputs", _INPUTS, run)
        ]

    def _pairs(
        self, table: str, by: str, key: str = "key", value: str = "value"
    ) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for row in self._rows(table, "1 = 1"):
            found[str(row[by])][row[key]] = text(row[value])
        return found

    def _pairs_of(self, table: str, run: str) -> dict[str, str]:
        return {row["key"]: text(row["value"]) for row in self._rows(table, "run_uuid = ?", run)}

    def _rows(self, table: str, chosen: str, *values: Any) -> list[Row]:
        """Return rows of a table; those of one that an older MLflow has not made are none."""
        if table not in self._link.tables:
            return []
        asked = f"SELECT * FROM {table} WHERE {chosen}"  # noqa: S608  both are written here
        return self._link.rows(asked, values)


def _moment(row: Row) -> tuple[int, int, str]:
    return row["timestamp"], row["step"], row["key"]


_OUTPUTS: Final = "source_type = 'RUN_OUTPUT' AND source_id = ?"
_INPUTS: Final = "source_type = 'RUN_INPUT' AND destination_type = 'MODEL_INPUT' AND source_id = ?"
_DATASETS: Final = """
SELECT i.input_uuid, d.*
FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id
WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id = ?
ORDER BY d.name, d.digest
"""


def _figure(value: float | None, is_nan: Any) -> float:
    return float("nan") if is_nan or value is None else float(value)
