"""scikit-learn: which columns of its input each column that a transformer makes comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

__all__ = ["used_features", "ways"]

_DEEPEST: Final = 8
_MIXING: Final = frozenset({"Normalizer", "KernelCenterer"})
"""Classes that keep the number of columns, and make each of all of them."""

Ways = list[tuple[int, ...]]
"""For each column of the output, the places of the input columns that it is made of."""


def ways(model: Any, width: int, names: Sequence[str] = (), depth: int = 0) -> Ways | None:
    """Return where the columns of a fitted transformer's output come from.

    `width` is the number of input columns and `names` what they are called. None where each may
    come from all of them.
    """
    if model is None or model == "passthrough":
        return [(place,) for place in range(width)]
    if depth > _DEEPEST:
        return None
    for test, rule in _RULES:
        if test(model):
            found = rule(model, width, names, depth)
            if found is not None:
                return found
    made = _width_of(model)
    if made == width and _is_one_to_one(model):
        return [(place,) for place in range(width)]
    return None


def used_features(model: Any, names: Sequence[str]) -> list[str] | None:
    """Return the columns of its training data that reach the estimator; None when all do."""
    model = getattr(model, "best_estimator_", model)
    steps = getattr(model, "steps", None)
    if not isinstance(steps, list) or not hasattr(model, "predict"):
        return None
    found = _through([step for _, step in steps[:-1]], len(names), names, 0)
    if found is None:
        return None
    reaching = {place for way in found for place in way}
    return None if len(reaching) == len(names) else [names[place] for place in sorted(reaching)]


def _through(steps: Sequence[Any], width: int, names: Sequence[str], depth: int) -> Ways | None:
    """Return the ways through transformers one after the other."""
    found: Ways = [(place,) for place in range(width)]
    for step in steps:
        more = ways(step, len(found), names, depth + 1)
        if more is None:
            # Whatever comes out, it comes from what went in.
            made = _width_of(step)
            every = tuple(sorted({place for way in found for place in way}))
            if made is None:
                return None
            found = [every] * made
        else:
            found = [tuple(sorted({p for at in way for p in found[at]})) for way in more]
        names = ()
    return found


def _pipeline(model: Any, width: int, names: Sequence[str], depth: int) -> Ways | None:
    return _through([step for _, step in model.steps], width, names, depth)


def _column_transformer(model: Any, width: int, names: Sequence[str], depth: int) -> Ways | None:
    total = max((part.stop for part in model.output_indices_.values()), default=0)
    found: Ways = [()] * total
    for name, transformer, chosen in model.transformers_:
        place = model.output_indices_.get(name)
        if place is None or place.stop == place.start or transformer == "drop":
            continue
        inputs = _places(chosen, width, names)
        if inputs is None:
            return None
        known = [names[at] for at in inputs] if names else []
        inner = ways(transformer, len(inputs), known, depth + 1)
        size = place.stop - place.start
        inner = [tuple(range(len(inputs)))] * size if inner is None else inner
        if len(inner) != size:
            return None
        found[place] = [tuple(inputs[at] for at in way) for way in inner]
    return found


def _places(chosen: Any, width: int, names: Sequence[str]) -> list[int] | None:
    """Return the places of chosen columns: names, numbers, a mask or a slice."""
    if isinstance(chosen, slice):
        if isinstance(chosen.start, str) or isinstance(chosen.stop, str):
            known = list(names)
            first = known.index(chosen.start) if chosen.start is not None else 0
            last = known.index(chosen.stop) if chosen.stop is not None else width - 1
            return list(range(first, last + 1))
        return list(range(width)[chosen])
    listed = [chosen] if isinstance(chosen, str | int) else list(chosen)
    if listed and all(isinstance(one, bool) or type(one).__name__ == "bool" for one in listed):
        return [place for place, one in enumerate(listed) if one]
    places = []
    for one in listed:
        if isinstance(one, str):
            if one not in names:
                return None
            places.append(list(names).index(one))
        else:
            places.append(int(one) % width)
    return places


def _union(model: Any, width: int, names: Sequence[str], depth: int) -> Ways | None:
    found: Ways = []
    for _, part in model.transformer_list:
        if part == "drop":
            continue
        inner = ways(part, width, names, depth + 1)
        size = _width_of(part)
        if inner is None:
            if size is None:
                return None
            inner = [tuple(range(width))] * size
        found += inner
    return found


def _one_hot(model: Any, width: int, names: Sequence[str], depth: int) -> Ways | None:
    sizes = getattr(model, "_n_features_outs", None)
    if sizes is None or len(sizes) != width:
        return None
    return [(place,) for place, size in enumerate(sizes) for _ in range(int(size))]


def _selector(model: Any, width: int, names: Sequence[str], depth: int) -> Ways | None:
    chosen = model.get_support()
    return [(place,) for place, one in enumerate(chosen) if one] if len(chosen) == width else None


def _imputer(model: Any, width: int, names: Sequence[str], depth: int) -> Ways | None:
    given = getattr(model, "statistics_", None)
    if given is None or len(given) != width or getattr(model, "add_indicator", False):
        return None
    whole = getattr(model, "keep_empty_features", False) or model.strategy == "constant"
    return [(p,) for p, value in enumerate(given) if whole or value == value]  # noqa: PLR0124  NaN


def _function(model: Any, width: int, names: Sequence[str], depth: int) -> Ways | None:
    """Without a function of its own a FunctionTransformer passes everything through."""
    return [(place,) for place in range(width)] if model.func is None else None


def _powers(model: Any, width: int, names: Sequence[str], depth: int) -> Ways | None:
    rows = model.powers_
    return [tuple(p for p, power in enumerate(row) if power) for row in rows]


def _width_of(model: Any) -> int | None:
    """Return how many columns a fitted transformer makes, where it says so."""
    try:
        return len(model.get_feature_names_out())
    except Exception:
        return None


def _is_one_to_one(model: Any) -> bool:
    if type(model).__name__ in _MIXING:
        return False
    return any(cls.__name__ == "OneToOneFeatureMixin" for cls in type(model).__mro__)


_Rule = Callable[[Any, int, Sequence[str], int], "Ways | None"]
_RULES: Final[tuple[tuple[Callable[[Any], bool], _Rule], ...]] = (
    (lambda model: isinstance(getattr(model, "steps", None), list), _pipeline),
    (lambda model: hasattr(model, "transformers_"), _column_transformer),
    (lambda model: hasattr(model, "transformer_list"), _union),
    (lambda model: hasattr(model, "categories_") and hasattr(model, "drop"), _one_hot),
    (lambda model: type(model).__name__ == "FunctionTransformer", _function),
    (lambda model: hasattr(model, "powers_"), _powers),
    (lambda model: hasattr(model, "get_support"), _selector),
    (lambda model: hasattr(model, "statistics_") and hasattr(model, "strategy"), _imputer),
)
