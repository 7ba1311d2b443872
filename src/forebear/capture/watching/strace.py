"""Following a program with strace: every file that it and its children open.

strace stops a program only at the system calls that are asked for (`--seccomp-bpf`), so reading
and writing cost nothing; without that a program may take a hundred times as long, and strace is
not used. It runs beside the program (`-D`), which stays our own child with its own process id.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Final, NamedTuple

from forebear.capture.session import Session
from forebear.capture.watching.watched import Watched

__all__ = ["Strace", "find_strace"]

_CALLS: Final = (
    "open,openat,openat2,creat,execve,rename,renameat,renameat2,chdir,fork,vfork,clone,clone3"
)
_OPTIONS: Final = (
    "-D",
    "-f",
    "-q",
    "-y",
    "-ttt",
    "-s",
    "4096",
    "--seccomp-bpf",
    "-e",
    "signal=none",
)
_LINE: Final = re.compile(r"(\d+) +([\d.]+) (\w+)\((.*)\) += (-?\d+)(?:<(/.*)>)?")
_RESUMED: Final = re.compile(r"(\d+) +[\d.]+ <\.\.\. (\w+) resumed>(.*)")
_ENDED: Final = re.compile(r"(\d+) +[\d.]+ \+\+\+ ")
_CWD: Final = re.compile(r"AT_FDCWD<([^>]*)>")
_PATH: Final = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')
_UNFINISHED: Final = " <unfinished ...>"
_LOOK: Final = 0.02
_PATIENCE: Final = 5.0


def find_strace() -> str | None:
    """Return strace, if it is here, may follow programs, and can do so at little cost."""
    strace = shutil.which("strace")
    if strace is None:
        return None
    probe = [strace, *_OPTIONS, "-e", "trace=openat", "-o", os.devnull, "true"]
    try:
        done = subprocess.run(probe, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    # Where it may not follow, it says so and runs the program all the same.
    return strace if done.returncode == 0 and not done.stderr else None


class Strace:
    """Follows one program to its end."""

    def __init__(self, session: Session, strace: str) -> None:
        self._strace = strace
        self._watched = Watched(session)
        handle, name = tempfile.mkstemp(prefix="trace-", dir=session.folder)
        os.close(handle)
        # A file, not a pipe: what goes on in the background is followed when we are gone.
        self._file = Path(name)
        self._over = threading.Event()
        self._root = 0
        self._cwd: dict[int, str] = {}
        self._begun: dict[int, str] = {}
        self._reader = threading.Thread(target=self._read_on, daemon=True)

    def command(self, words: list[str]) -> list[str]:
        """Return the command that runs `words` and follows them."""
        return [
            self._strace, *_OPTIONS, "-e", f"trace={_CALLS}", "-o", str(self._file), "--", *words
        ]  # fmt: skip

    def follow(self, process: int, *, inherits: bool) -> None:
        """Begin to read what is written of the program, which has this process id.

        `inherits` says that it has our own standard input and output.
        """
        self._root = process
        if inherits:
            self._watched.given()
        self._reader.start()

    def finish(self) -> None:
        """Read to the program's end and complete the record."""
        self._over.set()
        if self._root:
            self._reader.join()
        self._file.unlink(missing_ok=True)
        self._watched.finish()

    def _read_on(self) -> None:
        rest, until = b"", None
        with self._file.open("rb") as file:
            while True:
                data = rest + file.read(1 << 20)
                *lines, rest = data.split(b"\n")
                if lines:
                    # It holds command lines as they are: whatever becomes of us, it shall not stay.
                    self._file.unlink(missing_ok=True)
                ends = [self._take(line.decode("ascii", "replace")) for line in lines]
                if self._root in ends:
                    return
                if self._over.is_set():
                    until = until or time.monotonic() + _PATIENCE
                    if time.monotonic() > until:
                        return
                if not lines:
                    time.sleep(_LOOK)

    def _take(self, line: str) -> int | None:
        """Take in one line; return the process that it says has ended."""
        ended = _ENDED.match(line)
        if ended:
            self._begun.pop(int(ended[1]), None)
            self._watched.ended(int(ended[1]))
            return int(ended[1])
        if line.endswith(_UNFINISHED):
            process = int(line.partition(" ")[0])
            self._begun[process] = line.removesuffix(_UNFINISHED)
            return None
        resumed = _RESUMED.match(line)
        if resumed:
            line = self._begun.pop(int(resumed[1]), "") + resumed[3]
        found = _LINE.match(line)
        if found and not found[5].startswith("-"):
            self._happened(_Call(int(found[1]), float(found[2]), *found.groups()[2:]))
        return None

    def _happened(self, call: _Call) -> None:
        process, told, watched = call.process, call.told, self._watched
        cwd = _CWD.search(told)
        if cwd:
            self._cwd[process] = _plain(cwd[1])
        if call.name in {"open", "openat", "openat2", "creat"}:
            flags = told.rpartition('"')[2]
            if call.path is not None and "O_DIRECTORY" not in flags and "O_PATH" not in flags:
                writes = call.name == "creat" or "O_WRONLY" in flags or "O_RDWR" in flags
                watched.opened(process, _plain(call.path), writes=writes, at=call.at)
        elif call.name == "execve":
            watched.executed(process, self._paths(process, told)[0], at=call.at)
        elif call.name == "chdir":
            self._cwd[process] = self._paths(process, told)[0]
        elif call.name.startswith("rename"):
            source, target, *_ = self._paths(process, told)
            watched.moved(process, source, target)
        else:
            watched.forked(process, int(call.result))
            self._cwd.setdefault(int(call.result), self._cwd.get(process, "/"))

    def _paths(self, process: int, told: str) -> list[str]:
        """Return the files that a call names, by absolute path."""
        here = self._cwd.get(process, "/")
        return [
            os.path.normpath(os.path.join(_plain(folder) or here, _plain(name)))  # noqa: PTH118
            for folder, name in _PATH.findall(told)
        ]


class _Call(NamedTuple):
    """One system call that went well, as strace tells it."""

    process: int
    at: float
    name: str
    told: str
    result: str
    path: str | None


def _plain(text: str) -> str:
    r"""Return a text of strace without its escapes.

    >>> _plain(r"t\303\244st\n")
    'täst\n'
    """
    if "\\" not in text:
        return text
    return os.fsdecode(text.encode("ascii").decode("unicode_escape").encode("latin-1"))
