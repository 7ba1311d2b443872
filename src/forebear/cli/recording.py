"""The work behind `forebear run`, free of what the other commands need to print their answers.

Recording a short program should not cost more than the program: a plain `forebear run ...` is
read here (`plan`), without the command line library.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from forebear.capture.declared import Declared
from forebear.capture.launch import Finished, launch, program_of
from forebear.capture.processes import outer_store
from forebear.client.afterwards import news
from forebear.client.background import look_later, push_later
from forebear.client.locate import VARIABLE, Place, place_for_recording
from forebear.client.spool import spools_of
from forebear.core.errors import ForebearError

__all__ = ["Plan", "plan", "prepare", "record"]

_MANY: Final = 40
"""Spools waiting for the ledger from which on `run` itself takes them in."""


class Plan(Struct, frozen=True, kw_only=True):
    """What is to be run, and recorded where."""

    words: list[str]
    store: str | None = None
    inputs: list[str] = []
    outputs: list[str] = []
    watch: bool | None = None
    emit: str | None = None
    """Where the run is sent when it has ended."""
    quiet: bool = False
    module: str | None = None
    keep_output: bool = False
    direct: bool = False


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
        position += 2 if word in {"--store", "--in", "--out", "--emit"} else 1
    return words


def plan(argv: Sequence[str]) -> Plan | None:
    """Read a plain `run` command line; None for what needs the whole command line library.

    >>> plan(["run", "--store", "s", "train.py", "-v"]).words
    ['train.py', '-v']
    >>> plan(["run", "--help"]) is None
    True
    """
    words = prepare(argv)
    if words[:1] != ["run"] or "--" not in words:
        return None
    end = words.index("--")
    options, program = words[1:end], words[end + 1 :]
    said: dict[str, str | bool] = {}
    named: dict[str, list[str]] = {"--in": [], "--out": []}
    while options:
        word = options.pop(0)
        if word in {"--quiet", "--direct", "--watch", "--no-watch", "--keep-output"}:
            said[word[2:]] = True
        elif word in named and options:
            named[word].append(options.pop(0))
        elif word in {"--store", "--module", "--emit"} and options:
            said[word[2:]] = options.pop(0)
        else:
            return None
    return Plan(
        words=program,
        store=str(said["store"]) if "store" in said else None,
        module=str(said["module"]) if "module" in said else None,
        inputs=named["--in"],
        outputs=named["--out"],
        emit=str(said["emit"]) if "emit" in said else None,
        watch=True if "watch" in said else False if "no-watch" in said else None,
        quiet="quiet" in said,
        direct="direct" in said,
        keep_output="keep-output" in said,
    )


def record(wanted: Plan) -> int:
    """Run and record a program, and return its exit code."""
    place = place_for_recording(wanted.store or outer_store())
    assert place.folder is not None
    if wanted.emit is not None:
        from forebear.client.emitting import check

        check(wanted.emit)  # said before the program has run for hours
    program = program_of(wanted.words, module=wanted.module, direct=wanted.direct)
    # What the program asks by itself is asked there too.
    asks = {} if place.url is None else {VARIABLE: place.url}
    finished = launch(
        program,
        place.folder,
        extra_environment=asks,
        watch=wanted.watch,
        declared=Declared(inputs=wanted.inputs, outputs=wanted.outputs),
        keep_output=wanted.keep_output,
    )
    _take_in(place, place.folder)
    push_later(place)
    look_later(place)
    if wanted.emit is not None:
        _emit(place, wanted.emit, finished.run)
    if not wanted.quiet:
        for text in news(str(place.folder)):
            print(f"forebear: {text}", file=sys.stderr)
        print(_line(finished), file=sys.stderr)
    return finished.exit_code


def _emit(place: Place, to: str, run: str) -> None:
    """Send the run to another tool in the background, and say what still waits."""
    from forebear.client.emitting import emit_later, waiting

    before = waiting(place, to)
    emit_later(place, to, run)
    if before:
        runs = "run was" if len(before) == 1 else "runs were"
        print(f"forebear: {len(before)} earlier {runs} not sent yet; tried again", file=sys.stderr)


def _take_in(place: Place, folder: Path) -> None:
    """Bring what is recorded into the ledger when much is waiting for it.

    Whoever asks next does it anyway; it is put off because it costs more than most recordings.
    """
    if len(spools_of(folder / "spool")) < _MANY:
        return
    from forebear.client.client import connect

    try:
        with connect(place.address) as client:
            for note in client.notes:
                print(f"forebear: {note}", file=sys.stderr)
    except ForebearError as error:
        print(f"forebear: the store can't be read now: {error}", file=sys.stderr)


def _line(finished: Finished) -> str:
    run, dropped = finished.run, finished.dropped
    lost = f" ({dropped} facts were lost: the disk did not take them)" if dropped else ""
    return f"forebear: recorded run:{run}{lost}; `forebear show run:{run[:13]}`"
