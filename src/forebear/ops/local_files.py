"""Files of this machine: operations open them only for whoever uses it, and only plain ones.

A request may name a path, and records name paths of whoever recorded them. To somebody at another
machine the server's files are none of their business, not even whether one is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final

__all__ = ["may_open", "shut"]

_shut: Final[ContextVar[bool]] = ContextVar("forebear_files_are_shut", default=False)


@contextmanager
def shut() -> Iterator[None]:
    """Let no file be opened meanwhile, whatever an operation forgets."""
    before = _shut.set(True)
    try:
        yield
    finally:
        _shut.reset(before)


def may_open(path: Path) -> bool:
    """Tell whether there is a file or folder that may be opened: no device, and no pipe."""
    if _shut.get():
        return False
    try:
        return path.is_file() or path.is_dir()
    except (OSError, ValueError):
        return False
