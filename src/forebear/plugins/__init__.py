"""Plugins: a new capability is a new file in one of our folders, or a stranger's entry point."""

from __future__ import annotations

import importlib
import logging
import os
import pkgutil
import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

__all__ = ["keys_in_files", "load_folder", "strangers"]

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
    return modules + strangers(package)


@cache
def strangers(group: str) -> list[ModuleType]:
    """Import the modules that other packages bring as entry points of a group."""
    if not _anybody_brings(group):
        return []
    from importlib.metadata import entry_points

    modules = []
    for entry in sorted(entry_points(group=group), key=lambda item: item.name):
        try:
            modules.append(importlib.import_module(entry.module))
        except Exception:
            _log.exception("The plugin %s (%s) cannot be loaded.", entry.name, entry.value)
    return modules


def keys_in_files(package: str, name: str) -> dict[str, list[str]]:
    """Return the keys of the dict literal `name` in each module of a folder, importing none.

    A recorded program starts with this: it needs to know which file is about which library, and
    the files of the libraries that it uses.

    >>> keys_in_files("forebear.plugins", "MODULES")
    {}
    """
    literal = re.compile(rf"^{name}\b[^=\n]*= \{{(.*?)\}}$", re.MULTILINE | re.DOTALL)
    folder = Path(importlib.import_module(package).__path__[0])
    found: dict[str, list[str]] = {}
    for file in sorted(folder.glob("[!_]*.py")):
        said = literal.search(file.read_text(encoding="utf-8"))
        if said is not None:
            found[f"{package}.{file.stem}"] = re.findall(r'"([\w.]+)":', said[1])
    return found


def _anybody_brings(group: str) -> bool:
    """Tell whether an installed package names the group, without the cost of importlib.metadata."""
    heading = f"[{group}]".encode()
    for place in dict.fromkeys(sys.path):
        try:
            with os.scandir(place or ".") as entries:
                folders = [e.path for e in entries if e.name.endswith((".dist-info", ".egg-info"))]
        except OSError:
            continue
        for folder in folders:
            try:
                with open(f"{folder}/entry_points.txt", "rb") as file:  # noqa: PTH123  many
                    if heading in file.read():
                        return True
            except OSError:
                continue
    return False
