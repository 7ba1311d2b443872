"""What goes on in the background when a run has ended, and where a store is pushed to.

Every recording imports this: it brings nothing along that asking or pushing needs.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from forebear.client.afterwards import VARIABLE as PROFILE
from forebear.client.afterwards import start_afterwards
from forebear.client.config import load_config
from forebear.client.locate import VARIABLE as STORE
from forebear.client.locate import Place
from forebear.core.addresses import without_password

__all__ = [
    "VARIABLE",
    "alone",
    "leave_running",
    "look_later",
    "note_of",
    "profiles_wished",
    "push_later",
    "remote_of",
    "state_of",
]

VARIABLE: Final = "FOREBEAR_REMOTE"
_log = logging.getLogger(__name__)


def push_later(place: Place, address: str | None = None) -> None:
    """Start a push in a process of its own, when a remote is said; never waits, never raises."""
    try:
        said = remote_of(place, address)
        if said is None or not sys.executable:
            return
        state = state_of(place)
        with alone(state) as free:
            if not free:
                return
        leave_running(place, ["push", "--background"], state / "last.log", {VARIABLE: said})
    except Exception as error:
        _log.debug("no push was started: %s", error)


def look_later(place: Place) -> None:
    """Profile and check new data in a process of its own; never waits, never raises."""
    try:
        start_afterwards(str(place.folder), place.address, profiles=profiles_wished(place))
    except Exception as error:
        _log.debug("no look at new data was started: %s", error)


def profiles_wished(place: Place) -> bool:
    """Tell whether new data is to be profiled when a run has ended."""
    assert place.folder is not None
    return (os.environ.get(PROFILE) or load_config(place.folder).profile.new) == "auto"


def leave_running(
    place: Place, words: list[str], log: Path, told: dict[str, str] | None = None
) -> None:
    """Start a command of ours about the store at `place` that goes on when this program is gone.

    What it prints goes to `log`. What it is `told` stands in its environment and not among its
    arguments, which everybody on the machine can read.

    Raises:
        OSError, subprocess.SubprocessError: it can't be started.
    """
    command = [sys.executable, "-P", "-m", "forebear", *words]
    with log.open("wb") as printed:
        # The shell is gone at once and leaves it to nobody in particular.
        subprocess.run(
            ["/bin/sh", "-c", 'nice "$@" &', "sh", *command],
            env={**os.environ, STORE: place.address, **(told or {})},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            start_new_session=True,
            check=True,
        )


def remote_of(place: Place, address: str | None = None) -> str | None:
    """Return where the store at `place` is pushed to, if anywhere.

    A path in config.toml is relative to the folder that holds the store's own.
    """
    said = os.environ.get(VARIABLE) if address is None else address
    if said is not None:
        return said.strip() or None
    if place.is_server:
        return place.address
    assert place.folder is not None
    configured = load_config(place.folder).push.remote.strip()
    if not configured or "://" in configured:
        return configured or None
    return str(place.folder.parent / Path(configured).expanduser())


def state_of(place: Place) -> Path:
    """Return the folder where it is remembered how far pushes from the store at `place` got."""
    assert place.folder is not None
    return place.folder / "push"


@contextmanager
def alone(state: Path) -> Iterator[bool]:
    """Tell whether no other process pushes from this store now, and let others know of us."""
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(state / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        _log.debug("others can't be told of a push from here: %s", error)
        yield True
        return
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        except BlockingIOError:
            free = False
        yield free
    finally:
        os.close(lock)


def note_of(state: Path, address: str) -> Path:
    """Return the file that remembers how far pushes to an address got."""
    place = address if "://" in address else str(Path(address).expanduser().absolute())
    return state / f"{_short(without_password(place))}.json"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
