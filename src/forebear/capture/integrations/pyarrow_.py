"""pyarrow: the files that it reads and writes, and tables made of tables.

It opens files in native code, where the file watcher doesn't see them: what is known of them
comes from the arguments.
"""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any, Final

from forebear.capture.datafiles import data_read, data_written
from forebear.capture.flow import follow
from forebear.capture.patching import Call, Patches

__all__ = ["MODULES"]

_SOURCES: Final = ("source", "input_file", "where", "path")
_MAKERS: Final = ("concat_tables", "table")


def patch_core(patches: Patches, module: ModuleType) -> None:
    """Follow what the functions of pyarrow make of tables."""
    for name in _MAKERS:
        follow(patches, module, name)


def patch_parquet(patches: Patches, module: ModuleType) -> None:
    """Observe the reading and writing of Parquet."""
    for name in ("read_table", "read_pandas"):
        patches.observe(module, name, partial(_after_read, format="parquet"))
    patches.observe(module, "write_table", partial(_after_write, format="parquet"))
    patches.observe(module, "write_to_dataset", partial(_after_write, format="parquet"))
    file = module.ParquetFile
    patches.observe(file, "__init__", _after_open)
    for name in ("read", "read_row_group", "read_row_groups"):
        patches.observe(file, name, _after_part)


def patch_csv(patches: Patches, module: ModuleType) -> None:
    """Observe the reading and writing of CSV."""
    patches.observe(module, "read_csv", partial(_after_read, format="csv"))
    patches.observe(module, "write_csv", partial(_after_write, format="csv"))


def patch_json(patches: Patches, module: ModuleType) -> None:
    """Observe the reading of JSON."""
    patches.observe(module, "read_json", partial(_after_read, format="json"))


def patch_feather(patches: Patches, module: ModuleType) -> None:
    """Observe the reading and writing of Feather."""
    for name in ("read_table", "read_feather"):
        patches.observe(module, name, partial(_after_read, format="feather"))
    patches.observe(module, "write_feather", partial(_after_write, format="feather"))


def patch_orc(patches: Patches, module: ModuleType) -> None:
    """Observe the reading and writing of ORC."""
    patches.observe(module, "read_table", partial(_after_read, format="orc"))
    patches.observe(module, "write_table", partial(_after_write, format="orc"))


def _name(call: Call) -> str:
    module = getattr(call.original, "__module__", None) or "pyarrow"
    return f"{module.replace('._', '.').replace('.core', '')}.{call.function}"


def _after_read(call: Call, result: Any, *, format: str) -> None:
    source = call.argument(0, *_SOURCES)
    params = {name: value for name, value in call.options(*_SOURCES).items() if value is not None}
    whole = not params.keys() & {"columns", "filters", "convert_options", "read_options"}
    data_read(call, source, result, _name(call), format=format, params=params, whole=whole)


def _after_write(call: Call, result: Any, *, format: str) -> None:
    thing = call.argument(0, "table", "data", "df")
    target = call.argument(1, "where", "output_file", "dest", "root_path")
    data_written(call, [thing], target, _name(call), format=format)


def _after_open(call: Call, result: Any) -> None:
    source = call.argument(1, "source")
    data_read(call, source, call.args[0], "pyarrow.parquet.ParquetFile", format="parquet")


def _after_part(call: Call, result: Any) -> None:
    call.session.tracker.derive(result, (call.args[0],), call.function)


MODULES = {
    "pyarrow": patch_core,
    "pyarrow.parquet": patch_parquet,
    "pyarrow.parquet.core": patch_parquet,
    "pyarrow.csv": patch_csv,
    "pyarrow.json": patch_json,
    "pyarrow.feather": patch_feather,
    "pyarrow.orc": patch_orc,
}
