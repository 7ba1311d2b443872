"""From what a model said and what was true to an outcome; what is wrong with it is said."""

from __future__ import annotations

from numbers import Number
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
_BITS: Final = frozenset[object]((0, 1))


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
    if _is_chance(answer, truth):
        return "classification", f"what it says lies between {truth.column} 0 and 1, as chances do"
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
    wide = getattr(answer.predicted, "shape", (rows,))[1:]
    if wide and wide != (1,):
        raise ModelFailed(f"{title} gives {wide[0]} values a row; one is compared at a time.")
    empty = [row for row, one in enumerate(answer.predicted) if _missing(one)]
    if empty:
        raise ModelFailed(
            f"{title} gave no prediction, or NaN, for {counted(len(empty), 'row')},"
            f" first for row {empty[0]}."
        )
    if task == "classification":
        told = _of_chances(answer) if _is_chance(answer, truth) else answer
        return _classes(told, truth, title, positive)
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


def _is_chance(answer: Answer, truth: Truth) -> bool:
    """Tell whether a model of one output says how likely 1 is, where what is true is 0 or 1."""
    import numpy as np

    if answer.scores is not None or answer.classes is not None:
        return False
    true = np.asarray(truth.values).tolist()
    if not _are_numbers(answer.predicted) or not all(map(_is_bit, true)):
        return False
    said = np.asarray(answer.predicted, dtype=float)
    inside = bool(((said >= 0) & (said <= 1)).all())
    return inside and not np.isin(said, (0.0, 1.0)).all()


def _of_chances(answer: Answer) -> Answer:
    import numpy as np

    chance = np.asarray(answer.predicted, dtype=float).ravel()
    scores = np.column_stack([1 - chance, chance])
    return Answer(predicted=(chance >= 0.5).astype(int), scores=scores, classes=[0, 1])


def _classes(
    answer: Answer, truth: Truth, title: str, positive: str | None
) -> tuple[Outcome, list[str]]:
    said = [label(one) for one in answer.predicted]
    known = {*said, *map(label, answer.classes or ())}
    true = _as_said([label(one) for one in truth.values], known)
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
    strange = set(said) - set(true) if answer.classes is None else set()
    if strange:
        rows = sum(one in strange for one in said)
        notes.append(
            f"{title} says {_some(strange)} for {counted(rows, 'row')}, which {truth.column} never"
            " is"
        )
    scores, classes, chance = _scores(answer, true, title)
    if scores is not None and answer.probabilities and not chance:
        notes.append(_no_chance(scores, title))
    try:
        outcome = classified(
            true, said, classes=classes, scores=scores, probabilities=chance, positive=positive
        )
    except ValueError as error:
        raise InvalidInput(f"{error}.") from None
    if positive is not None and not outcome.binary:
        notes.append(f"there are {len(outcome.classes)} classes, so none is the positive one")
    held = {label(one): one for one in [*answer.predicted, *(answer.classes or ()), *truth.values]}
    labels = [held.get(one, one) for one in outcome.classes]
    return structs.replace(outcome, weight=truth.weight, labels=labels), notes


def _as_said(true: list[str], known: set[str]) -> list[str]:
    """Return truths of yes and no as 1 and 0 where that is what the model says."""
    numbers = {"False": "0", "True": "1"}
    if known <= set(numbers.values()) and set(true) <= set(numbers):
        return [numbers[one] for one in true]
    return true


def _no_chance(scores: Any, title: str) -> str:
    """Return why scores are no probabilities."""
    import numpy as np

    sums = scores.sum(axis=1)
    if scores.min() < -_SLACK or scores.max() > 1 + _SLACK:
        row = int(((scores < -_SLACK) | (scores > 1 + _SLACK)).any(axis=1).argmax())
        why = f"one in row {row} is not between 0 and 1"
    else:
        row = int(np.abs(sums - 1).argmax())
        why = f"those of row {row} add up to {sums[row]:.3g}"
    return f"scores of {title} are taken for no probabilities: {why}"


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


def _is_bit(value: Any) -> bool:
    return isinstance(value, Number) and value in _BITS


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
