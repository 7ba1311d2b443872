"""polars: the files that it reads and writes.

It opens files in native code, where the file watcher doesn't see them: what is known of them
comes from the arguments. A lazy frame stands for the files that it will read.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from forebear.capture.datafiles import data_read, data_written, places_of
from forebear.capture.integrations._polars_columns import attempted
from forebear.capture.integrations._polars_shadows import Anchor, shadow_of, shadows
from forebear.capture.passage import SAME, Columns, Feed, Relation
from forebear.capture.patching import Call, Patches
from forebear.capture.session import Session

__all__ = ["MODULES"]

_READ: Final = "csv parquet json ndjson ipc ipc_stream avro excel ods lines delta".split()
_WRITE: Final = "csv parquet json ndjson ipc ipc_stream avro excel delta".split()
_SOURCES: Final = ("source", "sources")
_TARGETS: Final = ("file", "path", "workbook", "target")
_ROWS: Final = frozenset(
    "skip_rows skip_lines comment_prefix ignore_errors truncate_ragged_lines n_rows"
    " skip_rows_after_header sample_size pyarrow_options use_pyarrow sheet_id sheet_name".split()
)
"""Options that say which rows are read."""
_LARGEST: Final = 256 << 20
"""Bytes of a text file up to which a lazy query is asked once more for row numbers."""


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe readers and writers."""
    for format in _READ:
        patches.observe(module, f"read_{format}", partial(_after_read, format=format))
        patches.observe(module, f"scan_{format}", partial(_after_read, format=format))
    for format in _WRITE:
        after = partial(_after_write, format=format)
        patches.observe(module.DataFrame, f"write_{format}", after)
        patches.observe(module.LazyFrame, f"sink_{format}", after)


def _after_read(call: Call, result: Any, *, format: str) -> None:
    source = call.argument(0, *_SOURCES)
    params = call.options(*_SOURCES)
    name = f"polars.{call.function}"
    rows = _rows_read(params, result)
    data_read(call, source, result, name, format=format, params=params, whole=not params, rows=rows)
    if hasattr(result, "collect"):
        attempted(_begin_lazily, call.session, source, result, format, rows)


def _rows_read(params: dict[str, Any], result: Any) -> Relation:
    """Return which rows of the file are in what was read of it."""
    choosing = params.keys() & _ROWS
    if not choosing:
        return SAME
    if choosing <= {"n_rows", "skip_rows_after_header"} and hasattr(result, "height"):
        from forebear.engines.rowmaps import span

        start = int(params.get("skip_rows_after_header") or 0)
        return span(start, result.height, start + result.height)
    return None


def _begin_lazily(session: Session, source: Any, result: Any, format: str, rows: Relation) -> None:
    """Tie a lazy frame to the columns and rows of the file that it stands for."""
    origin, places = session.tracker.get(result), places_of(source)
    if origin is None or not places or not all(isinstance(one, Path) for one in places):
        return  # to ask what is elsewhere for its columns takes a network
    names = result.collect_schema().names()
    feeds = (Feed(frozenset((one, name) for one in origin.sources())) for name in names)
    origin.columns = Columns(tuple(names), tuple(feeds))
    place = places[0]
    if len(places) != 1 or rows is not SAME or not isinstance(place, Path) or not place.is_file():
        return
    if format != "parquet" and place.stat().st_size > _LARGEST:
        return
    anchor = Anchor(result.clone(), quick=format in ("parquet", "ipc"))
    session.tracker.bind(anchor, origin)
    shadows.put(result, shadow_of(result, anchor))


def _after_write(call: Call, result: Any, *, format: str) -> None:
    target = call.argument(1, *_TARGETS)
    if target is None:
        return
    shown = f"{type(call.args[0]).__name__}.{call.function}"
    params = call.options("self", *_TARGETS)
    data_written(call, [call.args[0]], target, shown, format=format, params=params)


MODULES = {"polars": patch}
