"""`forebear run`: record a program."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from forebear.cli.app import RECORD, command
from forebear.client.client import connect
from forebear.client.locate import place_for_recording
from forebear.core.errors import ForebearError, InvalidInput

__all__ = ["prepare", "run"]


def prepare(argv: Sequence[str]) -> list[str]:
    """Return the command line with everything that is the program's own put behind `--`.

    What follows the script, `-m module` or `--` is never read as an option of forebear.

    >>> prepare(["run", "train.py", "--store", "mine"])
    ['run', '--', 'train.py', '--store', 'mine']
    >>> prepare(["run", "--quiet", "-m", "pkg.train", "-v"])
    ['run', '--quiet', '--module', 'pkg.train', '--', '-v']
    >>> prepare(["run", "--", "make", "all"])
    ['run', '--direct', '--', 'make', 'all']
    """
    words = list(argv)
    if words[:1] != ["run"]:
        return words
    position = 1
    while position < len(words):
        word = words[position]
        if word == "--":
            return [*words[:position], "--direct", "--", *words[position + 1 :]]
        if word in {"-m", "--module"}:
            module = words[position + 1 : position + 2]
            return [*words[:position], "--module", *module, "--", *words[position + 2 :]]
        if not word.startswith("-"):
            return [*words[:position], "--", *words[position:]]
        position += 2 if word == "--store" else 1
    return words


@command(RECORD)
def run(
    *words: str,
    store: str | None = None,
    quiet: bool = False,
    module: Annotated[str | None, Parameter(name=["--module", "-m"])] = None,
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
    """
    from forebear.capture.launch import launch, program_of

    place = place_for_recording(store)
    if place.folder is None:
        raise InvalidInput(
            f"Recording into {place} is not possible yet: programs are recorded into a folder.",
            hint="Leave FOREBEAR_STORE unset, or name a folder.",
        )
    program = program_of(words, module=module, direct=direct)
    finished = launch(program, place.folder)
    if not quiet:
        print(_line(finished.run, finished.dropped, place.folder), file=sys.stderr)
    return finished.exit_code


def _line(run: str, dropped: int, folder: Path) -> str:
    """Return the line about the record; whatever is wrong with the store must not hide the run."""
    try:
        with connect(str(folder)) as client:
            notes = "".join(f"\nforebear: {note}" for note in client.notes)
    except ForebearError as error:
        return f"forebear: recorded run {run}, but the store can't be read now: {error}"
    lost = f" ({dropped} facts were lost: the disk did not take them)" if dropped else ""
    return f"forebear: recorded run:{run}{lost}; `forebear show run:{run[:13]}`{notes}"
