"""Checks over a file: all their aggregates in one scan by DuckDB, which no memory need hold.

NaN counts as absent, as it does for whoever reads the file with pandas. The scanning database
may read the files that were named and nothing else, whatever a check's SQL says.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from forebear.core.checking import (
    Ask,
    ColumnType,
    Query,
    Shape,
    Sql,
    Stat,
    number,
    quoted,
    text,
)
from forebear.core.errors import InvalidInput, Unreadable
from forebear.engines.csv_head import ABSENT, csv_head

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["Asked", "CannotTell", "Scan", "counts_of", "scanning"]

_CSV: Final = ("csv", "tsv")
_READERS: Final = {
    **dict.fromkeys(_CSV, f"read_csv({{}}, header = true, skip = 0, nullstr = {[*ABSENT]}{{}})"),
    **dict.fromkeys(["parquet", "pq"], "read_parquet({})"),
    **dict.fromkeys(["json", "jsonl", "ndjson"], "read_json({})"),
}
_WIDER: Final = ("", ", sample_size = -1", ", all_varchar = true, null_padding = true")
"""How a CSV file is read: by its first lines, by all of them, and as nothing but texts."""
_ARROW: Final = ("feather", "arrow", "ipc")
_AT_ONCE: Final = 500
"""Aggregates of one scan: DuckDB's planner takes ever longer over more, and dies of thousands."""
_HELD: Final = 256_000_000
"""Bytes up to which a file that needs several scans is held in memory."""
_HEAD: Final = 4 << 20
"""Bytes of a CSV file that tell its encoding."""
_TYPES: Final[dict[str, ColumnType]] = {
    **dict.fromkeys(
        "TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT"
        .split(),
        "integer",
    ),
    **dict.fromkeys(["FLOAT", "DOUBLE", "DECIMAL"], "number"),
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "DATE": "date",
    **dict.fromkeys(["TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"], "timestamp"),
    "TIMESTAMP WITH TIME ZONE": "timestamp",
}  # fmt: skip


Asked = tuple[Sequence[Ask], str | None]
"""What one check asks, and what it calls its other table."""


class CannotTell:
    """Stands in place of the answers of a check whose SQL cannot be run."""

    def __init__(self, why: str) -> None:
        self.why = why


@contextmanager
def scanning(path: Path, others: Mapping[str, Path], *, name: str | None = None) -> Iterator[Scan]:
    """Open a file for checks; `others` are the other tables, by what checks call them.

    `name` tells what kind of file it is where the path does not.

    Raises:
        InvalidInput: DuckDB is not installed.
        Unreadable: the file is none that it can read.
    """
    try:
        import duckdb
    except ImportError:
        raise InvalidInput(
            "Checking the rows of a file needs DuckDB, which is not installed.",
            hint="`pip install 'forebear[quality]'` brings it.",
        ) from None
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET TimeZone = 'UTC'")
        for place, other in enumerate(others.values()):
            _Source(other, other.name).view(connection, f"other_{place}")
        scan = Scan(connection, _Source(path, name or path.name), list(others))
        _lock(connection, [path, *others.values()])
        yield scan
    finally:
        connection.close()


class Scan:
    """One file that is being checked."""

    def __init__(
        self, connection: DuckDBPyConnection, data: _Source, others: Sequence[str]
    ) -> None:
        self._connection, self._data = connection, data
        self._others = {ref: f"other_{place}" for place, ref in enumerate(others)}
        self._width = 0
        self._source = "file"
        self.columns: dict[str, ColumnType] = {}
        self._look()

    def answers(
        self, shape: Callable[[], Shape], ask: Callable[[Shape], Sequence[Asked]]
    ) -> list[list[Any] | CannotTell]:
        """Return the answers to what each check asks: in one scan, unless they ask for very much.

        `shape` is called anew when a CSV file turns out to be unlike its first lines: then its
        columns have other types, and checks may ask otherwise.

        Raises:
            Unreadable: the file is damaged.
        """
        while True:
            asked = ask(shape())
            wanted = list(dict.fromkeys(one for asks, _ in asked for one in asks))
            aggregates = _aggregates(wanted, shape())
            values = self._together(aggregates)
            if values is not None:
                return [self._of(asks, other, values) for asks, other in asked]

    def places(self, offenders: Sequence[tuple[str, str | None]], most: int) -> list[list[int]]:
        """Return the first places at which each condition, or query for places, holds."""
        if self._source == "data":
            self._connection.execute("ALTER TABLE data RENAME TO held")
            self._source = "held"
        placed = "CREATE OR REPLACE VIEW data AS SELECT *, row_number() OVER () - 1 AS place"
        self._connection.execute(f"{placed} FROM {self._source}")
        found = []
        for condition, other in offenders:
            whole = condition.lstrip().upper().startswith("SELECT")
            query = condition if whole else f"SELECT place FROM data WHERE {condition}"
            places: list[int] = []
            with suppress(self._error):
                rows = self._rows(self._with_other(f"{query} ORDER BY place LIMIT {most}", other))
                places = [int(row[0]) for row in rows]
            found.append(places)
        return found

    def _look(self) -> None:
        self._data.view(self._connection, "file", _WIDER[self._width])
        self._source = "file"
        self._connection.execute("CREATE OR REPLACE VIEW data AS SELECT * FROM file")
        described = self._rows("DESCRIBE data")
        self.columns = {row[0]: _TYPES.get(row[1].partition("(")[0], "other") for row in described}

    def _together(self, aggregates: Mapping[Ask, str]) -> dict[Ask, Any] | None:
        """Compute aggregates in one scan; None where the columns have got other types."""
        if not aggregates:
            return {}
        found: dict[Ask, Any] = {}
        asked = list(aggregates)
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            try:
                if len(asked) > _AT_ONCE:
                    self._hold()
                row = self._rows(f"SELECT {', '.join(aggregates[one] for one in some)} FROM data")[
                    0
                ]
            except self._error:
                if self._widened():
                    return None
                # It is a check's own fault, and the others shall not suffer for it.
                row = tuple(self._one(f"SELECT {aggregates[one]} FROM data") for one in some)
            found |= zip(some, row, strict=True)
        return found

    def _hold(self) -> None:
        """Hold a file that is scanned more than once in memory, unless it is a large one."""
        if self._source != "file" or self._data.size > _HELD:
            return
        self._connection.execute("CREATE OR REPLACE TABLE held AS SELECT * FROM file")
        # No view of it: that would be unfolded, column by column, for each scan.
        self._connection.execute("DROP VIEW data")
        self._connection.execute("ALTER TABLE held RENAME TO data")
        self._source = "data"

    def _widened(self) -> bool:
        """Read a file that is unlike its first lines in another way; tell whether it was so."""
        try:
            self._rows("SELECT count(COLUMNS(*)) FROM data")
        except self._error as error:
            if not self._data.csv or self._width + 1 == len(_WIDER):
                raise Unreadable(f"'{self._data.name}' cannot be read: {_short(error)}.") from None
            self._width += 1
            self._look()
            return True
        return False

    def _of(
        self, asks: Sequence[Ask], other: str | None, values: Mapping[Ask, Any]
    ) -> list[Any] | CannotTell:
        found = []
        for ask in asks:
            if isinstance(ask, Query):
                value = self._one(self._with_other(ask.sql, other))
            else:
                value = values[ask]
            if isinstance(value, CannotTell):
                return value
            found.append(value)
        return found

    def _one(self, sql: str) -> Any:
        try:
            rows = self._rows(sql)
        except self._error as error:
            return CannotTell(_short(error))
        if not rows:
            return None
        return rows[0][0] if len(rows[0]) == 1 else rows[0]

    def _with_other(self, sql: str, other: str | None) -> str:
        if other is None:
            return sql
        return f"WITH other AS (SELECT * FROM {self._others[other]}) {sql}"

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql).fetchall()

    @property
    def _error(self) -> type[Exception]:
        import duckdb

        return duckdb.Error


class _Source:
    """A file as DuckDB reads it; NaN is absent."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        self._ending = _ending(name) if not path.is_dir() else _within(path)
        self.csv = self._ending in _CSV
        self.size = path.stat().st_size if path.is_file() else _HELD + 1
        if self._ending not in _READERS and self._ending not in _ARROW:
            kinds = ", ".join([*_READERS, *_ARROW])
            raise Unreadable(f"The rows of '{name}' cannot be checked.", hint=f"Can be: {kinds}.")

    def view(self, connection: DuckDBPyConnection, view: str, way: str = "") -> None:
        """Make a view of the file.

        Raises:
            Unreadable: it is damaged, or needs pyarrow.
        """
        import duckdb

        if self._ending in _ARROW:
            connection.register(source := f"{view}_arrow", _arrow(self.path))
        else:
            parts = f"{self.path}/**/*.{self._ending}" if self.path.is_dir() else str(self.path)
            source = _READERS[self._ending].format(text(parts), f"{self._head()}{way}")
        try:
            described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        except duckdb.Error as error:
            raise Unreadable(f"'{self.name}' cannot be read: {_short(error)}.") from None
        told = ", ".join(_without_nan(row[0], row[1]) for row in described)
        connection.execute(f"CREATE OR REPLACE VIEW {view} AS SELECT {told} FROM {source}")

    def _head(self) -> str:
        """Return how a CSV file is to be read where DuckDB would see another table than others.

        It takes every file for UTF-8, and has names of its own for columns that have none.
        """
        if not self.csv or self.path.is_dir() or self.name.lower().endswith(".zst"):
            return ""
        packed = self.name.lower().endswith(".gz")
        try:
            with gzip.open(self.path) if packed else self.path.open("rb") as file:
                head = csv_head(file.read(_HEAD))
        except (OSError, EOFError, zlib.error):
            return ""  # DuckDB says what is wrong with it
        # Whatever is said need not be found out by trying, which takes long where columns are many.
        said = f", delim = {text(head.delimiter)}, quote = '\"', escape = '\"'"
        if head.encoding != "utf-8":
            said += f", encoding = '{head.encoding}'"
        if head.plain:
            return said
        return f"{said}, names = [{', '.join(map(text, head.names))}]"


def counts_of(column: str, most: int) -> Query:
    """Ask for the most frequent values of a column, each with how often it comes, as texts."""
    name = quoted(column)
    counts = (
        f"SELECT CAST({name} AS VARCHAR) AS v, count(*) AS n FROM data"
        f" WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY n DESC, v LIMIT {most}"
    )
    return Query(f"SELECT list([v, n::VARCHAR]) FROM ({counts})")


def _aggregates(asks: Sequence[Ask], shape: Shape) -> dict[Ask, str]:
    """Return the SQL aggregates that answer what is asked, apart from queries of their own.

    All quantiles of a column are elements of one list, for which DuckDB sorts its values once.
    """
    at: dict[str, list[float]] = {}
    for one in asks:
        if isinstance(one, Stat) and one.what == "quantile":
            at.setdefault(one.column or "", []).append(one.at or 0.0)
    return {one: sql for one in asks if (sql := _aggregate(one, shape, at))}


def _aggregate(ask: Ask, shape: Shape, at: Mapping[str, list[float]]) -> str | None:
    """Return the SQL aggregate that answers an ask; `at` are the quantiles of each column."""
    if isinstance(ask, Sql):
        return ask.sql
    if isinstance(ask, Query):
        return None
    if ask.what == "rows":
        return "count(*)"
    assert ask.column is not None
    column = quoted(ask.column)
    value = column if shape.numeric(ask.column) else number(ask.column)
    if ask.what in ("min", "max") and shape.columns.get(ask.column) in ("date", "timestamp"):
        return f"{ask.what}({column})::VARCHAR"
    if ask.what == "quantile":
        quantiles = at[ask.column]
        place = quantiles.index(ask.at or 0.0) + 1
        return f"quantile_cont({value}, {quantiles})[{place}]::DOUBLE"
    return {
        "nulls": f"count(*) - count({column})",
        "distinct": f"count(DISTINCT {column})",
        "min": f"min({value})::DOUBLE",
        "max": f"max({value})::DOUBLE",
        "mean": f"avg({value})",
        "std": f"stddev_samp({value})",
    }[ask.what]


def _without_nan(column: str, type: str) -> str:
    name = quoted(column)
    if type not in ("FLOAT", "DOUBLE"):
        return name
    return f"CASE WHEN NOT isnan({name}) THEN {name} END AS {name}"


def _ending(name: str) -> str:
    parts = name.lower().rsplit("/", 1)[-1].split(".")
    if parts[-1] in ("gz", "zst"):
        parts.pop()
    return parts[-1]


def _within(folder: Path) -> str:
    """Return what kind of files the parts of a table in a folder are."""
    kinds = {_ending(file.name) for file in folder.rglob("*") if file.is_file()}
    return next((one for one in _READERS if one in kinds), "")


def _arrow(path: Path) -> Any:
    try:
        import pyarrow as pa
        from pyarrow import feather
    except ImportError:
        raise Unreadable(f"Reading '{path.name}' needs pyarrow, which is not installed.") from None
    try:
        table = feather.read_table(path)
        table.validate(full=True)  # DuckDB follows places in a dictionary wherever they point
    except (pa.ArrowException, OSError) as error:
        raise Unreadable(f"'{path.name}' cannot be read: {error}.") from error
    return table


def _lock(connection: DuckDBPyConnection, paths: Sequence[Path]) -> None:
    """Let SQL that comes from a suite read these files only."""
    for setting, chosen in (
        ("allowed_paths", [path for path in paths if not path.is_dir()]),
        ("allowed_directories", [path for path in paths if path.is_dir()]),
    ):
        named = ", ".join(text(str(path)) for path in chosen)
        connection.execute(f"SET {setting} = [{named}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _short(error: Exception) -> str:
    """Return what a database complains of, without the lines that point into the SQL or data."""
    return str(error).strip().partition("\n")[0].rstrip(".")
