"""pandera: what `SchemaErrors` says, as its message or as its table of failure cases, in JSON.

Failure cases hold values of rows, which are somebody's data: they are counted and not taken over.
It says what fails and nothing of what passes, and never which file it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from forebear.core.checking import rows_of
from forebear.core.foreign_quality import ForeignResult, QualityFormat, distinguished
from forebear.core.quality import CheckResult

__all__ = ["QUALITY"]

_TOOL: Final = "pandera"
_COLUMNS: Final = {"schema_context", "column", "check", "failure_case", "index"}
_LEVELS: Final = {"SCHEMA", "DATA"}
_POSITIONS: Final = 10


def _recognises(data: Any) -> bool:
    if isinstance(data, dict) and data and data.keys() <= _LEVELS:
        return True
    rows = _rows(data)
    return rows is not None and bool(rows) and all(set(row) >= _COLUMNS for row in rows)


def _rows(data: Any) -> list[dict[str, Any]] | None:
    """Return failure cases row by row, in whichever way pandas or polars wrote the table."""
    if isinstance(data, list):
        return data if all(isinstance(row, dict) for row in data) else None
    if not isinstance(data, dict) or data.keys() <= _LEVELS:
        return None
    if set(data) >= _COLUMNS:
        columns = {name: part for name, part in data.items() if isinstance(part, dict)}
        order = list(columns.get("check", {}))
        return [{name: part.get(at) for name, part in columns.items()} for at in order]
    names, split = data.get("columns"), data.get("data")
    if isinstance(names, list) and isinstance(split, list):
        fitting = all(isinstance(row, list) and len(row) == len(names) for row in split)
        return [dict(zip(names, row, strict=True)) for row in split] if fitting else None
    rows = [*data.values()]
    return rows if all(isinstance(row, dict) for row in rows) else None


def _read(data: Any, _: Any) -> list[ForeignResult]:
    rows = _rows(data)
    results = _of_cases(rows) if rows is not None else _of_message(data)
    return distinguished(
        [
            ForeignResult(
                key=":".join([_TOOL, one.check, *([one.column] if one.column else [])]), result=one
            )
            for one in results
        ]
    )


def _of_cases(rows: list[dict[str, Any]]) -> Iterator[CheckResult]:
    """Yield a result for each check and column, with how many cases failed it and where."""
    groups: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((str(row["check"]), _column(row)), []).append(row)
    for (check, column), cases in groups.items():
        places = [case["index"] for case in cases]
        at = [
            int(place) for place in places if isinstance(place, int | float) and place == int(place)
        ]
        of_rows = bool(at)
        yield CheckResult(
            check=check,
            status="failed",
            column=column,
            message=f"{rows_of(len(cases))} with values that {check} does not allow"
            if of_rows
            else f"it fails {check}",
            offending=len(cases) if of_rows else None,
            positions=sorted(at)[:_POSITIONS],
            tool=_TOOL,
        )


def _of_message(data: dict[str, Any]) -> Iterator[CheckResult]:
    for kinds in data.values():
        for reason, faults in kinds.items():
            for fault in faults:
                check = str(fault.get("check") or reason)
                column = _column(fault)
                yield CheckResult(
                    check=check,
                    status="failed",
                    column=column,
                    message=f"{_words(reason)}: {column or 'the table'} fails {check}",
                    suite=str(fault.get("schema") or ""),
                    tool=_TOOL,
                )


def _words(reason: str) -> str:
    """Return `SERIES_CONTAINS_NULLS` as people say it."""
    return reason.lower().replace("_", " ")


def _column(row: dict[str, Any]) -> str | None:
    column = row.get("column")
    if row.get("check") == "column_in_dataframe":
        # Here the failure is the name of a column, and where a column stands is the schema.
        column = row.get("failure_case") or column
    elif row.get("schema_context") == "DataFrameSchema" or column == row.get("schema"):
        return None
    return None if column is None else str(column)


QUALITY: Final = QualityFormat(name="pandera", recognises=_recognises, read=_read)
