"""Settings as plain JSON: what a person would want to read of any Python value."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["plain", "plain_mapping", "public_module"]

_LONGEST_TEXT: Final = 2000
_MOST_ITEMS: Final = 200
_DEEPEST: Final = 6


def plain_mapping(values: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a mapping with text keys and plain values, in its own order."""
    return {str(key): plain(value) for key, value in values.items()}


def plain(value: Any, depth: int = 0) -> Any:
    """Return `value` as JSON can carry it.

    Numbers that JSON has not become text ('NaN', 'Infinity'), functions and classes their
    qualified name, other objects their class name; long texts and lists are cut, and say so.

    >>> plain({"alpha": 0.5, "score": len, "seed": None})
    {'alpha': 0.5, 'score': 'builtins.len', 'seed': None}
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if abs(value) < 2**63 else str(value)
    if isinstance(value, float):
        if math.isfinite(value):
            return float(value)
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, str):
        text = str.__str__(value)  # JSON knows no subclasses, such as NumPy's
        return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"
    if depth >= _DEEPEST:
        return _name_of(value)
    if isinstance(value, Mapping):
        items = list(value.items())
        known = {str(key): plain(item, depth + 1) for key, item in items[:_MOST_ITEMS]}
        return known if len(items) <= _MOST_ITEMS else {**known, "…": f"{len(items)} items"}
    if isinstance(value, list | tuple | set | frozenset | range):
        many = list(value) if not isinstance(value, set | frozenset) else sorted(value, key=repr)
        listed = [plain(item, depth + 1) for item in many[:_MOST_ITEMS]]
        return listed if len(many) <= _MOST_ITEMS else [*listed, f"… {len(many)} items"]
    return _foreign(value)


def _foreign(value: Any) -> Any:
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "shape", None) == ():
        return plain(item())
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return f"{type(value).__name__} of shape {'×'.join(map(str, shape))}"
    return _name_of(value)


def _name_of(value: Any) -> str:
    if isinstance(value, type) or callable(value):
        name = getattr(value, "__qualname__", None) or type(value).__qualname__
        return f"{public_module(value)}.{name}"
    return f"{public_module(type(value))}.{type(value).__qualname__}"


def public_module(thing: Any) -> str:
    """Return the shortest module that offers a class or function under its own name.

    >>> import json
    >>> public_module(json.JSONDecoder)
    'json'
    """
    module = str(getattr(thing, "__module__", None) or type(thing).__module__)
    parts = module.split(".")
    for length in range(1, len(parts)):
        name = ".".join(parts[:length])
        if vars(sys.modules.get(name) or object).get(getattr(thing, "__name__", "")) is thing:
            return name
    return module
