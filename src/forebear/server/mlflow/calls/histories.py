"""All values that a metric had, of one run or of several, as clients and charts ask for them."""

from __future__ import annotations

from collections.abc import Sequence

from forebear.server.mlflow.calls.runs import metric_out
from forebear.server.mlflow.errors import invalid
from forebear.server.mlflow.pages import page
from forebear.server.mlflow.table import Desk, serves
from forebear.server.mlflow.things import Point
from forebear.server.mlflow.values import Body, number, optional, text, texts

_MOST_RUNS = 100
_MOST_POINTS = 2500
_MOST_IN_BULK = 25_000
_STEPS = ("start_step", "end_step")


@serves("GET", "metrics/get-history", "read")
def history(desk: Desk, body: Body) -> Body:
    """Return all values of a metric."""
    run = desk.run(text(body, "run_id", "run_uuid"))
    key = text(body, "metric_key")
    points = run.history.get(key, [])
    most = number(body, "max_results", len(points) or 1)
    shown, token = page(points, body, most, max(most, 1))
    return {"metrics": [metric_out(key, point) for point in shown], "next_page_token": token}


@serves("GET", "metrics/get-history-bulk", "read")
def history_bulk(desk: Desk, body: Body) -> Body:
    """Return the first values of a metric of several runs; of a run that is not there none."""
    ids, key = texts(body, "run_id"), optional(body, "metric_key")
    if not ids:
        raise invalid("GetMetricHistoryBulk request must specify at least one run_id.")
    if len(ids) > _MOST_RUNS:
        raise invalid(
            f"GetMetricHistoryBulk request cannot specify more than {_MOST_RUNS} run_ids."
            f" Received {len(ids)} run_ids."
        )
    if key is None:
        raise invalid("GetMetricHistoryBulk request must specify a metric_key.")
    most = number(body, "max_results", _MOST_IN_BULK)
    runs = [run for id in sorted(set(ids)) if (run := desk.view.runs.get(id)) is not None]
    told = [
        {**metric_out(key, point), "run_id": run.id}
        for run in runs
        for point in sorted(run.history.get(key, []), key=lambda one: (one.timestamp, one.step))
    ]
    return {"metrics": told[: min(most, _MOST_IN_BULK)]}


@serves("GET", "metrics/get-history-bulk-interval", "read")
def history_interval(desk: Desk, body: Body) -> Body:
    """Return values of a metric of several runs, thinned out evenly to `max_results` a run."""
    ids, key, most = texts(body, "run_ids"), text(body, "metric_key"), _number_of_points(body)
    if not ids:
        raise invalid("Missing value for required parameter 'run_ids'.")
    if len(ids) > _MOST_RUNS:
        raise invalid(
            f"GetMetricHistoryBulkInterval request must specify at most {_MOST_RUNS} run_ids."
            f" Received {len(ids)} run_ids."
        )
    first, last = _steps(body)
    told = []
    for id in ids:
        run = desk.view.runs.get(id)
        points = [p for p in run.history.get(key, []) if first <= p.step <= last] if run else []
        points.sort(key=lambda point: (point.step, point.timestamp))
        told += [{**metric_out(key, point), "run_id": id} for point in _thinned(points, most)]
    return {"metrics": told}


def _number_of_points(body: Body) -> int:
    most = number(body, "max_results", _MOST_POINTS)
    if not 0 < most <= _MOST_POINTS:
        raise invalid(f"max_results must be between 1 and {_MOST_POINTS}.")
    return most


def _steps(body: Body) -> tuple[int, int]:
    given = [name for name in _STEPS if optional(body, name) is not None]
    if not given:
        return -(2**63), 2**63
    if len(given) == 1:
        raise invalid("If either start step or end step are specified, both must be specified.")
    first, last = (number(body, name) for name in _STEPS)
    if first > last:
        raise invalid(
            f"end_step must be greater than start_step. Found start_step={first} and"
            f" end_step={last}."
        )
    return first, last


def _thinned(points: Sequence[Point], most: int) -> list[Point]:
    """Return at most so many points, evenly apart; the last one is among them."""
    every = max(1, -(-len(points) // most))
    return [*points[: (len(points) - 1) // every * every : every], *points[-1:]]
