"""What programs do on a disk that is full, read-only, or says that it could not write.

    python disk.py SCENARIO FOLDER

Runs one scenario in this process, in which the disk then is bad for good, and prints as JSON
what was acknowledged and what was said. FOLDER holds a store, or will.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import resource
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import forebear as fb
from forebear.cli import main as command
from forebear.client.spool import SpoolHeader, SpoolWriter
from forebear.core.errors import ForebearError
from forebear.core.events import ParamsLogged
from forebear.store import open_store

_SYNCING: Final = {"x86_64": (74, 75), "aarch64": (82, 83)}
"""The numbers of the system calls fsync and fdatasync."""
_EIO: Final = 5
_MOST: Final = 20_000


def refuse_to_sync() -> None:
    """Make every fsync of this process fail from now on, for SQLite's own code too (seccomp)."""
    load, equal, answer = 0x20, 0x15, 0x06  # BPF: load a word, jump if equal, return
    refuse, allow = 0x00050000 | _EIO, 0x7FFF0000
    first, second = _SYNCING[platform.machine()]
    program = [
        (load, 0, 0, 0),
        (equal, 1, 0, first),
        (equal, 0, 1, second),
        (answer, 0, 0, refuse),
        (answer, 0, 0, allow),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *line) for line in program))
    filter_ = struct.pack("<HxxxxxxQ", len(program), ctypes.addressof(code))
    library = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_seccomp, by_filter = 38, 22, 2
    if library.prctl(no_new_privileges, 1, 0, 0, 0) or library.prctl(
        set_seccomp, by_filter, filter_, 0, 0
    ):
        raise SystemExit(77)


def no_file_above(size: int) -> None:
    """Let no file grow beyond `size`."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def spool(folder: Path, spoil: Callable[[], None]) -> dict[str, Any]:
    """Append and sync until it is refused."""
    writer = SpoolWriter(folder / "spool", SpoolHeader(run="r", pid=1, host="h"))
    appended, synced, said = 0, 0, ""
    spoil()
    try:
        for number in range(_MOST):
            writer.append(ParamsLogged(run="r", params={"number": number, "text": "x" * 100}))
            appended = number + 1
            if appended % 10 == 0:
                writer.sync()
                synced = appended
    except ForebearError as error:
        said = str(error)
    return {"appended": appended, "synced": synced, "said": said}


def store(folder: Path, spoil: Callable[[], None]) -> dict[str, Any]:
    """Append to the ledger until it is refused, and once more."""
    known: list[str] = []
    said: list[str] = []
    ledger = open_store(folder, create=True)
    for number in range(_MOST):
        if number == 3:
            spoil()
        event = ParamsLogged(run="r", params={"number": number, "text": "x" * 1000})
        try:
            ledger.append([event])
            known.append(event.id)
        except ForebearError as error:
            said.append(f"{type(error).__name__}: {error}")
            if len(said) == 2:
                break
    return {"known": known, "said": said}


def program(folder: Path, spoil: Callable[[], None]) -> dict[str, Any]:
    """Record through the SDK; the program itself must come to its end."""
    os.environ["FOREBEAR_STORE"] = str(folder)
    done = 0
    spoil()
    with fb.run("job") as run:
        for number in range(3000):
            fb.log_params({f"p{number}": "x" * 100})
            done += 1
    return {"done": done, "run": run.id}


def ask(folder: Path, *words: str) -> dict[str, Any]:
    """Run a command; its output goes where ours goes, its code is told."""
    return {"code": command([*words, "--store", str(folder)])}


def main() -> None:
    """Run the scenario that is named: WORK:SPOIL[:SIZE], or `ask:` and a command."""
    scenario, folder = sys.argv[1], Path(sys.argv[2])
    work, _, how = scenario.partition(":")
    if work == "ask":
        result = ask(folder, *how.split())
    else:
        spoils = {"sync": refuse_to_sync, "nothing": lambda: None}
        size = how.removeprefix("size=")
        spoil = spoils.get(how) or (lambda: no_file_above(int(size)))
        result = {"spool": spool, "store": store, "program": program}[work](folder, spoil)
    os.write(1, json.dumps(result).encode())


if __name__ == "__main__":
    main()
