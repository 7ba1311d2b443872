"""A validation put together: figures of all rows, of slices and groups, and what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, structs

from forebear.analysis import conditions, fairness, metrics, slices
from forebear.analysis.comparison import compare
from forebear.analysis.outcome import Outcome
from forebear.analysis.verdict import counted
from forebear.core.errors import InvalidInput
from forebear.core.validation import ComparisonSummary, Estimate, Threshold, Validation

__all__ = [
    "Asked",
    "Function",
    "assess",
    "compared",
    "headline",
    "in_words",
    "judged",
    "number",
    "told",
    "verdict",
]

Function = Callable[..., float]


class Asked(Struct, frozen=True, kw_only=True):
    """What somebody wants to know of a model."""

    main: str
    """The metric by which slices, comparisons and probes are judged."""
    thresholds: Sequence[Threshold] = ()
    slices: Sequence[str] = ()
    by: Sequence[str] = ()
    find: Sequence[str] = ()
    """Columns among which slices are looked for; none for no search."""
    margin: float | None = None
    """Differences below this count for nothing."""
    functions: Mapping[str, Function] = {}
    """Metrics of the caller's own."""
    weight: str | None = None
    """The column by which rows count."""


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
    groups, fair = fairness.by_groups(outcome, frame, asked.by)
    found, tested = slices.find(outcome, frame, asked.find, asked.main)
    return Validation(
        data=data,
        data_title=title,
        task=outcome.task,
        rows=len(outcome),
        weight=asked.weight,
        rows_worth=None if outcome.weight is None else outcome.rows_worth(),
        main=asked.main,
        metrics=figures,
        slices=[*slices.given(outcome, frame, asked.slices, asked.main), *found],
        searched=tested if asked.find else None,
        groups=groups,
        fairness=fair,
    )


def compared(
    outcome: Outcome, other: Outcome, asked: Asked, *, to: str, title: str, role: str
) -> list[ComparisonSummary]:
    """Return how a model stands to another by the main metric first, and by what else is usual."""
    names = [asked.main]
    if outcome.task == "classification":
        both = outcome.scores is not None and other.scores is not None
        names += ["accuracy", *(["roc_auc"] if both and outcome.binary else [])]
    if outcome.task == "regression":
        names.append("rmse")
    return [
        compare(outcome, other, one, to=to, title=title, role=role, margin=_margin(asked, one))
        for one in dict.fromkeys(names)
        if one not in asked.functions
    ]


def _margin(asked: Asked, metric: str) -> float | None:
    return asked.margin if metric == asked.main else None


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
    if one.metric in fairness.MEASURES:
        return _widest(validation, one)
    if one.slice is None:
        return validation.metrics.get(one.metric) or metrics.one(outcome, one.metric)
    part = outcome.take(conditions.parse(one.slice).mask(frame))
    if not len(part):
        return Estimate(None, why="no row is in the slice")
    if one.metric in asked.functions:
        try:
            return metrics.custom(part, asked.functions[one.metric])
        except InvalidInput as error:
            return Estimate(None, why=error.message)
    return metrics.one(part, one.metric)


def _widest(validation: Validation, one: Threshold) -> Estimate | None:
    """Return a measure of fairness by the column in brackets, else the one that is farthest off."""
    known = [
        row.estimate
        for row in validation.fairness
        if row.metric == one.metric
        and one.slice in (None, row.by)
        and row.estimate.value is not None
    ]
    if not known:
        return Estimate(None, why="no two groups are large enough, or --by was not said")
    far = min if one.metric.endswith("_ratio") else max
    return far(known, key=lambda estimate: estimate.value or 0.0)


def _missing(one: Threshold, validation: Validation) -> str:
    return f"there is no figure '{one.metric}' of {validation.task}"


def _short(figures: Mapping[str, object]) -> list[str]:
    return [name for name in figures if "." not in name]


def headline(validation: Validation) -> list[str]:
    """Return the figures that people look at first: those of thresholds, then the main one."""
    plain = [name for name in validation.metrics if "." not in name]
    if validation.task == "classification" and "recall" in validation.metrics:
        plain = [name for name in plain if not name.endswith(_AVERAGED)]
    if validation.task == "ranking":
        plain = [name for name in plain if not name.endswith("@1")]
    plain = [name for name in plain if not name.startswith("residual_q")]
    asked = [one.metric for one in validation.thresholds if one.metric in validation.metrics]
    return list(dict.fromkeys([*asked, validation.main, *plain]))


_AVERAGED = ("_macro", "_micro", "_weighted")


def verdict(model: str, validation: Validation, unknown: Sequence[str]) -> str:
    """Return what came of a validation in a sentence or two."""
    rows = f"{counted(validation.rows, 'row')} of {validation.data_title}"
    where = f"{rows}{_weighted(validation)}{_seen_before(validation)}"
    failed = [one for one in validation.thresholds if one.passed is False]
    figure = f"{_leading(validation, failed)} on {where}"
    if failed:
        all_of = len(validation.thresholds)
        which = "its threshold" if all_of == 1 else f"{len(failed)} of {all_of} thresholds"
        return f"{model} fails {which}: {figure}."
    if unknown:
        return f"{model} cannot be judged by {len(unknown)} of its thresholds: {figure}."
    if validation.passed:
        count = len(validation.thresholds)
        which = "its threshold" if count == 1 else f"all {count} thresholds"
        return f"{model} meets {which}: {figure}."
    return f"{model} has {figure}; no threshold was set."


def _leading(validation: Validation, failed: Sequence[Threshold]) -> str:
    """Return the figure that matters most: that of a threshold, of failed ones if there are."""
    for one in failed or validation.thresholds:
        if one.measured is not None and one.measured.value is not None:
            what = f"{one.metric}[{one.slice}]" if one.slice else one.metric
            asked = "" if one.passed else f", where {one.op} {one.value:g} was asked,"
            return f"{what} {told(one.measured)}{asked}"
    return f"{validation.main} {told(validation.metrics[validation.main])}"


def _weighted(validation: Validation) -> str:
    """Return by what rows count, as a sentence goes on."""
    if validation.weight is None:
        return ""
    worth = f"{validation.rows_worth or 0:,.0f}"
    return f" weighted by {validation.weight}, which are worth {worth} of equal weight"


def _seen_before(validation: Validation) -> str:
    """Return whether the model was trained on these rows, as a sentence goes on."""
    count = validation.trained_on
    if count is None:
        return ""
    which = "none" if count == 0 else "all" if count == validation.rows else f"{count:,}"
    if validation.trained_how == "equal records":
        return f", {which} of which equal records that it was trained on"
    return f", {which} of which it was trained on"


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


def in_words(one: ComparisonSummary, mine: str) -> str:
    """Return what came of a comparison in a sentence."""
    gap = one.difference
    if gap.value is None:
        return f"{mine} and {one.title} cannot be compared by {one.metric}: {gap.why}."
    p = "" if one.p is None else f", p {'< 0.001' if one.p < 0.001 else f'= {one.p:.3f}'}"
    by = f"by {one.metric} ({_signed(told(gap))}{p}, {one.test})"
    if one.verdict == "equivalent":
        within = number(one.margin)
        return f"{mine} and {one.title} are equivalent within {within} {by}."
    if one.verdict == "not distinguishable":
        seen = (
            ""
            if not one.detectable
            else (f" A difference of {number(one.detectable)} would have been seen 8 times of 10.")
        )
        return f"{mine} and {one.title} cannot be told apart {by}.{seen}"
    return f"{mine} is {one.verdict} than {one.title} {by}."


def _signed(text: str) -> str:
    return text if text.startswith("-") else f"+{text}"
