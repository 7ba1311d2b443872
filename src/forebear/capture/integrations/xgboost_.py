"""XGBoost: its own training interface, boosters and their files.

Its wrappers for scikit-learn are estimators: their training and predictions are seen there, and
only their files here.
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
from forebear.capture.patching import Call, Patches
from forebear.capture.plain import plain

__all__ = ["MODULES"]

_MATRICES: Final = ("DMatrix", "QuantileDMatrix")


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe matrices, training, cross-validation, prediction and files."""
    patches.observe(module, "train", _after_train)
    patches.observe(module, "cv", _after_cv)
    for name in _MATRICES:
        patches.observe(getattr(module, name), "__init__", _after_matrix)
    booster = module.Booster
    patches.observe(booster, "__init__", _after_open)
    for name in ("predict", "inplace_predict"):
        patches.observe(booster, name, _after_predict)
    for owner in (booster, getattr(module, "XGBModel", None)):
        if owner is not None:
            patches.observe(owner, "save_model", _after_save)
            patches.observe(owner, "load_model", _after_load)


def _after_matrix(call: Call, result: Any) -> None:
    parts = {
        "X": call.argument(1, "data"),
        "y": call.argument(2, "label"),
        "sample_weight": call.kwargs.get("weight"),
    }
    holding(call, call.args[0], parts, label=call.label(1, "data") or call.target())


def _after_train(call: Call, result: Any) -> None:
    session = call.session
    matrix = call.argument(1, "dtrain")
    base = call.kwargs.get("xgb_model")
    evaluated = [pair[0] for pair in call.kwargs.get("evals") or ()]
    used = held_in(session, matrix, "X", None).links("train")
    used += role_links(session, evaluated, "validation")
    rounds = call.argument(2, "num_boost_round", default=10)
    params = {**call.argument(0, "params"), "num_boost_round": rounds}
    early = call.kwargs.get("early_stopping_rounds")
    params |= {"early_stopping_rounds": early} if early is not None else {}
    trained(
        call,
        result,
        name="xgboost.train",
        used=used,
        params=params,
        figures=_figures(call, result),
        base=base if hasattr(base, "save_model") else None,
    )


def _figures(call: Call, booster: Any) -> dict[str, float]:
    """Return the last figures of each data set that the training was watched with."""
    results = call.kwargs.get("evals_result") or {}
    found = {
        f"{name}.{metric}": float(values[-1])
        for name, metrics in results.items()
        for metric, values in metrics.items()
        if values
    }
    best = booster.attr("best_score")
    return found | ({"best_score": float(best)} if best is not None else {})


def _after_cv(call: Call, result: Any) -> None:
    session = call.session
    held = held_in(session, call.argument(1, "dtrain"), "X", None)
    step = session.step(
        "evaluate",
        "xgboost.cv",
        started=call.started,
        used=[*held.links("train"), *held.links("validation")],
        params=plain({**call.argument(0, "params"), **call.options("params", "dtrain")}),
        site=call.site,
    )
    last = {name: values[-1] for name, values in _columns(result) if len(values)}
    features = held.parts.get("X")
    if last:
        data = features.artifact if features is not None else None
        session.metrics(last, run=step, data=data, split="cv")


def _columns(result: Any) -> list[tuple[str, list[float]]]:
    return [(str(name), [float(one) for one in result[name]]) for name in result]


def _after_predict(call: Call, result: Any) -> None:
    data = call.argument(1, "data")
    predicted(call, call.args[0], data, result, label=call.label(1, "data"))


def _after_save(call: Call, result: Any) -> None:
    model_saved(call, call.args[0], call.argument(1, "fname"), format="xgboost")


def _after_load(call: Call, result: Any) -> None:
    model_loaded(call, call.args[0], call.argument(1, "fname"), format="xgboost")


def _after_open(call: Call, result: Any) -> None:
    model_loaded(call, call.args[0], call.argument(3, "model_file"), format="xgboost")


MODULES = {"xgboost": patch}
