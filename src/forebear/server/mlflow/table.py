"""The calls of MLflow's interface: method and address on one side, a function on the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from forebear.core.clock import now
from forebear.core.errors import ForebearError
from forebear.core.events import AnyEvent
from forebear.core.ports import Store
from forebear.ops.table import Permission
from forebear.plugins import load_folder
from forebear.server.mlflow.errors import MlflowError, invalid, missing, translated
from forebear.server.mlflow.facts import millis
from forebear.server.mlflow.things import Experiment, Logged, Model, Run
from forebear.server.mlflow.values import Body
from forebear.server.mlflow.view import View
from forebear.server.mlflow.webhooks import Hooks

__all__ = ["Call", "Desk", "answer", "calls", "find", "serves"]

_calls: Final[dict[tuple[str, str], Call]] = {}


@dataclass
class Desk:
    """Where a call is worked on: the store, what MLflow would have in it, and who asks."""

    store: Store
    view: View
    by: str
    """Who asks, as they are called."""
    hooks: Hooks | None = None
    """Who is told of changes; None where nobody can be."""
    here: bool = False
    """Who asks is in this process: paths that they name are paths of this machine."""

    def __post_init__(self) -> None:
        self.now = millis(now())

    @property
    def author(self) -> str:
        """What events say of who asks: a commitment."""
        return self.store.identities.commitment(self.by)

    def write(self, events: Sequence[AnyEvent]) -> None:
        """Record events; the view has them when this returns.

        The view is let go meanwhile, so that writers at the same time share one fsync.
        """
        self.view.lock.release()
        try:
            appended = self.store.append(events)
        finally:
            self.view.lock.acquire()
        if self.store is self.view.store:
            self.view.follow(events, appended)
        else:  # it sees more, or less, than is seen in this workspace
            self.view.catch_up()

    def run(self, id: str) -> Run:
        """Return a run that is there, deleted or not."""
        found = self.view.runs.get(id)
        if found is None:
            raise missing(f"Run with id={id} not found")
        return found

    def active_run(self, id: str) -> Run:
        """Return a run that may be changed."""
        found = self.run(id)
        if found.is_deleted:
            raise MlflowError(
                "INVALID_PARAMETER_VALUE",
                f"The run {id} must be in the 'active' state. Current state is deleted.",
            )
        return found

    def experiment(self, id: str) -> Experiment:
        """Return an experiment that is there, deleted or not."""
        found = self.experiments([id])
        if not found:
            raise missing(f"No Experiment with id={id} exists")
        return found[0]

    def experiments(self, ids: Sequence[str]) -> list[Experiment]:
        """Return those of these experiments that are there, each once."""
        for id in ids:
            if not (id.isascii() and id.isdigit()):
                raise invalid(
                    f"Invalid experiment ID '{id[:100]}'. Experiment ID must be a valid integer."
                )
        found = (self.view.experiments.get(id) for id in dict.fromkeys(ids))
        return [one for one in found if one is not None]

    def logged(self, id: str) -> Logged:
        """Return a logged model."""
        found = self.view.logged.get(id)
        if found is None or found.fact.deleted:
            raise missing(f"Logged model with ID '{id}' not found.")
        return found

    def model(self, name: str) -> Model:
        """Return a registered model."""
        found = self.view.model_named(name)
        if found is None:
            raise missing(f"Registered Model with name={name} not found")
        return found


@dataclass(frozen=True)
class Call:
    """One call of the interface."""

    method: str
    path: str
    permission: Permission
    run: Callable[[Desk, Body], Any]


def serves(
    method: str, path: str, permission: Permission = "write"
) -> Callable[[Callable[[Desk, Body], Any]], Callable[[Desk, Body], Any]]:
    """Enter the function below; its path is what follows `/api/2.0/mlflow/`."""

    def enter(function: Callable[[Desk, Body], Any]) -> Callable[[Desk, Body], Any]:
        _calls[method, path] = Call(method, path, permission, function)
        return function

    return enter


def calls() -> list[Call]:
    """Return all calls."""
    load_folder("forebear.server.mlflow.calls")
    return list(_calls.values())


def find(method: str, path: str) -> tuple[Call, dict[str, str]] | None:
    """Return the call at an address, and what stands in the places of its variables."""
    plain, patterns = _index()
    one = plain.get((method, path))
    if one is not None:
        return one, {}
    for pattern, one in patterns:
        found = pattern.fullmatch(path) if one.method == method else None
        if found is not None:
            return one, found.groupdict()
    return None


@cache
def _index() -> tuple[dict[tuple[str, str], Call], list[tuple[re.Pattern[str], Call]]]:
    plain, patterns = {}, []
    for one in calls():
        if "{" in one.path:
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", one.path)
            patterns.append((re.compile(pattern), one))
        else:
            plain[one.method, one.path] = one
    return plain, patterns


def answer(call: Call, desk: Desk, body: Body) -> Any:
    """Return what a call answers.

    Raises:
        MlflowError: whatever went wrong, in MLflow's words.
    """
    try:
        with desk.view.lock:
            desk.view.catch_up()
            return call.run(desk, body)
    except ForebearError as error:
        raise translated(error) from error
