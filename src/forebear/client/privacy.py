"""Privacy: what in an event tells who somebody is, and is not written into it."""

from __future__ import annotations

from pathlib import Path

from forebear.core.concealment import Concealer
from forebear.store import IDENTITIES
from forebear.store.identities import FileIdentities

__all__ = ["concealment"]


def concealment(folder: Path) -> Concealer:
    """Return what takes personal data out of the events of this process.

    Commitments stand in their place; the values lie in the store's `folder`, where they can be
    erased. All that has to be read for it is read now, before files are watched.
    """
    return FileIdentities(folder / IDENTITIES).concealer()
