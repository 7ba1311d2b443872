"""polars: the files that it reads and writes, and which frame was made of which.

It opens files in native code, where the file watcher doesn't see them: what is known of them
comes from the arguments. A lazy frame stands for the files that it will read.
"""

from __future__ import annotations

import inspect
from functools import partial
from types import ModuleType
from typing import Any, Final

from forebear.capture.datafiles import data_read, data_written
from forebear.capture.flow import follow
from forebear.capture.patching import Call, Patches

__all__ = ["MODULES"]

_READ: Final = "csv parquet json ndjson ipc ipc_stream avro excel ods lines delta".split()
_WRITE: Final = "csv parquet json ndjson ipc ipc_stream avro excel delta".split()
_MADE: Final = (
    "concat from_pandas from_arrow from_numpy from_dict from_dicts from_dataframe merge_sorted"
    " align_frames union collect_all"
).split()
_OPERATORS: Final = (
    "add sub mul truediv floordiv mod pow eq ne lt le gt ge and or xor invert neg radd rsub rmul"
    " rtruediv array getitem init"
).split()
_SOURCES: Final = ("source", "sources")
_TARGETS: Final = ("file", "path", "workbook", "target")


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe readers and writers, and follow frames through functions and methods."""
    for format in _READ:
        patches.observe(module, f"read_{format}", partial(_after_read, format=format))
        patches.observe(module, f"scan_{format}", partial(_after_read, format=format))
    for format in _WRITE:
        after = partial(_after_write, format=format)
        patches.observe(module.DataFrame, f"write_{format}", after)
        patches.observe(module.LazyFrame, f"sink_{format}", after)
    for name in _MADE:
        follow(patches, module, name)
    for cls in (module.DataFrame, module.LazyFrame, module.Series):
        for name, method in list(vars(cls).items()):
            if inspect.isfunction(method) and _is_followed(name):
                follow(patches, cls, name, _made_of_self if name == "__init__" else _made)


def patch_groups(patches: Patches, module: ModuleType) -> None:
    """Follow what groups compute of the frame that they hold."""
    for name in ("GroupBy", "RollingGroupBy", "DynamicGroupBy", "LazyGroupBy"):
        cls = getattr(module, name, None)
        for method, value in list(vars(cls).items()) if cls is not None else ():
            if inspect.isfunction(value) and not method.startswith("_"):
                follow(patches, cls, method, _made_of_group)
        if cls is not None:
            follow(patches, cls, "__init__", _made_of_self)


def _is_followed(name: str) -> bool:
    if name.startswith(("write_", "sink_")):
        return False
    return not name.startswith("_") or name.strip("_") in _OPERATORS


def _made(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[Any, Any]:
    return result, [*args, *kwargs.values()]


def _made_of_self(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[Any, Any]:
    given = [*args[1:], *kwargs.values()]
    held = [list(one.values()) if isinstance(one, dict) else [one] for one in given]
    return args[0], [part for parts in held for part in parts]


def _made_of_group(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[Any, Any]:
    return result, args[:1]


def _after_read(call: Call, result: Any, *, format: str) -> None:
    source = call.argument(0, *_SOURCES)
    params = call.options(*_SOURCES)
    name = f"polars.{call.function}"
    data_read(call, source, result, name, format=format, params=params, whole=not params)


def _after_write(call: Call, result: Any, *, format: str) -> None:
    target = call.argument(1, *_TARGETS)
    if target is None:
        return
    shown = f"{type(call.args[0]).__name__}.{call.function}"
    params = call.options("self", *_TARGETS)
    data_written(call, [call.args[0]], target, shown, format=format, params=params)


MODULES = {
    "polars": patch,
    "polars.dataframe.group_by": patch_groups,
    "polars.lazyframe.group_by": patch_groups,
}
