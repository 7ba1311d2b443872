"""`forebear run`: start a program as it would start anyway, recorded from outside and inside.

The program runs in a process of its own with the ordinary interpreter, so that its output, exit
code, signals and exceptions are its own. This process waits, describes the surroundings
meanwhile, and says how the program ended even when that was sudden.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from forebear.capture import environment, processes
from forebear.capture.confinement import confinement
from forebear.capture.declared import Declared, declared_files, record_inputs, record_outputs
from forebear.capture.note import ChildNote
from forebear.capture.printing import Printing
from forebear.capture.session import Session
from forebear.capture.surroundings import describe_here, record_environment, run_started
from forebear.client.config import load_config
from forebear.client.spool import spools_of
from forebear.core.clock import now
from forebear.core.entities import RunStatus
from forebear.core.errors import InvalidInput
from forebear.core.events import RunEnded
from forebear.core.ids import new_id

if TYPE_CHECKING:
    from forebear.capture.watching import Polling, Strace

__all__ = ["Finished", "Program", "conclude", "launch", "program_of"]

_PARENT_DEATH: Final = 1  # PR_SET_PDEATHSIG


class Program(Struct, frozen=True, kw_only=True):
    """What to run: the whole command, and the Python script in it where there is one."""

    command: list[str]
    name: str
    script: str | None = None


class Finished(Struct, frozen=True, kw_only=True):
    """How a recorded program ended."""

    run: str
    exit_code: int
    """As a shell would say it: 128 + the signal's number for a program that was killed."""
    status: RunStatus
    dropped: int = 0
    """Facts that the disk did not take."""
    interrupted: bool = False
    """This process was asked to end meanwhile, and passed that on."""


def program_of(words: Sequence[str], *, module: str | None, direct: bool) -> Program:
    """Read what somebody asked to run: a script, a module (`-m`), or any command (`--`).

    Raises:
        InvalidInput: nothing to run, or the script is not there.
    """
    if module is not None:
        return Program(command=[sys.executable, "-m", module, *words], name=module)
    if not words:
        raise InvalidInput(
            "There is nothing to run.",
            hint="`forebear run train.py`, `forebear run -m package.train`, or"
            " `forebear run -- any command`.",
        )
    if direct:
        return Program(command=list(words), name=Path(words[0]).name, script=_script(words))
    script = Path(words[0])
    if not script.is_file():
        raise InvalidInput(
            f"There is no script at {script}.",
            hint="For a command that is no Python script write `forebear run -- command`.",
        )
    return Program(
        command=[sys.executable, *words], name=script.name, script=str(script.absolute())
    )


def launch(
    program: Program,
    folder: Path,
    *,
    sandbox: Path | None = None,
    cwd: Path | None = None,
    extra_environment: dict[str, str] | None = None,
    describe: bool = True,
    output: Path | None = None,
    watch: bool | None = None,
    declared: Declared | None = None,
    keep_output: bool = False,
) -> Finished:
    """Run a program to its end and record it into the store at `folder`.

    With `sandbox` it may write below that folder only. Without `describe` the surroundings
    (git, environment) are left out, as for a second run that is only compared with the first.
    With `output` what it prints goes to that file, and it has nothing to read. With `watch`
    the operating system is asked which files it opens, otherwise if it is no Python program.
    With `keep_output` a copy of what it prints is kept.

    Raises:
        StoreUnwritable: nothing can be recorded there; then nothing is run either.
        InvalidInput: the command can't be started, or a declared input is not there.
    """
    declared = declared or Declared()
    inputs = declared_files(declared.inputs, missing="refuse")
    session = Session(folder, new_id(), load_config(folder), script=program.script)
    here = session.cwd = (cwd or Path.cwd()).absolute()
    python = _python_of(program)
    sight = _watcher(session, program, watch)
    begun = run_started(session, name=program.name, command=program.command, cwd=here, git=describe)
    session.emit(msgspec.structs.replace(begun, parent=processes.outer_run(folder)))
    note = ChildNote(
        run=session.run,
        folder=str(folder),
        launcher=os.getpid(),
        script=program.script,
        sandbox=str(sandbox) if sandbox else None,
        describe=describe and python is None,
        watched=sight is not None,
    )
    told = processes.variables(note, os.environ.get("PYTHONPATH"))
    variables = {**os.environ, **told, **(extra_environment or {})}
    record_inputs(session, inputs)
    command = program.command if sight is None else sight.command(program.command)
    printing = Printing() if keep_output and output is None else None
    try:
        child = _spawn(command, variables, here, output=output, sandbox=sandbox, printing=printing)
    except OSError as error:
        if printing is not None:
            printing.abandon()
        session.emit(RunEnded(run=session.run, status="failed", error=str(error)))
        _complete(session, sight, ())
        session.stop()
        raise InvalidInput(f"Cannot run {program.command[0]}: {error.strerror}.") from error
    if printing is not None:
        printing.begin()
    occasion: dict[str, Any] = {}
    describing = threading.Thread(target=_describe, args=(session, python, occasion), daemon=True)
    if describe and python is not None:
        describing.start()
    if sight is not None:
        sight.follow(child.pid, inherits=output is None)
    with _signals_passed_to(child) as came:
        code_ = child.wait()
    _complete(session, sight, declared.outputs)
    if printing is not None:
        _keep_printed(session, printing)
    if describing.ident is not None:
        describing.join()
    elif describe and len(spools_of(folder / "spool", session.run)) < 2:
        session.gap(f"The environment of {program.name} was not seen.")
    status, reason = processes.ending(code_)
    exit_code = code_ if code_ >= 0 else 128 - code_
    _record_late_code(session, lost=status == "lost")
    session.emit(
        RunEnded(
            run=session.run,
            status=status,
            exit_code=exit_code,
            error=reason,
            ended=now(),
            attrs=occasion,
        )
    )
    session.stop()
    return Finished(
        run=session.run,
        exit_code=exit_code,
        status=status,
        dropped=session.dropped,
        interrupted=bool(came),
    )


def conclude(run: str, folder: Path, *, script: str, command: list[str], code: int) -> int:
    """Record how a program ended that was to record itself, and return its exit code.

    `code` is negative for a signal. Where the program has recorded nothing, that it was started
    is recorded here.
    """
    session = Session(folder, run, load_config(folder), script=str(Path(script).absolute()))
    occasion: dict[str, Any] = {}
    if len(spools_of(folder / "spool", run)) < 2:
        name = Path(script).name
        session.emit(run_started(session, name=name, command=command, cwd=Path.cwd()))
        _describe(session, Path(command[0]).absolute(), occasion)
    status, reason = processes.ending(code)
    exit_code = code if code >= 0 else 128 - code
    _record_late_code(session, lost=status == "lost")
    session.emit(
        RunEnded(
            run=run, status=status, exit_code=exit_code, error=reason, ended=now(), attrs=occasion
        )
    )
    session.stop()
    return exit_code


def _watcher(session: Session, program: Program, watch: bool | None) -> Strace | Polling | None:
    """Return what watches the program from outside, where that is wanted and possible."""
    name = program.command[0]
    if watch is False or shutil.which(name) is None:
        return None
    if watch is None and processes.is_python(name):
        return None
    from forebear.capture.watching import watcher

    sight = None
    try:
        sight = watcher(session)
    except OSError as error:
        session.trouble("watching", error)
    if sight is None:
        session.gap(f"What {program.name} did with files was not seen.")
    return sight


def _complete(session: Session, sight: Strace | Polling | None, outputs: Sequence[str]) -> None:
    """Record what is known of the program's files now that it has ended; never raises."""
    try:
        if sight is not None:
            sight.finish()
        record_outputs(session, outputs)
    except Exception as error:
        session.trouble("completing the record", error)


def _keep_printed(session: Session, printing: Printing) -> None:
    """Record what the program printed; never raises."""
    try:
        session.emit(printing.said(session))
    except Exception as error:
        session.trouble("keeping what was printed", error)


def _record_late_code(session: Session, *, lost: bool) -> None:
    """Record the code that the program could not record itself: it was lost, or is no Python."""
    paths = processes.collect_code(session)
    if lost and session.script is not None:
        paths.append(Path(session.script))
    if paths:
        from forebear.capture.finish import record_code

        session.script = session.script or str(paths[0])
        record_code(session, paths)
    processes.collect_unseen(session)


def _spawn(
    command: list[str],
    variables: dict[str, str],
    cwd: Path,
    *,
    output: Path | None,
    sandbox: Path | None,
    printing: Printing | None,
) -> subprocess.Popen[bytes]:
    confine = confinement(sandbox) if sandbox is not None else None
    with contextlib.ExitStack() as stack:
        sink = stack.enter_context(output.open("wb")) if output is not None else None
        ends = (sink, None if sink is None else subprocess.STDOUT)
        out, err = ends if printing is None else printing.ends
        return subprocess.Popen(
            command,
            env=variables,
            cwd=cwd,
            stdin=None if sink is None else subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            preexec_fn=_before_start(confine),  # noqa: PLW1509  it makes system calls only
        )


def _python_of(program: Program) -> Path | None:
    """Return the interpreter that a command starts, where it is one."""
    python = Path(shutil.which(program.command[0]) or program.command[0]).absolute()
    return python if python.name.startswith("python") else None


def _describe(session: Session, python: Path, occasion: dict[str, Any]) -> None:
    try:
        with session.own_work():
            # Not resolved: the interpreters of all virtual environments may be one file.
            here = python.parent == Path(sys.executable).absolute().parent
            occasion.update(
                describe_here(session)
                if here
                else record_environment(session, environment.describe_interpreter(python))
            )
    except Exception as error:
        session.trouble("describing the environment", error)


def _script(words: Sequence[str]) -> str | None:
    for word in words[1:]:
        if word.endswith(".py") and Path(word).is_file():
            return str(Path(word).absolute())
    return None


def _before_start(confine: Callable[[], None] | None) -> Callable[[], None] | None:
    """Return what happens in the child before its program starts."""
    # Whoever kills `forebear run` means the program; it must not go on unseen.
    if sys.platform != "linux":
        return confine
    library = ctypes.CDLL(None)

    def before_start() -> None:
        library.prctl(_PARENT_DEATH, signal.SIGKILL)
        if confine is not None:
            confine()

    return before_start


@contextlib.contextmanager
def _signals_passed_to(child: subprocess.Popen[bytes]) -> Iterator[list[int]]:
    """Pass signals on to the program; what is yielded has those that came."""
    came: list[int] = []

    def passed(number: int, _: object) -> None:
        came.append(number)
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(number)

    def ignored(number: int, _: object) -> None:
        """The terminal has sent it to the program as well."""
        came.append(number)

    before = {
        signal.SIGTERM: signal.signal(signal.SIGTERM, passed),
        signal.SIGHUP: signal.signal(signal.SIGHUP, passed),
        signal.SIGINT: signal.signal(signal.SIGINT, ignored),
    }
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
