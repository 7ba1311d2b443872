"""Probes of robustness: the test data a little disturbed, and what becomes of the figures.

Each takes a frame and a source of chance, and returns another frame, or None where nothing in it
can be disturbed so. The index of the frame tells which row each was: answers stay what they were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from msgspec import Struct

from forebear.analysis import metrics
from forebear.analysis.outcome import Outcome
from forebear.core.errors import ForebearError, InvalidInput
from forebear.core.validation import Estimate, ProbeSummary

__all__ = ["PROBES", "chosen", "probed"]

_SHARE: Final = 0.1
_SHIFT: Final = 0.5
_LITTLE: Final = 1e-3
"""Values that move by less than this part of their spread are the same."""


class _Probe(Struct, frozen=True):
    what: str
    disturb: Callable[[Any, Any], Any]


def _numbers(frame: Any) -> list[Any]:
    return [name for name in frame.columns if frame[name].dtype.kind in "iuf"]


def _texts(frame: Any) -> list[Any]:
    return [name for name in frame.columns if frame[name].dtype.kind not in "iufbmMc"]


def _noise(frame: Any, random: Any) -> Any:
    made = frame.copy()
    for name in _numbers(frame):
        spread = float(frame[name].std()) * _SHARE
        made[name] = frame[name] + random.normal(0, spread or 0, len(frame))
    return made if _numbers(frame) else None


def _missing(frame: Any, random: Any) -> Any:
    made = frame.copy()
    for name in frame.columns:
        made[name] = frame[name].mask(random.random(len(frame)) < _SHARE)
    return made


def _shift(frame: Any, random: Any) -> Any:
    made = frame.copy()
    for name in _numbers(frame):
        made[name] = frame[name] + _SHIFT * float(frame[name].std())
    return made if _numbers(frame) else None


def _categories(frame: Any, random: Any) -> Any:
    made = frame.copy()
    for name in _texts(frame):
        here = random.random(len(frame)) < _SHARE
        values = frame[name].to_numpy(dtype=object).copy()
        values[here] = random.permutation(values)[here]
        made[name] = values
    return made if _texts(frame) else None


def _duplicates(frame: Any, random: Any) -> Any:
    import pandas

    return pandas.concat([frame, frame])


def _order(frame: Any, random: Any) -> Any:
    return frame.iloc[::-1]


def _rounding(frame: Any, random: Any) -> Any:
    import numpy as np

    made = frame.copy()
    floats = [name for name in _numbers(frame) if frame[name].dtype.kind == "f"]
    for name in floats:
        made[name] = [float(f"{one:.4g}") if np.isfinite(one) else one for one in frame[name]]
    return made if floats else None


def _letters(frame: Any, random: Any) -> Any:
    made = frame.copy()
    for name in _texts(frame):
        made[name] = frame[name].map(
            lambda one: f" {one.upper()} " if isinstance(one, str) else one
        )
    return made if _texts(frame) else None


PROBES: Final[dict[str, _Probe]] = {
    "noise": _Probe("noise of 10 % of the spread on all numbers", _noise),
    "missing": _Probe("10 % of all cells emptied", _missing),
    "shift": _Probe("all numbers shifted by half their spread", _shift),
    "categories": _Probe("10 % of the words in each column exchanged", _categories),
    "duplicates": _Probe("every row given twice", _duplicates),
    "order": _Probe("the rows in reverse order", _order),
    "rounding": _Probe("numbers rounded to 4 digits", _rounding),
    "letters": _Probe("words in capitals, between spaces", _letters),
}


def chosen(text: str | None) -> list[str]:
    """Return the probes that are meant by a list of names, or by `all`.

    Raises:
        InvalidInput: there is no such probe.

    >>> chosen("noise, order")
    ['noise', 'order']
    """
    names = [one.strip() for one in (text or "").split(",") if one.strip()]
    if names == ["all"]:
        return list(PROBES)
    for name in names:
        if name not in PROBES:
            raise InvalidInput(
                f"There is no probe '{name}'.", hint=f"There is: {', '.join(PROBES)}, or all."
            )
    return names


def probed(
    names: Sequence[str],
    rows: Any,
    before: Outcome,
    again: Callable[[Any], Outcome],
    metric: str,
) -> list[ProbeSummary]:
    """Return what each probe did to a figure; `again` has the model predict other rows.

    What a model cannot stand (it refuses empty cells) is a finding, not an error.
    """
    import numpy as np

    found = []
    for name in names:
        probe = PROBES[name]
        disturbed = probe.disturb(rows, np.random.default_rng(0))
        if disturbed is None:
            none = Estimate(None, why="there is nothing to disturb")
            found.append(ProbeSummary(name, probe.what, metric, none, None, why=none.why))
            continue
        try:
            after = again(disturbed)
        except ForebearError as error:
            none = Estimate(None, why=error.message)
            found.append(ProbeSummary(name, probe.what, metric, none, None, why=error.message))
            continue
        found.append(_seen(name, probe.what, before, after, metric))
    return found


def _seen(name: str, what: str, before: Outcome, after: Outcome, metric: str) -> ProbeSummary:
    figure = metrics.one(after, metric) or Estimate(None)
    was = metrics.point(before, metric)
    fall = None
    if figure.value is not None and was is not None:
        fall = figure.value - was if metrics.lower_is_better(metric) else was - figure.value
    changed = None
    if len(after) == len(before):
        changed = _changed(before, after)
    return ProbeSummary(name, what, metric, figure, fall, changed)


def _changed(before: Outcome, after: Outcome) -> float:
    """Return the share of predictions that changed: labels, or values by more than a little."""
    import numpy as np

    if before.task == "classification":
        names = (np.array(one.classes, dtype=object)[one.predicted] for one in (before, after))
        return float(np.not_equal(*names).mean())
    little = _LITTLE * float(np.std(before.predicted))
    return float((np.abs(after.predicted - before.predicted) > little).mean())
