"""A tracking server of MLflow, asked over its REST interface."""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import msgspec

from forebear.core.addresses import without_password
from forebear.core.errors import InvalidInput, StoreError, Unreadable
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
    Unlisted,
    text,
)

__all__ = ["Server"]

_API: Final = "/api/2.0/mlflow/"
_PROXY: Final = "/api/2.0/mlflow-artifacts/artifacts/"
_SECONDS: Final = 60.0
_PAGE: Final = 500
_PARTS: Final = ("name", "digest", "source_type", "source", "schema", "profile")
_DEEPEST: Final = 50

Answer = dict[str, Any]


class Server:
    """A tracking server of MLflow."""

    def __init__(self, url: str) -> None:
        try:
            import httpx2
        except ImportError:
            raise InvalidInput(
                "What speaks HTTP is not installed.", hint="`pip install 'forebear[http]'` does it."
            ) from None
        self.where = without_password(url.rstrip("/"))
        name = os.environ.get("MLFLOW_TRACKING_USERNAME", "")
        token = os.environ.get("MLFLOW_TRACKING_TOKEN", "")
        self._errors = httpx2
        self._http = httpx2.Client(
            base_url=url.rstrip("/"),
            auth=(name, os.environ.get("MLFLOW_TRACKING_PASSWORD", "")) if name else None,
            headers={"Authorization": f"Bearer {token}"} if token and not name else {},
            timeout=_SECONDS,
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def experiments(self) -> list[FoundExperiment]:
        """Return all experiments."""
        found = self._paged("POST", "experiments/search", "experiments", view_type="ALL")
        return sorted(map(_experiment, found), key=lambda one: (one.created, one.id))

    def count(self) -> int:
        """Return 0: a server does not say how many runs there are."""
        return 0

    def runs(self, experiment: str) -> Iterator[FoundRun]:
        """Return the runs of an experiment."""
        found = self._paged(
            "POST",
            "runs/search",
            "runs",
            experiment_ids=[experiment],
            run_view_type="ALL",
            order_by=["attributes.start_time ASC"],
        )
        for one in found:
            yield self._run(one["info"]["run_id"])

    def logged(self) -> list[FoundLogged]:
        """Return all logged models; those that were deleted are not shown by a server."""
        ids = [one.id for one in self.experiments()]
        found: list[FoundLogged] = []
        for start in range(0, len(ids), 50):
            asked = ids[start : start + 50]
            try:
                models = self._paged(
                    "POST", "logged-models/search", "models", experiment_ids=asked, max_results=50
                )
                found += map(_logged, models)
            except Unlisted:
                return []  # a server of MLflow 2 knows no logged models
        return sorted(found, key=lambda one: (one.created, one.id))

    def models(self) -> list[FoundModel]:
        """Return all registered models."""
        named = self._paged("GET", "registered-models/search", "registered_models", max_results=100)
        return [self._model(one["name"]) for one in list(named)]

    def files(self, owner: Owner) -> list[FoundFile]:
        """Return the files of a run or logged model.

        Raises:
            Unlisted: the server does not show them.
        """
        return list(self._below(owner, "", _DEEPEST))

    @contextmanager
    def file(self, owner: Owner, path: str) -> Iterator[Path]:
        """Give one of these files, which is fetched."""
        where, asked = _download(owner, path)
        with tempfile.TemporaryDirectory(prefix="forebear-mlflow-") as folder:
            target = Path(folder) / "fetched"
            try:
                with (
                    self._http.stream("GET", where, params=asked) as answer,
                    target.open("wb") as file,
                ):
                    if not answer.is_success:
                        raise Unlisted(f"refused by the server (HTTP {answer.status_code})")
                    for part in answer.iter_bytes():
                        file.write(part)
            except self._errors.HTTPError as error:
                raise Unlisted(f"not to be fetched ({error})") from None
            yield target

    def _run(self, id: str) -> FoundRun:
        said = self._ask("GET", "runs/get", run_id=id)["run"]
        info, data = said["info"], said.get("data", {})
        inputs = said.get("inputs", {})
        outputs = said.get("outputs", {}).get("model_outputs", [])
        end = info.get("end_time")
        return FoundRun(
            id=id,
            experiment=info["experiment_id"],
            name=text(info.get("run_name")),
            user=text(info.get("user_id")),
            status=info.get("status", "FINISHED"),
            start=int(info.get("start_time", 0)),
            end=None if end is None else int(end),
            deleted=info.get("lifecycle_stage") == "deleted",
            artifact_uri=text(info.get("artifact_uri")),
            params=_pairs(data.get("params")),
            tags=_pairs(data.get("tags")),
            points=self._points(id, data.get("metrics", [])),
            inputs=[
                *(_dataset(one) for one in inputs.get("dataset_inputs", [])),
                *(FoundInput(model=one["model_id"]) for one in inputs.get("model_inputs", [])),
            ],
            outputs={one["model_id"]: int(one.get("step", 0)) for one in outputs},
        )

    def _points(self, run: str, latest: list[Answer]) -> list[FoundPoint]:
        found = [
            _point(one)
            for key in latest
            for one in self._paged(
                "GET", "metrics/get-history", "metrics",
                run_id=run, metric_key=key["key"], max_results=25_000,
            )
        ]  # fmt: skip
        return sorted(found, key=lambda one: (one.timestamp, one.step, one.key))

    def _model(self, name: str) -> FoundModel:
        said = self._ask("GET", "registered-models/get", name=name)["registered_model"]
        quoted = name.replace("'", "\\'")
        versions = self._paged(
            "GET", "model-versions/search", "model_versions",
            filter=f"name = '{quoted}'", max_results=1000,
        )  # fmt: skip
        return FoundModel(
            name=name,
            created=int(said.get("creation_timestamp", 0)),
            updated=int(said.get("last_updated_timestamp", 0)),
            description=text(said.get("description")),
            tags=_pairs(said.get("tags")),
            aliases={one["alias"]: int(one["version"]) for one in said.get("aliases", [])},
            versions=sorted(map(_version, versions), key=lambda one: one.number),
        )

    def _below(self, owner: Owner, folder: str, deepest: int) -> Iterator[FoundFile]:
        where, asked = _listing(owner, folder)
        listed: list[Answer] = self._ask("GET", where, **asked).get("files", [])
        for one in listed:
            if not one.get("is_dir"):
                yield FoundFile(one["path"], int(one.get("file_size", 0)))
            elif deepest and one["path"].startswith(folder) and one["path"] != folder:
                yield from self._below(owner, one["path"], deepest - 1)

    def _paged(self, method: str, call: str, name: str, /, **asked: Any) -> Iterator[Answer]:
        asked = {"max_results": _PAGE, **asked}
        while True:
            answer = self._ask(method, call, **asked)
            yield from answer.get(name, [])
            token = answer.get("next_page_token")
            if not token or token == asked.get("page_token"):
                return
            asked["page_token"] = token

    def _ask(self, method: str, call: str, /, **asked: Any) -> Answer:
        more: Answer = {"params": asked} if method == "GET" else {"json": asked}
        try:
            answer = self._http.request(method, _API + call, **more)
        except (self._errors.HTTPError, self._errors.InvalidURL) as error:
            raise StoreError(
                f"The MLflow server at {self.where} does not answer: {error}.",
                hint="Is it running, and is that the address of its root?",
            ) from None
        if answer.status_code in {401, 403}:
            raise InvalidInput(
                f"{self.where} lets nobody in who is unknown (HTTP {answer.status_code}).",
                hint="Set MLFLOW_TRACKING_USERNAME and _PASSWORD, or MLFLOW_TRACKING_TOKEN.",
            )
        try:
            told = msgspec.json.decode(answer.content)
        except msgspec.DecodeError:
            told = None
        if not isinstance(told, dict):
            raise Unreadable(f"What answers at {self.where} is no server of MLflow.")
        if not answer.is_success:
            raise Unlisted(
                f"the server does not tell ({str(told.get('message', answer.status_code))[:200]})"
            )
        return told


def _listing(owner: Owner, folder: str) -> tuple[str, Answer]:
    if owner.kind == "run":
        return "artifacts/list", {"run_id": owner.id, **({"path": folder} if folder else {})}
    inside = {"artifact_directory_path": folder} if folder else {}
    return f"logged-models/{quote(owner.id, safe='')}/artifacts/directories", inside


def _download(owner: Owner, path: str) -> tuple[str, Answer]:
    uri = urlsplit(owner.uri)
    if uri.scheme == "mlflow-artifacts":
        return _PROXY + quote(f"{uri.path.strip('/')}/{path}"), {}
    if owner.kind == "run":
        return "/get-artifact", {"run_id": owner.id, "path": path}
    where = f"/ajax-api/2.0/mlflow/logged-models/{quote(owner.id, safe='')}/artifacts/files"
    return where, {"artifact_file_path": path}


def _experiment(said: Answer) -> FoundExperiment:
    return FoundExperiment(
        id=said["experiment_id"],
        name=said["name"],
        created=int(said.get("creation_time", 0)),
        updated=int(said.get("last_update_time", 0)),
        deleted=said.get("lifecycle_stage") == "deleted",
        tags=_pairs(said.get("tags")),
    )


def _logged(said: Answer) -> FoundLogged:
    info, data = said["info"], said.get("data", {})
    points: dict[str, list[FoundPoint]] = defaultdict(list)
    for one in data.get("metrics", []):
        points[text(one.get("run_id"))].append(_point({**one, "model_id": info["model_id"]}))
    return FoundLogged(
        id=info["model_id"],
        experiment=info["experiment_id"],
        name=text(info.get("name")),
        created=int(info.get("creation_timestamp_ms", 0)),
        updated=int(info.get("last_updated_timestamp_ms", 0)),
        status=info.get("status", "LOGGED_MODEL_READY"),
        model_type=text(info.get("model_type")),
        run=text(info.get("source_run_id")),
        deleted=False,
        artifact_uri=text(info.get("artifact_uri")),
        params=_pairs(data.get("params")),
        tags=_pairs(info.get("tags")),
        points=points,
    )


def _version(said: Answer) -> FoundVersion:
    return FoundVersion(
        number=int(said["version"]),
        source=text(said.get("source")),
        created=int(said.get("creation_timestamp", 0)),
        updated=int(said.get("last_updated_timestamp", 0)),
        stage=said.get("current_stage") or "None",
        description=text(said.get("description")),
        run=text(said.get("run_id")),
        run_link=text(said.get("run_link")),
        model_id=text(said.get("model_id")),
        user=text(said.get("user_id")),
        tags=_pairs(said.get("tags")),
    )


def _dataset(said: Answer) -> FoundInput:
    data = said.get("dataset", {})
    return FoundInput(
        dataset={part: text(data.get(part)) for part in _PARTS}, tags=_pairs(said.get("tags"))
    )


def _point(said: Answer) -> FoundPoint:
    # In JSON of protocol buffers what is no number is text, and what is 0 may be left out.
    return FoundPoint(
        said["key"],
        float(said.get("value", 0.0)),
        int(said.get("timestamp", 0)),
        int(said.get("step", 0)),
        text(said.get("model_id")),
        text(said.get("dataset_name")),
        text(said.get("dataset_digest")),
    )


def _pairs(said: list[Answer] | None) -> dict[str, str]:
    return {one["key"]: text(one.get("value")) for one in said or []}
