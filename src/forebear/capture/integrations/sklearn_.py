"""scikit-learn and what is built on its base class: training, transforming, predicting."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, Final

from forebear.capture.configs import configs_behind
from forebear.capture.flows import mixed
from forebear.capture.integrations._sklearn_columns import used_features, ways
from forebear.capture.integrations._sklearn_models import (
    describe,
    fitted_parts,
    is_frozen,
    learns,
    params_of,
    score_name,
)
from forebear.capture.objects import (
    PART,
    data_of,
    keep_values,
    link_data,
    model_of,
    new_data,
    new_model,
    role_of,
)
from forebear.capture.passage import names_of
from forebear.capture.patching import Call, Patches, is_ours, marked, observed
from forebear.capture.plain import plain
from forebear.capture.session import Session
from forebear.capture.tracker import Origin
from forebear.core.events import Flow, Link

__all__ = ["MODULES"]

_INPUTS: Final = ("X", "raw_documents", "y", "X_or_y", "Xt", "Y", "T")
_TRAINING: Final = ("fit", "fit_transform", "fit_predict")
_MOST_BATCHES: Final = 200
"""Batches of small trainings that are recorded one by one."""


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe every estimator class, those that exist and those that will be made."""
    base = module.BaseEstimator
    _done.clear()
    for cls in _family(base):
        _observe_class(patches, cls)
    making = threading.local()
    set_output = getattr(module, "_SetOutputMixin", None)
    for owner in (base, set_output):
        if owner is not None:
            _watch_subclasses(patches, owner, base, making)


def _family(base: type) -> Iterator[type]:
    """Yield the base class and all its subclasses."""
    seen: set[type] = set()
    todo = [base]
    while todo:
        cls = todo.pop()
        if cls not in seen:
            seen.add(cls)
            todo += type.__subclasses__(cls)
            yield cls


def _watch_subclasses(patches: Patches, owner: type, base: type, making: Any) -> None:
    """Observe classes when they are made.

    Both classes with an `__init_subclass__` are watched, because the first of them in a class'
    order of bases is the last to return: only then are scikit-learn's own wrappers in place.
    """
    original = owner.__init_subclass__.__func__  # type: ignore[attr-defined]

    @functools.wraps(original)
    def watched(cls: type, /, **kwargs: Any) -> None:
        outermost = getattr(making, "cls", None) is not cls
        making.cls = cls
        try:
            original(cls, **kwargs)
        finally:
            if outermost:
                making.cls = None
        if outermost and issubclass(cls, base):
            _observe_class(patches, cls)

    patches.replace(owner, "__init_subclass__", classmethod(marked(watched, original)))


_done: set[type] = set()
"""Classes whose own methods are observed: most have the same bases."""


def _observe_class(patches: Patches, cls: type) -> None:
    for owner in cls.__mro__:
        if owner in _done:
            continue
        _done.add(owner)
        for name, after in _METHODS.items():
            method = vars(owner).get(name)
            if method is None or isinstance(method, classmethod | staticmethod | property):
                continue
            before = _before if name in _TRAINING else None
            if hasattr(method, "fn") and hasattr(method, "check"):
                # What scikit-learn offers only under a condition.
                if not is_ours(method.fn):
                    patches.replace(method, "fn", observed(method.fn, name, after, before))
            elif callable(method):
                patches.observe(owner, name, after, before)


# What is known of a model -------------------------------------------------------------------


def _before(session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Origin]:
    """Return the trained models that a training builds on: its own past, and frozen parts."""
    model = args[0]
    bases = [model] if getattr(model, "warm_start", False) else []
    if getattr(model, "prefit", False) is True or getattr(model, "cv", None) == "prefit":
        bases.append(getattr(model, "estimator", None))
    bases += [part.estimator for part in (model, *fitted_parts(model)) if is_frozen(part)]
    known = [session.tracker.get(base) for base in bases]
    return [model_of(session, base) for base, origin in zip(bases, known, strict=True) if origin]


# Training ----------------------------------------------------------------------------------


def _after_fit(call: Call, result: Any) -> None:
    _train(call)


def _train(call: Call) -> Origin:
    """Record a training: a step `train` from data to model."""
    session, model = call.session, call.args[0]
    used = _training_data(call)
    bases: list[Origin] = call.before or []
    used += [Link(artifact=base.artifact or "", role="base") for base in bases]
    described = describe(model)
    used += configs_behind(session, params_of(model)) if session.files.configs else []
    site = call.site
    label = (site.receiver if site is not None else "") or (
        call.target() if call.function == "fit" else None
    )
    features = session.tracker.get(_data(call))
    if features is not None:
        reaching = used_features(model, names_of(_data(call)))
        if reaching is None and features.columns is not None and features.columns.levels:
            reaching = list(names_of(_data(call)))  # row labels are recorded, and no features
        described |= {"features_used": reaching} if reaching is not None else {}
    origin = new_model(session, model, label=label, attrs=described, site=site)
    for part in fitted_parts(model):
        if session.tracker.get(part) not in bases:
            session.tracker.derive(part, (model,), PART)
    origin.data = features.sources()[0] if features is not None and features.sources() else None
    step = session.step(
        "train",
        f"{type(model).__name__}.{'partial_fit' if call.function == 'partial_fit' else 'fit'}",
        started=call.started,
        used=used,
        generated=[Link(artifact=origin.artifact or "")],
        params=described["params"],
        site=site,
    )
    best = getattr(model, "best_score_", None)
    if isinstance(best, float):
        session.metrics(
            {"best_score": best},
            run=step,
            model=origin.artifact,
            data=origin.data.artifact if origin.data is not None else None,
            split="cv",
        )
    return origin


def _data(call: Call) -> Any:
    return call.argument(1, *_INPUTS)


def _training_data(call: Call) -> list[Link]:
    """Return links to everything that a training reads, by the names of the arguments."""
    session = call.session
    found = [
        _link(call, _data(call), "train", "X", call.label(1, *_INPUTS)),
        _link(call, call.argument(2, "y", "Y"), "train", "y", call.label(2, "y", "Y")),
        _link(call, call.kwargs.get("sample_weight"), "train", "sample_weight", None),
    ]
    for name in ("X_val", "y_val"):
        given = call.kwargs.get(name)
        found.append(_link(call, given, "validation", name, call.label(-1, name)))
    sets = call.kwargs.get("eval_set")
    for features, target in (pair for pair in sets or () if isinstance(pair, tuple)):
        found.append(_link(call, features, "validation", "X", None))
        found.append(_link(call, target, "validation", "y", None))
    for name, slot in (("eval_X", "X"), ("eval_y", "y")):  # as LightGBM names them
        given = call.kwargs.get(name)
        several = given if isinstance(given, tuple | list) else (given,)
        found += [_link(call, one, "validation", slot, None) for one in several]
    links = [link for link in found if link is not None]
    if not links and _data(call) is not None:
        kind = type(_data(call)).__name__
        session.gap(f"What {type(call.args[0]).__name__} was trained on was not seen (a {kind}).")
    return links


def _link(call: Call, thing: Any, role: str, slot: str, label: str | None) -> Link | None:
    if thing is None:
        return None
    return link_data(call.session, thing, role=role, slot=slot, label=label or slot)


def _after_partial_fit(call: Call, result: Any) -> None:
    """Record the first small step of a training; further ones count when the model is used."""
    session, model = call.session, call.args[0]
    if session.tracker.get(model) is None:
        _train(call)
        return
    data = [(_data(call), "X"), (call.argument(2, "y"), "y")]
    given = [(thing, slot) for thing, slot in data if thing is not None]
    for thing, slot in given:
        if session.tracker.get(thing) is None or len(session.models.slots) < _MOST_BATCHES:
            origin = data_of(session, thing)
            if origin is not None and origin.artifact is not None:
                session.models.slots[origin.artifact] = slot
    session.tracker.derive(model, (model, *(thing for thing, _ in given)), "partial_fit")


# Using -------------------------------------------------------------------------------------


def _model_link(call: Call) -> tuple[Link | None, Origin | None]:
    """Return the link to the model in use; what learns nothing is no model."""
    model = call.args[0]
    known = call.session.tracker.get(model)
    if known is None and not learns(model):
        return None, None
    origin = model_of(call.session, model, label=(call.site and call.site.receiver) or None)
    return Link(artifact=origin.artifact or "", role="model"), origin


def _features(call: Call, model: Origin | None) -> tuple[Link | None, Origin | None]:
    """Return the link to the data that a model is used on, with its role, and its origin."""
    label = call.label(1, *_INPUTS)
    origin = data_of(call.session, _data(call), label=label or "X")
    if origin is None or origin.artifact is None:
        return None, None
    role = role_of(origin, label) or "input"
    if model is not None and model.data is not None and model.data.artifact == origin.artifact:
        role = "train"
    return Link(artifact=origin.artifact, role=role, slot="X"), origin


def _after_transform(call: Call, result: Any) -> None:
    model_link, model = _model_link(call)
    _transformed(call, result, model_link, model, call.function)


def _after_fit_transform(call: Call, result: Any) -> None:
    model = _train(call)
    link = Link(artifact=model.artifact or "", role="model")
    _transformed(call, result, link, model, "transform")


def _transformed(
    call: Call, result: Any, model_link: Link | None, model: Origin | None, name: str
) -> None:
    session = call.session
    link, source = _features(call, None)
    session.tracker.hold(call.site, call.function, result)
    role = source.role if source is not None else None
    made = new_data(session, result, label=call.target(), role=role)
    if made is None:
        parents = (_data(call), call.args[0]) if model is not None else (_data(call),)
        session.tracker.derive(result, parents, name)
        return
    session.step(
        "transform",
        f"{type(call.args[0]).__name__}.{name}",
        started=call.started,
        used=[link for link in (link, model_link) if link is not None],
        generated=[Link(artifact=made.artifact or "")],
        params=None if model is not None else plain(params_of(call.args[0])),
        site=call.site,
        flows=[_mapped(call, source, made, result, inverse=name.startswith("inverse"))],
    )


def _mapped(
    call: Call, source: Origin | None, made: Origin, result: Any, *, inverse: bool = False
) -> Flow | None:
    """Return how rows and columns of the input went into what a transformer made."""
    if source is None or source.artifact is None or made.artifact is None:
        return None
    rows = result.shape[0] if hasattr(result, "shape") else len(result)
    before, after = names_of(_data(call)), names_of(result)
    found = None if inverse else ways(call.args[0], len(before), before)
    columns = None
    if found is not None and len(found) == len(after):
        named = [[before[place] for place in way] for way in found]
        columns = dict(zip(after, named, strict=True))
    return mixed(call.session, made.artifact, source.artifact, rows=rows, columns=columns)


def _after_predict(call: Call, result: Any) -> None:
    link, model = _model_link(call)
    _predicted(call, result, link, model, call.function)


def _after_fit_predict(call: Call, result: Any) -> None:
    model = _train(call)
    link = Link(artifact=model.artifact or "", role="model")
    _predicted(call, result, link, model, "predict")


def _predicted(
    call: Call, result: Any, model_link: Link | None, model: Origin | None, name: str
) -> None:
    """Record predictions, with a copy to compare those of a reproduction with."""
    session = call.session
    link, source = _features(call, model)
    session.tracker.hold(call.site, call.function, result)
    for values in result if isinstance(result, list | tuple) else (result,):
        kept = keep_values(session, values)
        attrs = {"values": kept} if kept is not None else {}
        made = new_data(session, values, label=call.target() or "predictions", attrs=attrs)
        if made is None:
            continue
        made.model, made.data = model, source
        if source is not None and link is not None:
            source_role = link.role if link.role != "input" else None
            made.role = source_role
        session.tracker.predictions.append((len(values), made))
        session.step(
            "predict",
            f"{type(call.args[0]).__name__}.{name}",
            started=call.started,
            used=[link for link in (link, model_link) if link is not None],
            generated=[Link(artifact=made.artifact or "", role="predictions")],
            site=call.site,
            flows=[
                mixed(session, made.artifact or "", source.artifact or "", rows=len(values))
                if source is not None
                else None
            ],
        )


def _after_score(call: Call, result: Any) -> None:
    model_link, model = _model_link(call)
    link, source = _features(call, model)
    role = (link.role if link is not None else None) or "input"
    target = _link(call, call.argument(2, "y"), role, "y", call.label(2, "y"))
    step = call.session.step(
        "evaluate",
        f"{type(call.args[0]).__name__}.score",
        started=call.started,
        used=[link for link in (link, target, model_link) if link is not None],
        site=call.site,
    )
    if isinstance(result, int | float):
        call.session.metrics(
            {score_name(call.args[0]): float(result)},
            run=step,
            model=model.artifact if model is not None else None,
            data=source.artifact if source is not None else None,
            split=None if role == "input" else role,
        )


_METHODS: Final[dict[str, Callable[[Call, Any], None]]] = {
    "fit": _after_fit,
    "partial_fit": _after_partial_fit,
    "fit_transform": _after_fit_transform,
    "fit_predict": _after_fit_predict,
    "transform": _after_transform,
    "inverse_transform": _after_transform,
    "predict": _after_predict,
    "predict_proba": _after_predict,
    "predict_log_proba": _after_predict,
    "decision_function": _after_predict,
    "score_samples": _after_predict,
    "score": _after_score,
}

MODULES = {"sklearn.base": patch}
