"""`forebear run script.py` in the usual case, at the cost of little more than a second interpreter.

The program records itself, its surroundings and how it ended; this process starts it, waits, and
looks at the end whether that is written. It imports next to nothing, because what is imported
here is imported once more in the program. Whatever is out of the ordinary is left to
`recording`: `start` says so by returning None before anything is started.
"""

from __future__ import annotations

import os
import sys

# What lies under the module `signal`: that makes an enumeration of every number first.
from _signal import (  # type: ignore[import-not-found]
    SIGHUP,
    SIGINT,
    SIGTERM,
    signal,
)

TYPE_CHECKING = False  # importing typing takes longer than starting a program
if TYPE_CHECKING:
    from typing import Final

__all__ = ["start"]

_FOLDER: Final = ".forebear"
_VARIABLES: Final = tuple(
    f"FOREBEAR_{word}" for word in ("STORE", "REMOTE", "CAPTURE", "BLOBS", "PROFILE")
)
_MANY: Final = 40
"""Spools waiting for the ledger from which on the usual way takes them in."""
_TAIL: Final = 65_536


def start(argv: list[str]) -> int | None:
    """Run and record a program, and return its exit code; None where that takes more."""
    if argv[:1] != ["run"] or sys.platform != "linux" or not sys.executable:
        return None
    quiet = argv[1:2] == ["--quiet"]
    words = argv[2:] if quiet else argv[1:]
    if not words or words[0].startswith("-") or not os.path.isfile(words[0]):
        return None
    if any(os.environ.get(name) for name in _VARIABLES):
        return None
    folder = _ready_store()
    if folder is None or not _is_plain(folder + os.path.abspath(words[0])):
        return None
    from forebear.client.afterwards import news, start_afterwards
    from forebear.core.ids import new_id

    run = new_id()
    child = _spawn(run, folder, words)
    code = _wait(child)
    if code != 0 or not _told(folder, run, child):
        code = _conclude(run, folder, words, code)
    start_afterwards(folder, folder)
    if not quiet:
        for text in news(folder):
            print(f"forebear: {text}", file=sys.stderr)
        print(f"forebear: recorded run:{run}; `forebear show run:{run[:13]}`", file=sys.stderr)
    return code


def _ready_store() -> str | None:
    """Return the nearest store's folder if it is complete, local and has little waiting."""
    at = os.getcwd()
    while not os.path.isfile(f"{at}/{_FOLDER}/config.toml"):
        if os.path.isfile(f"{at}/{_FOLDER}/ledger.db"):
            return None
        above = os.path.dirname(at)
        if above == at:
            return None
        at = above
    folder = f"{at}/{_FOLDER}"
    try:
        with open(f"{folder}/config.toml", encoding="utf-8") as file:
            said = [line.strip() for line in file]
        waiting = len(os.listdir(f"{folder}/spool"))
    except (OSError, ValueError):
        return None
    # Another store, or a wish about profiles of new data.
    elsewhere = any(line.startswith(("url", "remote", "[store]", "new")) for line in said)
    home = os.path.exists(f"{folder}/home/forebear") and os.path.exists(f"{folder}/home/msgspec")
    return folder if home and not elsewhere and waiting < _MANY else None


def _is_plain(text: str) -> bool:
    """Tell whether text stands in JSON as it is: importing json takes as long as all else here."""
    return text.isascii() and text.isprintable() and '"' not in text and "\\" not in text


def _spawn(run: str, folder: str, words: list[str]) -> int:
    script = os.path.abspath(words[0])
    note = (
        f'{{"run":"{run}","folder":"{folder}","launcher":{os.getpid()}'
        f',"script":"{script}","begins":true}}'
    )
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    before = os.environ.get("PYTHONPATH")
    bootstrap = f"{here}/capture/bootstrap"
    told = {
        "FOREBEAR_CAPTURE": note,
        "FOREBEAR_HOME": f"{folder}/home",
        "PYTHONPATH": bootstrap + (os.pathsep + before if before else ""),
    }
    if before:
        told["FOREBEAR_PYTHONPATH"] = before
    command = [sys.executable, *words]
    sys.stdout.flush()
    return os.posix_spawn(sys.executable, command, {**os.environ, **told})


def _wait(child: int) -> int:
    """Wait for the program and return its exit code, negative for a signal; pass signals on."""

    def passed(number: int, _: object) -> None:
        try:
            os.kill(child, number)
        except ProcessLookupError:
            return

    for number in (SIGTERM, SIGHUP):
        signal(number, passed)
    signal(SIGINT, lambda *_: None)  # the terminal has sent it to the program too
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _told(folder: str, run: str, child: int) -> bool:
    """Tell whether the program has recorded that it finished."""
    spool, ours = f"{folder}/spool", f"{run}.{child}."
    try:
        last = max(name for name in os.listdir(spool) if name.startswith(ours))
        with open(f"{spool}/{last}", "rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            tail = file.read()
    except (OSError, ValueError):
        return False
    said = tail[tail.rfind(b'"event":"run-ended"') :]
    return f'"run":"{run}"'.encode() in said and b'"status":"finished"' in said


def _conclude(run: str, folder: str, words: list[str], code: int) -> int:
    """Record how a program ended that has not said it itself."""
    from pathlib import Path

    from forebear.capture.launch import conclude

    return conclude(run, Path(folder), script=words[0], command=[sys.executable, *words], code=code)
