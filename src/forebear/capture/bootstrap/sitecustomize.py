"""Starts capture in a Python program that a recorded program has started, before its first line.

The folder of this file is put on PYTHONPATH for that program only. What the program would see
otherwise is put back first: its own PYTHONPATH, its own sitecustomize.
"""

import contextlib
import gc
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


def _is_forebear(words: list[str]) -> bool:
    if words[1:3] == ["-m", "forebear"]:
        return True
    script = next((word for word in words[1:] if not word.startswith("-")), "")
    return os.path.basename(script) == "forebear"


def _is_helper(words: list[str]) -> bool:
    """Tell whether it is the process by which multiprocessing cleans up."""
    return words[-2:-1] == ["-c"] and "resource_tracker import main" in words[-1]


def _start() -> None:
    if os.environ.get("FOREBEAR_CAPTURE") and _is_forebear(sys.orig_argv):
        return  # it looks for itself who has started it
    note = os.environ.pop("FOREBEAR_CAPTURE", None)
    home = os.environ.pop("FOREBEAR_HOME", None)
    if note is None or _is_helper(sys.orig_argv):
        return
    try:
        import forebear  # noqa: F401
    except ImportError:
        if home:
            sys.path.append(home)
    collecting = gc.isenabled()
    gc.disable()  # all that is made now stays: looking for garbage among it is in vain, now
    try:
        from forebear.capture.boot import start_in_child

        start_in_child(note)
    except Exception as error:  # the program comes first, whatever is wrong with us
        with contextlib.suppress(Exception):
            _leave_word(note, error)
    finally:
        gc.freeze()  # and later
        if collecting:
            gc.enable()


def _leave_word(note: str, error: Exception) -> None:
    """Let the record say that this program is missing in it."""
    import json

    told = json.loads(note)
    if "launcher" in told:
        print(f"forebear: this program is not recorded: {error}", file=sys.stderr)
    words = os.path.join(told["folder"], "cache", "words")
    os.makedirs(words, exist_ok=True)
    script = os.path.basename(next((word for word in sys.orig_argv[1:] if word[:1] != "-"), ""))
    name = f"{told.get('root') or told['run']}.{os.getpid()}.unseen"
    with open(os.path.join(words, name), "w") as file:
        file.write(script or "python")


_leave()
_start()
