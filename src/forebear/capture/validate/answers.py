"""Predictions as programs say them: arrays, frames, records, lines of CSV or JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from forebear.capture.validate.predictor import Answer
from forebear.core.errors import ModelFailed

__all__ = ["answer_of", "from_text"]

_LABELS: Final = ("prediction", "predicted", "pred", "label", "y_pred", "class", "value")
_SCORES: Final = ("score", "probability", "proba", "confidence")
_PREFIXES: Final = ("probability_", "proba_", "prob_", "score_")


def answer_of(said: Any, title: str, *, rows: int | None = None) -> Answer:
    """Return what somebody's function or service said of rows as an answer.

    One value a row, or a record (or column) with `prediction`, and perhaps `score` for the later
    of two classes, `proba_CLASS` or `probabilities` for each, `low` and `high` for a value.

    Raises:
        ModelFailed: there is no prediction in it.
    """
    if isinstance(said, Mapping) and "predictions" in said:
        said = said["predictions"]
    if hasattr(said, "to_dict") and hasattr(said, "columns"):
        said = {str(name): said[name].tolist() for name in said.columns}
    elif hasattr(said, "tolist"):
        said = said.tolist()
    if isinstance(said, Mapping):
        return _of_columns({str(name): values for name, values in said.items()}, title)
    if isinstance(said, str | bytes) or not isinstance(said, Sequence):
        raise ModelFailed(f"{title} returned a {type(said).__name__} and no predictions.")
    if any(isinstance(one, Mapping) for one in said):
        return _of_records(said, title)
    flat = [one[0] if isinstance(one, list | tuple) and len(one) == 1 else one for one in said]
    return Answer(predicted=_plain(flat, title))


def from_text(text: str, rows: int, title: str) -> Answer:
    """Read predictions that were printed or written: CSV, or a JSON value a line.

    A CSV with one line more than there are rows has a header.

    Raises:
        ModelFailed: it cannot be read, or holds none.
    """
    lines = [one for one in text.splitlines() if one.strip()]
    if not lines:
        raise ModelFailed(f"{title} said nothing.")
    if lines[0].lstrip()[0] in '{["' or (len(lines) == 1 and rows != 1):
        return _of_json(lines, text, title)
    table = list(csv.reader(io.StringIO("\n".join(lines))))
    if len(table) == rows + 1 or table[0][0].strip().lower() in (*_LABELS, *_SCORES):
        names = [name.strip() for name in table[0]]
        columns = {name: [_typed(row[i]) for row in table[1:]] for i, name in enumerate(names)}
        return _of_columns(columns, title)
    if any(len(row) != len(table[0]) for row in table):
        raise ModelFailed(f"{title} printed lines of different lengths.")
    if len(table[0]) == 1:
        return Answer(predicted=[_typed(row[0]) for row in table])
    return _of_columns(
        {
            "prediction": [_typed(row[0]) for row in table],
            "score": [_typed(row[1]) for row in table],
        },
        title,
    )


def _of_json(lines: list[str], text: str, title: str) -> Answer:
    try:
        if len(lines) == 1 or lines[0].strip() in {"[", "{"}:
            whole = msgspec.json.decode(text.encode())
            alone = not isinstance(whole, list) and not (
                isinstance(whole, dict) and any(isinstance(one, list) for one in whole.values())
            )
            return answer_of([whole] if alone else whole, title)
        return answer_of([msgspec.json.decode(one.encode()) for one in lines], title)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ModelFailed(f"What {title} said is neither CSV nor JSON lines: {error}.") from error


def _of_records(said: Sequence[Any], title: str) -> Answer:
    if not all(isinstance(one, Mapping) for one in said):
        raise ModelFailed(f"{title} returned records and other things mixed.")
    names = dict.fromkeys(str(name) for one in said for name in one)
    columns: dict[str, Any] = {
        name: [one.get(name) for one in said] for name in names if name != "probabilities"
    }
    if "probabilities" in names:
        each = [one.get("probabilities") for one in said]
        if not all(isinstance(one, Mapping) and one for one in each):
            raise ModelFailed(f"Some `probabilities` of {title} are no record of classes.")
        classes = dict.fromkeys(str(name) for one in each for name in one)
        columns |= {f"proba_{name}": [one.get(name, 0.0) for one in each] for name in classes}
    return _of_columns(columns, title)


def _of_columns(columns: Mapping[str, Any], title: str) -> Answer:
    for name, values in columns.items():
        if isinstance(values, str | bytes) or not isinstance(values, Sequence):
            raise ModelFailed(f"Column '{name}' that {title} returned is no list of values.")
    label = _first(columns, _LABELS) or (next(iter(columns)) if len(columns) == 1 else None)
    by_class = {
        name.removeprefix(prefix): values
        for name, values in columns.items()
        for prefix in _PREFIXES
        if name.startswith(prefix)
    }
    if label is None and not by_class:
        known = ", ".join(list(columns)[:8]) or "none at all"
        raise ModelFailed(
            f"{title} returned columns without a prediction: {known}.",
            hint=f"Call the column of predictions one of {', '.join(_LABELS[:4])}.",
        )
    classes: list[object] | None = None
    scores = None
    if by_class:
        classes, scores = list(by_class), _numbers(list(by_class.values()), title).T
    elif (score := _first(columns, _SCORES)) is not None:
        scores = _numbers([columns[score]], title)[0]
    predicted = _plain(columns[label], title) if label is not None else _likeliest(classes, scores)
    if scores is not None and len(scores) != len(predicted):
        raise ModelFailed(f"{title} returned columns of different lengths.")
    low, high = (
        _numbers([columns[one]], title)[0] if one in columns else None for one in ("low", "high")
    )
    return Answer(predicted=predicted, scores=scores, classes=classes, low=low, high=high)


def _likeliest(classes: Any, scores: Any) -> list[Any]:
    import numpy as np

    return [classes[place] for place in np.nan_to_num(scores, nan=-1.0).argmax(axis=1)]


def _plain(values: Sequence[Any], title: str) -> list[Any]:
    """Return values that may be labels or numbers, as they are."""
    for place, one in enumerate(values):
        if isinstance(one, list | tuple | Mapping | set):
            kind = "several values" if not isinstance(one, Mapping) else "a record"
            raise ModelFailed(f"{title} returned {kind} as the prediction for row {place}.")
    return list(values)


def _numbers(columns: list[Any], title: str) -> Any:
    import numpy as np

    try:
        return np.array(columns, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise ModelFailed(
            f"Some scores or bounds of {title} are no numbers, or some are missing."
        ) from None


def _first(columns: Mapping[str, object], names: Sequence[str]) -> str | None:
    lower = {name.lower(): name for name in columns}
    return next((lower[name] for name in names if name in lower), None)


_EMPTY: Final = ("", "nan", "NaN")
"""How programs write that a row has no prediction."""


def _typed(text: str) -> Any:
    text = text.strip()
    if text in _EMPTY:
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text
