"""Where the rows to be profiled come from: files larger than memory, as Arrow batches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final, NamedTuple

from forebear.core.errors import Unreadable
from forebear.engines.csv_head import ABSENT, csv_head
from forebear.engines.profile_files import check, filesystem_of, form_of, opened
from forebear.engines.profile_parquet import Part, batches_of, groups_of, schema_of

__all__ = ["BATCH", "Part", "Rows", "Unfit", "open_part", "open_rows", "parts_of", "widened"]

BATCH: Final = 131_072
"""Rows of a batch."""
_AHEAD: Final = 4
"""Batches that are read before they are asked for."""
_PART: Final = 1_000_000
"""Rows that are worth a task of their own."""
_BLOCK: Final = 4 << 20
"""Bytes of a text file from which the types are told, and that are read at a time."""


class Rows(NamedTuple):
    """The rows of one table, wherever they lie."""

    names: list[str]
    types: list[Any]
    """Arrow types of the columns."""
    batches: Callable[[Sequence[str] | None], Iterator[Any]]
    """Record batches of these columns, of all with None."""
    rows: int | None
    """How many there are, where that is known before they are read."""


def open_rows(files: Sequence[str], types: Sequence[Any] | None = None) -> Rows:
    """Return the rows of files that are parts of one table.

    `types` says the Arrow types of the columns, where they are known already.

    Raises:
        Unreadable: one is missing, empty, damaged or ragged, or a library is not there.
    """
    check(files)
    form = form_of(files[0])
    read = {"csv": _csv, "json": _json, "feather": _feather}.get(form or "", _parquet)
    try:
        import_module("numpy")  # which counts, and which pyarrow does without
        return read(files, types)
    except ImportError as error:
        raise Unreadable(
            f"Profiling needs {error.name}, which is not installed.",
            hint="Install it: pip install 'forebear[profile]'.",
        ) from None


# Parquet, Feather, Arrow


def open_part(part: Part, types: Sequence[Any] | None = None) -> Rows:
    """Return the rows of one part of a table; see `open_rows`."""
    if part.groups is None:
        return open_rows([part.file], types)
    rows = _parquet([part.file], types, part.groups)
    return rows._replace(rows=part.rows)


def parts_of(files: Sequence[str]) -> list[Part]:
    """Return the parts of which each can be read alone: files, and row groups of long ones.

    Raises:
        Unreadable: a file is missing or damaged.
    """
    check(files)
    parts: list[Part] = []
    for one in files:
        if form_of(one) != "parquet":
            parts.append(Part(one))
            continue
        with _guard([one]):
            sizes = groups_of(one)
        groups: list[int] = []
        rows = 0
        for place, size in enumerate(sizes):
            groups.append(place)
            rows += size
            if rows >= _PART or place == len(sizes) - 1:
                parts.append(Part(one, groups, rows))
                groups, rows = [], 0
        if not sizes:
            parts.append(Part(one, [], 0))
    return parts


def _parquet(
    files: Sequence[str], types: Sequence[Any] | None, groups: list[int] | None = None
) -> Rows:
    with _guard(files):
        schema, rows = schema_of(files, types)

    def batches(columns: Sequence[str] | None) -> Iterator[Any]:
        for one in files:
            with _guard([one]):
                yield from batches_of(Part(one, groups), schema, columns, BATCH)

    return Rows(list(schema.names), list(schema.types), batches, rows)


def _feather(files: Sequence[str], types: Sequence[Any] | None) -> Rows:
    import pyarrow as pa
    import pyarrow.dataset as ds

    with _guard(files):
        parts = [_dataset(one) for one in files]
        schemas = [part.schema.remove_metadata() for part in parts]
        schema = pa.unify_schemas(schemas, promote_options="permissive")
        if types is not None:
            schema = pa.schema(list(zip(schema.names, types, strict=True)))
        data = ds.dataset([part.replace_schema(schema) for part in parts])
        rows = data.count_rows()

    def batches(columns: Sequence[str] | None) -> Iterator[Any]:
        scanner = data.scanner(
            columns=list(columns) if columns is not None else None,
            batch_size=BATCH,
            batch_readahead=_AHEAD,
            fragment_readahead=1,
        )
        with _guard(files):
            for batch in scanner.to_batches():
                # Arrow takes places of texts and of a dictionary's values as a file says them.
                batch.validate(full=True)
                yield batch

    return Rows(list(schema.names), list(schema.types), batches, rows)


def _dataset(place: str) -> Any:
    import pyarrow.dataset as ds

    if "://" not in place:
        return ds.dataset(place, format="feather")
    filesystem, path = filesystem_of(place)
    return ds.dataset(path, format="feather", filesystem=filesystem)


@contextmanager
def _guard(files: Sequence[str]) -> Iterator[None]:
    """Say in words of ours what goes wrong with files."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(files, error) from error


def _damaged(files: Sequence[str], error: Exception) -> Unreadable:
    place = files[0] if len(files) == 1 else f"{files[0]}' and {len(files) - 1} more files like it'"
    text = " ".join(str(error).split())
    return Unreadable(f"'{place}' cannot be read: {text[:200].rstrip('.')}.")


# CSV and JSON lines


class Unfit(Exception):
    """A value of a CSV file does not fit the type that the rows before it had."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def widened(types: Sequence[Any], unfit: Unfit) -> list[Any]:
    """Return types of which the unfit one takes more: whole numbers, then all, then texts."""
    import pyarrow as pa

    wider = {
        pa.null(): pa.int64(),
        pa.int64(): pa.float64(),
        pa.date32(): pa.timestamp("s"),
        pa.timestamp("s"): pa.timestamp("us"),
    }
    found = list(types)
    found[unfit.place] = wider.get(found[unfit.place], pa.string())
    return found


def _csv(files: Sequence[str], types: Sequence[Any] | None) -> Rows:
    import pyarrow as pa

    found: list[Any] = []
    for one in files:
        try:
            with _csv_reader(one, None, types) as reader:
                schema = reader.schema
        except (pa.ArrowException, OSError) as error:
            raise _csv_error([one], error) from error
        found.append(schema)
    names = found[0].names
    odd = next((place for place, one in enumerate(found) if one.names != names), None)
    if odd is not None:
        raise Unreadable(
            f"'{files[odd]}' has other columns than '{files[0]}': they are no parts of one table.",
        )
    joined = [_joined(types) for types in zip(*(schema.types for schema in found), strict=True)]
    told = list(types) if types is not None else joined

    def batches(columns: Sequence[str] | None) -> Iterator[Any]:
        for one in files:
            try:
                with _csv_reader(one, columns, told) as reader:
                    yield from reader
            except (pa.ArrowException, OSError) as error:
                raise _csv_error([one], error) from error

    return Rows(names, told, batches, None)


def _joined(types: Sequence[Any]) -> Any:
    """Return the one type that holds the values of all."""
    import pyarrow as pa

    kinds = {type for type in types if not pa.types.is_null(type)}
    if len(kinds) <= 1:
        return kinds.pop() if kinds else pa.null()
    if kinds <= {pa.int64(), pa.float64()}:
        return pa.float64()
    return pa.timestamp("us") if all(map(pa.types.is_temporal, kinds)) else pa.string()


def _csv_reader(path: str, columns: Sequence[str] | None, types: Sequence[Any] | None) -> Any:
    from pyarrow import csv as arrow_csv

    with opened(path) as stream:
        head = csv_head(stream.read(_BLOCK))
    names = head.names
    told = dict(zip(names, types, strict=True)) if types is not None else None
    return arrow_csv.open_csv(
        opened(path),
        read_options=arrow_csv.ReadOptions(
            column_names=names, skip_rows=1, block_size=_BLOCK, encoding=head.encoding
        ),
        parse_options=arrow_csv.ParseOptions(delimiter=head.delimiter, newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types=told,
            include_columns=list(columns) if columns is not None else None,
            null_values=ABSENT,
            strings_can_be_null=True,
        ),
    )


def _csv_error(files: Sequence[str], error: Exception) -> Exception:
    found = _CONVERSION.search(str(error))
    return Unfit(int(found[1])) if found else _damaged(files, error)


_CONVERSION: Final = re.compile(r"In CSV column #(\d+): .*conversion error", re.DOTALL)


def _json(files: Sequence[str], types: Sequence[Any] | None) -> Rows:
    import pyarrow as pa
    from pyarrow import json as arrow_json

    def read(path: str, schema: Any = None) -> Any:
        return arrow_json.open_json(
            opened(path),
            read_options=arrow_json.ReadOptions(block_size=_BLOCK),
            parse_options=arrow_json.ParseOptions(explicit_schema=schema),
        )

    try:
        schemas = []
        for one in files:
            with read(one) as reader:
                schemas.append(reader.schema)
        schema = pa.unify_schemas(schemas, promote_options="permissive")
    except (pa.ArrowException, OSError) as error:
        raise _damaged(files, error) from error

    def batches(columns: Sequence[str] | None) -> Iterator[Any]:
        for one in files:
            with read(one, schema) as reader:
                names = schema.names if columns is None else list(columns)
                with _guard([one]):
                    yield from (batch.select(names) for batch in reader)

    return Rows(list(schema.names), list(schema.types), batches, None)
