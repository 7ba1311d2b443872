"""Confinement: a program that runs again may write into its workshop and nowhere else.

On Linux the kernel sees to it (Landlock), for every library and every child process. Elsewhere
only what Python opens is held back, by the audit hook in `capture.files`.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

__all__ = ["confinement"]

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_NO_NEW_PRIVILEGES: Final = 38
_PATH_BENEATH: Final = 1
_WRITE_FILE, _REMOVE_FILE, _MAKE_FILE, _TRUNCATE, _REFER = 1 << 1, 1 << 5, 1 << 8, 1 << 14, 1 << 13
_WRITING: Final = _WRITE_FILE | sum(1 << bit for bit in range(4, 13))
"""Writing and truncating files; making and removing files, folders, links, pipes, devices."""


def confinement(folder: Path) -> Callable[[], None] | None:
    """Return what a child process calls before its program starts, or None where there is no way.

    From then on it and its children can change files below `folder` and in `/dev` only; they
    can read everything they could read before.
    """
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    version = library.syscall(_CREATE, None, 0, 1)
    if version < 1:
        return None
    handled = _WRITING | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    attributes = struct.pack("<Q", handled)
    rules = library.syscall(_CREATE, attributes, len(attributes), 0)
    if rules < 0:
        return None
    os.set_inheritable(rules, False)
    devices = handled & (_WRITE_FILE | _REMOVE_FILE | _MAKE_FILE | _TRUNCATE)
    for place, access in ((folder, handled), (Path("/dev"), devices)):
        beneath = os.open(place, os.O_PATH | os.O_CLOEXEC)
        try:
            rule = struct.pack("<Qi", access, beneath)
            if library.syscall(_ADD, rules, _PATH_BENEATH, rule, 0) != 0:
                os.close(rules)
                return None
        finally:
            os.close(beneath)

    def confine() -> None:
        library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        if library.syscall(_RESTRICT, rules, 0) != 0:
            raise OSError(ctypes.get_errno(), "the program could not be confined")

    return confine
