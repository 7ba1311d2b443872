"""CatBoost: pools, training, predictions and files.

Its models have scikit-learn's interface but not its base class.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from forebear.capture.boosting import (
    held_in,
    holding,
    model_loaded,
    model_saved,
    predicted,
    role_links,
    trained,
)
from forebear.capture.objects import model_of
from forebear.capture.patching import Call, Patches
from forebear.capture.plain import plain
from forebear.core.events import Link

__all__ = ["MODULES"]

_CLASSES: Final = ("CatBoost", "CatBoostClassifier", "CatBoostRegressor", "CatBoostRanker")
_PREDICTING: Final = ("predict", "predict_proba", "predict_log_proba")
_DATA: Final = frozenset({"self", "X", "y", "eval_set", "init_model", "pool", "dtrain", "params"})


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe pools, and what models of all kinds do."""
    patches.observe(module.Pool, "__init__", _after_pool)
    patches.observe(module, "train", _after_train)
    patches.observe(module, "cv", _after_cv)
    for cls in (getattr(module, name) for name in _CLASSES if hasattr(module, name)):
        patches.observe(cls, "fit", _after_fit)
        for name in _PREDICTING:
            patches.observe(cls, name, _after_predict)
        patches.observe(cls, "score", _after_score)
        patches.observe(cls, "save_model", _after_save)
        patches.observe(cls, "load_model", _after_load)


def _after_pool(call: Call, result: Any) -> None:
    parts = {
        "X": call.argument(1, "data"),
        "y": call.argument(2, "label"),
        "sample_weight": call.kwargs.get("weight"),
    }
    holding(call, call.args[0], parts, label=call.label(1, "data") or call.target())


def _after_fit(call: Call, result: Any) -> None:
    model = call.args[0]
    used = held_in(call.session, call.argument(1, "X"), "X", call.label(1, "X")).links("train")
    target = call.argument(2, "y")
    used += held_in(call.session, target, "y", call.label(2, "y")).links("train")
    name = f"{type(model).__name__}.fit"
    _trained(call, model, used, name, {**model.get_params(), **call.options(*_DATA)})


def _after_train(call: Call, result: Any) -> None:
    pool = call.argument(0, "pool", "dtrain")
    used = held_in(call.session, pool, "X", None).links("train")
    params = {**(call.argument(1, "params") or {}), **call.options(*_DATA)}
    _trained(call, result, used, "catboost.train", params)


def _trained(call: Call, model: Any, used: list[Link], name: str, params: dict[str, Any]) -> None:
    sets = call.kwargs.get("eval_set")
    base = call.kwargs.get("init_model")
    if sets is not None:
        several = sets if isinstance(sets, list) else [sets]
        used = used + role_links(call.session, several, "validation")
    trained(
        call,
        model,
        name=name,
        used=used,
        params=params,
        figures=_figures(model),
        base=base if hasattr(base, "predict") else None,
    )


def _figures(model: Any) -> dict[str, float]:
    return {
        f"{name}.{metric}": float(value)
        for name, metrics in (model.get_best_score() or {}).items()
        for metric, value in metrics.items()
    }


def _after_cv(call: Call, result: Any) -> None:
    session = call.session
    held = held_in(session, call.argument(0, "pool", "dtrain"), "X", None)
    step = session.step(
        "evaluate",
        "catboost.cv",
        started=call.started,
        used=[*held.links("train"), *held.links("validation")],
        params=plain({**(call.argument(1, "params") or {}), **call.options(*_DATA)}),
        site=call.site,
    )
    last = {str(name): float(list(result[name])[-1]) for name in result if name != "iterations"}
    features = held.parts.get("X")
    if last:
        data = features.artifact if features is not None else None
        session.metrics(last, run=step, data=data, split="cv")


def _after_predict(call: Call, result: Any) -> None:
    data = call.argument(1, "data", "X")
    predicted(call, call.args[0], data, result, label=call.label(1, "data", "X"))


def _after_score(call: Call, result: Any) -> None:
    session, model = call.session, call.args[0]
    known = model_of(session, model)
    label = call.label(1, "X")
    held = held_in(session, call.argument(1, "X"), "X", label)
    used = held.links("test")
    used += held_in(session, call.argument(2, "y"), "y", call.label(2, "y")).links("test")
    step = session.step(
        "evaluate",
        f"{type(model).__name__}.score",
        started=call.started,
        used=[*used, Link(artifact=known.artifact or "", role="model")],
        site=call.site,
    )
    features = held.parts.get("X")
    name = "accuracy" if hasattr(model, "predict_proba") else "r2"
    data = features.artifact if features is not None else None
    session.metrics({name: float(result)}, run=step, model=known.artifact, data=data)


def _after_save(call: Call, result: Any) -> None:
    model_saved(call, call.args[0], call.argument(1, "fname"), format="catboost")


def _after_load(call: Call, result: Any) -> None:
    model_loaded(call, call.args[0], call.argument(1, "fname"), format="catboost")


MODULES = {"catboost": patch}
