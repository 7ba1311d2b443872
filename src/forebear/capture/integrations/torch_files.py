"""PyTorch's files: modules, their weights and tensors saved, and loaded again."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from forebear.capture.datafiles import (
    belonging_to,
    data_read,
    data_written,
    file_read,
    open_file,
    place_of,
)
from forebear.capture.integrations._torch_watch import bare_module, watch_of
from forebear.capture.objects import (
    bind_loaded,
    describe_model,
    export_model,
    is_model,
    saved_model_of,
)
from forebear.capture.patching import Call, Patches, marked
from forebear.capture.session import Session, active
from forebear.capture.tracker import Origin
from forebear.capture.trainings import Training
from forebear.core.events import Link
from forebear.core.ids import new_id
from forebear.engines import tables
from forebear.engines.weights import bare_name, named_weights, weights_of

__all__ = ["MODULES", "loaded", "saved"]

_DEEPEST: Final = 3
_MOST_PARTS: Final = 10_000
_WEIGHTS: Final = ("weight", "bias", "running_mean", "running_var", "gamma", "beta")


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe saving, loading, and weights put into modules."""
    patches.observe(module, "save", _after_save)
    patches.observe(module, "load", _after_load, _before_load)
    base = module.nn.Module
    patches.replace(base, "load_state_dict", _loading(base.load_state_dict))


# What is in a file ---------------------------------------------------------------------------


def _held(thing: Any, depth: int = 0) -> Iterator[Any]:
    """Yield the modules, and the mappings that are a module's weights, in what is saved."""
    if is_model(thing) or is_weights(thing):
        yield thing
    elif isinstance(thing, Mapping) and "param_groups" not in thing and depth < _DEEPEST:
        for part in list(thing.values())[:_MOST_PARTS]:
            yield from _held(part, depth + 1)
    elif isinstance(thing, list | tuple) and depth < _DEEPEST:
        for part in thing[:_MOST_PARTS]:
            yield from _held(part, depth + 1)


def is_weights(thing: Any) -> bool:
    """Tell whether a mapping holds tensors under the names that modules give them."""
    if not isinstance(thing, Mapping) or not thing:
        return False
    names = list(thing)
    tensors = [one for one in thing.values() if hasattr(one, "data_ptr")]
    return (
        all(isinstance(name, str) for name in names)
        and len(tensors) * 2 >= len(names)
        and any(name.rpartition(".")[2] in _WEIGHTS for name in names)
    )


def _origin_of(session: Session, thing: Any, label: str | None) -> Origin:
    """Return the origin of what is saved: of a module, or of the one whose weights these are."""
    if is_model(thing):
        return saved_model_of(session, bare_module(thing), label=label)
    digest = named_weights(thing) or ""
    names = frozenset(map(bare_name, thing))
    going = [one for one in watch_of(session).trainings.going.values() if one.names & names]
    for training in going:
        session.settle(training.model)
    known = session.tracker.models.get(digest)
    if known is not None:
        return known
    done = [one for one in watch_of(session).trainings.done if one.names & names]
    loaded_from = _known_file(session, thing)
    new = _record_weights(session, thing, digest, label)
    if done and loaded_from is None:
        _earlier_state(session, done[-1], new)
    elif loaded_from is not None:
        session.derived(loaded_from.artifact or "", new.artifact or "", "subset")
    else:
        session.gap(f"How {label or 'a set of weights'} was trained was not seen.", new.artifact)
    return new


def _record_weights(session: Session, thing: Any, digest: str, label: str | None) -> Origin:
    artifact = session.artifact(
        "model",
        digest,
        id=new_id(),
        label=label or "weights",
        format="torch",
        weights=digest,
        attrs={"tensors": len(thing)},
    )
    new = Origin(artifact=artifact, digest=digest, label=label)
    session.tracker.models[digest] = new
    session.models.estimators[artifact] = "weights"
    return new


def _earlier_state(session: Session, training: Training, new: Origin) -> None:
    """Record weights that a training left behind on its way, as the best so far."""
    session.step(
        "train",
        training.name,
        used=[
            Link(artifact=link.artifact, role=link.role, slot=link.slot, evidence="inferred")
            for link in training.used
        ],
        generated=[Link(artifact=new.artifact or "")],
        params={name: value for name, value in training.params.items() if name != "steps"},
        site=training.site,
    )


def _known_file(session: Session, thing: Any) -> Origin | None:
    """Return the file that tensors were loaded from."""
    for one in (thing, *list(thing.values())[:_MOST_PARTS]):
        known = session.tracker.get(one)
        if known is not None and known.artifact is not None:
            return known
    return None


# Saving --------------------------------------------------------------------------------------


def _after_save(call: Call, result: Any) -> None:
    saved(call, call.argument(0, "obj"), call.argument(1, "f"), "torch")


def saved(call: Call, thing: Any, target: Any, format: str) -> None:
    """Record something saved: weights become a file derived from their model, data a step."""
    session = call.session
    held = list(_held(thing))
    if not held:
        things = thing.values() if isinstance(thing, Mapping) else thing
        things = [thing] if tables.is_tabular(thing) else list(things or ())
        data = [one for one in things if tables.is_tabular(one)]
        data_written(call, data, target, f"{format}.{call.function}", format=format)
        return
    place = place_of(target)
    if not isinstance(place, Path):
        return
    label = call.label(0, "obj", "tensors", "model")
    origins = [_origin_of(session, one, label) for one in held]
    attrs = {"models": len(held)} if len(held) > 1 else {}
    described = describe_model(bare_module(held[0])) if is_model(held[0]) else {}
    facts = {"format": format, "attrs": {**described, **attrs}}
    record = partial(_record_file, session, session.here, origins, facts)
    if hasattr(target, "__fspath__") or isinstance(target, str | bytes):
        call.claim(str(place))
        session.files.pending.pop(str(place), None)
        record(str(place))
    else:
        open_file(session, place, record)


def _record_file(
    session: Session, run: str, origins: list[Origin], facts: dict[str, Any], path: str
) -> None:
    digest = origins[0].digest if len(origins) == 1 else None
    weights = {"weights": digest} if digest is not None else {}
    with belonging_to(run):
        artifact = session.file(path, "write", kind="model", **facts, **weights)
        if not session.files.was_read(artifact):
            for origin in origins:
                export_model(session, origin, Path(path), artifact)


# Loading -------------------------------------------------------------------------------------


def _before_load(session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return place_of(args[0] if args else kwargs.get("f"))


def _after_load(call: Call, result: Any) -> None:
    place = call.before
    if isinstance(place, Path) and place.exists():
        call.claim(str(place))
        loaded(call, place, result, "torch")


def loaded(call: Call, place: Path, result: Any, format: str) -> None:
    """Record that the run uses a file, and bind what came out of it to the file's artifact."""
    session = call.session
    held = list(_held(result))
    if not held:
        name = f"{format}.{call.function}"
        data_read(call, place, result, name, format=format, whole=tables.is_tabular(result))
        return
    digests = [weights_of(one) or named_weights(one) for one in held if not _odd(one)]
    weights = {"weights": digests[0]} if len(digests) == 1 and digests[0] else {}
    artifact = file_read(session, place, format=format, kind="model", **weights)
    origin = Origin(artifact=artifact, label=call.target())
    for one in held:
        bind_weights(session, one, origin, alone=one is result)
    if not session.files.was_written(artifact):
        session.used(artifact, "model")


def _odd(thing: Any) -> bool:
    return is_model(thing) and weights_of(thing) is None


def bind_weights(session: Session, thing: Any, file: Origin, *, alone: bool) -> None:
    """Bind a module or weights to the file they came out of."""
    if is_model(thing):
        bind_loaded(session, thing, file, alone=alone)
        return
    digest = named_weights(thing)
    origin = Origin(artifact=file.artifact, digest=digest, label=file.label)
    for one in (thing, *thing.values()):
        session.tracker.bind(one, Origin(artifact=file.artifact, label=file.label))
    if digest is not None and alone:
        session.tracker.models.setdefault(digest, origin)


def _loading(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return `Module.load_state_dict`, which also ties the module to the weights' file."""

    @functools.wraps(original)
    def load_state_dict(self: Any, state_dict: Any, *args: Any, **kwargs: Any) -> Any:
        session = active()
        if session is None or session.opened_inside is not None:
            return original(self, state_dict, *args, **kwargs)
        file = None
        try:
            with session.own_work():
                file = _known_file(session, state_dict)
                if file is not None:
                    session.settle(bare_module(self))
        except Exception as error:
            session.trouble("load_state_dict", error)
        result = original(self, state_dict, *args, **kwargs)
        if file is not None:
            module = bare_module(self)
            origin = Origin(artifact=file.artifact, digest=weights_of(module), label=file.label)
            session.tracker.bind(module, origin)
        return result

    return marked(load_state_dict, original)


MODULES = {"torch": patch}
