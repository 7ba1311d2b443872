"""The note that a recorded program's starter leaves for it: `forebear run`, or another program."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["ChildNote"]


class ChildNote(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a program has to know to record itself."""

    run: str
    """The run that the starter records."""
    folder: str
    root: str | None = None
    """The outermost run, whose spools these are; None when it is `run`."""
    parent: str | None = None
    """What went on in the starter when it started the program; None when that was `run`."""
    launcher: int | None = None
    """The process id of `forebear run`: the program that it starts itself is the run."""
    begins: bool = False
    """The program that it starts says itself that the run began, and how it ended."""
    script: str | None = None
    sandbox: str | None = None
    """When set, files may be opened for writing below this folder only."""
    describe: bool = False
    """The run itself has to describe its environment: `forebear run` can't know it."""
    watched: bool = False
    """What it starts that is no Python is watched from outside."""
    prefix: str | None = None
    """The environment that is described already: a run inside another one describes its own."""
