"""From what a model said and what was true to an outcome; what is wrong with it is said."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct, structs

from forebear.analysis.outcome import Outcome, classified, label
from forebear.analysis.verdict import counted
from forebear.capture.validate.predictor import Answer, Predictor
from forebear.core.errors import InvalidInput, ModelFailed
from forebear.core.validation import Task

__all__ = ["Truth", "outcome_of", "task_of"]

_FEW_VALUES: Final = 20
_SLACK: Final = 1e-3


class Truth(Struct, frozen=True, kw_only=True):
    """What is to be predicted, row by row."""

    values: Any
    column: str
    query: Any = None
    """For ranking: which query each row belongs to."""
    weight: Any = None
    """How much each row counts, more than 0; None where all count alike."""
    rows: Any = None
    """Where these rows are among all that the model is asked about; None where they are all."""


def task_of(predictor: Predictor, answer: Answer, truth: Truth) -> tuple[Task, str]:
    """Return the task where nobody said it, and why it must be that."""
    if truth.query is not None:
        return "ranking", "a column of queries is given"
    if predictor.task is not None:
        return predictor.task, f"a {predictor.kind} is for that"
    if answer.classes is not None:
        return "classification", "the model gives scores for classes"
    if not _are_numbers(truth.values) or not _are_numbers(answer.predicted):
        return "classification", f"{truth.column} holds labels"
    values = {label(one) for one in truth.values}
    said = {label(one) for one in answer.predicted}
    if len(values) <= _FEW_VALUES and said <= values and all(_whole(one) for one in values):
        return "classification", f"{truth.column} holds {counted(len(values), 'whole number')}"
    return "regression", f"{truth.column} holds numbers"


def outcome_of(
    answer: Answer, truth: Truth, task: Task, title: str, *, positive: str | None = None
) -> tuple[Outcome, list[str]]:
    """Return the outcome of a model, and what a reader must know of it.

    Raises:
        ModelFailed: there are too few or too many predictions, or some are none.
        InvalidInput: nothing that was said is among what is true.
    """
    rows, said = len(truth.values), len(answer.predicted)
    if said != rows:
        raise ModelFailed(f"{title} gave {counted(said, 'prediction')} for {counted(rows, 'row')}.")
    empty = [row for row, one in enumerate(answer.predicted) if _missing(one)]
    if empty:
        raise ModelFailed(
            f"{title} gave no prediction, or NaN, for {counted(len(empty), 'row')},"
            f" first for row {empty[0]}."
        )
    if task == "classification":
        return _classes(answer, truth, title, positive)
    predicted, true = _floats(answer.predicted, title), _floats(truth.values, truth.column)
    return (
        Outcome(
            task=task,
            truth=true,
            predicted=predicted,
            query=truth.query,
            weight=truth.weight,
            low=answer.low if task == "regression" else None,
            high=answer.high if task == "regression" else None,
        ),
        [],
    )


def _classes(
    answer: Answer, truth: Truth, title: str, positive: str | None
) -> tuple[Outcome, list[str]]:
    true = [label(one) for one in truth.values]
    said = [label(one) for one in answer.predicted]
    known = {*said, *map(label, answer.classes or ())}
    unseen = {one for one in true if one not in known}
    if known.isdisjoint(true):
        raise InvalidInput(
            f"{title} says {_some(known)}, and {truth.column} holds {_some(set(true))}: no label"
            " is in both.",
            hint="Is --target the right column?",
        )
    notes = []
    if unseen and answer.classes is not None:
        rows = sum(one in unseen for one in true)
        notes.append(
            f"{counted(rows, 'row')} have a label that {title} has never seen ({_some(unseen)});"
            " they count as wrong"
        )
    scores, classes, chance = _scores(answer, true, title)
    try:
        outcome = classified(
            true, said, classes=classes, scores=scores, probabilities=chance, positive=positive
        )
    except ValueError as error:
        raise InvalidInput(f"{error}.") from None
    if positive is not None and not outcome.binary:
        notes.append(f"there are {len(outcome.classes)} classes, so none is the positive one")
    return structs.replace(outcome, weight=truth.weight), notes


def _scores(answer: Answer, true: list[str], title: str) -> tuple[Any, Any, bool]:
    """Return scores by class, their classes, and whether they are probabilities."""
    import numpy as np

    if answer.scores is None:
        return None, answer.classes, False
    scores = np.asarray(answer.scores, dtype=float)
    classes = answer.classes
    if scores.ndim == 1:
        labels = sorted({label(one) for one in answer.predicted} | set(true), key=_order)
        if len(labels) != 2:
            return None, None, False
        classes = labels
        scores = np.column_stack([1 - scores, scores])
    if np.isnan(scores).any():
        row = int(np.isnan(scores).any(axis=1).argmax())
        raise ModelFailed(f"Some scores of {title} are NaN, the first of them for row {row}.")
    sums = scores.sum(axis=1)
    inside = scores.min() >= -_SLACK and scores.max() <= 1 + _SLACK
    chance = answer.probabilities and inside and bool(np.abs(sums - 1).max() < _SLACK * 10)
    return scores, classes, chance


def _order(text: str) -> tuple[int, float, str]:
    try:
        return 0, float(text), ""
    except ValueError:
        return 1, 0.0, text


def _some(labels: set[str]) -> str:
    shown = sorted(labels)[:5]
    return ", ".join(shown) + (" …" if len(labels) > len(shown) else "")


def _missing(value: Any) -> bool:
    return value is None or (str(value) in {"nan", "NaT", "<NA>"} and not isinstance(value, str))


def _are_numbers(values: Any) -> bool:
    return all(isinstance(one, int | float) or hasattr(one, "__float__") for one in values[:1000])


def _whole(text: str) -> bool:
    return text.lstrip("-").isdigit()


def _floats(values: Any, title: str) -> Any:
    import numpy as np

    try:
        found = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise InvalidInput(
            f"{title} holds what is no number, and this task needs numbers.",
            hint="`--task classification` is for labels.",
        ) from None
    if found.ndim > 1:
        found = found.reshape(len(found), -1)[:, 0]
    if not np.isfinite(found).all():
        row = int((~np.isfinite(found)).argmax())
        raise ModelFailed(
            f"{title} holds {found[row]} in row {row}, which no figure can be made of."
        )
    return found
