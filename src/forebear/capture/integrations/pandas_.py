"""pandas: the files that it reads and writes."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any, Final

from forebear.capture.datafiles import data_read, data_written, place_of
from forebear.capture.passage import SAME, Relation
from forebear.capture.patching import Call, Patches
from forebear.capture.session import Session

__all__ = ["MODULES"]

_READERS: Final = {
    "read_csv": "csv",
    "read_table": "tsv",
    "read_fwf": "text",
    "read_json": "json",
    "read_parquet": "parquet",
    "read_feather": "feather",
    "read_orc": "orc",
    "read_excel": "excel",
    "read_pickle": "pickle",
    "read_hdf": "hdf5",
    "read_xml": "xml",
    "read_html": "html",
    "read_stata": "stata",
    "read_sas": "sas",
    "read_spss": "spss",
}
_WRITERS: Final = {
    "to_csv": "csv",
    "to_json": "json",
    "to_parquet": "parquet",
    "to_feather": "feather",
    "to_orc": "orc",
    "to_excel": "excel",
    "to_pickle": "pickle",
    "to_hdf": "hdf5",
    "to_xml": "xml",
    "to_html": "html",
    "to_stata": "stata",
    "to_markdown": "text",
    "to_string": "text",
    "to_latex": "text",
}
_SOURCES: Final = ("filepath_or_buffer", "path_or_buf", "path_or_buffer", "path", "io")
_TARGETS: Final = (
    "path_or_buf", "path_or_buffer", "path", "excel_writer", "buf", "fname",
)  # fmt: skip
_SHAPE_ONLY: Final = frozenset(
    {"sep", "delimiter", "encoding", "engine", "compression", "memory_map"}
)
"""Options that say how a file is written down, not what of it is taken."""
_ROWS: Final = frozenset(
    "nrows skiprows skipfooter chunksize iterator on_bad_lines comment filters"
    " skip_blank_lines".split()
)
"""Options that say which rows are taken."""


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe the readers of pandas and the writers of its frames."""
    for name, format in _READERS.items():
        patches.observe(module, name, partial(_after_read, format=format))
    for name, format in _WRITERS.items():
        for owner in _owners(name, module.DataFrame, module.Series):
            patches.observe(owner, name, partial(_after_write, format=format), _before_write)
    patches.observe(module.ExcelFile, "parse", partial(_after_parse, format="excel"))


def _owners(name: str, *classes: type) -> list[type]:
    """Return the classes that define a method for the given ones."""
    found = [next((c for c in cls.__mro__ if name in vars(c)), None) for cls in classes]
    return list(dict.fromkeys(owner for owner in found if owner is not None))


def _after_read(call: Call, result: Any, *, format: str) -> None:
    source = _source(call.argument(0, *_SOURCES))
    params = call.options(*_SOURCES)
    if hasattr(result, "get_chunk"):
        params = {**params, "chunks": True}
    data_read(
        call,
        source,
        result,
        f"pandas.{call.function}",
        format=format,
        params=params,
        whole=params.keys() <= _SHAPE_ONLY,
        rows=_rows(params, result),
    )


def _rows(params: dict[str, Any], result: Any) -> Relation:
    """Return which rows of the file are in what was read of it."""
    choosing = params.keys() & _ROWS
    if not choosing:
        return SAME
    if choosing == {"nrows"} and hasattr(result, "index"):
        from forebear.engines.rowmaps import span

        return span(0, len(result), len(result))
    return None


def _after_parse(call: Call, result: Any, *, format: str) -> None:
    source = _source(call.args[0])
    params = call.options("self")
    data_read(
        call, source, result, "pandas.ExcelFile.parse", format=format, params=params, whole=False
    )


def _source(source: Any) -> Any:
    """Return what an ExcelFile, ExcelWriter or HDFStore was opened with."""
    if hasattr(source, "read"):
        return source  # an open file, which may lie elsewhere under this path
    for name in ("_io", "_path", "path"):
        inner = getattr(source, name, None)
        if inner is not None and not hasattr(source, "__fspath__") and place_of(inner) is not None:
            return inner
    return source


def _before_write(session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    """Record the earlier content of a file that is written on."""
    mode = kwargs.get("mode")
    if not isinstance(mode, str) or "a" not in mode or len(args) < 2:
        return None
    place = place_of(args[1])
    if place is None or isinstance(place, str) or str(place) in session.files.settlers:
        return None
    if not place.is_file() or not place.stat().st_size:
        return None
    return session.file(place, "read", kind="data")


def _after_write(call: Call, result: Any, *, format: str) -> None:
    target = call.argument(1, *_TARGETS)
    if target is None:
        return
    data_written(
        call,
        [call.args[0]],
        _source(target),
        f"{type(call.args[0]).__name__}.{call.function}",
        format=format,
        params=call.options("self", *_TARGETS),
        earlier=call.before,
        appended="a" in str(call.kwargs.get("mode", "")),
    )


MODULES = {"pandas": patch}
