"""The folder `mlruns`, in which MLflow recorded before it had a database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from forebear.core.errors import InvalidInput, Unreadable
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
from forebear.exchange.mlflow.plain_yaml import read_yaml

__all__ = ["Folder"]

_RUN_STATES: Final = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
_MODEL_STATES: Final = {1: "LOGGED_MODEL_PENDING", 2: "LOGGED_MODEL_READY",
                        3: "LOGGED_MODEL_UPLOAD_FAILED"}  # fmt: skip
_PARTS: Final = ("name", "digest", "source_type", "source", "schema", "profile")
_META: Final = "meta.yaml"
_MODELS: Final = "models"
_TRASH: Final = ".trash"


class Folder:
    """A folder of files that MLflow has written."""

    def __init__(self, folder: Path, artifacts: Sequence[Path]) -> None:
        self.where = str(folder)
        self._folder = folder
        self._folders = Folders([folder, *artifacts])
        if not any((place / _META).is_file() for place in _folders_in(folder)):
            raise Unreadable(
                f"'{folder}' is no folder of MLflow: nothing in it has a file {_META}."
            )

    def close(self) -> None:
        """Let go of it: nothing is held."""

    def experiments(self) -> list[FoundExperiment]:
        """Return all experiments."""
        found = []
        for place in (*_folders_in(self._folder), *_folders_in(self._folder / _TRASH)):
            if place.name == _MODELS or not (place / _META).is_file():
                continue
            meta = _meta(place)
            found.append(
                FoundExperiment(
                    id=place.name,
                    name=text(meta.get("name")) or place.name,
                    created=_number(meta.get("creation_time")),
                    updated=_number(meta.get("last_update_time")),
                    deleted=meta.get("lifecycle_stage") == "deleted",
                    tags=_texts(place / "tags"),
                )
            )
        return found

    def count(self) -> int:
        """Return how many runs there are."""
        return sum(len(self._runs(one.id)) for one in self.experiments())

    def runs(self, experiment: str) -> Iterator[FoundRun]:
        """Return the runs of an experiment."""
        for place in self._runs(experiment):
            meta = _meta(place)
            end = meta.get("end_time")
            yield FoundRun(
                id=place.name,
                experiment=experiment,
                name=text(meta.get("run_name")),
                user=text(meta.get("user_id")),
                status=_RUN_STATES.get(_number(meta.get("status")), "FINISHED"),
                start=_number(meta.get("start_time")),
                end=None if end is None else _number(end),
                deleted=meta.get("lifecycle_stage") == "deleted",
                # Where the run lies now: its files lie in it, whoever moved the folder.
                artifact_uri=self._now_at(text(meta.get("artifact_uri")), place),
                params=_texts(place / "params"),
                tags=_texts(place / "tags"),
                points=_points(place / "metrics"),
                inputs=self._inputs(place),
                outputs={
                    text(one.get("destination_id")): _number(one.get("step"))
                    for one in map(_meta, _folders_in(place / "outputs"))
                },
            )

    def logged(self) -> list[FoundLogged]:
        """Return all logged models."""
        return [
            self._logged(one.id, place)
            for one in self.experiments()
            for place in _folders_in(self._place(one.id) / _MODELS)
            if (place / _META).is_file()
        ]

    def models(self) -> list[FoundModel]:
        """Return all registered models."""
        found = []
        for place in _folders_in(self._folder / _MODELS):
            if not (place / _META).is_file():
                continue
            meta = _meta(place)
            aliases = {
                file.name: _number(_read(file).strip()) for file in _files_in(place / "aliases")
            }
            found.append(
                FoundModel(
                    name=text(meta.get("name")) or place.name,
                    created=_number(meta.get("creation_timestamp")),
                    updated=_number(meta.get("last_updated_timestamp")),
                    description=text(meta.get("description")),
                    tags=_texts(place / "tags"),
                    aliases=aliases,
                    versions=sorted(
                        map(_version, place.glob("version-*")), key=lambda one: one.number
                    ),
                )
            )
        return found

    def files(self, owner: Owner) -> list[FoundFile]:
        """Return the files of a run or logged model."""
        return self._folders.files(owner)

    def file(self, owner: Owner, path: str) -> AbstractContextManager[Path]:
        """Give one of these files."""
        return self._folders.file(owner, path)

    def _place(self, experiment: str) -> Path:
        place = self._folder / experiment
        return place if place.is_dir() else self._folder / _TRASH / experiment

    def _runs(self, experiment: str) -> list[Path]:
        return [
            place
            for place in _folders_in(self._place(experiment))
            if len(place.name) == 32 and (place / _META).is_file()
        ]

    def _inputs(self, run: Path) -> list[FoundInput]:
        found = []
        for place in _folders_in(run / "inputs"):
            meta, id = _meta(place), text(_meta(place).get("source_id"))
            tags = {str(key): text(value) for key, value in (meta.get("tags") or {}).items()}
            if meta.get("source_type") != "DATASET":
                found.append(FoundInput(model=id, tags=tags))
                continue
            told = run.parent / "datasets" / Path(id).name
            if (told / _META).is_file():
                data = _meta(told)
                dataset = {part: text(data.get(part)) for part in _PARTS}
                found.append(FoundInput(dataset=dataset, tags=tags))
        return found

    def _logged(self, experiment: str, place: Path) -> FoundLogged:
        meta = _meta(place)
        points: dict[str, list[FoundPoint]] = defaultdict(list)
        for file in _files_in(place / "metrics"):
            for stamp, value, step, (run, *data) in _lines(file, 1):
                name, digest = (*data, "", "")[:2]
                points[run].append(
                    FoundPoint(file.name, value, stamp, step, place.name, name, digest)
                )
        return FoundLogged(
            id=place.name,
            experiment=experiment,
            name=text(meta.get("name")),
            created=_number(meta.get("creation_timestamp")),
            updated=_number(meta.get("last_updated_timestamp")),
            status=_MODEL_STATES.get(_number(meta.get("status")), "LOGGED_MODEL_PENDING"),
            model_type=text(meta.get("model_type")),
            run=text(meta.get("source_run_id")),
            deleted=meta.get("lifecycle_stage") == "deleted",
            artifact_uri=self._now_at(text(meta.get("artifact_location")), place),
            params=_texts(place / "params"),
            tags=_texts(place / "tags"),
            points=points,
        )

    def _now_at(self, uri: str, place: Path) -> str:
        here = place / "artifacts"
        return str(here.absolute()) if here.is_dir() else uri


def _version(place: Path) -> FoundVersion:
    meta = _meta(place)
    return FoundVersion(
        number=_number(meta.get("version")),
        source=text(meta.get("source")),
        created=_number(meta.get("creation_timestamp")),
        updated=_number(meta.get("last_updated_timestamp")),
        stage=text(meta.get("current_stage")) or "None",
        description=text(meta.get("description")),
        run=text(meta.get("run_id")),
        run_link=text(meta.get("run_link")),
        model_id=text(meta.get("model_id")),
        user=text(meta.get("user_id")),
        tags=_texts(place / "tags"),
        deleted=meta.get("current_stage") == "Deleted_Internal",
    )


def _points(folder: Path) -> list[FoundPoint]:
    found = [
        FoundPoint(file.relative_to(folder).as_posix(), value, stamp, step)
        for file in _files_in(folder)
        for stamp, value, step, _ in _lines(file)
    ]
    return sorted(found, key=lambda one: (one.timestamp, one.step, one.key))


def _lines(file: Path, more: int = 0) -> Iterator[tuple[int, float, int, list[str]]]:
    """Return time, value, step and what follows, at least so many words, of each line."""
    for line in _read(file).splitlines():
        stamp, value, step, *rest = (*line.split(" "), "0", "0")[: max(3, len(line.split(" ")))]
        try:
            found = int(stamp), float(value), int(step), rest
        except ValueError:
            found = None
        if found is None or len(rest) < more:
            raise Unreadable(f"'{file}' has a line that is no value of a metric.")
        yield found


def _texts(folder: Path) -> dict[str, str]:
    """Return the texts of files by their names, which may have slashes in them."""
    return {file.relative_to(folder).as_posix(): _read(file) for file in _files_in(folder)}


def _files_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _folders_in(folder: Path) -> list[Path]:
    return sorted(place for place in folder.iterdir() if place.is_dir()) if folder.is_dir() else []


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"'{file}' cannot be read: {error}.") from None


def _meta(place: Path) -> dict[str, Any]:
    try:
        found = read_yaml(_read(place / _META))
    except ImportError:
        raise InvalidInput(
            "What reads MLflow's folders is not installed.",
            hint="`pip install 'forebear[mlflow]'` brings it.",
        ) from None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unreadable(f"'{place / _META}' is not what MLflow writes there.")
    return found


def _number(value: Any) -> int:
    try:
        return int(value or 0)
    except (TypeError, ValueError):
        raise Unreadable(f"{str(value)[:60]!r} is no number.") from None
