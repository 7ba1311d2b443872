"""The digest of boosted trees: what XGBoost, LightGBM and CatBoost have learned.

It covers the trees and not the settings, the threads or the moment, so it is the same before and
after every save and load, and for a wrapper and the booster in it. The rule is written in
docs/identity.md.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from forebear.core.digest import combine

__all__ = ["booster_digest", "is_booster"]

_LIBRARIES: Final = ("xgboost", "lightgbm", "catboost")


def is_booster(thing: Any) -> bool:
    """Tell whether `thing` is a trained booster, without a wrapper around it."""
    return _is_a(thing, "xgboost", "Booster") or _is_a(thing, "lightgbm", "Booster")


def booster_digest(model: Any) -> str | None:
    """Return the digest of the trees that a model has learned; None for other things."""
    if not any(name in sys.modules for name in _LIBRARIES):
        return None
    if _is_a(model, "xgboost", "Booster"):
        return combine("booster.xgboost", [_xgboost(model)])
    if _is_a(model, "lightgbm", "Booster"):
        return combine("booster.lightgbm", [_lightgbm(model)])
    if _is_a(model, "catboost", "CatBoost"):
        return combine("booster.catboost", [_catboost(model)]) if model.is_fitted() else None
    for module, wrapper in (("xgboost", "XGBModel"), ("lightgbm", "LGBMModel")):
        if _is_a(model, module, wrapper):
            return _of_wrapper(model)
    return None


def _is_a(thing: Any, module: str, name: str) -> bool:
    cls = getattr(sys.modules.get(module), name, None)
    return isinstance(cls, type) and isinstance(thing, cls)


def _of_wrapper(model: Any) -> str | None:
    """Return the digest of the booster in a wrapper, with its labels where they are no numbers."""
    inner = vars(model).get("_Booster")
    digest = booster_digest(inner)
    labels = vars(model).get("_classes")
    if digest is None or labels is None or list(labels) == list(range(len(labels))):
        return digest
    return combine("booster.labels", [digest.encode(), repr(list(labels)).encode()])


def _xgboost(booster: Any) -> bytes:
    """Return the model as XGBoost saves it, without what its wrapper notes in a saved file."""
    if booster.attr("scikit_learn") is not None:
        booster = booster.copy()
        booster.set_attr(scikit_learn=None)
    return bytes(booster.save_raw(raw_format="ubj"))


def _lightgbm(booster: Any) -> bytes:
    text: str = booster.model_to_string()
    trees, _, rest = text.partition("\nparameters:")
    return (trees + rest.partition("end of parameters")[2]).encode()


def _catboost(model: Any) -> bytes:
    """Return the model as CatBoost saves it in JSON, without the moment of its training."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.json")
        try:
            model.save_model(str(path), format="json")
            found = json.loads(path.read_bytes())
        except Exception:
            # Models over texts or embeddings have no form in JSON.
            return bytes(model._serialize_model())
    found.pop("model_info", None)
    return json.dumps(found, sort_keys=True).encode()
