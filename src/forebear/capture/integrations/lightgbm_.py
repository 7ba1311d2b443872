"""LightGBM: its own training interface, boosters and their files.

Its wrappers for scikit-learn are estimators: their training and predictions are seen there.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

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


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe data sets, training, cross-validation, prediction and files."""
    patches.observe(module, "train", _after_train)
    patches.observe(module, "cv", _after_cv)
    patches.observe(module.Dataset, "__init__", _after_dataset)
    patches.observe(module.Booster, "__init__", _after_open)
    patches.observe(module.Booster, "predict", _after_predict)
    patches.observe(module.Booster, "save_model", _after_save)


def _after_dataset(call: Call, result: Any) -> None:
    parts = {
        "X": call.argument(1, "data"),
        "y": call.argument(2, "label"),
        "sample_weight": call.argument(4, "weight"),
    }
    holding(call, call.args[0], parts, label=call.label(1, "data") or call.target())


def _after_train(call: Call, result: Any) -> None:
    session = call.session
    train_set = call.argument(1, "train_set")
    sets = call.argument(3, "valid_sets") or ()
    used = held_in(session, train_set, "X", None).links("train")
    used += role_links(session, sets if isinstance(sets, list | tuple) else [sets], "validation")
    rounds = call.argument(2, "num_boost_round", default=100)
    base = call.kwargs.get("init_model")
    trained(
        call,
        result,
        name="lightgbm.train",
        used=used,
        params={**call.argument(0, "params"), "num_boost_round": rounds},
        figures=_figures(result),
        base=base if hasattr(base, "predict") else None,
    )


def _figures(booster: Any) -> dict[str, float]:
    return {
        f"{name}.{metric}": float(value)
        for name, metrics in (booster.best_score or {}).items()
        for metric, value in metrics.items()
    }


def _after_cv(call: Call, result: Any) -> None:
    session = call.session
    held = held_in(session, call.argument(1, "train_set"), "X", None)
    step = session.step(
        "evaluate",
        "lightgbm.cv",
        started=call.started,
        used=[*held.links("train"), *held.links("validation")],
        params=plain({**call.argument(0, "params"), **call.options("params", "train_set")}),
        site=call.site,
    )
    last = {
        str(name): float(values[-1])
        for name, values in result.items()
        if isinstance(values, list) and values
    }
    features = held.parts.get("X")
    if last:
        data = features.artifact if features is not None else None
        session.metrics(last, run=step, data=data, split="cv")


def _after_predict(call: Call, result: Any) -> None:
    data = call.argument(1, "data")
    predicted(call, call.args[0], data, result, label=call.label(1, "data"))


def _after_save(call: Call, result: Any) -> None:
    model_saved(call, call.args[0], call.argument(1, "filename"), format="lightgbm")


def _after_open(call: Call, result: Any) -> None:
    model_loaded(call, call.args[0], call.argument(3, "model_file"), format="lightgbm")


MODULES = {"lightgbm": patch}
