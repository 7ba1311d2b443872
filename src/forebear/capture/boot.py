"""Beginning and end of recording in a process."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import msgspec

from forebear.capture import files, processes
from forebear.capture.finish import finish
from forebear.capture.integrations import Integrations
from forebear.capture.note import ChildNote
from forebear.capture.patching import without_wrappers
from forebear.capture.recorder import current_run
from forebear.capture.session import Session, active
from forebear.capture.starting import note_start
from forebear.capture.surroundings import describe_here, run_started
from forebear.client.config import load_config
from forebear.core import redaction
from forebear.core.events import RunEnded
from forebear.core.ids import new_id

__all__ = ["observe", "start_in_child", "stop_observing"]

_PARENT_DEATH: Final = 1  # PR_SET_PDEATHSIG
_WARNS_OF_THREADS: Final = sys.version_info >= (3, 12)
_integrations: Integrations | None = None
_forks_watched = False
_leave_at_once: Callable[[int], Any] = os._exit


def observe() -> None:
    """Watch files and libraries in this process, from now on; done twice it is done once."""
    global _integrations, _forks_watched
    if not _forks_watched:
        _forks_watched = True
        os.register_at_fork(
            before=_before_fork, after_in_child=_after_fork, after_in_parent=_note_fork
        )
    files.install(note_start)
    if _integrations is None:
        _integrations = Integrations()
        _integrations.apply()
    session = active()
    if session is not None:
        try:
            processes.pass_on(session)
        except OSError as error:
            session.trouble("preparing for other processes", error)


def stop_observing() -> None:
    """Put every library back as it was."""
    global _integrations
    if _integrations is not None:
        _integrations.undo()
        _integrations = None
    processes.withdraw()


def start_in_child(note: str) -> None:
    """Start recording in a program that a recorded program, or `forebear run`, has started."""
    told = msgspec.json.decode(note, type=ChildNote)
    session = _session(told)
    session.sandbox, session.watched = told.sandbox, told.watched
    if told.sandbox is not None:
        files.confine(Path(told.sandbox))
    session.start()
    with session.own_work():
        observe()
    if session.worker:
        if told.parent not in (None, session.run):
            current_run.set(told.parent)
        atexit.register(finish, session)
        return
    ending = _Ending(session)
    if told.begins and session.run == told.run:
        atexit.register(finish, session, ending.with_surroundings)
    elif session.run == told.run:
        atexit.register(finish, session, *([_describe] if told.describe else []))
    else:
        last = [_describe] if told.prefix != sys.prefix else []
        atexit.register(finish, session, *last, ending)


def _session(told: ChildNote) -> Session:
    """Return the session of this process: of the run itself, of a worker, or of a run inside."""
    folder, root = Path(told.folder), told.root or told.run
    config = load_config(folder)
    script = _script()
    if told.launcher == os.getppid():
        session = Session(folder, told.run, config, script=told.script or script)
        if told.begins:
            _begin(session)
        return session
    if processes.is_worker(sys.orig_argv):
        return Session(folder, told.run, config, script=script, root=root)
    session = Session(folder, new_id(), config, script=script, root=root)
    name = processes.program_name(sys.orig_argv)
    opening = run_started(session, name=name, command=sys.orig_argv, cwd=Path.cwd(), git=False)
    session.open_with(msgspec.structs.replace(opening, parent=told.parent or told.run))
    return session


def _begin(session: Session) -> None:
    """Say that the run began, of which this process is all that records."""
    _die_with_parent()
    with session.own_work():
        name = Path(session.script or sys.orig_argv[0]).name
        session.emit(run_started(session, name=name, command=sys.orig_argv, cwd=Path.cwd()))


def _die_with_parent() -> None:
    """Whoever kills `forebear run` means the program; it must not go on unseen."""
    import ctypes

    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


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


class _Ending:
    """Says how the run of this process ended; what is printed stays the same."""

    def __init__(self, session: Session) -> None:
        self.failed = False
        before = sys.excepthook

        def hook(
            kind: type[BaseException], error: BaseException, trace: TracebackType | None
        ) -> Any:
            self.failed = True
            text = redaction.text(f"{kind.__name__}: {error}"[:2000]).value
            session.emit(RunEnded(run=session.run, status="failed", error=text))
            without_wrappers(error)
            return before(kind, error, error.__traceback__)

        sys.excepthook = hook

    __name__ = "ending"

    def __call__(self, session: Session) -> None:
        if session.begun and not self.failed:
            session.emit(RunEnded(run=session.run, status="finished"))

    def with_surroundings(self, session: Session) -> None:
        """Record the environment as well; how the process ends in truth is seen by who waits."""
        occasion = describe_here(session)
        if self.failed:
            session.emit(RunEnded(run=session.run, status="failed", attrs=occasion))
        else:
            ended = RunEnded(run=session.run, status="finished", exit_code=0, attrs=occasion)
            session.emit(ended)


def _before_fork() -> None:
    session = active()
    if session is not None and session.syncer is not None and _WARNS_OF_THREADS:
        session.syncer.pause()


def _note_fork() -> None:
    session = active()
    if session is not None:
        session.shared = True


def _after_fork() -> None:
    session = active()
    if session is not None:
        session.go_on_in_child()
        session.modules_told = len(sys.modules)  # the parent tells of those
        os._exit = _leave


def _leave(status: int) -> Any:
    """End a forked child, which ends in no other way, when its record is complete."""
    session = active()
    if session is not None:
        finish(session)
    return _leave_at_once(status)
