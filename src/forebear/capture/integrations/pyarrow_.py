"""pyarrow: the files that it reads and writes, and which table or array was made of which.

It opens files in native code, where the file watcher doesn't see them: what is known of them
comes from the arguments.
"""

from __future__ import annotations

import sys
from functools import partial
from types import ModuleType
from typing import Any, Final

from forebear.capture.datafiles import data_read, data_written, place_of
from forebear.capture.flow import Made
from forebear.capture.flows import own_columns
from forebear.capture.integrations import _pyarrow_columns, _pyarrow_rows
from forebear.capture.integrations._pyarrow_types import follow_function, follow_method
from forebear.capture.passage import SAME, Passage, Relation
from forebear.capture.patching import Call, Patches
from forebear.capture.session import active
from forebear.capture.tracker import Operation

__all__ = ["MODULES"]

_SOURCES: Final = ("source", "input_file", "where", "path")
_MAKERS: Final = (
    "concat_tables concat_arrays concat_batches table record_batch chunked_array".split()
)
_OF_TABLES: Final = (
    "select drop drop_columns append_column add_column set_column remove_column rename_columns cast"
    " slice filter take sort_by drop_null to_pandas column combine_chunks flatten join join_asof"
    " to_batches replace_schema_metadata unify_dictionaries from_pandas from_arrays from_pydict"
    " from_batches".split()
)
_OF_ARRAYS: Final = (
    "to_numpy to_pandas filter take slice cast fill_null drop_null sort is_null is_valid is_nan"
    " dictionary_encode combine_chunks unique".split()
)
_NO_DATA: Final = frozenset(
    "field scalar get_function function_registry list_functions call_function call_tabular_function"
    " register_aggregate_function register_scalar_function register_tabular_function"
    " register_vector_function namedtuple dedent".split()
)
"""Functions of `pyarrow.compute` that make no data."""
_MOST_ROWS: Final = 2_000_000
"""The number of rows of a file up to which a filter is asked which rows it kept."""


def patch_core(patches: Patches, module: ModuleType) -> None:
    """Follow what functions and methods of pyarrow make of tables and arrays."""
    for name in _MAKERS:
        follow_function(patches, module, name, _passage)
    for cls in (module.Table, module.RecordBatch):
        for name in _OF_TABLES:
            follow_method(patches, cls, name, _passage)
    for cls in (module.ChunkedArray, module.Array):
        for name in _OF_ARRAYS:
            follow_method(patches, cls, name, _passage)
    follow_function(patches, module.TableGroupBy, "aggregate", _passage)


def patch_compute(patches: Patches, module: ModuleType) -> None:
    """Follow what the functions of `pyarrow.compute` make of arrays."""
    for name, function in list(vars(module).items()):
        own = getattr(function, "__module__", None) == module.__name__
        hidden = name.startswith("_") or name in _NO_DATA or isinstance(function, type)
        if own and not hidden:
            follow_function(patches, module, name, _passage)


def _passage(made: Made, operation: Operation, parents: list[Any]) -> Passage | None:
    """Return which rows and columns of known parents are in what one call has made."""
    session = active()
    if session is None:
        return None
    asked = _pyarrow_columns.Asked(session.tracker, operation, made, parents)
    try:
        rows = _pyarrow_rows.relations(made, parents)
    except Exception:  # Arrow can't do for us what it did for the program
        rows = [None] * len(parents)
    columns = _pyarrow_columns.columns(asked)
    _tell(operation, made, parents, rows)
    return Passage(rows, columns)


def _tell(operation: Operation, made: Made, parents: list[Any], rows: list[Relation]) -> None:
    """Note what happened to rows and columns, for people."""
    thing = made.thing
    sized = [one for one in parents if hasattr(one, "__len__")]
    if not sized or not hasattr(thing, "__len__"):
        return
    if operation.rows_in is None:
        operation.rows_in = len(sized[0])
    operation.rows_out = len(thing)
    if all(way is None for way in rows):
        operation.unknown = operation.unknown or len(thing) > 1
    tables = [one for one in parents if _pyarrow_columns.is_table(one)]
    if len(tables) == 1 and _pyarrow_columns.is_table(thing):
        before = dict.fromkeys(_pyarrow_columns.names_of(tables[0]))
        after = dict.fromkeys(_pyarrow_columns.names_of(thing))
        operation.dropped |= {name: None for name in before if name not in after}
        operation.added |= {name: None for name in after if name not in before}


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
    rows = _rows_read(call, source, params)
    name = _name(call)
    data_read(call, source, result, name, format=format, params=params, whole=whole, rows=rows)


def _rows_read(call: Call, source: Any, params: dict[str, Any]) -> Relation:
    """Return which rows of the file are in what was read of it."""
    options = params.get("read_options")
    if getattr(options, "skip_rows", 0) or getattr(options, "skip_rows_after_names", 0):
        return None
    filters = params.get("filters")
    if filters is None:
        return SAME
    try:
        return _filtered(call, source, filters)
    except Exception:  # what the reader understands need not be clear to us
        return None


def _filtered(call: Call, source: Any, filters: Any) -> Relation:
    """Return the rows that a filter kept: it is asked once more, of the columns it speaks of."""
    from forebear.engines.rowmaps import take

    place, parquet = place_of(source), sys.modules["pyarrow.parquet"]
    file = parquet.read_metadata(place)
    if file.num_rows > _MOST_ROWS:
        return None
    expression = filters
    if isinstance(filters, list | tuple):
        expression = parquet.filters_to_expression(filters)
    names = _pyarrow_rows.named_in(expression, file.schema.to_arrow_schema().names)
    table = call.original(source, columns=names)
    places = _pyarrow_rows.chosen(table, expression)
    return take(places.astype("int64"), file.num_rows)


def _after_write(call: Call, result: Any, *, format: str) -> None:
    thing = call.argument(0, "table", "data", "df")
    target = call.argument(1, "where", "output_file", "dest", "root_path")
    data_written(call, [thing], target, _name(call), format=format)


def _after_open(call: Call, result: Any) -> None:
    source = call.argument(1, "source")
    data_read(call, source, call.args[0], "pyarrow.parquet.ParquetFile", format="parquet")


def _after_part(call: Call, result: Any) -> None:
    file = call.args[0]
    tracker = call.session.tracker
    origin = tracker.get(file)

    def seen(operation: Operation, parents: list[Any]) -> Passage | None:
        if origin is None:
            return None
        rows = _rows_of_groups(call, file)
        operation.rows_out = result.num_rows
        return Passage([rows], own_columns(origin.sources()[0], result.column_names))

    tracker.derive(result, (file,), call.function, seen=seen)


def _rows_of_groups(call: Call, file: Any) -> Relation:
    """Return the rows of a file that are in the row groups that were read."""
    if call.function == "read":
        return SAME
    from forebear.engines.rowmaps import identity, stacked

    groups = call.argument(1, "i", "row_groups")
    sizes = [file.metadata.row_group(at).num_rows for at in range(file.metadata.num_row_groups)]
    whole = identity(sum(sizes))
    places = [groups] if isinstance(groups, int) else list(groups)
    starts = [sum(sizes[:at]) for at in places]
    spans = zip(starts, places, strict=True)
    return stacked([whole.pick(slice(start, start + sizes[at])) for start, at in spans])


MODULES = {
    "pyarrow": patch_core,
    "pyarrow.compute": patch_compute,
    "pyarrow.parquet": patch_parquet,
    "pyarrow.parquet.core": patch_parquet,
    "pyarrow.csv": patch_csv,
    "pyarrow.json": patch_json,
    "pyarrow.feather": patch_feather,
    "pyarrow.orc": patch_orc,
}
