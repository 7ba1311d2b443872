"""The file watcher: every file that Python code opens, through the interpreter's audit hook.

Files that a library opens inside an observed call are first offered to that call's observer.
What nobody claims is an ordinary read or write of the run. C and C++ code that opens files
by itself is not seen here; the integrations of those libraries tell.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Callable, Collection
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from forebear.capture.configs import note_config
from forebear.capture.filekinds import kind_of_file
from forebear.capture.ownership import is_foreign
from forebear.capture.reading import written_in_code
from forebear.capture.session import Session, active, guarded
from forebear.core.clock import now
from forebear.core.events import EdgesRecorded, Link
from forebear.engines import files as digests

__all__ = [
    "confine",
    "install",
    "is_ignored",
    "is_scratch",
    "note_open",
    "note_opened",
    "settle_write",
    "settle_writes",
]

_SYSTEM: Final = ("/proc/", "/sys/", "/dev/", "/etc/", "/usr/", "/lib/", "/var/lib/", "/run/")
_CODE: Final = (".py", ".pyc", ".pyi", ".so", ".pth", ".pyd")
_HIDDEN_FOLDERS: Final = ("/.forebear/", "/.git/", "/__pycache__/", "/.cache/", "/.config/")
_FORGOTTEN: Final = frozenset(
    {".netrc", ".pypirc", "credentials", "id_rsa", "id_ed25519", "keras.json"}
)
_WRITING: Final = frozenset("wax+")
_STARTS: Final = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"})
_SCRATCH: Final = "/joblib_memmapping_folder_"
_installed = False
_on_start: Callable[[Session, str, tuple[Any, ...]], None] | None = None
_sandbox: tuple[str, ...] | None = None


def install(on_start: Callable[[Session, str, tuple[Any, ...]], None] | None = None) -> None:
    """Add the audit hook, once; it can't be removed, so it does nothing without a session.

    `on_start` is told when the program is about to start another one.
    """
    global _installed, _on_start
    _on_start = on_start or _on_start
    if not _installed:
        _installed = True
        sys.addaudithook(_on_event)


def confine(folder: Path) -> None:
    """From now on refuse to open files for writing outside `folder`."""
    global _sandbox
    _sandbox = (str(folder.resolve()) + os.sep, "/dev/")


def _on_event(event: str, args: tuple[Any, ...]) -> None:
    if event == "builtins.id":
        return  # three of four events while libraries are imported
    if event == "open":
        path = args[0]
        if _sandbox is None and type(path) is str and path.endswith(_CODE):
            return  # what a library imports is a thousand files
        session = active()
        if session is None or session.is_own_thread():
            return
        path, mode, flags = args
        if not isinstance(path, str | bytes | os.PathLike):
            return  # a descriptor: whatever opened it has been seen
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR)) if mode is None else _writes(mode)
        if writes and _sandbox is not None:
            _refuse_outside(os.path.realpath(os.fsdecode(path)), _sandbox)
        _look(session, path, writes)
    elif event in _STARTS:
        session = active()
        if session is not None and _on_start is not None and not session.is_own_thread():
            _on_start(session, event, args)


def _refuse_outside(path: str, allowed: tuple[str, ...]) -> None:
    if not path.startswith(allowed):
        raise PermissionError(f"forebear reproduce does not let the program write to {path}")


def _writes(mode: str) -> bool:
    return not _WRITING.isdisjoint(mode)


@guarded
def _look(session: Session, path: str | bytes | os.PathLike[str], writes: bool) -> None:
    full = os.path.abspath(os.fsdecode(path))
    if is_ignored(full):
        return
    mode = "write" if writes else "read"
    opened = session.opened_inside
    if opened is not None:
        opened.append((full, mode))
    else:
        note_open(session, full, mode)


@lru_cache(maxsize=8192)
def is_ignored(path: str) -> bool:
    """Tell whether a file is the interpreter's, the system's or a tool's own business."""
    if path.endswith(_CODE) or path.startswith(_SYSTEM):
        return True
    if any(folder in path for folder in _HIDDEN_FOLDERS) or _SCRATCH in path:
        return True
    if Path(path).name in _FORGOTTEN:
        return True
    return is_foreign(path)


@guarded
def note_open(session: Session, path: str, mode: str) -> None:
    """Record an ordinary read at once; put an ordinary write on the list for the end."""
    with session.own_work():
        if mode == "write":
            session.files.pending.setdefault(path, session.here)
            if path not in session.files.spoken_of:
                spoken = written_in_code(session.tracker)
                known = [] if spoken is None else [one.artifact for one in spoken if one.artifact]
                session.files.spoken_of[path] = None if spoken is None else known
            return
        if path in session.files.pending:
            return  # its own scratch file
        try:
            if not stat.S_ISREG(Path(path).stat().st_mode):
                return
        except OSError:
            return  # not there: the program has been told so itself
        from forebear.capture.plainfiles import note_read

        artifact = session.file(path, "read")
        note_read(session, Path(path), artifact)
        note_config(session, Path(path), artifact)
        if not session.files.was_written(artifact):
            session.used(artifact, "model" if kind_of_file(Path(path)) == "model" else "input")


def note_opened(session: Session, opened: list[tuple[str, str]]) -> None:
    """Treat files that no observer has claimed as ordinary reads and writes."""
    for path, mode in opened:
        note_open(session, path, mode)


def settle_writes(session: Session, but: Collection[str] = ()) -> None:
    """Record what writes have left behind, now that the files are complete, all but some."""
    for path in list(session.files.pending | dict.fromkeys(session.files.settlers)):
        if path not in but:
            settle_write(session, path)


@guarded
def settle_write(session: Session, path: str) -> None:
    """Record what a write has left behind, once: at the end, or when the file is read again.

    An observer that saw what was put into an open file has left word in `session.files.settlers`;
    of other writes nobody saw what went into them.
    """
    run = session.files.pending.pop(path, None)
    settlers = session.files.settlers.pop(path, [])
    full = Path(path)
    with session.own_work():
        if run is None and not settlers:
            return
        if not full.is_file() or full.stat().st_size == 0 or is_scratch(full):
            return
        for settler in settlers:
            settler(path)
        if not settlers:
            _record_unseen(session, full, run or session.run)


def _record_unseen(session: Session, path: Path, run: str) -> None:
    exported = session.files.exported.get(digests.digest_path(path).digest)
    if exported is not None:
        exported(str(path))
        return
    artifact = session.file(path, "write")
    if session.files.was_read(artifact):
        return
    spoken = session.files.spoken_of.pop(str(path), None)
    sources = session.leaves() if spoken is None else spoken
    link = Link(artifact=artifact)
    if spoken == []:
        # Its text speaks of nothing that is known: it comes from the code alone.
        session.step("transform", "open()", started=now(), generated=[link])
        return
    if not sources:
        session.emit(EdgesRecorded(run=run, generated=[link]))
        return
    session.gap(f"What went into {path.name} was not seen.", artifact)
    session.step(
        "transform",
        "open()",
        started=now(),
        used=[Link(artifact=source, role="input", evidence="inferred") for source in sources],
        generated=[link],
    )


def is_scratch(path: Path) -> bool:
    """Tell whether a file is a temporary one, which nobody asks for later."""
    return path.name.startswith(("tmp", ".")) and path.is_relative_to(tempfile.gettempdir())
