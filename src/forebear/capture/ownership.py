"""Whose a source file is: the user's own, or Python's, a library's, forebear's."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from functools import lru_cache
from pathlib import Path

__all__ = ["is_environment", "is_foreign"]


def is_foreign(path: str) -> bool:
    """Tell whether a source file, given by its absolute path, is not the user's own.

    Foreign are the standard library, what is installed in site-packages, the virtual environment
    this process runs in, also when it lies inside the user's project, and forebear itself.
    """
    return (
        path.startswith(_foreign_folders())
        or f"{os.sep}site-packages{os.sep}" in path
        or f"{os.sep}dist-packages{os.sep}" in path
    )


def is_environment(folder: Path) -> bool:
    """Tell whether `folder` is the root of a virtual or conda environment."""
    return (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta").is_dir()


@lru_cache(maxsize=1)
def _foreign_folders() -> tuple[str, ...]:
    """Return the folders whose modules are not the user's own, each ending in a separator."""
    paths = sysconfig.get_paths()
    folders = {
        *(Path(paths[key]) for key in ("stdlib", "platstdlib", "purelib", "platlib")),
        *(Path(folder) for folder in site.getsitepackages()),
        Path(__file__).parents[1],
    }
    environment = Path(sys.prefix)
    if is_environment(environment):
        folders.add(Path(paths["scripts"]))
        if not _started_inside(environment):
            folders.add(environment)
    folders |= {folder.resolve() for folder in folders}
    return tuple(sorted(f"{folder}{os.sep}" for folder in folders))


def _started_inside(environment: Path) -> bool:
    """Tell whether the user works inside the environment: some make it the project's folder."""
    try:
        return Path.cwd().resolve().is_relative_to(environment.resolve())
    except OSError:  # the folder is gone
        return False
