"""What is observed in each library: one file a library, found by its place in this folder.

A file declares `MODULES`, from the name of a module to the function that patches it:

    MODULES = {"joblib": patch}

    def patch(patches: Patches, module: ModuleType) -> None:
        patches.observe(module, "dump", after_dump)

It must not import the library it is about: the function is called with the module when the
program imports it, in any order, and `Patches` puts everything back. `MODULES` is a literal with
plain keys: it is read from the file's text, and the file is imported when the program imports a
library that it names.
"""

from __future__ import annotations

import importlib
from functools import partial
from types import ModuleType

from forebear.capture.patching import ImportHook, Patches
from forebear.plugins import keys_in_files, strangers

__all__ = ["Integrations"]


class Integrations:
    """All integrations, applied to this process."""

    def __init__(self) -> None:
        self._patches = Patches()
        targets: dict[str, list[partial[None]]] = {}
        for file, names in keys_in_files(__name__, "MODULES").items():
            for name in names:
                targets.setdefault(name, []).append(partial(_patch, self._patches, file, name))
        for other in strangers(__name__):
            for name, patch in getattr(other, "MODULES", {}).items():
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


def _patch(patches: Patches, file: str, name: str, module: ModuleType) -> None:
    importlib.import_module(file).MODULES[name](patches, module)
