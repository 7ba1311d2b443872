"""What one event says by itself of a run: that it began, how it ended, its settings.

These facts are the same whenever the event arrives, and the store orders them by their own time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from forebear.core.entities import RunStatus
from forebear.core.events import AnyEvent, GapNoticed, ParamsLogged, RunEnded, RunStarted
from forebear.exchange.openlineage import facets
from forebear.exchange.openlineage.naming import event_id, run_uuid
from forebear.exchange.openlineage.reading import TERMINAL, Told

__all__ = ["facts", "is_training"]

_STATUS: Final[dict[str, RunStatus]] = {
    "COMPLETE": "finished",
    "FAIL": "failed",
    "ABORT": "failed",
}
_ERROR: Final = 4000


def facts(told: Told, run: str) -> list[AnyEvent]:
    """Return what a run's event says by itself; `run` is the run's id in the graph."""
    assert told.job is not None
    id = _Ids(told, run)
    parent = facets.parent_of(told.run_facets)
    above = run_uuid(parent.run.run_id) if parent is not None else run
    job = {"namespace": told.job.namespace, "job": told.job.name, "run": told.run}
    made: list[AnyEvent] = [
        RunStarted(
            id=id("started"),
            time=told.at,
            run=run,
            kind="train" if is_training(told) else "run",
            name=told.job.name,
            parent=None if above == run else above,
            started=told.at,
            attrs={"openlineage": job},
        )
    ]
    if told.state in TERMINAL:
        made.append(_end(told, run, id("ended")))
    settings = facets.read(told.run_facets, "executionParameters", facets.Parameters)
    if settings is not None and settings.parameters:
        params = {one.key: one.value for one in settings.parameters}
        made.append(ParamsLogged(id=id("params"), time=told.at, run=run, params=params))
    made += [
        GapNoticed(id=id(f"gap {number}"), time=told.at, run=run, what=problem)
        for number, problem in enumerate(told.problems)
    ]
    return made


def is_training(told: Told) -> bool:
    """Tell whether an event is of the making of a model."""
    job = facets.read(told.job_facets, "jobType", facets.JobType)
    if job is not None and str(job.job_type).upper() in ("TRAIN", "TRAINING"):
        return True
    return any(is_model(one.facets) for one in told.outputs)


def is_model(of: dict[str, Any]) -> bool:
    """Tell whether the facets of a data set say that it is a model."""
    found = facets.read(of, "datasetType", facets.DatasetType)
    return found is not None and found.dataset_type.upper() == "MODEL"


def _end(told: Told, run: str, id: str) -> RunEnded:
    state = str(told.state)
    failure = facets.read(told.run_facets, "errorMessage", facets.ErrorMessage)
    error = failure.message[:_ERROR] if failure else None
    if state == "ABORT" and error is None:
        error = "The run was aborted."
    return RunEnded(
        id=id,
        # Of two ends at one moment the worse one holds, whichever came first.
        time=told.at + timedelta(microseconds=TERMINAL.index(state)),
        run=run,
        status=_STATUS[state],
        ended=told.at,
        error=error,
    )


class _Ids:
    """Ids of what one event says of one run."""

    def __init__(self, told: Told, run: str) -> None:
        self._told, self._run = told, run

    def __call__(self, what: str) -> str:
        return event_id(self._told.at, "openlineage", what, self._run, self._told.digest)
