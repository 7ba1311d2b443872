"""The note that `forebear run` leaves for the program that it starts."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["ChildNote"]


class ChildNote(Struct, frozen=True, kw_only=True):
    """What the recorded program has to know to record itself."""

    run: str
    folder: str
    script: str | None = None
    sandbox: str | None = None
    """When set, files may be opened for writing below this folder only."""
    describe: bool = False
    """The program is started by something else than Python and describes its environment itself."""
