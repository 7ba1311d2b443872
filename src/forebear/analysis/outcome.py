"""What a model said of rows, beside what was true: what all figures are computed from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from msgspec import Struct, structs

from forebear.analysis.weighting import worth
from forebear.core.validation import Task

__all__ = ["Outcome", "classified", "label"]


class Outcome(Struct, frozen=True, kw_only=True):
    """Truth and prediction for each row, as arrays of equal length.

    For classification both hold places in `classes`; for regression values; for ranking the
    truth is how relevant a row is, and the prediction orders the rows of one query.
    """

    task: Task
    truth: Any
    predicted: Any
    classes: list[str] = []
    labels: list[Any] = []
    """The classes as the data hold them; where empty, as they are named."""
    positive: int | None = None
    """Place of the positive class, where there are two."""
    scores: Any = None
    """Rows by classes: how much speaks for each; None where the model says labels only."""
    probabilities: bool = False
    """The scores of a row are probabilities."""
    low: Any = None
    """Bounds that the model gives for values."""
    high: Any = None
    query: Any = None
    """For ranking: which query each row belongs to, from 0 on."""
    weight: Any = None
    """How much each row counts, more than 0; None where all count alike."""

    def __len__(self) -> int:
        return len(self.truth)

    def take(self, rows: Any) -> Outcome:
        """Return the outcome for some rows: their numbers, or a mask."""
        arrays = ("truth", "predicted", "scores", "low", "high", "query", "weight")
        kept = {name: getattr(self, name) for name in arrays}
        return structs.replace(
            self, **{name: one[rows] for name, one in kept.items() if one is not None}
        )

    @property
    def binary(self) -> bool:
        """Tell whether there is a positive class."""
        return self.positive is not None

    @property
    def positive_scores(self) -> Any:
        """Return what speaks for the positive class, for each row."""
        return None if self.scores is None else self.scores[:, self.positive]

    def rows_worth(self) -> float:
        """Return how many rows that count alike these are worth."""
        return float(len(self)) if self.weight is None else worth(self.weight)

    @property
    def losses(self) -> Any:
        """Return how wrong each row is: 0 or 1 for classes, the absolute error for values."""
        import numpy as np

        if self.task == "classification":
            return (self.truth != self.predicted).astype(float)
        return np.abs(self.truth - self.predicted)


def label(value: object) -> str:
    """Return a class's name in one form, whatever type it came in.

    >>> label(1), label(1.0), label("1"), label(True), label("yes")
    ('1', '1', '1', 'True', 'yes')
    """
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return str(int(value))
    return str(value)


def classified(
    truth: Sequence[object],
    predicted: Sequence[object],
    *,
    classes: Sequence[object] | None = None,
    scores: Any = None,
    probabilities: bool = False,
    positive: str | None = None,
) -> Outcome:
    """Return the outcome of a classification from labels of any type.

    `classes` are those of the columns of `scores`. The positive one of two classes is the one
    that is said, else the later in order.

    Raises:
        ValueError: the positive class is none of the labels.
    """
    import numpy as np

    true, said = [label(one) for one in truth], [label(one) for one in predicted]
    told = [label(one) for one in classes or ()]
    all_classes = _ordered({*true, *said, *told})
    if positive is not None and positive not in all_classes:
        raise ValueError(f"'{positive}' is none of the labels: {', '.join(all_classes[:10])}")
    place = {one: number for number, one in enumerate(all_classes)}
    return Outcome(
        task="classification",
        truth=np.array([place[one] for one in true], dtype=np.int64),
        predicted=np.array([place[one] for one in said], dtype=np.int64),
        classes=all_classes,
        positive=_positive(all_classes, place, positive),
        scores=None if scores is None else _aligned(scores, told, place),
        probabilities=probabilities,
    )


def _positive(classes: list[str], place: dict[str, int], said: str | None) -> int | None:
    if len(classes) != 2:
        return None
    return place[said] if said is not None else 1


def _aligned(scores: Any, told: list[str], place: dict[str, int]) -> Any:
    import numpy as np

    given = np.asarray(scores, dtype=float)
    aligned = np.zeros((len(given), len(place)))
    for column, name in enumerate(told):
        aligned[:, place[name]] = given[:, column]
    return aligned


def _ordered(names: set[str]) -> list[str]:
    """Return labels in the order of numbers where all are numbers, else of letters."""
    try:
        return sorted(names, key=float)
    except ValueError:
        return sorted(names)
