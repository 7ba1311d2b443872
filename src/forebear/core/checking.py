"""What a check is: what it needs to know of data, and what it makes of the answer.

A check is a Struct whose fields are its settings. It never opens anything: it *asks* for figures
(`Stat`, which a stored profile may answer), for SQL aggregates (`Sql`, all of which share one
scan) or, rarely, for a query of its own (`Query`); and it *judges* what came back.

>>> class Even(RowCheck, frozen=True, kw_only=True):
...     kind = "even"
...     column: str
...     def bad(self, shape):
...         return f"{number(self.column)} % 2 <> 0"
...     def words(self):
...         return "even"
>>> check = Even(column="n")
>>> check.asks(Shape(columns={"n": "integer"}))[0].sql
'count(*) FILTER (WHERE TRY_CAST("n" AS DOUBLE) % 2 <> 0)'
>>> check.judge([2, 10], Shape(columns={"n": "integer"})).status
'failed'

SQL is DuckDB's. In it the data is `data`, and the other table of a check that has one is `other`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar, Final, Literal

from msgspec import Meta, Struct

from forebear.core.quality import CheckStatus, Severity

__all__ = [
    "Ask",
    "Check",
    "ColumnType",
    "Outcome",
    "Part",
    "Query",
    "RowCheck",
    "Shape",
    "Sql",
    "Stat",
    "among",
    "failed",
    "no_numbers",
    "number",
    "passed",
    "quoted",
    "rows_of",
    "share",
    "skipped",
    "text",
    "texts",
    "unable",
]

ColumnType = Literal["integer", "number", "text", "boolean", "date", "timestamp", "other"]
FIGURES: Final = frozenset({"integer", "number"})
Part = Annotated[float, Meta(ge=0, le=1)]
"""A share of all rows."""


class Shape(Struct, frozen=True, kw_only=True):
    """What is known of data before its rows are looked at."""

    columns: dict[str, ColumnType]
    """In their order."""
    made: float | None = None
    """When the data was made or last changed, as seconds since 1970."""
    now: float = 0.0
    rows_before: int | None = None
    """Rows of the version before, where it is known."""

    def numeric(self, column: str) -> bool:
        """Tell whether a column holds numbers."""
        return self.columns.get(column) in FIGURES


class Stat(Struct, frozen=True):
    """A figure of the data or of one column, which need not be scanned for where it is stored."""

    what: Literal["rows", "nulls", "distinct", "min", "max", "mean", "std", "quantile"]
    column: str | None = None
    at: float | None = None
    """Which quantile."""


class Sql(Struct, frozen=True):
    """An aggregate over the rows; those of all checks are computed in one scan."""

    sql: str


class Query(Struct, frozen=True):
    """A query of its own, for what no aggregate can tell; the answer is the first row."""

    sql: str


Ask = Stat | Sql | Query


class Outcome(Struct, frozen=True, kw_only=True):
    """What a check found."""

    status: CheckStatus
    message: str
    measured: Any = None
    expected: Any = None
    offending: int | None = None


class Check(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of all checks: one file in `forebear/checks/`, or an entry point of `forebear.checks`.

    A subclass has a `kind`, settings as fields, `asks` and `judge`. The first sentence of its
    docstring is its help.
    """

    kind: ClassVar[str] = ""
    on_empty: ClassVar[bool] = False
    """It says something of data without rows too."""

    id: str = ""
    severity: Severity = "error"

    def __post_init__(self) -> None:
        least, greatest = getattr(self, "least", None), getattr(self, "greatest", None)
        if least is not None and greatest is not None and least > greatest:
            raise ValueError(f"`least` ({least:g}) is more than `greatest` ({greatest:g})")

    @property
    def name(self) -> str:
        """What results and incidents of it are kept under: its id, or `kind:columns`."""
        return self.id or ":".join([self.kind, ",".join(self.involved())]).rstrip(":")

    def involved(self) -> list[str]:
        """Return the columns that must be there for it to be done."""
        column = getattr(self, "column", None)
        return [column] if column else list(getattr(self, "columns", ()))

    @property
    def another(self) -> str | None:
        """The ref or file of the other table that it looks into."""
        return None

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Return what it needs to know."""
        raise NotImplementedError

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Return what it makes of the answers, which come in the order of `asks`."""
        raise NotImplementedError

    def judge_seen(self, seen: Any, shape: Shape) -> Outcome | None:
        """Return what it makes of a stored profile, where that tells as much as the rows.

        Not needed where it asks for nothing but a `Stat`. `seen` is a
        `forebear.core.suggesting.Seen`.
        """
        return None

    def offenders(self, shape: Shape) -> str | None:
        """Return a condition that the offending rows meet, or a query for the `place` of each.

        Rows have a column `place`, their number from 0 on. None where rows are not to blame.
        """
        return None

    @classmethod
    def suggest(cls, seen: Any) -> Iterable[tuple[Check, str]]:
        """Return checks that trusted data passes, each with a sentence that says why it is so.

        `seen` is a `forebear.core.suggesting.Seen`.
        """
        return ()


class RowCheck(Check, frozen=True, kw_only=True):
    """Base of checks that look at each row by itself: `bad` is the condition of a bad one.

    A row for which the condition is NULL is not bad: absent values are the business of `nulls`.
    """

    most: Part = 0.0
    """The share of rows that may be bad."""

    def bad(self, shape: Shape) -> str:
        """Return the SQL condition that a bad row meets."""
        raise NotImplementedError

    def subject(self) -> str:
        """Return what the check is about, to come before "is not"."""
        return ", ".join(self.involved())

    def words(self) -> str:
        """Return what all values have to be, to follow "is not"."""
        raise NotImplementedError

    def expects(self) -> Any:
        """Return what is expected, for the record."""
        return self.words()

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask how many rows are bad, of how many."""
        return [Sql(f"count(*) FILTER (WHERE {self.bad(shape)})"), Stat("rows")]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail where more rows are bad than may be."""
        bad, rows = found
        what = self.subject()
        if bad <= self.most * rows:
            return passed(f"{what} is {self.words()}", bad, self.expects(), offending=bad)
        allowed = f", {share(self.most)} may be" if self.most else ""
        told = f"{what} is not {self.words()} in {bad:,} of {rows:,} rows ({share(bad / rows)})"
        return failed(told + allowed, bad, self.expects(), offending=bad)

    def offenders(self, shape: Shape) -> str | None:
        """Return the condition."""
        return self.bad(shape)


def passed(
    message: str, measured: Any = None, expected: Any = None, *, offending: int | None = None
) -> Outcome:
    """Return that the data is as it should be."""
    return Outcome(
        status="passed", message=message, measured=measured, expected=expected, offending=offending
    )


def failed(
    message: str, measured: Any = None, expected: Any = None, *, offending: int | None = None
) -> Outcome:
    """Return that the data is not as it should be."""
    return Outcome(
        status="failed", message=message, measured=measured, expected=expected, offending=offending
    )


def skipped(message: str) -> Outcome:
    """Return that there was nothing to be checked."""
    return Outcome(status="skipped", message=message)


def unable(message: str) -> Outcome:
    """Return that the check could not be done."""
    return Outcome(status="error", message=message)


def no_numbers(column: str, shape: Shape) -> Outcome:
    """Return that a column has no number, which is no fault of one that could have some."""
    if shape.numeric(column):
        return skipped(f"{column} has no value")
    return failed(f"{column} holds no numbers; its type is {shape.columns.get(column)}")


def among(column: str, values: Iterable[object], shape: Shape) -> str:
    """Return the condition that a column has one of some values; NULL where it has none.

    Numbers are compared as numbers, since 1 in one version of a file is 1.0 in the next.

    >>> among("n", [1, "2", "x"], Shape(columns={"n": "number"}))
    '"n" IN (1.0, 2.0)'
    >>> among("t", [1, True], Shape(columns={"t": "text"}))
    'CAST("t" AS VARCHAR) IN (\'1\', \'true\')'
    """
    name = quoted(column)
    if shape.numeric(column):
        figures = [repr(figure) for one in values if (figure := _figure(one)) is not None]
        return f"{name} IN ({', '.join(figures)})" if figures else f"{name} <> {name}"
    known = [str(one).lower() if isinstance(one, bool) else one for one in values]
    return f"CAST({name} AS VARCHAR) IN {texts(known)}"


def _figure(value: object) -> float | None:
    try:
        found = None if isinstance(value, bool) else float(str(value))
    except ValueError:
        return None
    return found if found is not None and math.isfinite(found) else None


def quoted(column: str) -> str:
    """Return a column as SQL names it.

    >>> quoted('a"b')
    '"a""b"'
    """
    escaped = column.replace('"', '""')
    return f'"{escaped}"'


def number(column: str) -> str:
    """Return a column as a number, NULL where it is none."""
    return f"TRY_CAST({quoted(column)} AS DOUBLE)"


def text(value: str) -> str:
    """Return a text as SQL writes it.

    >>> text("it's")
    "'it''s'"
    """
    escaped = value.replace("'", "''")
    return f"'{escaped}'"


def texts(values: Iterable[object]) -> str:
    """Return values as a list of texts in SQL.

    >>> texts(["a", 1])
    "('a', '1')"
    """
    return f"({', '.join(text(str(value)) for value in values)})"


def rows_of(count: int) -> str:
    """Return a number of rows.

    >>> rows_of(1), rows_of(2000)
    ('1 row', '2,000 rows')
    """
    return f"{count:,} row" + ("" if count == 1 else "s")


def share(part: float) -> str:
    """Return a share for people, never rounded to nothing.

    >>> share(0.5), share(0.00001), share(0)
    ('50 %', '0.001 %', '0 %')
    """
    return f"{part * 100:.3g} %"
