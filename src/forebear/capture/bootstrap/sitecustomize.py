"""Starts capture in a Python program that `forebear run` has started, before its first line.

The folder of this file is put on PYTHONPATH for that program only. What the program would see
otherwise is put back first: its own PYTHONPATH, its own sitecustomize.
"""

import contextlib
import os
import sys


def _leave() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [place for place in sys.path if os.path.abspath(place or ".") != here]
    before = os.environ.pop("FOREBEAR_PYTHONPATH", None)
    if before:
        os.environ["PYTHONPATH"] = before
    else:
        os.environ.pop("PYTHONPATH", None)
    ours = sys.modules.pop("sitecustomize", None)
    with contextlib.suppress(ImportError):
        # The program's own, if it has one.
        import sitecustomize  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: F401
    if ours is not None:
        sys.modules.setdefault("sitecustomize", ours)  # the import of ours is still going on


def _start() -> None:
    note = os.environ.pop("FOREBEAR_CAPTURE", None)
    home = os.environ.pop("FOREBEAR_HOME", None)
    if note is None:
        return
    try:
        import forebear  # noqa: F401
    except ImportError:
        if not home:
            return
        sys.path.append(home)
    try:
        from forebear.capture.boot import start_in_child

        start_in_child(note)
    except Exception as error:  # the program comes first, whatever is wrong with us
        print(f"forebear: this program is not recorded: {error}", file=sys.stderr)


_leave()
_start()
