"""scikit-learn's model selection and data sets: splits, cross-validation, bundled data."""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, Final

from forebear.capture.flows import passed_on
from forebear.capture.integrations._sklearn_models import params_of, score_name
from forebear.capture.integrations.sklearn_metrics import metric_name
from forebear.capture.objects import (
    data_of,
    describe_model,
    link_data,
    new_data,
    role_in_name,
)
from forebear.capture.passage import Relation
from forebear.capture.patching import Call, Patches, marked
from forebear.capture.plain import plain
from forebear.capture.session import Session
from forebear.capture.tracker import Origin
from forebear.core.events import Flow, Link

__all__ = ["MODULES"]

_VALIDATIONS: Final = (
    "cross_val_score",
    "cross_validate",
    "cross_val_predict",
    "learning_curve",
    "validation_curve",
    "permutation_test_score",
)
_DATA: Final = ("data", "target", "frame")


def patch_selection(patches: Patches, module: ModuleType) -> None:
    """Observe train_test_split and the functions of cross-validation."""
    _observe_public(patches, module, "train_test_split", _after_split, _before_split)
    _watch_picks(patches, sys.modules["sklearn.model_selection._split"])
    for name in _VALIDATIONS:
        _observe_public(patches, module, name, _after_validation)


def patch_datasets(patches: Patches, module: ModuleType) -> None:
    """Observe the loaders and makers of data sets."""
    for name in getattr(module, "__all__", ()):
        if name.startswith(("load_", "fetch_", "make_")):
            _observe_public(patches, module, name, _after_load)


def _observe_public(
    patches: Patches, module: ModuleType, name: str, after: Any, before: Any = None
) -> None:
    """Observe a function under its public name and where it is defined."""
    function = getattr(module, name, None)
    if not callable(function):
        return
    patches.observe(module, name, after, before)
    home = sys.modules.get(function.__module__)
    if home is not None and home is not module and getattr(home, name, None) is function:
        patches.replace(home, name, getattr(module, name))


# Splits ------------------------------------------------------------------------------------


class _Picks(threading.local):
    """What a split that is going on in this thread has picked: (what was picked, positions)."""

    made: list[tuple[Any, Any]] | None = None


_picks: Final = _Picks()


def _watch_picks(patches: Patches, module: ModuleType) -> None:
    """Let a split tell which rows it picks, whatever it picks them from."""
    original = getattr(module, "_safe_indexing", None)
    if original is None:
        return

    @functools.wraps(original)
    def watched(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if _picks.made is not None and len(args) > 1:
            _picks.made.append((result, args[1]))
        return result

    patches.replace(module, "_safe_indexing", marked(watched, original))


def _before_split(session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    _picks.made = []


def _picked(piece: Any, rows: int) -> Relation:
    """Return which rows of the whole a piece of it holds."""
    for made, positions in _picks.made or ():
        if made is piece:
            from forebear.engines.rowmaps import identity

            return identity(rows).pick(positions)
    return None


def _after_split(call: Call, result: Any) -> None:
    try:
        _record_split(call, result)
    finally:
        _picks.made = None


def _record_split(call: Call, result: Any) -> None:
    session = call.session
    targets = call.site.targets if call.site is not None else ()
    names = targets if len(targets) == len(result) else ("",) * len(result)
    used: list[Link] = []
    generated: list[Link] = []
    flows: list[Flow] = []
    for place, thing in enumerate(call.args):
        label = call.label(place)
        origin = data_of(session, thing, label=label)
        source_role = origin.role if origin is not None else None
        if origin is not None and origin.artifact is not None:
            used.append(Link(artifact=origin.artifact, role="input", slot=label))
        for part in (0, 1):
            piece, name = result[2 * place + part], names[2 * place + part]
            role = role_in_name(name) or _role(part, source_role)
            shown = name or (f"{label}_{role}" if label else role)
            made = new_data(session, piece, label=shown, role=role)
            if made is not None and made.artifact is not None:
                generated.append(Link(artifact=made.artifact, role=role, slot=label))
                if origin is not None and origin.artifact is not None:
                    flows.append(_split_flow(session, thing, origin, piece, made))
            elif origin is not None:
                session.tracker.derive(piece, (thing,), "train_test_split")
    params = plain(call.options("arrays"))
    if call.kwargs.get("stratify") is not None:
        params["stratify"] = True
    session.step(
        "split",
        "train_test_split",
        started=call.started,
        used=used,
        generated=generated,
        params=params,
        site=call.site,
        flows=flows,
    )


def _split_flow(session: Session, whole: Any, origin: Origin, piece: Any, made: Origin) -> Flow:
    total, rows = (one.shape[0] if hasattr(one, "shape") else len(one) for one in (whole, piece))
    return passed_on(
        session,
        made.artifact or "",
        origin.artifact or "",
        rows=rows,
        names=made.columns.names if made.columns is not None else (),
        relation=_picked(piece, total),
    )


def _role(part: int, source: str | None) -> str:
    """Return what a part is for that no name speaks of."""
    if part == 0:
        return source or "train"
    return "validation" if source == "train" else "test"


# Cross-validation --------------------------------------------------------------------------


def _after_validation(call: Call, result: Any) -> None:
    session = call.session
    model = call.argument(0, "estimator")
    features = call.argument(1, "X")
    label = call.label(1, "X") or "X"
    origin = data_of(session, features, label=label)
    used = []
    if origin is not None and origin.artifact is not None:
        used += [
            Link(artifact=origin.artifact, role=role, slot="X") for role in ("train", "validation")
        ]
    target = call.argument(2, "y")
    if target is not None:
        shown = call.label(2, "y") or "y"
        for role in ("train", "validation"):
            link = link_data(session, target, role=role, slot="y", label=shown)
            used += [link] if link is not None else []
    params = plain(call.options("estimator", "X", "y", "groups", "sample_weight"))
    params |= _splitter(call.kwargs.get("cv"))
    params["estimator"] = describe_model(model)["estimator"]
    params["estimator_params"] = plain(params_of(model))
    generated = []
    if call.function == "cross_val_predict":
        made = new_data(session, result, label=call.target() or "predictions")
        if made is not None and made.artifact is not None:
            made.data, made.role = origin, "cv"
            generated.append(Link(artifact=made.artifact, role="predictions"))
    fitted = result.get("estimator") if isinstance(result, Mapping) else None
    for one in fitted or ():
        session.tracker.derive(one, (features, target), call.function)
    step = session.step(
        "evaluate",
        call.function,
        started=call.started,
        used=used,
        generated=generated,
        params=params,
        site=call.site,
    )
    figures = dict(_figures(call, result))
    if figures:
        session.metrics(
            figures,
            run=step,
            data=origin.artifact if origin is not None else None,
            split="cv",
        )


def _splitter(splitter: Any) -> dict[str, Any]:
    """Return the settings of a splitter such as KFold; a number of folds is a plain option."""
    if splitter is None or isinstance(splitter, int) or not hasattr(splitter, "split"):
        return {}
    settings = {name: plain(value) for name, value in sorted(vars(splitter).items())}
    return {"cv": {"class": type(splitter).__name__, **settings}}


def _figures(call: Call, result: Any) -> Iterator[tuple[str, float]]:
    scoring = call.kwargs.get("scoring")
    name = scoring if isinstance(scoring, str) else score_name(call.argument(0, "estimator"))
    name = metric_name(getattr(scoring, "__name__", name))
    if call.function == "cross_val_score":
        yield from _spread(name, result)
    elif call.function == "cross_validate" and isinstance(result, Mapping):
        for key, values in result.items():
            if key.startswith(("test_", "train_")):
                part, _, metric = key.partition("_")
                metric = name if metric == "score" else metric
                yield from _spread(metric if part == "test" else f"train_{metric}", values)
    elif call.function == "permutation_test_score":
        yield name, float(result[0])
        yield "pvalue", float(result[2])
    elif call.function in ("learning_curve", "validation_curve"):
        test = result[2] if call.function == "learning_curve" else result[1]
        for place, scores in enumerate(test):
            yield from _spread(f"{name}.{place}", scores)


def _spread(name: str, scores: Any) -> Iterator[tuple[str, float]]:
    yield f"{name}_mean", float(scores.mean())
    yield f"{name}_std", float(scores.std())


# Bundled data ------------------------------------------------------------------------------


def _after_load(call: Call, result: Any) -> None:
    """Record data that came with the package, was fetched by it, or made by its generators."""
    session = call.session
    call.opened.clear()
    sklearn = sys.modules["sklearn"]
    name = f"sklearn.datasets.{call.function}"
    source = f"pkg:pypi/scikit-learn@{sklearn.__version__}#{name}"
    targets = call.site.targets if call.site is not None else ()
    generated = []
    for place, (part, thing) in enumerate(_arrays(result)):
        label = f"{name}.{part}" if part else name
        if isinstance(result, tuple) and len(targets) == len(result):
            label = f"{name} {targets[place]}".strip()
        made = new_data(session, thing, label=label, attrs={"source": source})
        if made is not None and made.artifact is not None:
            generated.append(Link(artifact=made.artifact))
    session.step(
        "ingest",
        name,
        started=call.started,
        generated=generated,
        params=plain(call.options()),
        site=call.site,
        attrs={"source": source},
    )


def _arrays(result: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(result, Mapping):
        yield from ((part, result[part]) for part in _DATA if result.get(part) is not None)
    elif isinstance(result, tuple):
        yield from (("", thing) for thing in result)
    else:
        yield "", result


MODULES = {
    "sklearn.model_selection": patch_selection,
    "sklearn.datasets": patch_datasets,
}
