"""`forebear run`: record a program."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from forebear.cli.app import RECORD, command
from forebear.cli.recording import Plan, record

__all__ = ["run"]


@command(RECORD)
def run(
    *words: str,
    store: str | None = None,
    quiet: bool = False,
    module: Annotated[str | None, Parameter(name=["--module", "-m"])] = None,
    inputs: Annotated[list[str] | None, Parameter(name="--in", negative="")] = None,
    outputs: Annotated[list[str] | None, Parameter(name="--out", negative="")] = None,
    watch: bool | None = None,
    emit: str | None = None,
    keep_output: bool = False,
    direct: Annotated[bool, Parameter(show=False)] = False,
) -> int:
    """Run a program and record where its results come from; not a line of it is changed.

    `forebear run train.py --depth 4` runs a script, `forebear run -m package.train` a module,
    `forebear run -- make all` any command. Its output and its exit code are its own; one line
    about the record goes to the error output at the end.

    Parameters
    ----------
    words
        The script and its arguments. Options of forebear come before the script.
    store
        The store to record into (default: FOREBEAR_STORE, else .forebear here or above, else a
        new one here).
    quiet
        Leave out the line about the record.
    module
        Run a module instead of a script.
    inputs
        A file, folder or pattern that the program reads, where that can't be seen; repeatable.
    outputs
        The same for what it writes.
    watch
        Ask the operating system which files the program and all that it starts open. This is
        done of itself for a program that is not Python.
    emit
        Send the run to another tool when it has ended: openlineage:URL or openlineage:FILE.
    keep_output
        Keep a copy of what it prints, without secrets, for `forebear output` and the pages.
    """
    return record(
        Plan(
            words=list(words),
            store=store,
            quiet=quiet,
            module=module,
            direct=direct,
            inputs=inputs or [],
            outputs=outputs or [],
            watch=watch,
            emit=emit,
            keep_output=keep_output,
        )
    )
