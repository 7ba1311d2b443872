"""Sensitive columns of data files, found by name, by form and by check digits.

Values are looked at and forgotten: what comes out of here are classes, counts and shares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from msgspec import Struct, field

from forebear.core.catalog import ClassFound, FoundBy
from forebear.core.errors import InvalidInput
from forebear.core.personal import class_of_name
from forebear.engines.profile_files import files_of, form_of
from forebear.engines.profile_sources import Rows, open_rows
from forebear.engines.sensitivity_values import DETECTORS, matches, relaxed

__all__ = ["ROWS", "Scanned", "Values", "class_of", "scan_files"]

ROWS: Final = 50_000
"""Rows that are looked at unless all are asked for."""
_DISTINCT: Final = 20_000
"""Different values of a column that are looked at; what comes after them is passed over."""
_RELAXED: Final = 0.5
_FEW: Final = 50
"""Different values up to which a column may tell groups of people apart."""
_GROUPS: Final = frozenset("sex race religion politics orientation union".split())
_TEXTS: Final = frozenset("person-name address secret".split())


class Scanned(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was looked through, and what was found."""

    rows: int
    columns: int
    whole: bool
    findings: list[ClassFound]


class Values(Struct, kw_only=True):
    """The values of a column that are looked at: different ones with how often they occur."""

    name: str
    kind: str
    """`text`, `integer`, `float`, `date`, `bool` or `other`."""
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, value: str, count: int) -> None:
        """Add a value, unless there are too many different ones."""
        if value in self.counts or len(self.counts) < _DISTINCT:
            self.counts[value] = self.counts.get(value, 0) + count


def scan_files(place: str, *, rows: int | None = ROWS) -> Scanned:
    """Look through the columns of a data file, or of a folder of parts: its first `rows`, or all.

    Raises:
        InvalidInput: a library that it needs is not installed.
        Unreadable: the files cannot be read as a table.
    """
    _needs()
    files = files_of(place)
    table = open_rows(files)
    columns = [
        Values(name=name, kind=_kind(type))
        for name, type in zip(table.names, table.types, strict=True)
    ]
    seen, whole = 0, True
    for batch in _as_written(files, table).batches(None):
        taken = batch if rows is None else batch.slice(0, rows - seen)
        whole &= taken.num_rows == batch.num_rows
        for values, column in zip(columns, taken.columns, strict=True):
            for value, count in _counted(column, values.kind):
                values.add(value, count)
        seen += taken.num_rows
        if not whole:
            break
    findings = [one for values in columns if (one := class_of(values)) is not None]
    return Scanned(rows=seen, columns=len(columns), whole=whole, findings=findings)


def _as_written(files: Sequence[str], table: Rows) -> Rows:
    """Return the rows of a CSV file as texts: as numbers, telephones lose their `+` and their 0."""
    import pyarrow as pa

    if form_of(files[0]) != "csv":
        return table
    return open_rows(files, [pa.string()] * len(table.names))


def class_of(values: Values) -> ClassFound | None:
    """Return what a column holds that is sensitive: the surest that is found, if anything."""
    there = sum(values.counts.values())
    if there and (values.kind in {"text", "integer"} or _dotless(values)):
        for one in DETECTORS:
            count, different = matches(values.counts, one.test)
            if different >= one.fewest and count >= one.share * there:
                return _finding(values.name, one.sensitivity, one.found_by, count, there)
    named = class_of_name(values.name)
    if named is None or values.kind == "other":
        return None
    fitting = _fitting(values, named, there)
    return None if fitting is None else _finding(values.name, named, "name", fitting, there)


def _dotless(values: Values) -> bool:
    """Tell whether what is read as fractions is written without a point, as telephones are."""
    return values.kind == "float" and all("." not in one for one in islice(values.counts, 100))


def _fitting(values: Values, named: str, there: int) -> int | None:
    """Return how many values may be what the name says; None where they are something else."""
    if not there:
        return 0
    if named in relaxed:
        if values.kind == "bool":
            return None
        count, _ = matches(values.counts, relaxed[named])
        return count if count >= _RELAXED * there else None
    if named in _GROUPS:
        few = len(values.counts) <= _FEW and (values.kind != "float" or _coded(values))
        return there if few else None
    if named in _TEXTS and values.kind in {"bool", "float", "date"}:
        return None
    return there


def _coded(values: Values) -> bool:
    """Tell whether all numbers are whole: groups are coded so, and a gap makes them fractions."""
    return all(value.endswith(".0") or value.isdigit() for value in values.counts)


def _finding(
    column: str, sensitivity: str, found_by: FoundBy, count: int, there: int
) -> ClassFound:
    share = round(count / there, 4) if there else 0.0
    return ClassFound(
        column=column, sensitivity=sensitivity, found_by=found_by, count=count, share=share
    )


def _counted(column: Any, kind: str) -> Iterator[tuple[str, int]]:
    """Yield the different values of a piece of a column as text, without those that are missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if kind == "other":
        return
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    for pair in pc.value_counts(column.drop_null()):
        value = pair["values"].as_py()
        if value is not None and (text := str(value).strip()):
            yield text, pair["counts"].as_py()


def _kind(type: Any) -> str:
    import pyarrow as pa

    if pa.types.is_dictionary(type):
        return _kind(type.value_type)
    tests: Sequence[tuple[str, Any]] = (
        ("text", pa.types.is_string),
        ("text", pa.types.is_large_string),
        ("text", pa.types.is_string_view),
        ("integer", pa.types.is_integer),
        ("float", pa.types.is_floating),
        ("float", pa.types.is_decimal),
        ("bool", pa.types.is_boolean),
        ("date", pa.types.is_date),
        ("date", pa.types.is_timestamp),
    )
    return next((word for word, test in tests if test(type)), "other")


def _needs() -> None:
    try:
        import pyarrow  # noqa: F401
        import stdnum  # noqa: F401
    except ImportError as error:
        raise InvalidInput(
            f"Looking for sensitive columns needs {error.name}, which is not installed.",
            hint="Install it: pip install 'forebear[scan]'.",
        ) from None
