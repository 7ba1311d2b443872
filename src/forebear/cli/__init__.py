"""The `forebear` command: one file for each group of commands, found by looking in here."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import sys

from forebear import __version__

TYPE_CHECKING = False  # importing typing takes longer than starting a program
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["VERSION", "file_of", "main"]

VERSION = f"forebear {__version__}"

_INTERRUPTED = 130
_BROKEN_PIPE = 141
_INTERNAL = 70
_OBJECTS = 100_000
"""New objects after which garbage is collected."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 is well, 1 a bad finding (`verify`), 2 a request that cannot be answered, 70 a fault of
    ours, 130 an interruption; `run` leaves with the code of the program it ran.
    """
    if (getattr(sys.stdout, "encoding", None) or "").lower() not in {"utf-8", "utf8"}:
        from forebear.cli.plain import write_what_can_be

        write_what_can_be()
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; Python must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    return code


def _run(argv: list[str]) -> int:
    try:
        return _dispatch(argv)
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> int:
    """Say what went wrong, and return the exit code for it."""
    from forebear.core.errors import ForebearError

    if isinstance(error, ForebearError):
        _complain(error.message, error.hint)
        return error.exit_code
    if os.environ.get("FOREBEAR_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    _complain(
        f"internal error ({type(error).__name__}: {error}); please report it",
        "FOREBEAR_DEBUG=1 shows where it happened.",
    )
    return _INTERNAL


def _dispatch(argv: list[str]) -> int:
    if argv == ["--version"]:
        print(VERSION)
        return 0
    from forebear.cli import quick

    code = quick.start(argv)
    if code is not None:
        return code
    if argv[:1] != ["run"]:
        return _command(argv)
    from forebear.cli import recording

    wanted = recording.plan(argv)
    return _command(recording.prepare(argv)) if wanted is None else recording.record(wanted)


def _command(argv: list[str]) -> int:
    from cyclopts import CycloptsError

    from forebear.cli.app import app

    # A command is mostly imports, which make many objects and no garbage: looking for it while
    # they come in, and once more when the process ends, would take a tenth of the time.
    gc.set_threshold(_OBJECTS)
    atexit.register(gc.freeze)
    argv = _common_last(argv)
    _load(argv)
    if sys.stdout.isatty():
        import shutil

        from forebear.client.lines import fit

        fit(shutil.get_terminal_size().columns)
    try:
        code = app(argv, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        from forebear.cli.mistakes import explained

        raise explained(error) from error
    return code if isinstance(code, int) else 0


def _common_last(argv: list[str]) -> list[str]:
    """Return the words with the options that all commands have behind the command.

    >>> _common_last(["--store", "s", "--json", "trace", "churn"])
    ['trace', 'churn', '--store', 's', '--json']
    """
    end = 0
    while end < len(argv) and argv[end].partition("=")[0] in {"--store", "--json"}:
        end += 2 if argv[end] == "--store" else 1
    return [*argv[end:], *argv[:end]] if end < len(argv) else argv


def _load(argv: list[str]) -> None:
    """Import the file of the command that is meant, or all files where that is not said."""
    from forebear.plugins import load_folder

    file = file_of(argv[0]) if argv else None
    if file is not None:
        importlib.import_module(file)
    else:
        load_folder(__name__)


def file_of(command: str) -> str | None:
    """Return which module of this folder has a command, by the texts of the files.

    >>> file_of("trace")
    'forebear.cli.lineage'
    """
    import re  # not above: `run` has no use for it

    from forebear.plugins import module_with

    name = re.escape(command)
    single = rf'@command\(\w+(?:\)\ndef {name}\(|, name="{name}"\))'
    return module_with(__name__, rf'^(?:{single}|\w+(?:: Final)? = commands\(\w+, "{name}")')


def _complain(message: str, hint: str | None) -> None:
    from forebear.client.formats import safe

    print(f"error: {safe(message)}", file=sys.stderr)
    if hint:
        print(f"hint: {safe(hint)}", file=sys.stderr)
