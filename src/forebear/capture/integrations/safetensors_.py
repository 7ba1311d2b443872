"""safetensors: tensors and the weights of modules saved, and loaded again."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from forebear.capture.datafiles import file_read, place_of
from forebear.capture.integrations._torch_watch import bare_module
from forebear.capture.integrations.torch_files import loaded, saved
from forebear.capture.patching import Call, Patches
from forebear.capture.tracker import Origin
from forebear.engines.safetensors import read_header, safetensors_weights
from forebear.engines.weights import weights_of

__all__ = ["MODULES"]


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe the functions for files of one kind of tensors."""
    patches.observe(module, "save_file", partial(_after_save, names=("tensors", "tensor_dict")))
    patches.observe(module, "save_model", partial(_after_save, names=("model",)))
    patches.observe(module, "load_file", _after_load)
    patches.observe(module, "load_model", _after_load_model)


def _after_save(call: Call, result: Any, *, names: tuple[str, ...]) -> None:
    saved(call, call.argument(0, *names), call.argument(1, "filename"), "safetensors")


def _after_load(call: Call, result: Any) -> None:
    place = place_of(call.argument(0, "filename"))
    if isinstance(place, Path):
        call.claim(str(place))
        loaded(call, place, result, "safetensors")


def _after_load_model(call: Call, result: Any) -> None:
    """Bind a module to the file whose weights were put into it."""
    session, place = call.session, place_of(call.argument(1, "filename"))
    if not isinstance(place, Path):
        return
    call.claim(str(place))
    module = bare_module(call.argument(0, "model"))
    artifact = file_read(
        session,
        place,
        format="safetensors",
        kind="model",
        weights=safetensors_weights(place),
        attrs=dict(read_header(place).metadata),
    )
    session.tracker.bind(module, Origin(artifact=artifact, digest=weights_of(module)))
    if not session.files.was_written(artifact):
        session.used(artifact, "model")


MODULES = {
    "safetensors.torch": patch,
    "safetensors.numpy": patch,
    "safetensors.tensorflow": patch,
}
