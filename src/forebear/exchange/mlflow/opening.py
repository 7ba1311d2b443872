"""From what a user writes to where MLflow has recorded: a database, a folder, a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from forebear.core.addresses import without_password
from forebear.core.errors import InvalidInput, Unreadable
from forebear.exchange.mlflow.database import Database
from forebear.exchange.mlflow.folder import Folder
from forebear.exchange.mlflow.found import (
    FoundExperiment,
    FoundLogged,
    FoundModel,
    FoundRun,
    Source,
    Unlisted,
)
from forebear.exchange.mlflow.links import is_server, to_file, to_server
from forebear.exchange.mlflow.server import Server

__all__ = ["open_source"]

_SQLITE: Final = "sqlite:///"
_DEFAULTS: Final = ("mlruns", "mlartifacts")
"""Where MLflow puts artifacts, beside its database, when nobody says where."""


def open_source(uri: str, artifacts: Sequence[Path] = ()) -> Source:
    """Return what MLflow has recorded at a place; `artifacts` are folders that may be read too.

    Raises:
        InvalidInput: it is no such place, or what reads it is not installed.
        Unreadable: something else is there.
    """
    for folder in artifacts:
        if not folder.is_dir():
            raise InvalidInput(f"There is no folder {folder} with artifacts.")
    if uri.startswith(("http://", "https://")):
        return _Checked(Server(uri))
    if is_server(uri):
        return _Checked(Database(to_server(uri), artifacts))
    said = uri.removeprefix("file://")
    path = Path(said.removeprefix(_SQLITE) if said.startswith(_SQLITE) else said).expanduser()
    if "://" in uri and not uri.startswith(("file://", _SQLITE)):
        raise InvalidInput(
            f"{without_password(uri)[:200]} is no place that MLflow's records are read from.",
            hint="A SQLite file, PostgreSQL, MySQL, a folder mlruns, or a server: for another"
            " database, start `mlflow server --backend-store-uri URI`, and import"
            " http://127.0.0.1:5000.",
        )
    if path.is_dir():
        return _Checked(Folder(path, artifacts))
    if not path.is_file():
        raise InvalidInput(
            f"There is nothing at {path}.",
            hint="Say sqlite:///FILE, postgresql://…, mysql://…, a folder, or http://HOST:PORT.",
        )
    beside = [path.parent / name for name in _DEFAULTS]
    return _Checked(Database(to_file(path), [*beside, *artifacts]))


T = TypeVar("T")

_STRANGE: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    msgspec.ValidationError,
)


def _sound(found: Any, type: type[T]) -> T:
    """Return what was found if all in it is of the kind that it should be."""
    return msgspec.convert(msgspec.to_builtins(found), type)


class _Checked:
    """What was found, or one clear sentence where it is nothing that MLflow would write."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.where = source.where
        self.files, self.file = source.files, source.file
        self.count, self.close = source.count, source.close

    def experiments(self) -> list[FoundExperiment]:
        """Return all experiments."""
        with self._checked():
            return _sound(self._source.experiments(), list[FoundExperiment])

    def runs(self, experiment: str) -> Iterator[FoundRun]:
        """Return the runs of an experiment."""
        found = self._source.runs(experiment)
        while True:
            with self._checked():
                run = next(found, None)
                sound = None if run is None else _sound(run, FoundRun)
            if sound is None:
                return
            yield sound

    def logged(self) -> list[FoundLogged]:
        """Return all logged models."""
        with self._checked():
            return _sound(self._source.logged(), list[FoundLogged])

    def models(self) -> list[FoundModel]:
        """Return all registered models."""
        with self._checked():
            return _sound(self._source.models(), list[FoundModel])

    @contextmanager
    def _checked(self) -> Iterator[None]:
        try:
            yield
        except Unlisted as error:
            raise Unreadable(f"{self.where} does not tell what it has: {error}") from None
        except _STRANGE as error:
            raise Unreadable(
                f"What is at {self.where} is not what MLflow writes"
                f" ({type(error).__name__}: {str(error)[:120]})."
            ) from error
