"""The digest of a model fitted by statsmodels: its estimates, not the data that it carries along.

The rule is written in docs/identity.md.
"""

from __future__ import annotations

import sys
from typing import Any

from forebear.core.digest import combine, to_raw
from forebear.engines.tables import fingerprint

__all__ = ["inner_results", "is_regression", "regression_digest"]


def is_regression(thing: Any) -> bool:
    """Tell whether `thing` is the result of a fit by statsmodels, wrapped or not."""
    module = sys.modules.get("statsmodels.base.model")
    return module is not None and isinstance(inner_results(thing), module.Results)


def inner_results(thing: Any) -> Any:
    """Return the results in a wrapper that gives them names again; other things as they are."""
    wrapper = getattr(sys.modules.get("statsmodels.base.wrapper"), "ResultsWrapper", None)
    if isinstance(wrapper, type) and isinstance(thing, wrapper):
        return vars(thing).get("_results")
    return thing


def regression_digest(thing: Any) -> str | None:
    """Return the digest of the estimates of a fitted model, None for other things."""
    if not is_regression(thing):
        return None
    numpy = sys.modules["numpy"]
    results = inner_results(thing)
    model = getattr(results, "model", None)
    names = [*(getattr(model, "exog_names", None) or ()), str(getattr(model, "endog_names", ""))]
    parts = [type(model).__qualname__.encode(), "\n".join(map(str, names)).encode()]
    params = results.params
    held = params.values() if isinstance(params, dict) else [params]
    for value in [*held, getattr(results, "scale", 1.0)]:
        try:
            found = fingerprint(numpy.asarray(value, dtype="float64"))
        except (TypeError, ValueError):  # a setting beside the numbers, as smoothing models have
            parts.append(repr(value).encode())
        else:
            parts += [to_raw(found.digest)] if found is not None else []
    return combine("regression.statsmodels", parts)
