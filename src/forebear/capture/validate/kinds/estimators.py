"""Objects with `predict`: of scikit-learn, or like them; and functions of a frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from forebear.capture.validate.limits import within
from forebear.capture.validate.predictor import Answer, Predictor, Source, first_sentence
from forebear.core.errors import ModelFailed
from forebear.core.validation import Task

__all__ = ["ORDER", "claims", "of_object", "open"]

ORDER = 10


def claims(source: Source) -> bool:
    """Tell whether the caller has the model in memory."""
    return source.object is not None


def open(source: Source) -> Predictor:
    """Return what asks an object in memory."""
    return of_object(source.object, source)


def of_object(model: Any, source: Source) -> Predictor:
    """Return what asks an object: by its `predict`, or by calling it.

    Raises:
        ModelFailed: it has neither.
    """
    if isinstance(model, type):
        raise ModelFailed(
            f"{source.title} is a class, and no model yet.", hint="Name an object, or a function."
        )
    if not hasattr(model, "predict"):
        if callable(model):
            return of_function(model, source)
        raise ModelFailed(f"{source.title} is a {type(model).__name__}, which cannot predict.")
    named = getattr(model, "feature_names_in_", None)
    features = [str(name) for name in named] if named is not None else source.features or None
    wanted = getattr(model, "n_features_in_", None)
    if named is None and features is not None and wanted not in (None, len(features)):
        features = None

    def predict(frame: Any) -> Answer:
        bare = named is None and (wanted is not None or _wants_arrays(model, frame))
        rows = _plain(frame, wanted, source.title) if bare else frame
        with within(source.limit, source.title):
            return _asked(model, rows, source)

    return Predictor(
        predict=predict,
        kind=type(model).__name__,
        task=_task(model),
        features=features,
        nameless=features is None and wanted is not None,
    )


def of_function(function: Callable[[Any], Any], source: Source) -> Predictor:
    """Return what asks a function that takes a frame and returns one answer a row."""
    from forebear.capture.validate.answers import answer_of

    def predict(frame: Any) -> Answer:
        try:
            with within(source.limit, source.title):
                said = function(frame)
        except ModelFailed:
            raise
        except (Exception, SystemExit) as error:
            raise _failed(source, error) from error
        return answer_of(said, source.title)

    name = getattr(function, "__name__", type(function).__name__)
    return Predictor(predict=predict, kind=f"function {name}", features=source.features or None)


def _wants_arrays(model: Any, frame: Any) -> bool:
    """Tell whether an object that says nothing of its columns is given an array and no frame.

    Keras wants one, and whoever brought rows without names does.
    """
    families = {kind.__module__.partition(".")[0] for kind in type(model).__mro__}
    return "keras" in families or all(str(name).isdigit() for name in frame.columns)


def _plain(frame: Any, wanted: int | None, title: str) -> Any:
    if wanted is not None and wanted != frame.shape[1]:
        raise ModelFailed(
            f"{title} was trained on {wanted} columns, and the data have {frame.shape[1]} beside"
            " the answer.",
            hint="`--features a,b,c` names the columns, in their order.",
        )
    return frame.to_numpy()


def _asked(model: Any, rows: Any, source: Source) -> Answer:
    try:
        predicted = model.predict(rows)
        classes = getattr(model, "classes_", None)
        if classes is None or getattr(predicted, "ndim", 1) != 1:
            return Answer(predicted=predicted)
        for name in ("predict_proba", "decision_function"):
            method = getattr(model, name, None)
            if method is not None:
                scores = method(rows)
                return _scored(predicted, scores, list(classes), chance=name == "predict_proba")
    except (Exception, SystemExit) as error:
        raise _failed(source, error) from error
    return Answer(predicted=predicted, classes=list(classes))


def _scored(predicted: Any, scores: Any, classes: list[object], *, chance: bool) -> Answer:
    import numpy as np

    if scores.ndim == 1:
        scores = np.column_stack([-scores, scores])
    if scores.shape[1] != len(classes):  # one against one: no score for each class
        return Answer(predicted=predicted, classes=classes)
    return Answer(predicted=predicted, scores=scores, classes=classes, probabilities=chance)


def _task(model: Any) -> Task | None:
    if getattr(model, "classes_", None) is not None:
        return "classification"
    if not hasattr(model, "__sklearn_tags__"):
        return None
    from sklearn.base import is_classifier, is_regressor

    if is_regressor(model):
        return "regression"
    return "classification" if is_classifier(model) else None


def _failed(source: Source, error: BaseException) -> ModelFailed:
    return ModelFailed(
        f"{source.title} could not predict ({type(error).__name__}: {first_sentence(error)}).",
        hint="The data must have the columns it was trained on, prepared in the same way.",
    )
