"""What watched processes did with files becomes the record of their run.

A run uses what its processes read and generates what they leave behind; what goes in between
from one to another is generated only. A process that records itself is left to itself.
"""

from __future__ import annotations

import queue
import re
import stat
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from forebear.capture import processes
from forebear.capture.filekinds import kind_of_file
from forebear.capture.files import is_ignored, is_scratch
from forebear.capture.session import Session
from forebear.core.events import EdgesRecorded, Link

__all__ = ["Watched", "standard_file"]

_MOST_FILES: Final = 10_000
_LIBRARY: Final = re.compile(r"\.so(\.\d+)*$|/pyvenv\.cfg$")
_PROGRAMS: Final = ("/bin/", "/sbin/", "/usr/", "/opt/", "/nix/", "/snap/")


class Watched:
    """Takes what is seen of processes, in the order in which it happened, and records it.

    Files that are read are digested by a thread of its own, soon after they were opened.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._recorders: set[int] = set()
        """Processes that record themselves."""
        self._executing: set[int] = set()
        """Processes that have gone on as another program than that which begot them."""
        self._starting: dict[int, list[_Opened]] = {}
        """What interpreters have opened that may record themselves in a moment."""
        self._written: dict[str, None] = {}
        self._read: dict[str, str | None] = {}
        """Files that were read, and their artifacts once they are recorded."""
        self._todo: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def given(self) -> None:
        """The program has our own standard input and output: files where a shell made them so."""
        for descriptor, writes in ((0, False), (1, True)):
            path = standard_file(descriptor)
            if path is not None and not is_ignored(path):
                self._note(_Opened(path, writes, None))

    # What is seen -------------------------------------------------------------------------

    def opened(self, process: int, path: str, *, writes: bool, at: float | None = None) -> None:
        """A process has opened a file, at a time if that is known."""
        if path.startswith(f"{processes.BOOTSTRAP}/"):
            self.records_itself(process)
        if process in self._recorders or is_ignored(path) or _LIBRARY.search(path):
            return
        opened = _Opened(path, writes, at)
        if process in self._starting:
            self._starting[process].append(opened)
        else:
            self._note(opened)

    def records_itself(self, process: int) -> None:
        """A process is a Python program that is recorded from inside."""
        self._recorders.add(process)
        self._starting.pop(process, None)

    def executed(self, process: int, program: str, at: float | None = None) -> None:
        """A process goes on as another program, a file like any other that it reads."""
        self.ended(process)
        self._executing.add(process)
        if Path(program).name.startswith(("python", "pypy")):
            self._starting[process] = []
        elif not program.startswith(_PROGRAMS):
            self.opened(process, program, writes=False, at=at)

    def ended(self, process: int) -> None:
        """A process, or the program in it, is over."""
        self._recorders.discard(process)
        self._executing.discard(process)
        for opened in self._starting.pop(process, ()):
            self._note(opened)

    def forked(self, process: int, child: int) -> None:
        """A process has begotten another one, which may be told after what that one did."""
        if process in self._recorders and child not in self._executing:
            self._recorders.add(child)

    def moved(self, process: int, source: str, target: str) -> None:
        """A process has renamed a file or a folder."""
        if process in self._recorders:
            return
        for path in [path for path in self._written if path == source or _is_below(path, source)]:
            del self._written[path]
            self._written[target + path.removeprefix(source)] = None

    def _note(self, opened: _Opened) -> None:
        path = opened.path
        if opened.writes:
            self._written[path] = None
        elif path not in self._written and path not in self._read and self._has_room():
            self._read[path] = None
            self._todo.put(partial(self._record_read, opened))

    def _has_room(self) -> bool:
        if len(self._read) < _MOST_FILES:
            return True
        self._session.gap_once(f"More than {_MOST_FILES:,} files were read; the rest is left out.")
        return False

    # What is recorded ---------------------------------------------------------------------

    def finish(self) -> None:
        """Record what was left behind, when all processes are over."""
        for process in list(self._starting):
            self.ended(process)
        self._todo.put(None)
        self._thread.join()
        for path in self._written:
            self._safely(partial(self._record_written, path))
        self._safely(self._tie_reads)

    def _work(self) -> None:
        while (record := self._todo.get()) is not None:
            self._safely(record)

    def _safely(self, record: Callable[[], None]) -> None:
        try:
            record()
        except Exception as error:
            self._session.trouble("watching", error)

    def _record_read(self, opened: _Opened) -> None:
        path = Path(opened.path)
        changed = _changed(path)
        if changed is None:
            return  # gone, or nothing that has content
        if opened.at is not None and changed > opened.at:
            self._say_uncertain(path)
            return
        self._read[opened.path] = self._session.file(path, "read")

    def _say_uncertain(self, path: Path) -> None:
        self._session.gap(f"{path.name} was read and then changed; what was read is not known.")

    def _record_written(self, name: str) -> None:
        path, session = Path(name), self._session
        if not path.is_file() or path.stat().st_size == 0 or is_scratch(path):
            return
        artifact = session.file(path, "write")
        if self._read.get(name) == artifact:
            # What it was before may have been gone when we came to look.
            self._read[name] = None
            self._say_uncertain(path)
        elif session.files.was_read(artifact):
            return
        session.emit(EdgesRecorded(run=session.run, generated=[Link(artifact=artifact)]))

    def _tie_reads(self) -> None:
        for name, artifact in self._read.items():
            if artifact is not None:
                kind = kind_of_file(Path(name))
                self._session.used(artifact, "model" if kind == "model" else "input")


class _Opened(NamedTuple):
    path: str
    writes: bool
    at: float | None


def standard_file(descriptor: int) -> str | None:
    """Return the file that stands behind a descriptor of this process, if one does."""
    try:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
    except OSError:
        return None
    return str(path) if path.is_absolute() and path.is_file() else None


def _changed(path: Path) -> float | None:
    """Return when a file last changed; None for what is no file."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_ctime if stat.S_ISREG(seen.st_mode) else None


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}/")
