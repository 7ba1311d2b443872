"""Privacy: what in an event tells who somebody is, and is not written into it."""

from __future__ import annotations

import contextlib
import getpass
from pathlib import Path

from forebear.core.concealment import Concealer
from forebear.store import IDENTITIES
from forebear.store.identities import FileIdentities

__all__ = ["concealment"]


def concealment(folder: Path) -> Concealer:
    """Return what takes personal data out of the events of this process.

    Commitments stand in their place; the values lie in the store's `folder`, where they can be
    erased. All that has to be read for it is read now, before files are watched.

    Raises:
        StoreUnwritable: nothing can be kept there.
    """
    identities = FileIdentities(folder / IDENTITIES)
    with contextlib.suppress(KeyError, OSError):
        identities.commitment(getpass.getuser())  # the first event says it, which is too late
    return identities.concealer()
