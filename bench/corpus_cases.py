"""Runs a case of `tests/corpus` in a fresh folder, and says what it did, seen from outside."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from subprocess import DEVNULL, Popen

from msgspec import Struct

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from corpus.agreement import files_in
from corpus.truth import Case

PLAIN = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "LOKY_MAX_CPU_COUNT": "2",
    "PYTHONDONTWRITEBYTECODE": "",
}
TIMES = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?|\b\d+\.\d+ ?s\b")
"""What scripts write that differs from run to run anyhow: the time."""


class Behaviour(Struct, kw_only=True):
    """What a case did, seen from outside."""

    codes: list[int]
    said: list[bytes]
    """Output and errors of each command."""
    files: set[str]
    cpu: float
    """Seconds, user and system, children included."""


def behaviour(
    case: Case,
    folder: Path,
    prefix: list[str],
    *,
    python: str = sys.executable,
    prepare: Callable[[Path], None] | None = None,
) -> tuple[Behaviour, set[str]]:
    """Run a case in a fresh folder; return what it did and which files lay there before.

    `prepare` does what has been done there on an earlier day.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    case.truth.make(folder)
    inputs = files_in(folder)
    case.copy(folder)
    if prepare is not None:
        prepare(folder)
    done = Behaviour(codes=[], said=[], files=set(), cpu=0.0)
    for command in case.truth.commands:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            process = Popen(
                [python, *prefix, *command.split()],
                cwd=folder,
                env={k: v for k, v in os.environ.items() if k != "FOREBEAR_STORE"} | PLAIN,
                stdin=DEVNULL,
                stdout=out,
                stderr=errors,
            )
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            done.codes.append(process.returncode)
            done.cpu += used.ru_utime + used.ru_stime
            for stream in (out, errors):
                stream.seek(0)
                done.said.append(TIMES.sub(b"TIME", stream.read().replace(bytes(folder), b"HERE")))
    done.files = files_in(folder) - inputs
    return done, inputs
