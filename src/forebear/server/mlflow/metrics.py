"""Values of metrics, as events: one for each moment, or a packet where they are many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from forebear.client.packing import FEW, MOST, series
from forebear.core.entities import Figure, Metric, finite
from forebear.core.events import AnyEvent, MetricsLogged
from forebear.core.ids import new_id
from forebear.server.mlflow.errors import invalid
from forebear.server.mlflow.facts import moment
from forebear.server.mlflow.table import Desk
from forebear.server.mlflow.values import Body, check_key, figure, number, optional, text

__all__ = ["Value", "metric_events", "values_of"]

_ABOUT: Final = ("model_id", "dataset_name", "dataset_digest")

Datasets = dict[tuple[str, str], str]


class Value(Struct, frozen=True):
    """One value of a metric, and what it speaks of: a logged model and data, or nothing."""

    key: str
    value: Figure
    timestamp: int
    step: int
    model: str = ""
    dataset: str = ""
    digest: str = ""


class _Sent(Struct, frozen=True):
    """A value as most are sent: read at once, where reading it field by field takes longer."""

    key: str
    value: float
    timestamp: int
    step: int = 0
    model_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


def values_of(said: list[Body], *, name: str = "") -> list[Value]:
    """Return the values that a request holds, in a list of this name or by themselves.

    Raises:
        MlflowError: something is no value of a metric.
    """
    try:
        sent = msgspec.convert(said, list[_Sent])
    except msgspec.ValidationError:  # numbers as text, or what is wrong
        places = [f"{name}[{place}]." if name else "" for place in range(len(said))]
        values = [_value(one, place) for one, place in zip(said, places, strict=True)]
    else:
        values = [
            Value(
                check_key(one.key, "name"), finite(one.value), _time(one.timestamp), one.step,
                one.model_id, one.dataset_name, one.dataset_digest,
            )
            for one in sent
        ]  # fmt: skip
    if any(bool(one.dataset) != bool(one.digest) for one in values):
        raise invalid("Both dataset_name and dataset_digest must be provided if one is provided.")
    return values


def _value(one: Body, place: str) -> Value:
    key = check_key(text(one, "key", inside=place), "name")
    about = (optional(one, part) or "" for part in _ABOUT)
    at = _time(number(one, "timestamp", inside=place))
    return Value(key, figure(one, inside=place), at, number(one, "step", 0), *about)


def _time(millis: int) -> int:
    if millis < 0:
        raise invalid(
            f"Invalid value {millis} for parameter 'timestamp' supplied. Timestamp must be a"
            " nonnegative long (64-bit integer)"
        )
    return millis


def metric_events(
    desk: Desk, run: str, values: Sequence[Value], datasets: Datasets
) -> list[AnyEvent]:
    """Return what tells of values in a run; `datasets` has what data is in the graph.

    A packet costs as much as a few values do by themselves, whatever it holds.

    Raises:
        MlflowError: a time that no calendar has.
    """
    if len(values) < FEW:
        return _one_by_one(desk, run, values, datasets)
    for limit in (min, max):
        moment(limit(one.timestamp for one in values))
    events: list[AnyEvent] = []
    for start in range(0, len(values), MOST):
        some = values[start : start + MOST]
        made = _packed(desk, run, some, datasets)
        events += _one_by_one(desk, run, some, datasets) if made is None else [made]
    return events


def _one_by_one(
    desk: Desk, run: str, values: Sequence[Value], datasets: Datasets
) -> list[AnyEvent]:
    together: dict[tuple[Any, ...], list[Metric]] = {}
    for one in values:
        whose = (one.timestamp, one.model, one.dataset, one.digest)
        metric = Metric(key=one.key, value=one.value, step=one.step)
        together.setdefault(whose, []).append(metric)
    return [_event(desk, run, whose, metrics, datasets) for whose, metrics in together.items()]


def _packed(desk: Desk, run: str, values: Sequence[Value], datasets: Datasets) -> AnyEvent | None:
    whose: dict[tuple[str, str, str], MetricsLogged] = {}
    rows = []
    for one in values:
        about = (one.model, one.dataset, one.digest)
        event = whose.get(about)
        if event is None:
            event = whose[about] = _event(desk, run, (one.timestamp, *about), [], datasets)
        metric = Metric(key=one.key, value=one.value, step=one.step)
        rows.append((event, one.timestamp * 1000, metric))
    return series(new_id(), run, rows, desk.store.blobs)


def _event(
    desk: Desk, run: str, whose: tuple[Any, ...], metrics: list[Metric], datasets: Datasets
) -> MetricsLogged:
    at, *about = whose
    model, name, digest = about
    logged = desk.view.logged.get(model)
    return MetricsLogged(
        run=run,
        time=moment(at),
        metrics=metrics,
        model=logged.fact.artifact if logged else None,
        data=datasets.get((name, digest)),
        evidence="declared",
        params={part: said for part, said in zip(_ABOUT, about, strict=True) if said},
    )
