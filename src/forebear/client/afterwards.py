"""What is done when a run has ended: a process in the background profiles and checks new data.

`forebear run` imports this at its quickest: it brings along next to nothing. The work itself is in
`looking_after`.
"""

from __future__ import annotations

import os
import sys

__all__ = ["FOLDER", "VARIABLE", "news", "start_afterwards"]

FOLDER = "afterwards"
"""The folder in a store for what is remembered of it."""
WANTED = "wanted"
"""The file that is there while something may be new."""
NEWS = "news"
VARIABLE = "FOREBEAR_PROFILE"
_WORK = ("-P", "-m", "forebear", "quality", "watch", "--background")
_IN_TESTS = "PYTEST_CURRENT_TEST"
_RULES = "forebear.toml"
_SUITES = "quality"


def start_afterwards(folder: str, address: str, *, profiles: bool = True) -> None:
    """Leave a process at work on the store in `folder`; never waits for it, never raises.

    Where one is at it already, that one sees that there is more. A test leaves none behind.
    """
    try:
        if _IN_TESTS in os.environ or not sys.executable:
            return
        checks = _installed("duckdb") and _has_suites(os.path.dirname(folder))
        if not checks and not (profiles and _installed("pyarrow")):
            return
        state = f"{folder}/{FOLDER}"
        os.makedirs(state, mode=0o700, exist_ok=True)
        with open(f"{state}/{WANTED}", "w", encoding="ascii"):
            pass
        if not _at_work(state):
            _start(state, address)
    except Exception as error:
        import logging

        logging.getLogger(__name__).debug("nothing was started afterwards: %s", error)


def news(folder: str) -> list[str]:
    """Return what was found in the background and nobody was told yet."""
    path = f"{folder}/{FOLDER}/{NEWS}"
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        os.unlink(path)
    except (OSError, ValueError):
        return []
    return lines


def _at_work(state: str) -> bool:
    import fcntl

    lock = os.open(f"{state}/lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _start(state: str, address: str) -> None:
    log = f"{state}/last.log"
    # The shell is gone at once and leaves it to nobody in particular.
    child = os.posix_spawn(
        "/bin/sh",
        ["/bin/sh", "-c", 'nice "$@" &', "sh", sys.executable, *_WORK],
        {**os.environ, "FOREBEAR_STORE": address},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=sys.platform == "linux",
    )
    os.waitpid(child, 0)


def _installed(library: str) -> bool:
    return any(os.path.isdir(os.path.join(place, library)) for place in sys.path)


def _has_suites(beside: str) -> bool:
    """Tell whether there may be suites: here, by the rules, or beside the store."""
    places = [os.getcwd(), beside]
    for start in tuple(places):
        rules = _rules_above(start)
        if rules is not None:
            with open(os.path.join(rules, _RULES), encoding="utf-8") as file:
                if f"[{_SUITES}." in file.read():
                    return True
            places.append(rules)
    folders = [os.path.join(place, _SUITES) for place in dict.fromkeys(places)]
    return any(
        name.endswith(".toml")
        for folder in folders
        if os.path.isdir(folder)
        for name in os.listdir(folder)
    )


def _rules_above(at: str) -> str | None:
    """Return the folder of the nearest rules of a project, if there are some."""
    while not os.path.isfile(os.path.join(at, _RULES)):
        above = os.path.dirname(at)
        if above == at:
            return None
        at = above
    return at
