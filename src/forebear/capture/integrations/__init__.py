"""What is observed in each library: one file a library, found by its place in this folder.

A file declares `MODULES`, from the name of a module to the function that patches it:

    MODULES = {"joblib": patch}

    def patch(patches: Patches, module: ModuleType) -> None:
        patches.observe(module, "dump", after_dump)

It must not import the library it is about: the function is called with the module when the
program imports it, in any order, and `Patches` puts everything back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType

from forebear.capture.patching import ImportHook, Patches
from forebear.plugins import load_folder

__all__ = ["Integrations"]


class Integrations:
    """All integrations, applied to this process."""

    def __init__(self) -> None:
        self._patches = Patches()
        targets: dict[str, list[partial[None]]] = {}
        for file in load_folder(__name__):
            for name, patch in _modules(file).items():
                targets.setdefault(name, []).append(partial(patch, self._patches))
        self._hook = ImportHook(targets)

    def apply(self) -> None:
        """Observe every supported library, already imported or yet to come."""
        self._hook.install()
        self._patches.rebind()

    def undo(self) -> None:
        """Leave every library as it was."""
        self._hook.remove()
        self._patches.undo()


def _modules(file: ModuleType) -> Mapping[str, Callable[[Patches, ModuleType], None]]:
    modules: Mapping[str, Callable[[Patches, ModuleType], None]] = getattr(file, "MODULES", {})
    return modules
