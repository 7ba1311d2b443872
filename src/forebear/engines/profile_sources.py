"""Where the rows to be profiled come from: files larger than memory, as Arrow batches."""

from __future__ import annotations

import csv
import glob
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from forebear.core.errors import Unreadable

__all__ = ["BATCH", "ENDINGS", "Rows", "Unfit", "files_of", "form_of", "open_rows", "widened"]

BATCH: Final = 131_072
"""Rows of a batch."""
_AHEAD: Final = 4
"""Batches that are read before they are asked for."""
_BLOCK: Final = 4 << 20
"""Bytes of a text file from which the types are told, and that are read at a time."""
_FORMS: Final = {
    "parquet": "parquet",
    "pq": "parquet",
    "feather": "feather",
    "arrow": "feather",
    "ipc": "feather",
    "csv": "csv",
    "tsv": "csv",
    "json": "json",
    "jsonl": "json",
    "ndjson": "json",
}
ENDINGS: Final = frozenset(_FORMS)
_DELIMITERS: Final = ",;\t|"


class Rows(NamedTuple):
    """The rows of one table, wherever they lie."""

    names: list[str]
    types: list[Any]
    """Arrow types of the columns."""
    batches: Callable[[Sequence[str] | None], Iterator[Any]]
    """Record batches of these columns, of all with None."""
    rows: int | None
    """How many there are, where that is known before they are read."""


def form_of(path: str) -> str | None:
    """Return how a file is to be read, by its ending.

    >>> form_of("data/a.csv.gz"), form_of("a.PARQUET"), form_of("model.pkl")
    ('csv', 'parquet', None)
    """
    parts = path.lower().rsplit("/", 1)[-1].split(".")
    if parts[-1] in ("gz", "zst"):
        parts.pop()
    return _FORMS.get(parts[-1])


def files_of(place: str) -> list[str]:
    """Return the data files of a path: itself, what a pattern matches, or a folder's parts.

    Raises:
        Unreadable: there is none, or they are of several forms.
    """
    path = Path(place)
    if path.is_dir():
        found = sorted(str(one) for one in path.rglob("*") if one.is_file() and _is_part(one))
    elif path.exists() or not glob.has_magic(place):
        found = [place]
    else:
        found = sorted(glob.glob(place, recursive=True))  # noqa: PTH207  (patterns may be absolute)
    forms = {form_of(one) for one in found}
    if not found:
        raise Unreadable(f"There is no data file in '{place}'.", hint=_HINT)
    if len(forms) > 1:
        raise Unreadable(
            f"'{place}' holds files of several forms, which are not parts of one table.",
            hint="Name those that are, by a pattern: 'folder/*.parquet'.",
        )
    if forms == {None}:
        raise Unreadable(f"'{place}' is no table that can be profiled.", hint=_HINT)
    return found


_HINT: Final = "CSV, Parquet, Feather or Arrow files and JSON lines can be profiled."


def _is_part(path: Path) -> bool:
    return form_of(path.name) is not None and not path.name.startswith(("_", "."))


def open_rows(files: Sequence[str], types: Sequence[Any] | None = None) -> Rows:
    """Return the rows of files that are parts of one table.

    `types` says the Arrow types of the columns of CSV files, where they are known already.

    Raises:
        Unreadable: one is missing, empty, damaged or ragged, or a library is not there.
    """
    for one in files:
        _check(one)
    form = form_of(files[0])
    read = {"csv": _csv, "json": _json}.get(form or "")
    try:
        return read(files, types) if read else _arrow(files, form or "parquet")
    except ImportError as error:
        raise Unreadable(
            f"Profiling needs {error.name}, which is not installed.",
            hint="Install it: pip install 'forebear[profile]'.",
        ) from None


def _check(path: str) -> None:
    """Refuse what cannot be opened, or holds nothing, in words of ours."""
    try:
        with Path(path).open("rb") as file:
            if not file.read(1):
                raise Unreadable(f"'{path}' is empty: there are no columns.")
    except FileNotFoundError:
        raise Unreadable(f"There is no file '{path}'.") from None
    except OSError as error:
        raise Unreadable(f"'{path}' cannot be read: {error.strerror or error}.") from None


# Parquet, Feather, Arrow


def _arrow(files: Sequence[str], form: str) -> Rows:
    import pyarrow as pa
    import pyarrow.dataset as ds

    try:
        parts = [ds.dataset(one, format=form) for one in files]
        schemas = [part.schema.remove_metadata() for part in parts]
        schema = pa.unify_schemas(schemas, promote_options="permissive")
        data = ds.dataset(list(files), format=form, schema=schema) if len(files) > 1 else parts[0]
        rows = data.count_rows()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(files, error) from error

    def batches(columns: Sequence[str] | None) -> Iterator[Any]:
        scanner = data.scanner(
            columns=list(columns) if columns is not None else None,
            batch_size=BATCH,
            batch_readahead=_AHEAD,
            fragment_readahead=1,
        )
        return _guarded(files, scanner.to_batches())

    return Rows(list(schema.names), list(schema.types), batches, rows)


def _guarded(files: Sequence[str], batches: Iterable[Any]) -> Iterator[Any]:
    """Yield batches; what goes wrong on the way is said in words of ours."""
    import pyarrow as pa

    try:
        yield from batches
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
    joined = [_joined([schema.types[place] for schema in found]) for place in range(len(names))]
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
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    delimiter, names, encoding = _head(path)
    told = dict(zip(names, types, strict=True)) if types is not None else None
    return arrow_csv.open_csv(
        pa.input_stream(path, compression="detect"),
        read_options=arrow_csv.ReadOptions(
            column_names=names, skip_rows=1, block_size=_BLOCK, encoding=encoding
        ),
        parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types=told, include_columns=list(columns) if columns is not None else None
        ),
    )


def _head(path: str) -> tuple[str, list[str], str]:
    """Return the delimiter, the names in the first line (none twice), and the encoding."""
    import pyarrow as pa

    with pa.input_stream(path, compression="detect") as stream:
        data = stream.read(_BLOCK)
    encoding = "utf8"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start > len(data) - 4:
            text = data[: error.start].decode("utf-8-sig")
        else:
            text, encoding = data.decode("latin-1"), "latin1"
    line = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=lambda one: (line.count(one), -_DELIMITERS.index(one)))
    names: dict[str, None] = {}
    for place, name in enumerate(next(csv.reader([line.rstrip("\r")], delimiter=delimiter), [])):
        names[name if name and name not in names else f"{name}.{place}".lstrip(".")] = None
    return delimiter, list(names), encoding


def _csv_error(files: Sequence[str], error: Exception) -> Exception:
    found = _CONVERSION.search(str(error))
    return Unfit(int(found[1])) if found else _damaged(files, error)


_CONVERSION: Final = re.compile(r"In CSV column #(\d+): .*conversion error", re.DOTALL)


def _json(files: Sequence[str], types: Sequence[Any] | None) -> Rows:
    import pyarrow as pa
    from pyarrow import json as arrow_json

    def opened(path: str, schema: Any = None) -> Any:
        return arrow_json.open_json(
            path,
            read_options=arrow_json.ReadOptions(block_size=_BLOCK),
            parse_options=arrow_json.ParseOptions(explicit_schema=schema),
        )

    try:
        schemas = []
        for one in files:
            with opened(one) as reader:
                schemas.append(reader.schema)
        schema = pa.unify_schemas(schemas, promote_options="permissive")
    except (pa.ArrowException, OSError) as error:
        raise _damaged(files, error) from error

    def batches(columns: Sequence[str] | None) -> Iterator[Any]:
        for one in files:
            with opened(one, schema) as reader:
                for batch in _guarded([one], reader):
                    yield batch.select(schema.names if columns is None else list(columns))

    return Rows(list(schema.names), list(schema.types), batches, None)
