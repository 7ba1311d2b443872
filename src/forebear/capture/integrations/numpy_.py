"""NumPy: the files that it reads and writes, and its seeds.

Its functions on arrays are left alone: compilers and libraries for units know them by identity.
What they make is recognised later, by the values of its columns or by what the code says.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any, Final

from forebear.capture.archives import lengths_in, place_in, rows_in
from forebear.capture.datafiles import data_read, data_written, place_of
from forebear.capture.passage import SAME, Columns, Feed, Passage, Relation, names_of
from forebear.capture.patching import Call, Patches, marked
from forebear.capture.plain import plain
from forebear.capture.session import Session, active
from forebear.capture.tracker import Operation

__all__ = ["MODULES"]

_READERS: Final = {
    "load": "npy",
    "loadtxt": "text",
    "genfromtxt": "text",
    "fromfile": "binary",
    "fromregex": "text",
}
_WRITERS: Final = {"save": "npy", "savetxt": "text"}
_ARCHIVES: Final = ("savez", "savez_compressed")
_SOURCES: Final = ("file", "fname", "filename")


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe the functions that read and write files."""
    for name, format in _READERS.items():
        patches.observe(module, name, partial(_after_read, format=format))
    for name, format in _WRITERS.items():
        patches.observe(module, name, partial(_after_write, format=format))
    for name in _ARCHIVES:
        patches.observe(module, name, _after_archive)
    archive = module.lib.npyio.NpzFile
    patches.replace(archive, "__getitem__", _from_archive(archive.__getitem__))


def patch_random(patches: Patches, module: ModuleType) -> None:
    """Observe the seeds of random numbers.

    A compiler that is already there knows `numpy.random.seed` by identity.
    """
    if "numba" not in sys.modules:
        patches.observe(module, "seed", _after_seed)
    patches.observe(module, "default_rng", _after_seed)


def _after_seed(call: Call, result: Any) -> None:
    seed = call.argument(0, "seed")
    if seed is not None and call.direct and not hasattr(seed, "bit_generator"):
        call.session.params({f"seed.numpy.{call.function}": plain(seed)})


def _after_read(call: Call, result: Any, *, format: str) -> None:
    source = call.argument(0, *_SOURCES)
    params = call.options(*_SOURCES)
    name = f"numpy.{call.function}"
    data_read(call, source, result, name, format=format, params=params, whole=not params)
    call.session.tracker.hold(call.site, call.function, result)


def _from_archive(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the archive's `__getitem__`, which also ties each array to the file."""

    @functools.wraps(original)
    def followed(self: Any, key: str) -> Any:
        result = original(self, key)
        session = active()
        if session is not None:
            session.tracker.derive(
                result, (self,), f"[{key}]", seen=partial(_member, session, result, key)
            )
        return result

    return marked(followed, original)


def _member(
    session: Session, array: Any, key: str, operation: Operation, parents: list[Any]
) -> Passage | None:
    """Return what an array of an archive is: the archive's column of that name."""
    origin = session.tracker.get(parents[0])
    if origin is None or not getattr(array, "ndim", 0):
        return None
    feed = Feed(frozenset((source, key) for source in origin.sources()))
    names = names_of(array)
    lengths = lengths_in(parents[0])
    rows: Relation = None
    if lengths is not None and lengths.get(key) == len(array):
        alone = len({*lengths.values()}) == 1
        place, total = place_in(lengths, key), rows_in(lengths)
        rows = SAME if alone else _span(place, len(array), total)
        operation.rows_in, operation.rows_out = total, len(array)
    return Passage([rows], Columns(names, (feed,) * len(names)))


def _span(place: int, size: int, total: int) -> Relation:
    from forebear.engines.rowmaps import span

    return span(place, size, total)


def _after_write(call: Call, result: Any, *, format: str) -> None:
    target = call.argument(0, *_SOURCES)
    if format == "npy":
        target = _with_ending(target, ".npy")
    thing = call.argument(1, "arr", "X")
    params = call.options(*_SOURCES, "arr", "X")
    data_written(call, [thing], target, f"numpy.{call.function}", format=format, params=params)


def _after_archive(call: Call, result: Any) -> None:
    target = _with_ending(call.argument(0, "file"), ".npz")
    named = {
        key: value for key, value in call.kwargs.items() if key not in ("file", "allow_pickle")
    }
    things = [*call.args[1:], *named.values()]
    keys = [*(f"arr_{place}" for place in range(len(call.args) - 1)), *named]
    data_written(call, things, target, f"numpy.{call.function}", format="npz", keys=keys)


def _with_ending(target: Any, ending: str) -> Any:
    """Return the path that NumPy writes to: it adds an ending that is missing."""
    if hasattr(target, "write"):
        return target
    place = place_of(target)
    text = str(place)
    return text if text.endswith(ending) else text + ending


MODULES = {"numpy": patch, "numpy.random": patch_random}
