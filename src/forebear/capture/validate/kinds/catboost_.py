"""Models in CatBoost's own format: data, not code."""

from __future__ import annotations

from typing import Any

from forebear.capture.validate.natives import as_file, asking, library, loaded
from forebear.capture.validate.predictor import Answer, Predictor, Source

__all__ = ["ORDER", "claims", "open"]

ORDER = 58


def claims(source: Source) -> bool:
    """Tell whether it is a file of that kind."""
    return bool(source.forms & {"cbm", "catboost"}) or source.head.startswith(b"CBM1")


def open(source: Source) -> Predictor:
    """Load the model, and return what asks it.

    Raises:
        InvalidInput: catboost is not installed.
        ModelFailed: it cannot be loaded.
    """
    catboost = library("catboost", source)
    with loaded(source, "catboost"), as_file(source, ".cbm") as path:
        model = catboost.CatBoost()
        model.load_model(str(path), format="cbm")
    classes = list(model.classes_)
    names = [str(name) for name in model.feature_names_ or []]
    made_up = names == [str(place) for place in range(len(names))]

    def predict(frame: Any) -> Answer:
        rows = frame.to_numpy() if made_up else frame
        if not classes:
            return Answer(predicted=model.predict(rows))
        scores = model.predict(rows, prediction_type="Probability")
        places = scores.argmax(axis=1)
        return Answer(predicted=model.classes_[places], scores=scores, classes=classes)

    return Predictor(
        predict=asking(source, predict),
        kind="CatBoost model",
        task="classification" if classes else "regression",
        features=source.features or None if made_up else names,
    )
