"""Privacy: what in an event tells who somebody is, and is not written into it."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path

from forebear.core.commitments import concealer
from forebear.store import IDENTITIES
from forebear.store.identities import FileIdentities

__all__ = ["concealment"]


def concealment(folder: Path) -> Callable[[bytes], bytes]:
    """Return what takes the user's name and home folder out of an event's bytes.

    Commitments stand in their place; the values lie in the store's `folder`, where they can be
    erased.

    Raises:
        StoreUnwritable: they are new there and cannot be kept.
    """
    identities = FileIdentities(folder / IDENTITIES)
    names = [name] if (name := _user()) else []
    places = [str(home) for home in _homes()]
    return concealer(
        {name: identities.commitment(name) for name in names},
        {place: identities.commitment(place) for place in places},
    )


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None


def _homes() -> set[Path]:
    """Return the home folder as it is named and as it is, where its path names a person."""
    try:
        home = Path.home()
        return {path for path in (home, home.resolve()) if len(path.parts) > len(("/", "home"))}
    except (RuntimeError, OSError):
        return set()
