"""Plugins: a new capability is a new file in one of our folders, or a stranger's entry point."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType

__all__ = ["load_folder"]

_log = logging.getLogger(__name__)


@cache
def load_folder(package: str) -> list[ModuleType]:
    """Import every module in the folder of `package`, then the entry points of that group.

    Modules whose names begin with an underscore are private and left out. The group of entry
    points bears the package's dotted name (`forebear.ops`, `forebear.cli`). A stranger's module
    that cannot be imported is reported in the log and left out; ours raise.

    >>> [module.__name__ for module in load_folder("forebear.plugins")]
    []
    """
    folder = importlib.import_module(package)
    modules = [
        importlib.import_module(f"{package}.{found.name}")
        for found in sorted(pkgutil.iter_modules(folder.__path__), key=lambda item: item.name)
        if not found.name.startswith("_")
    ]
    for entry in sorted(entry_points(group=package), key=lambda item: item.name):
        try:
            modules.append(importlib.import_module(entry.module))
        except Exception:
            _log.exception("The plugin %s (%s) cannot be loaded.", entry.name, entry.value)
    return modules
