"""Keras 3 on any backend, `tf.keras` among it: training, evaluating, predicting, files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from forebear.capture.datafiles import file_read, place_of
from forebear.capture.integrations.tensorflow_ import folder_written, links_to_data, saved_of
from forebear.capture.objects import (
    bind_loaded,
    describe_model,
    export_model,
    keep_values,
    link_data,
    model_of,
    new_data,
    new_model,
    role_of,
)
from forebear.capture.patching import Call, Patches
from forebear.capture.plain import plain
from forebear.capture.session import Session
from forebear.capture.tracker import Origin
from forebear.capture.trainings import link_to
from forebear.core.events import Link
from forebear.engines import tables
from forebear.engines.weights import weights_of

__all__ = ["MODULES"]

_OPTIONS: Final = (
    "batch_size", "epochs", "validation_split", "shuffle", "initial_epoch",
    "steps_per_epoch", "class_weight", "validation_freq",
)  # fmt: skip
_MOST_EPOCHS: Final = 2000


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe the methods of models, and the seed."""
    methods = {
        "fit": (_after_fit, _before_fit),
        "evaluate": (_after_evaluate, None),
        "predict": (_after_predict, None),
        "save": (_after_save, None),
        "save_weights": (_after_save, None),
        "export": (_after_export, None),
        "load_weights": (_after_load_weights, _before_load_weights),
    }
    for name, (after, before) in methods.items():
        owner = next((cls for cls in module.Model.__mro__ if name in vars(cls)), None)
        if owner is not None:
            patches.observe(owner, name, after, before)
    patches.observe(module.utils, "set_random_seed", _after_seed)


def patch_loading(patches: Patches, module: ModuleType) -> None:
    """Observe the loading of whole models, under one of the names that it has."""
    patches.observe(module, "load_model", _after_load_model)
    patches.observe(module, "save_model", _after_save)


def _after_seed(call: Call, result: Any) -> None:
    call.session.params({"seed.keras": plain(call.argument(0, "seed"))})


# Training ------------------------------------------------------------------------------------


def _before_fit(session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Link]:
    """Return links to what the model was before, and to trained models among its layers."""
    model = args[0]
    session.settle(model)
    parts = [model, *getattr(model, "_flatten_layers", lambda **_: ())(include_self=False)]
    known = [session.tracker.get(part) for part in parts]
    return [link for one in known if one is not None for link in link_to(one.sources(), "base")]


def _after_fit(call: Call, result: Any) -> None:
    session, model = call.session, call.args[0]
    used = [*call.before] if call.before else []
    x, y = call.argument(1, "x"), call.argument(2, "y")
    data = _links(call, x, "train", "X", call.label(1, "x"))
    data += _links(call, y, "train", "y", call.label(2, "y"))
    validation = call.kwargs.get("validation_data")
    pair = validation if isinstance(validation, tuple | list) else (validation,)
    for slot, one in zip(("X", "y"), pair, strict=False):
        used += _links(call, one, "validation", slot, None)
    params = _params(model, call)
    label = (call.site.receiver if call.site is not None else "") or None
    described = {**describe_model(model), "params": params, "parameters": model.count_params()}
    origin = new_model(session, model, label=label, attrs=described, site=call.site)
    origin.data = Origin(artifact=data[0].artifact) if data else None
    if not data:
        session.gap(f"What {label or type(model).__name__} was trained on was not seen.")
    step = session.step(
        "train",
        f"{type(model).__name__}.fit",
        started=call.started,
        used=[*used, *data],
        generated=[Link(artifact=origin.artifact or "")],
        params=params,
        site=call.site,
    )
    _record_history(session, step, origin, getattr(result, "history", {}))


def _links(call: Call, thing: Any, role: str, slot: str, label: str | None) -> list[Link]:
    """Return links to arrays, to those in lists and dicts, or to what a data set is made of."""
    if thing is None:
        return []
    session = call.session
    if tables.is_tabular(thing) or isinstance(thing, list):
        link = link_data(session, thing, role=role, slot=slot, label=label or slot)
        if link is not None:
            return [link]
    if isinstance(thing, Mapping):
        named = [(str(key), one) for key, one in thing.items()]
    elif isinstance(thing, list | tuple):
        named = [(f"{slot}.{i}", one) for i, one in enumerate(thing)]
    else:
        return links_to_data(session, thing, role)
    return [link for name, one in named for link in _links(call, one, role, name, name)]


def _params(model: Any, call: Call) -> dict[str, Any]:
    """Return the settings of the optimizer, of `compile` and of this call."""
    found: dict[str, Any] = {}
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None:
        settings = {key: v for key, v in optimizer.get_config().items() if v is not None}
        found = {"optimizer": type(optimizer).__name__, **settings}
        found.pop("name", None)
    config = model.get_compile_config() or {} if hasattr(model, "get_compile_config") else {}
    found |= {key: config[key] for key in ("loss", "metrics") if config.get(key) is not None}
    given = call.options("self", "x", "y", "validation_data", "callbacks", "sample_weight")
    found |= {key: value for key, value in given.items() if key in _OPTIONS}
    params: dict[str, Any] = plain(found)
    return params


def _record_history(session: Session, step: str, model: Origin, history: Mapping[str, Any]) -> None:
    """Record the figures of every epoch, those of the validation apart."""
    data = model.data.artifact if model.data is not None else None
    epochs = max((len(values) for values in history.values()), default=0)
    for epoch in range(min(epochs, _MOST_EPOCHS)):
        now = {key: float(v[epoch]) for key, v in history.items() if epoch < len(v)}
        for split in ("train", "validation"):
            figures = {
                key.removeprefix("val_"): value
                for key, value in now.items()
                if key.startswith("val_") == (split == "validation")
            }
            if figures:
                session.metrics(
                    figures,
                    run=step,
                    model=model.artifact,
                    data=data if split == "train" else None,
                    split=split,
                    step=epoch,
                )


# Using ---------------------------------------------------------------------------------------


def _model_link(call: Call) -> tuple[Origin, Link]:
    label = (call.site.receiver if call.site is not None else "") or None
    origin = model_of(call.session, call.args[0], label=label)
    return origin, Link(artifact=origin.artifact or "", role="model")


def _role(call: Call, model: Origin) -> str:
    """Return the role of the data that a model is used on: what names or a split say."""
    given = call.argument(1, "x")
    label = call.label(1, "x")
    return role_of(call.session.tracker.get(given), label) or "input"


def _after_evaluate(call: Call, result: Any) -> None:
    session, model = call.session, call.args[0]
    origin, link = _model_link(call)
    role = _role(call, origin)
    used = _links(call, call.argument(1, "x"), role, "X", call.label(1, "x"))
    used += _links(call, call.argument(2, "y"), role, "y", call.label(2, "y"))
    step = session.step(
        "evaluate",
        f"{type(model).__name__}.evaluate",
        started=call.started,
        used=[*used, link],
        site=call.site,
    )
    figures = result if isinstance(result, Mapping) else model.get_metrics_result()
    session.metrics(
        {key: float(value) for key, value in figures.items() if getattr(value, "ndim", 0) == 0},
        run=step,
        model=origin.artifact,
        data=used[0].artifact if used else None,
        split=role if role in ("train", "validation", "test") else None,
    )


def _after_predict(call: Call, result: Any) -> None:
    session = call.session
    origin, link = _model_link(call)
    role = _role(call, origin)
    used = _links(call, call.argument(1, "x"), role, "X", call.label(1, "x"))
    for values in _arrays(result):
        kept = keep_values(session, values)
        attrs = {"values": kept} if kept is not None else {}
        made = new_data(session, values, label=call.target() or "predictions", attrs=attrs)
        if made is None:
            continue
        made.model = origin
        made.data = Origin(artifact=used[0].artifact) if used else None
        made.role = role if role != "input" else None
        session.tracker.predictions.append((len(values), made))
        session.step(
            "predict",
            f"{type(call.args[0]).__name__}.predict",
            started=call.started,
            used=[*used, link],
            generated=[Link(artifact=made.artifact or "", role="predictions")],
            site=call.site,
        )


def _arrays(result: Any) -> Iterator[Any]:
    if isinstance(result, Mapping):
        yield from result.values()
    elif isinstance(result, list | tuple):
        yield from result
    else:
        yield result


# Files ---------------------------------------------------------------------------------------


def _after_save(call: Call, result: Any) -> None:
    """Record a model or its weights in a file, with the digest of the weights."""
    session, model = call.session, call.args[0] if call.args else call.kwargs.get("model")
    place = place_of(call.argument(1, "filepath"))
    if not isinstance(place, Path) or not place.exists():
        return
    _claim(call, place)
    label = (call.site.receiver if call.site is not None else "") or None
    origin = saved_of(session, model, label)
    weights = {"weights": origin.digest} if origin.digest else {}
    attrs = describe_model(model)
    artifact = session.file(place, "write", kind="model", format="keras", attrs=attrs, **weights)
    export_model(session, origin, place, artifact)


def _claim(call: Call, place: Path) -> None:
    call.claim(str(place))
    call.session.files.pending.pop(str(place), None)


def _after_export(call: Call, result: Any) -> None:
    label = (call.site.receiver if call.site is not None else "") or None
    folder_written(call, call.args[0], call.argument(1, "filepath"), label)


def _after_load_model(call: Call, result: Any) -> None:
    place = place_of(call.argument(0, "filepath"))
    if not isinstance(place, Path) or not place.exists():
        return
    session = call.session
    _claim(call, place)
    digest = weights_of(result)
    weights = {"weights": digest} if digest else {}
    artifact = file_read(
        session, place, format="keras", kind="model", attrs=describe_model(result), **weights
    )
    bind_loaded(session, result, Origin(artifact=artifact, label=call.target()), alone=True)
    if not session.files.was_written(artifact):
        session.used(artifact, "model")


def _before_load_weights(session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    session.settle(args[0])


def _after_load_weights(call: Call, result: Any) -> None:
    place = place_of(call.argument(1, "filepath"))
    if not isinstance(place, Path) or not place.exists():
        return
    session, model = call.session, call.args[0]
    _claim(call, place)
    digest = weights_of(model)
    weights = {"weights": digest} if digest else {}
    artifact = file_read(session, place, format="keras", kind="model", **weights)
    session.tracker.bind(model, Origin(artifact=artifact, digest=digest, label=place.name))
    if not session.files.was_written(artifact):
        session.used(artifact, "model")


MODULES = {
    "keras": patch,
    "keras.models": patch_loading,
    "keras.saving": patch_loading,
    "keras._tf_keras.keras.models": patch_loading,
    "keras._tf_keras.keras.saving": patch_loading,
}
