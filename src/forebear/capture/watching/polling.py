"""Looking at `/proc` again and again: which files a program and its children hold open.

It needs nothing but the right to look at one's own processes. What is open for a moment only
is missed, so that is said of every program that was watched in this way.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import Final

from forebear.capture.session import Session
from forebear.capture.watching.watched import Watched, standard_file

__all__ = ["Polling"]

_INTERVAL: Final = 0.01
_SHARE: Final = 0.1
"""The part of a core that looking may take."""
_MISSED: Final = (
    "The program was watched by looking at its open files now and then: what it had open for a"
    " moment only is missing (install strace, or name files with --in and --out)."
)


class Polling:
    """Watches one program to its end."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._watched = Watched(session)
        self._over = threading.Event()
        self._root = 0
        self._seen: set[tuple[int, str, bool]] = set()
        self._ours = {standard_file(descriptor) for descriptor in (0, 1, 2)}
        self._known: set[int] = set()
        self._looker = threading.Thread(target=self._look_on, daemon=True)

    def command(self, words: list[str]) -> list[str]:
        """Return the command that runs `words`: they themselves."""
        return words

    def follow(self, process: int, *, inherits: bool) -> None:
        """Begin to look at a process and its children.

        `inherits` says that it has our own standard input and output.
        """
        self._root = process
        if inherits:
            self._watched.given()
        self._looker.start()

    def finish(self) -> None:
        """Complete the record."""
        self._over.set()
        if self._root:
            self._looker.join()
        self._session.gap(_MISSED)
        self._watched.finish()

    def _look_on(self) -> None:
        wait = _INTERVAL
        while not self._over.wait(wait):
            began = time.thread_time()
            for process in _tree(self._root):
                if process not in self._known:
                    self._known.add(process)
                    self._note_program(process)
                self._look_at(process)
            wait = max(_INTERVAL, (time.thread_time() - began) / _SHARE)

    def _note_program(self, process: int) -> None:
        with contextlib.suppress(OSError):
            # A Python program that was started with capture has told the system so.
            if b"FOREBEAR_CAPTURE=" in Path(f"/proc/{process}/environ").read_bytes():
                program = Path(f"/proc/{process}/exe").readlink()
                if program.name.startswith(("python", "pypy")):
                    self._watched.records_itself(process)

    def _look_at(self, process: int) -> None:
        with contextlib.suppress(OSError):
            for entry in os.scandir(f"/proc/{process}/fd"):
                with contextlib.suppress(OSError):
                    path = str(Path(entry.path).readlink())
                    writes = _writes(process, entry.name)
                    if not path.startswith("/") or path in self._ours:
                        continue
                    if (process, path, writes) not in self._seen:
                        self._seen.add((process, path, writes))
                        self._watched.opened(process, path, writes=writes)


def _tree(root: int) -> list[int]:
    """Return a process and all that it and its children have started and not left to others."""
    children: dict[int, list[int]] = {}
    for name in (entry.name for entry in os.scandir("/proc")):
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                # The name of the program, which stands in brackets, may hold anything.
                facts = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(facts[1]), []).append(int(name))
    tree = [root]
    for process in tree:
        tree += children.get(process, [])
    return tree


def _writes(process: int, descriptor: str) -> bool:
    for line in Path(f"/proc/{process}/fdinfo/{descriptor}").read_text().splitlines():
        if line.startswith("flags:"):
            return bool(int(line.split()[1], 8) & (os.O_WRONLY | os.O_RDWR))
    return False
