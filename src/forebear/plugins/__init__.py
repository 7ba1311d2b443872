"""Plugins: a new capability is a new file in one of our folders, or a stranger's entry point."""

from __future__ import annotations

import importlib
import logging
import os
import pkgutil
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

__all__ = ["keys_in_files", "load_folder", "module_with", "strangers"]

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
    literal = re.compile(rf"{name}\b[^=\n]*= \{{(.*?)\}}$", re.MULTILINE | re.DOTALL)
    last = f"\n{name}"  # it stands at the end of the file, which is long
    return {
        module: re.findall(r'"([\w.]+)":', said[1])
        for module, text in _texts(package)
        if (said := literal.match(text, text.rfind(last) + 1)) is not None
    }


def module_with(package: str, pattern: str) -> str | None:
    """Return which module in a folder has a text like this, importing none.

    A command starts with this: it needs one file of its folder, and not what the others import.

    >>> module_with("forebear.cli", r"^def trace\\(")
    'forebear.cli.lineage'
    """
    wanted = re.compile(pattern, re.MULTILINE)
    return next((module for module, text in _texts(package) if wanted.search(text)), None)


def _texts(package: str) -> Iterator[tuple[str, str]]:
    """Return the source of each public module in a folder, by the module's name."""
    folder = Path(importlib.import_module(package).__path__[0])
    for file in sorted(folder.glob("[!_]*.py")):
        yield f"{package}.{file.stem}", file.read_text(encoding="utf-8")


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
