"""Compiles the inner loops of profiles while forebear is built, where there is a C compiler.

Without one the wheel is pure Python, and NumPy counts the same, more slowly.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import zlib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = "src/forebear/engines/profile_loops.c"
LIBRARY = "src/forebear/engines/libprofile_loops.so"
OPTIONS = ["-O3", "-shared", "-fPIC", "-std=gnu11"]


class CompiledLoops(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the library to the wheel, and says in its name for which machines it is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and change what is built where that succeeds."""
        library = Path(self.root, LIBRARY)
        library.unlink(missing_ok=True)
        compiler = _compiler()
        if compiler is None:
            return self._without("there is no C compiler")
        # Whoever loads the library meanwhile sees the old one or the new one, whole.
        fresh = library.with_suffix(f".{os.getpid()}")
        source = Path(self.root, SOURCE)
        told = f"-DSOURCE={zlib.crc32(source.read_bytes())}u"
        command = [*compiler, *OPTIONS, told, str(source), "-o", str(fresh)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            fresh.unlink(missing_ok=True)
            return self._without(f"{compiler[0]} refused: {done.stderr.strip()[-300:]}")
        fresh.replace(library)
        build_data["artifacts"].append(f"/{LIBRARY}")
        build_data["pure_python"] = False
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"py3-none-{platform}"
        return None

    def _without(self, why: str) -> None:
        self.app.display_info(f"Profiles will be counted by NumPy alone: {why}.")


def _compiler() -> list[str] | None:
    """Return how the C compiler is called; None where there is none that takes these options."""
    if sys.platform == "win32" or sys.maxsize < 2**32:
        return None
    named = shlex.split(os.environ.get("CC", "cc"))
    return named if named and shutil.which(named[0]) else None
