"""What a scikit-learn estimator says of itself: its settings, what it has learned, its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from forebear.capture.objects import describe_model
from forebear.capture.plain import plain

__all__ = ["describe", "fitted_parts", "is_frozen", "learns", "params_of", "score_name"]

_MOST_PARTS: Final = 500
_MOST_NAMES: Final = 500


def params_of(model: Any) -> dict[str, Any]:
    """Return all settings of an estimator, those of its parts by their path."""
    try:
        return dict(sorted(model.get_params(deep=True).items()))
    except Exception:
        # An estimator whose __init__ doesn't keep scikit-learn's rules.
        return {}


def describe(model: Any) -> dict[str, Any]:
    """Return what is recorded of a model, fitted or not."""
    described = {**describe_model(model), "params": plain(params_of(model))}
    if hasattr(model, "transform") and not hasattr(model, "predict"):
        described["transformer"] = True
    steps = getattr(model, "steps", None)
    if isinstance(steps, list):
        described["steps"] = [[name, type(step).__name__] for name, step in steps]
    for name in ("best_params_", "best_score_", "n_features_in_"):
        value = getattr(model, name, None)
        if value is not None:
            described[name.rstrip("_")] = plain(value)
    for name, shown in (("feature_names_in_", "features"), ("classes_", "classes")):
        values = getattr(model, name, None)
        if values is not None and getattr(values, "ndim", 1) == 1 and len(values) <= _MOST_NAMES:
            described[shown] = plain(list(values))
    return described


def fitted_parts(model: Any, depth: int = 0) -> Iterator[Any]:
    """Yield the estimators that a fitted one holds, nested ones too."""
    for value in list(getattr(model, "__dict__", {}).values()):
        for part in _spread(value):
            if hasattr(part, "get_params") and hasattr(part, "fit") and not isinstance(part, type):
                yield part
                if depth < 4:
                    yield from fitted_parts(part, depth + 1)


def _spread(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return list(value.values())[:_MOST_PARTS]
    if isinstance(value, list | tuple):
        flat: list[Any] = []
        for item in value[:_MOST_PARTS]:
            flat += item if isinstance(item, list | tuple) else [item]
        return flat
    return (value,)


def is_frozen(model: Any) -> bool:
    """Tell whether it holds a trained estimator that is not trained again."""
    return type(model).__name__ == "FrozenEstimator"


def learns(model: Any) -> bool:
    """Tell whether it has to be fitted before it is used."""
    try:
        return bool(model.__sklearn_tags__().requires_fit)
    except Exception:
        return True


def score_name(model: Any) -> str:
    """Return what an estimator's `score` measures, in scikit-learn's own words."""
    scoring = getattr(model, "scoring", None)
    if hasattr(model, "best_estimator_"):
        if isinstance(scoring, str):
            return scoring
        return score_name(model.best_estimator_) if scoring is None else "score"
    if isinstance(getattr(model, "steps", None), list):
        return score_name(model.steps[-1][1])
    owner = getattr(getattr(type(model), "score", None), "__qualname__", "").partition(".")[0]
    return {"ClassifierMixin": "accuracy", "RegressorMixin": "r2"}.get(owner, "score")
