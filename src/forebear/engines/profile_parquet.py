"""Rows of Parquet files, read a batch at a time so that no row group lies whole in memory."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from forebear.engines.profile_files import filesystem_of

__all__ = ["Part", "batches_of", "groups_of", "schema_of"]

_BUFFER: Final = 1 << 20
"""Bytes of a column that are read at a time."""
_SHORT: Final = 1 << 16
"""Bytes of a dictionary as it is packed."""


class Part(NamedTuple):
    """A file, or some of the row groups of a Parquet file."""

    file: str
    groups: list[int] | None = None
    rows: int | None = None


def schema_of(places: Sequence[str], types: Sequence[Any] | None) -> tuple[Any, int]:
    """Return the schema that files have in common, or that with these types, and their rows."""
    import pyarrow as pa

    files = [_file(one) for one in places]
    schemas = [one.schema_arrow.remove_metadata() for one in files]
    schema = pa.unify_schemas(schemas, promote_options="permissive")
    if types is not None:
        schema = pa.schema(list(zip(schema.names, types, strict=True)))
    return schema, sum(one.metadata.num_rows for one in files)


def groups_of(place: str) -> list[int]:
    """Return the rows of each row group of a file."""
    metadata = _file(place).metadata
    return [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]


def batches_of(part: Part, schema: Any, columns: Sequence[str] | None, size: int) -> Iterator[Any]:
    """Yield batches of these columns, of all with None, in the types of the schema."""
    import pyarrow as pa

    names = list(schema.names) if columns is None else list(columns)
    wanted = pa.schema([schema.field(name) for name in names])
    short = _coded(part.file)
    read = _file(part.file, [name for name in names if name in short]).iter_batches(
        size, row_groups=part.groups, columns=None if columns is None else names
    )
    for batch in read:
        found = batch.select(names)
        if all(map(_fits, found.schema.types, wanted.types)):
            yield found
        else:
            table = pa.Table.from_batches([found]).cast(wanted)
            yield from table.combine_chunks().to_batches()


def _fits(found: Any, wanted: Any) -> bool:
    import pyarrow as pa

    return bool(found == wanted or (pa.types.is_dictionary(found) and found.value_type == wanted))


def _coded(place: str) -> set[str]:
    """Return the columns of texts that are written through short dictionaries.

    As long as a dictionary is short, no writer gives it up for plain pages. Decoding such a
    column takes six times as long as reading its codes, and counting it ten times.
    """
    import pyarrow as pa

    file = _file(place)
    metadata = file.metadata
    strings = {field.name for field in file.schema_arrow if pa.types.is_string(field.type)}
    texts = [
        place for place in range(metadata.num_columns) if file.schema.column(place).path in strings
    ]
    groups = [metadata.row_group(group) for group in range(metadata.num_row_groups)]
    return {
        file.schema.column(place).path
        for place in texts
        if all(_dictionary_size(group.column(place)) < _SHORT for group in groups)
    }


def _dictionary_size(chunk: Any) -> float:
    if not chunk.has_dictionary_page or chunk.dictionary_page_offset is None:
        return math.inf
    return int(chunk.data_page_offset - chunk.dictionary_page_offset)


def _file(place: str, coded: Sequence[str] = ()) -> Any:
    from pyarrow import parquet

    more = {"read_dictionary": list(coded)} if coded else {}
    if "://" in place:
        filesystem, path = filesystem_of(place)
        return parquet.ParquetFile(path, filesystem=filesystem, pre_buffer=True, **more)
    return parquet.ParquetFile(place, pre_buffer=False, buffer_size=_BUFFER, **more)
