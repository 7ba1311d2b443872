"""The standard library's random numbers: their seed."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from forebear.capture.patching import Call, Patches
from forebear.capture.plain import plain

__all__ = ["MODULES"]


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe `random.seed`."""
    patches.observe(module, "seed", _after_seed)


def _after_seed(call: Call, result: Any) -> None:
    seed = call.argument(0, "a")
    if seed is not None and call.direct:
        call.session.params({"seed.random": plain(seed)})


MODULES = {"random": patch}
