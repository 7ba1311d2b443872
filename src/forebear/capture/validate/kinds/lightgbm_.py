"""Models in LightGBM's own format, a text: data, not code."""

from __future__ import annotations

from typing import Any

from forebear.capture.validate.natives import asking, library, loaded, of_scores
from forebear.capture.validate.predictor import Answer, Predictor, Source
from forebear.core.validation import Task

__all__ = ["ORDER", "claims", "open"]

ORDER = 57
_VALUES = ("regression", "huber", "fair", "poisson", "quantile", "mape", "gamma", "tweedie")


def claims(source: Source) -> bool:
    """Tell whether it is a file of that kind."""
    return "lightgbm" in source.forms or source.head.startswith(b"tree\nversion=")


def open(source: Source) -> Predictor:
    """Load the model, and return what asks it.

    Raises:
        InvalidInput: lightgbm is not installed.
        ModelFailed: it cannot be loaded.
    """
    lightgbm = library("lightgbm", source)
    with loaded(source, "lightgbm"):
        booster = lightgbm.Booster(model_str=source.read().decode())
        objective, *_ = str(booster.dump_model(num_iteration=1).get("objective", "")).split(" ")
    classes: list[object] | None = None
    if objective in {"binary", "multiclass", "multiclassova"}:
        classes = list(range(max(2, booster.num_model_per_iteration())))

    def predict(frame: Any) -> Answer:
        return of_scores(booster.predict(frame), classes)

    task: Task | None = "classification" if classes else None
    return Predictor(
        predict=asking(source, predict),
        kind="LightGBM model",
        task="regression" if objective.startswith(_VALUES) else task,
        features=_named(booster) or source.features or None,
    )


def _named(booster: Any) -> list[str] | None:
    """Return the columns, unless LightGBM made their names up."""
    names = [str(name) for name in booster.feature_name()]
    return None if names == [f"Column_{place}" for place in range(len(names))] else names
