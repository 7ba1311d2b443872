"""A validation put together: figures of all rows, of slices and groups, and what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, structs

from forebear.analysis import conditions, metrics
from forebear.analysis.outcome import Outcome
from forebear.core.errors import InvalidInput
from forebear.core.validation import Estimate, Threshold, Validation

__all__ = ["Asked", "Function", "assess", "headline", "judged", "number", "told", "verdict"]

Function = Callable[[Any, Any], float]


class Asked(Struct, frozen=True, kw_only=True):
    """What somebody wants to know of a model."""

    main: str
    """The metric by which slices, comparisons and probes are judged."""
    thresholds: Sequence[Threshold] = ()
    slices: Sequence[str] = ()
    by: Sequence[str] = ()
    find: bool = False
    functions: Mapping[str, Function] = {}
    """Metrics of the caller's own."""


def assess(outcome: Outcome, frame: Any, asked: Asked, *, data: str, title: str) -> Validation:
    """Return what can be said of an outcome; `frame` has the columns that slices speak of.

    Raises:
        InvalidInput: a slice speaks of a column that is not there, or the main metric is none.
    """
    figures = metrics.measure(outcome)
    for name, function in asked.functions.items():
        figures[name] = metrics.custom(outcome, function)
    if asked.main not in figures:
        raise InvalidInput(
            f"'{asked.main}' is no figure of {outcome.task}.",
            hint=f"There is: {', '.join(_short(figures))}.",
        )
    return Validation(
        data=data,
        data_title=title,
        task=outcome.task,
        rows=len(outcome),
        main=asked.main,
        metrics=figures,
    )


def judged(
    validation: Validation, outcome: Outcome, frame: Any, asked: Asked
) -> tuple[Validation, list[str]]:
    """Return the validation with how its thresholds came out, and which could not be judged."""
    done = [one.judged(_figure(validation, outcome, frame, one, asked)) for one in asked.thresholds]
    unknown = [
        f"{one}: {one.measured.why if one.measured else _missing(one, validation)}"
        for one in done
        if one.passed is None
    ]
    passed = None
    if done and any(one.passed is False for one in done):
        passed = False
    elif done and not unknown:
        passed = True
    return structs.replace(validation, thresholds=done, passed=passed), unknown


def _figure(
    validation: Validation, outcome: Outcome, frame: Any, one: Threshold, asked: Asked
) -> Estimate | None:
    if one.slice is None:
        return validation.metrics.get(one.metric) or metrics.one(outcome, one.metric)
    part = outcome.take(conditions.parse(one.slice).mask(frame))
    if not len(part):
        return Estimate(None, why="no row is in the slice")
    if one.metric in asked.functions:
        return metrics.custom(part, asked.functions[one.metric])
    return metrics.one(part, one.metric)


def _missing(one: Threshold, validation: Validation) -> str:
    return f"there is no figure '{one.metric}' of {validation.task}"


def _short(figures: Mapping[str, object]) -> list[str]:
    return [name for name in figures if "." not in name]


def headline(validation: Validation) -> list[str]:
    """Return the figures that people look at first, the main one before all others."""
    plain = [name for name in validation.metrics if "." not in name]
    if validation.task == "classification" and "recall" in validation.metrics:
        plain = [name for name in plain if not name.endswith(_AVERAGED)]
    if validation.task == "ranking":
        plain = [name for name in plain if not name.endswith("@1")]
    plain = [name for name in plain if not name.startswith("residual_q")]
    return [validation.main, *(name for name in plain if name != validation.main)]


_AVERAGED = ("_macro", "_micro", "_weighted")


def verdict(model: str, validation: Validation, unknown: Sequence[str]) -> str:
    """Return what came of a validation in a sentence or two."""
    main = validation.metrics[validation.main]
    seen = ", none of which it was trained on" if validation.trained_on == 0 else ""
    where = f"{validation.rows:,} rows of {validation.data_title}{seen}"
    figure = f"{validation.main} {told(main)} on {where}"
    failed = [one for one in validation.thresholds if one.passed is False]
    if failed:
        return f"{model} fails {len(failed)} of {len(validation.thresholds)} thresholds: {figure}."
    if unknown:
        return f"{model} cannot be judged by {len(unknown)} of its thresholds: {figure}."
    if validation.passed:
        count = len(validation.thresholds)
        which = "its threshold" if count == 1 else f"all {count} thresholds"
        return f"{model} meets {which}: {figure}."
    return f"{model} has {figure}; no threshold was set."


def told(one: Estimate) -> str:
    """Return a figure with its interval as sentences tell it.

    >>> told(Estimate(0.8123, 0.79, 0.83, 100))
    '0.812 (0.790 to 0.830)'
    """
    if one.value is None:
        return "not defined"
    between = f" ({number(one.low)} to {number(one.high)})" if one.low is not None else ""
    return number(one.value) + between


def number(value: float | None) -> str:
    """Return a figure as sentences and tables show it.

    >>> number(0.81234), number(12345.678), number(None)
    ('0.812', '12,346', '?')
    """
    if value is None:
        return "?"
    size = abs(value)
    if size < 100:
        return f"{value:.3f}"
    return f"{value:,.0f}" if size < 1e7 else f"{value:.3e}"
