"""The records of a data file as text, row by row as programs number them.

For questions about values: which rows have this key, which are equal, which are later. CSV and JSON
lines are read by the standard library (CSV by pyarrow where that is installed and the file is
long), Parquet, Feather and Arrow files by pyarrow, `.npy` by NumPy. Nothing that can run is opened.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from msgspec import Struct

from forebear.core.errors import Unreadable

__all__ = ["Records", "canonical", "column_names", "load_array", "read_records"]

_DELIMITERS: Final = ",;\t|"
_LONG: Final = 1 << 20
_ROOM: Final = 1 << 24
"""Bytes, or values, that any content may unpack to."""
_GROWTH: Final = 200
"""How many times a content's length it may unpack to beyond that; honest tables reach 50."""
_DAMAGED: Final = (
    ValueError, KeyError, TypeError, csv.Error, OSError, RecursionError, MemoryError,
)  # fmt: skip
_ARROW: Final = frozenset({"parquet", "pq", "feather", "arrow", "ipc"})


class Records(Struct, frozen=True, kw_only=True):
    """The rows of a file; each column is a list of texts, an empty one for nothing."""

    rows: int
    columns: dict[str, list[str]]

    def column(self, name: str) -> list[str] | None:
        """Return a column by its name, or by its place among the columns."""
        if name in self.columns or not name.isdigit():
            return self.columns.get(name)
        place = int(name)
        return list(self.columns.values())[place] if place < len(self.columns) else None


def read_records(data: bytes, name: str, *, rows: int | None = None) -> Records:
    """Read a file's content; `name` tells by its ending what it is.

    `rows` is the number that a program read, where that is known: a CSV file that has exactly as
    many lines has no header.

    Raises:
        Unreadable: it is of no kind that is read here, or damaged, or needs pyarrow.

    >>> read_records(b"id,x\\n1,a\\n2,b\\n", "t.csv").columns
    {'id': ['1', '2'], 'x': ['a', 'b']}
    """
    parts = name.lower().rsplit("/", 1)[-1].split(".")
    if parts[-1] == "gz":
        data = _unpacked(data, name)
        parts.pop()
    read = _READERS.get(parts[-1])
    if read is None:
        raise Unreadable(f"The records of '{name}' cannot be read here: it is no CSV or Parquet.")
    try:
        return read(data, rows)
    except _DAMAGED as error:
        raise Unreadable(f"The records of '{name}' cannot be read: {error}.") from error


def _unpacked(data: bytes, name: str) -> bytes:
    most = _most(data)
    try:
        with gzip.open(io.BytesIO(data)) as packed:
            found = packed.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"'{name}' cannot be unpacked: {error}.") from error
    if len(found) > most:
        raise Unreadable(f"'{name}' cannot be unpacked: it holds more than {most:,} bytes.")
    return found


def _most(data: bytes) -> int:
    return max(_ROOM, _GROWTH * len(data))


def _fits(rows: int, columns: int, data: bytes) -> None:
    """Refuse what a few bytes say is a table beyond measure."""
    if rows * columns > _most(data):
        raise ValueError(f"it would be {rows:,} rows of {columns:,} columns")


def column_names(data: bytes, name: str) -> list[str]:
    """Return the names of a file's columns, of CSV those in its first line, of npz its arrays.

    Raises:
        Unreadable: it is of no kind that is read here, or damaged, or needs pyarrow.
    """
    parts = name.lower().rsplit("/", 1)[-1].split(".")
    if parts[-1] in ("csv", "tsv"):
        return list(_csv(data.partition(b"\n")[0] + b"\n", None).columns)
    if parts[-1] == "npz":
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return [one.removesuffix(".npy") for one in archive.namelist()]
        except (zipfile.BadZipFile, NotImplementedError, *_DAMAGED) as error:
            raise Unreadable(f"'{name}' cannot be read: {error}.") from error
    return list(read_records(data, name).columns)


def load_array(data: bytes) -> Any:
    """Return the array of an `.npy` file; one of objects, which could run code, is none.

    Raises:
        ValueError: it is no such file, or a damaged one.
    """
    import numpy as np

    source = io.BytesIO(data)
    headers = {(1, 0): np.lib.format.read_array_header_1_0}
    try:
        version = np.lib.format.read_magic(source)
        shape, _, kind = headers.get(version, np.lib.format.read_array_header_2_0)(source)
        if math.prod(shape) * kind.itemsize > len(data):
            raise ValueError("it is cut off")  # NumPy makes room first for all that is announced
        return np.load(io.BytesIO(data), allow_pickle=False)
    except (EOFError, OSError, *_DAMAGED) as error:
        raise ValueError(f"no array can be read: {error}") from error


def canonical(text: str) -> str | int | float:
    """Return a value in the form in which equal ones are equal, however they are written.

    >>> canonical("4711.0") == canonical(" 4711"), canonical("a7")
    (True, 'a7')
    """
    text = text.strip()
    if not text or not (text[0].isdigit() or text[0] in "+-.") or "_" in text:
        return text
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() else number


def _csv(data: bytes, rows: int | None) -> Records:
    first = _decoded(data.partition(b"\n")[0])
    delimiter = max(_DELIMITERS, key=first.count)
    table = _lines_by_arrow(data, delimiter) if len(data) > _LONG else None
    lines = _lines(data, delimiter) if table is None else table
    if not lines:
        return Records(rows=0, columns={})
    if len(lines[0]) != rows:
        names = [column[0] for column in lines]
        lines = [column[1:] for column in lines]
    else:
        names = [str(place) for place in range(len(lines))]
    return Records(rows=len(lines[0]), columns=_named(names, lines))


def _lines(data: bytes, delimiter: str) -> list[list[str]]:
    """Return columns, the first line included; short lines are filled up."""
    reader = csv.reader(io.StringIO(_decoded(data), newline=""), delimiter=delimiter)
    found = [line for line in reader if line]
    width = max(map(len, found), default=0)
    _fits(len(found), width, data)
    return [[line[at] if at < len(line) else "" for line in found] for at in range(width)]


def _lines_by_arrow(data: bytes, delimiter: str) -> list[list[str]] | None:
    """Return the same as `_lines`, faster; None where pyarrow is not there or is stricter."""
    try:
        import pyarrow as pa
        from pyarrow import csv as reader
    except ImportError:
        return None
    width = len(next(csv.reader([_decoded(data.partition(b"\n")[0])], delimiter=delimiter), []))
    types = {f"f{place}": pa.string() for place in range(width)}
    try:
        table = reader.read_csv(
            pa.BufferReader(data),
            read_options=reader.ReadOptions(autogenerate_column_names=True),
            parse_options=reader.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=reader.ConvertOptions(column_types=types, strings_can_be_null=False),
        )
    except pa.ArrowException:
        return None
    if table.num_columns != width:
        return None
    return [column.to_pylist() for column in table.columns]


def _jsonl(data: bytes, rows: int | None) -> Records:
    found = [json.loads(line) for line in data.splitlines() if line.strip()]
    if not all(isinstance(one, dict) for one in found):
        raise ValueError("its lines are no objects")
    names = dict.fromkeys(name for one in found for name in one)
    _fits(len(found), len(names), data)
    return Records(
        rows=len(found),
        columns={name: _texts(one.get(name) for one in found) for name in names},
    )


def _json(data: bytes, rows: int | None) -> Records:
    if not data.lstrip().startswith(b"["):
        return _jsonl(data, rows)
    lines = b"\n".join(json.dumps(one).encode() for one in json.loads(data))
    return _jsonl(lines, rows)


def _arrow(data: bytes, rows: int | None) -> Records:
    try:
        import pyarrow as pa
        from pyarrow import feather, parquet
    except ImportError:
        raise Unreadable("Reading this file needs pyarrow, which is not installed.") from None
    source = pa.BufferReader(data)
    try:
        if data[:4] == b"PAR1":
            told = parquet.read_metadata(source)
            _fits(told.num_rows, told.num_columns, data)
            table = parquet.read_table(source)
        else:
            table = feather.read_table(source)
            table.validate(full=True)  # places of texts are as the file says, wherever they point
    except pa.ArrowException as error:
        raise ValueError(str(error)) from error
    columns = [_texts(column.to_pylist()) for column in table.columns]
    return Records(rows=table.num_rows, columns=_named(table.column_names, columns))


def _npy(data: bytes, rows: int | None) -> Records:
    array = load_array(data)
    flat = array.reshape(len(array), -1) if array.ndim else array.reshape(1, 1)
    columns = {str(place): _texts(flat[:, place].tolist()) for place in range(flat.shape[1])}
    return Records(rows=len(flat), columns=columns)


def _text(data: bytes, rows: int | None) -> Records:
    """Read numbers between blanks, as `numpy.savetxt` writes them."""
    lines = [line.split("#")[0].split() for line in _decoded(data).splitlines()]
    found = [line for line in lines if line]
    width = len(found[0]) if found else 0
    if any(len(line) != width for line in found) or (width == 1 and "," in found[0][0]):
        return _csv(data, rows)
    columns = {str(place): [line[place] for line in found] for place in range(width)}
    return Records(rows=len(found), columns=columns)


def _named(names: Sequence[str], columns: Iterable[list[str]]) -> dict[str, list[str]]:
    """Give columns names, of which none comes twice."""
    found: dict[str, list[str]] = {}
    for place, (name, column) in enumerate(zip(names, columns, strict=True)):
        found[name if name and name not in found else f"{name}.{place}".lstrip(".")] = column
    return found


def _texts(values: Iterable[Any]) -> list[str]:
    return list(_each(values))


def _each(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if value is None or (isinstance(value, float) and math.isnan(value)):
            yield ""
        else:
            yield value if isinstance(value, str) else str(value)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


_READERS: Final[dict[str, Callable[[bytes, int | None], Records]]] = {
    "csv": _csv,
    "tsv": _csv,
    "jsonl": _jsonl,
    "ndjson": _jsonl,
    "json": _json,
    "npy": _npy,
    "txt": _text,
    **dict.fromkeys(_ARROW, _arrow),
}
