"""Beginning and end of recording in a process."""

from __future__ import annotations

import atexit
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from forebear.capture import files
from forebear.capture.finish import finish
from forebear.capture.integrations import Integrations
from forebear.capture.note import ChildNote
from forebear.capture.session import Session, active
from forebear.capture.surroundings import describe_here
from forebear.client.config import load_config
from forebear.core import redaction
from forebear.core.events import RunEnded

__all__ = ["observe", "start_in_child", "stop_observing"]

_integrations: Integrations | None = None
_forks_watched = False


def observe() -> None:
    """Watch files and libraries in this process, from now on; done twice it is done once."""
    global _integrations, _forks_watched
    if not _forks_watched:
        _forks_watched = True
        os.register_at_fork(after_in_child=_after_fork, after_in_parent=_note_fork)
    files.install()
    if _integrations is None:
        _integrations = Integrations()
        _integrations.apply()


def stop_observing() -> None:
    """Put every library back as it was."""
    global _integrations
    if _integrations is not None:
        _integrations.undo()
        _integrations = None


def start_in_child(note: str) -> None:
    """Start recording in the program that `forebear run` has started."""
    told = msgspec.json.decode(note, type=ChildNote)
    folder = Path(told.folder)
    session = Session(folder, told.run, load_config(folder), script=told.script or _script())
    if told.sandbox is not None:
        files.confine(Path(told.sandbox))
    session.start()
    with session.own_work():
        observe()
    _note_exceptions(session)
    atexit.register(finish, session, *((_describe,) if told.describe else ()))


def _describe(session: Session) -> None:
    describe_here(session)


def _script() -> str | None:
    """Return the script that the interpreter was started with.

    It is asked now because Python forgets the `__file__` of a script before it exits.
    """
    words = iter(sys.orig_argv[1:])
    for word in words:
        if word in {"-m", "-c", "-"}:
            return None
        if word in {"-W", "-X"}:
            next(words, None)
        elif not word.startswith("-"):
            return os.path.abspath(word) if Path(word).is_file() else None
    return None


def _note_exceptions(session: Session) -> None:
    """Let the record say which exception ended the program; what is printed stays the same."""
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> Any:
        text = redaction.text(f"{kind.__name__}: {error}"[:2000]).value
        session.emit(RunEnded(run=session.run, status="failed", error=text))
        return before(kind, error, trace)

    sys.excepthook = hook


def _note_fork() -> None:
    session = active()
    if session is not None and session.opened_inside is None and not session.is_own_thread():
        session.gap_once("The program forked; what its child processes did was not seen.")


def _after_fork() -> None:
    session = active()
    if session is not None:
        session.forget_in_child()
