"""PEFT: adapters put on a base model, trained, saved and loaded."""

from __future__ import annotations

import weakref
from types import ModuleType
from typing import Any

from forebear.capture.integrations._hf_files import loaded_from, written_to
from forebear.capture.objects import saved_model_of
from forebear.capture.patching import Call, Patches
from forebear.capture.session import Session
from forebear.capture.tracker import Operation, Origin
from forebear.capture.trainings import base_link
from forebear.core.events import Link

__all__ = ["MODULES"]

_bases: weakref.WeakKeyDictionary[Any, list[str]] = weakref.WeakKeyDictionary()
"""Models with adapters, with the artifacts of what the adapters are for."""


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe how a model gets adapters, under one of the function's names."""
    patches.observe(module, "get_peft_model", _after_adapt, _before_adapt)


def patch_models(patches: Patches, module: ModuleType) -> None:
    """Observe models with adapters that are loaded and saved."""
    patches.observe(module.PeftModel, "from_pretrained", _after_load, _before_load)
    patches.observe(module.PeftModel, "save_pretrained", _after_save)


def _before_adapt(session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Link]:
    return base_link(session, args[0] if args else kwargs["model"])


def _before_load(session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Link]:
    return base_link(session, args[1] if len(args) > 1 else kwargs["model"])


def _after_adapt(call: Call, result: Any) -> None:
    _bind(call, result, [])


def _after_load(call: Call, result: Any) -> None:
    _bind(call, result, loaded_from(call, call.argument(2, "model_id"), "peft"))


def _bind(call: Call, model: Any, adapters: list[Origin]) -> None:
    """Bind a model with adapters to the base below and to the adapters' files."""
    session = call.session
    base = [link.artifact for link in call.before or ()]
    for adapter in adapters:
        for artifact in base:
            session.derived(artifact, adapter.artifact or "", "adapter")
    _bases[model] = base
    parents = (*adapters, *(Origin(artifact=artifact) for artifact in base))
    if parents:
        operation = Operation(call.function, -1)
        origin = Origin(parents=parents, operations=(operation,), label=call.target())
        session.tracker.bind(model, origin)


def _after_save(call: Call, result: Any) -> None:
    session, model = call.session, call.args[0]
    label = (call.site.receiver if call.site is not None else "") or None
    origin = saved_model_of(session, model, label=label)
    for artifact in written_to(call, origin, call.argument(1, "save_directory"), "peft"):
        for base in _bases.get(model, ()):
            if base != artifact:
                session.derived(base, artifact, "adapter")


MODULES = {
    "peft": patch,
    "peft.mapping_func": patch,
    "peft.peft_model": patch_models,
}
