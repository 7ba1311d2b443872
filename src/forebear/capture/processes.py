"""Processes: the Python programs and workers that a recorded program starts are recorded too.

A program finds what it needs in four variables of its environment. They stand in the
environment that the operating system hands on, not in `os.environ`, which the program sees.
A worker of the program itself (multiprocessing, joblib) records into the same run, another
program as a run inside it; each has a spool of its own.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgspec

from forebear.capture.note import ChildNote
from forebear.capture.session import Session
from forebear.client.spool import SpoolReader
from forebear.core.entities import RunStatus
from forebear.core.events import RunEnded

__all__ = [
    "BOOTSTRAP",
    "collect_code",
    "collect_unseen",
    "end_of_child",
    "ending",
    "is_python",
    "is_worker",
    "leave_code",
    "outer_run",
    "outer_store",
    "pass_on",
    "program_name",
    "records_itself",
    "unseen",
    "variables",
    "variables_of",
    "withdraw",
]

BOOTSTRAP: Final = Path(__file__).parent / "bootstrap"
_NAMES: Final = ("FOREBEAR_CAPTURE", "FOREBEAR_HOME", "FOREBEAR_PYTHONPATH", "PYTHONPATH")
_WORDS: Final = Path("cache") / "words"
_BLINDING: Final = frozenset("IES")
"""Options by which an interpreter ignores its environment, or starts without `site`."""
_PROBES: Final = frozenset({"lscpu", "nvidia-smi", "uname", "sysctl", "ldconfig", "lspci"})
"""Programs that libraries ask about the machine."""
_SHELL_SIGNS: Final = frozenset(";|&<>`$()\n")


def variables(note: ChildNote, before: str | None) -> dict[str, str]:
    """Return what a child needs in its environment, whose own PYTHONPATH would be `before`."""
    told = {
        "FOREBEAR_CAPTURE": msgspec.json.encode(note).decode(),
        "FOREBEAR_HOME": str(_home(Path(note.folder))),
        "PYTHONPATH": os.pathsep.join([str(BOOTSTRAP), *([before] if before else [])]),
    }
    return {**told, "FOREBEAR_PYTHONPATH": before} if before else told


def variables_of(session: Session, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what is to be added to the environment of a program that is started now."""
    note = ChildNote(
        run=session.run,
        root=session.root,
        parent=session.here,
        folder=str(session.folder),
        sandbox=session.sandbox,
        watched=session.watched,
        prefix=sys.prefix,
    )
    return variables(note, environment.get("PYTHONPATH"))


def pass_on(session: Session) -> None:
    """Let what this process starts from now on record itself.

    `os.putenv` changes what the operating system hands on and leaves `os.environ` alone.
    """
    for name, value in variables_of(session, os.environ).items():
        os.putenv(name, value)


def outer_run(folder: Path) -> str | None:
    """Return the run that has started this `forebear run`, if it records into the same store."""
    note = os.environ.pop("FOREBEAR_CAPTURE", None)
    if note is None:
        return None
    told = msgspec.json.decode(note, type=ChildNote)
    return (told.parent or told.run) if Path(told.folder) == folder else None


def outer_store() -> str | None:
    """Return the store of the run that has started this `forebear run`."""
    note = os.environ.get("FOREBEAR_CAPTURE")
    return None if note is None else msgspec.json.decode(note, type=ChildNote).folder


def withdraw() -> None:
    """Hand on nothing but the program's own environment again."""
    for name in _NAMES:
        own = os.environ.get(name)
        if own is None:
            os.unsetenv(name)
        else:
            os.putenv(name, own)


def _home(folder: Path) -> Path:
    """Return a folder that holds forebear and what it needs, and nothing else.

    An interpreter that has no forebear of its own is recorded through it, if it is of the same
    Python version; whatever else is installed beside us stays out of its sight.
    """
    import forebear

    home = folder / "home"
    home.mkdir(exist_ok=True)
    for package in (forebear, msgspec):
        place = Path(package.__file__ or "").parent
        link = home / place.name
        if not link.exists() or link.resolve() != place.resolve():
            fresh = home / f".{place.name}.{os.getpid()}"
            fresh.symlink_to(place.resolve())
            fresh.replace(link)
    return home


# What a child leaves for the process that ends the run ------------------------------------


def leave_code(session: Session, paths: Iterable[Path]) -> None:
    """Let the outermost run know which source files ran in this process."""
    lines = "".join(f"{path}\n" for path in paths)
    if lines:
        folder = session.folder / _WORDS
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{session.root}.{os.getpid()}.code").open("a") as file:
            file.write(lines)


def collect_code(session: Session) -> list[Path]:
    """Return, once, the source files that ran in processes of this run that are over."""
    found: dict[Path, None] = {}
    for word in (session.folder / _WORDS).glob(f"{session.root}.*.code"):
        found.update((path, None) for path in map(Path, word.read_text().splitlines()))
        word.unlink(missing_ok=True)
    return [path for path in found if path.is_file()]


def collect_unseen(session: Session) -> None:
    """Say which Python programs of this run could not record themselves."""
    for word in (session.folder / _WORDS).glob(f"{session.root}.*.unseen"):
        session.gap_once(unseen(word.read_text()))
        word.unlink(missing_ok=True)


def unseen(program: str) -> str:
    """Return the sentence for a program that was started and not seen."""
    return f"Another program was started ({program}); what it did was not seen."


def end_of_child(session: Session, pid: int, code: int) -> None:
    """Say how a program that recorded itself ended, where it could not say so itself."""
    for path in (session.folder / "spool").glob(f"{session.root}.{pid}.*.spool"):
        run = SpoolReader(path).header.inner
        if run is not None:
            status, reason = ending(code)
            exit_code = code if code >= 0 else 128 - code
            session.emit(RunEnded(run=run, status=status, exit_code=exit_code, error=reason))
            return


def ending(code: int) -> tuple[RunStatus, str | None]:
    """Return what an exit code, negative for a signal, says of a run."""
    if code == 0:
        return "finished", None
    if code > 0:
        return "failed", None
    name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
    if -code == signal.SIGKILL:
        return "lost", "Killed (SIGKILL); what it did last may not be recorded."
    return "failed", f"Ended by {name}."


# What a program is ------------------------------------------------------------------------


def is_worker(command: list[str]) -> bool:
    """Tell whether an interpreter was started as a worker of the program that started it.

    >>> is_worker(["python", "-m", "joblib.externals.loky.backend.popen_loky_posix"])
    True
    >>> is_worker(["python", "train.py"])
    False
    """
    for option, word in pairwise(command[1:]):
        if option == "-c":
            return word.startswith(("from multiprocessing.", "from joblib.externals.loky."))
        if option == "-m":
            return word.endswith("loky.backend.popen_loky_posix")
    return False


def program_name(command: list[str]) -> str:
    """Return what people call a Python program: its script or its module.

    >>> program_name(["python", "-u", "jobs/train.py", "-v"]), program_name(["python", "-m", "p.t"])
    ('train.py', 'p.t')
    """
    words = iter(command[1:])
    for word in words:
        if word == "-m":
            return next(words, word)
        if word == "-c":
            return "python -c"
        if word in {"-W", "-X"}:
            next(words, None)
        elif not word.startswith("-"):
            return Path(word).name
    return Path(command[0]).name if command else "python"


def is_python(program: str) -> bool:
    """Tell whether a program is an interpreter of Python, or a script that names one."""
    import shutil

    if Path(program).name.startswith(("python", "pypy")):
        return True
    found = shutil.which(program)
    if found is None:
        return False
    try:
        with Path(found).open("rb") as file:
            first = file.readline(256)
    except OSError:
        return False
    return first.startswith(b"#!") and b"python" in first


def records_itself(words: list[str]) -> bool:
    """Tell whether a command starts Python programs only, which will record themselves.

    >>> records_itself(["python3", "prepare.py"]), records_itself(["python3", "-I", "prepare.py"])
    (True, False)
    >>> records_itself(["sh", "-c", "python3 prepare.py"])
    True
    >>> records_itself(["sh", "-c", "sort a.csv | python3 prepare.py"])
    False
    """
    if not words:
        return False
    name = Path(words[0]).name
    if name in _PROBES:
        return True
    if name in {"sh", "bash", "dash", "zsh"} and words[1:2] == ["-c"] and len(words) == 3:
        line = words[2]
        return not _SHELL_SIGNS.intersection(line) and records_itself(line.split())
    if name == "env":
        rest = [word for word in words[1:] if "=" not in word]
        return not any(word.startswith("-") for word in rest) and records_itself(rest)
    return is_python(words[0]) and not _is_blind(words[1:])


def _is_blind(options: list[str]) -> bool:
    for word in options:
        if not word.startswith("-") or word.startswith("--") or word in {"-m", "-c"}:
            return False
        if _BLINDING.intersection(word[1:]):
            return True
    return False
