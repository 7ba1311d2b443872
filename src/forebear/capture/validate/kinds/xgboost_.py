"""Models in XGBoost's own formats (JSON, UBJSON): data, not code."""

from __future__ import annotations

import json
from typing import Any

from forebear.capture.validate.natives import asking, library, loaded, of_scores
from forebear.capture.validate.predictor import Answer, Predictor, Source
from forebear.core.validation import Task

__all__ = ["ORDER", "claims", "open"]

ORDER = 56


def claims(source: Source) -> bool:
    """Tell whether it is a file of that kind."""
    if source.forms & {"xgboost", "ubj"}:
        return True
    return "json" in source.forms and b'"learner"' in source.head


def open(source: Source) -> Predictor:
    """Load the model, and return what asks it.

    Raises:
        InvalidInput: xgboost is not installed.
        ModelFailed: it cannot be loaded.
    """
    xgboost = library("xgboost", source)
    with loaded(source, "xgboost"):
        booster = xgboost.Booster()
        booster.load_model(bytearray(source.read()))
        learner = json.loads(booster.save_config())["learner"]
    objective = learner["objective"]["name"]
    many = int(learner["learner_model_param"].get("num_class", 0))
    features = booster.feature_names

    def predict(frame: Any) -> Answer:
        rows = frame if features else frame.to_numpy()
        said = booster.predict(xgboost.DMatrix(rows, enable_categorical=True))
        if objective == "binary:logistic":
            return of_scores(said, [0, 1])
        if objective == "multi:softprob":
            return of_scores(said, list(range(many)))
        if objective in {"multi:softmax", "binary:hinge"}:
            return Answer(predicted=said.astype(int))
        return Answer(predicted=said)

    return Predictor(
        predict=asking(source, predict),
        kind="XGBoost model",
        task=_task(objective),
        features=features or source.features or None,
    )


def _task(objective: str) -> Task | None:
    kind = objective.partition(":")[0]
    if kind in {"binary", "multi"}:
        return "classification"
    return "regression" if kind in {"reg", "count"} else None
