"""statsmodels: fits, and what is predicted and forecast with their results.

Results are saved and loaded as pickles, which are seen there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, Final

from forebear.capture.boosting import held_in, holding, predicted, trained
from forebear.capture.patching import Call, Patches
from forebear.capture.session import active
from forebear.core.events import Link
from forebear.engines.regressions import inner_results, is_regression

__all__ = ["MODULES"]

_FITS: Final = ("fit", "fit_regularized", "fit_constrained")
_PREDICTIONS: Final = ("predict", "forecast")
_FIGURES: Final = ("rsquared", "prsquared", "aic", "bic", "llf")


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe models and results of all kinds, those that exist and those that will be made."""
    _observe_family(patches, module.Model, _observe_model)
    _observe_family(patches, module.Results, _observe_results)


def _observe_family(patches: Patches, base: Any, observe: Callable[[Patches, type], None]) -> None:
    for cls in _family(base):
        observe(patches, cls)

    def watched(cls: type, /, **kwargs: Any) -> None:
        super(base, cls).__init_subclass__(**kwargs)
        if active() is not None:
            observe(patches, cls)

    patches.replace(base, "__init_subclass__", classmethod(watched))


def _family(base: Any) -> Iterator[Any]:
    yield base
    for cls in base.__subclasses__():
        yield from _family(cls)


def _observe_model(patches: Patches, cls: type) -> None:
    patches.observe(cls, "__init__", _after_made)
    for name in _FITS:
        patches.observe(cls, name, _after_fit)


def _observe_results(patches: Patches, cls: type) -> None:
    for name in _PREDICTIONS:
        patches.observe(cls, name, _after_predict)


def _after_made(call: Call, result: Any) -> None:
    if "formula" not in call.kwargs:
        parts = {"y": call.argument(1, "endog"), "X": call.argument(2, "exog")}
        holding(call, call.args[0], parts, label=None)


def _data(call: Call, model: Any) -> list[Link]:
    """Return the links to the data of a model; with a formula that is the whole frame."""
    frame = getattr(model.data, "frame", None)
    if frame is not None:
        return held_in(call.session, frame, "X", None).links("train")
    return held_in(call.session, model, "X", None).links("train")


def _after_fit(call: Call, result: Any) -> None:
    model = call.args[0]
    results = inner_results(result)
    if not is_regression(results):
        return
    params = {name: value for name, value in call.options("self").items() if name != "disp"}
    formula = getattr(model, "formula", None)
    params |= {"formula": str(formula)} if formula is not None else {}
    order = getattr(model, "order", None)
    params |= {"order": order} if isinstance(order, tuple) else {}
    origin = trained(
        call,
        results,
        name=f"{type(model).__name__}.fit",
        used=_data(call, model),
        params=params,
        figures=_figures(results),
        label=call.target(),
    )
    call.session.tracker.bind(result, origin)


def _figures(results: Any) -> dict[str, float]:
    found = {name: _figure(results, name) for name in _FIGURES}
    return {name: value for name, value in found.items() if math.isfinite(value)}


def _figure(results: Any, name: str) -> float:
    try:
        return float(getattr(results, name))
    except Exception:
        # Not every model has every figure, and some cannot compute theirs.
        return math.nan


def _after_predict(call: Call, result: Any) -> None:
    data = call.argument(1, "exog") if call.function == "predict" else None
    label = call.label(1, "exog")
    data = None if isinstance(data, int | str) else data
    predicted(call, call.args[0], data, result, label=label)


MODULES = {"statsmodels.base.model": patch}
