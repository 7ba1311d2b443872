"""Conditions on rows, as people write them: `age<30 and sex=Female`, `country in {DE, FR}`.

Nothing is evaluated as code. Numbers are compared as numbers where the column holds numbers, else
as text; `is missing` and `is not missing` ask for empty cells.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from forebear.analysis.outcome import label
from forebear.core.errors import InvalidInput

__all__ = ["Clause", "Condition", "column_of", "parse"]

_AND: Final = re.compile(r"\s+and\s+", re.IGNORECASE)
_MISSING: Final = re.compile(r"(.+?)\s+is\s+(not\s+)?missing", re.IGNORECASE)
_IN: Final = re.compile(r"(.+?)\s+(not\s+)?in\s*[{\[(](.*)[}\])]", re.IGNORECASE)
_COMPARED: Final = re.compile(r"([^<>=!]+?)\s*(<=|>=|==|!=|<|>|=)\s*(.+)")

_COMPARE: Final = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class Clause(Struct, frozen=True):
    """One comparison of a column with a value."""

    column: str
    op: str
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.op in {"in", "not in"}:
            return f"{self.column} {self.op} {{{', '.join(self.values)}}}"
        return (
            f"{self.column} {self.op}" if not self.values else self.column + self.op + self._value
        )

    @property
    def _value(self) -> str:
        return self.values[0]

    def mask(self, frame: Any) -> Any:
        """Return which rows of a frame meet it."""
        values = column_of(frame, self.column)
        if self.op == "is missing":
            return values.isna().to_numpy()
        if self.op == "is not missing":
            return values.notna().to_numpy()
        if self.op in {"<", "<=", ">", ">="}:
            return self._ordered(values)
        found = values.map(label, na_action="ignore").isin([label_of(one) for one in self.values])
        wanted = self.op in {"=", "==", "in"}
        return (found if wanted else ~found & values.notna()).to_numpy(dtype=bool)

    def _ordered(self, values: Any) -> Any:
        import operator

        compare = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}[
            self.op
        ]
        if not _numeric(values):
            texts = values.astype(str).to_numpy(dtype=object)
            return (compare(texts, self._value) & values.notna().to_numpy()).astype(bool)
        try:
            bound = float(self._value)
        except ValueError:
            raise InvalidInput(
                f"'{self}' compares numbers in column '{self.column}' with '{self._value}'."
            ) from None
        return compare(values.to_numpy(dtype=float, na_value=float("nan")), bound)


class Condition(Struct, frozen=True):
    """Clauses that must all hold."""

    clauses: tuple[Clause, ...]

    def __str__(self) -> str:
        return " and ".join(map(str, self.clauses))

    def mask(self, frame: Any) -> Any:
        """Return which rows of a frame meet it, as an array of booleans.

        Raises:
            InvalidInput: the frame has no such column, or it cannot be compared so.
        """
        import numpy as np

        return np.logical_and.reduce([one.mask(frame) for one in self.clauses])


def parse(text: str) -> Condition:
    """Read a condition.

    Raises:
        InvalidInput: it is written in another way.

    >>> str(parse("age < 30 and sex = Female"))
    'age<30 and sex=Female'
    """
    return Condition(tuple(_clause(part, text) for part in _AND.split(text.strip())))


def column_of(frame: Any, name: str) -> Any:
    """Return a column of a frame.

    Raises:
        InvalidInput: there is none of that name.
    """
    columns: Sequence[Any] = list(frame.columns)
    if name in columns:
        return frame[name]
    known = ", ".join(map(str, columns[:12])) + (" …" if len(columns) > 12 else "")
    raise InvalidInput(f"The data have no column '{name}'.", hint=f"Their columns are {known}.")


def label_of(text: str) -> str:
    """Return a written value in the form in which `label` gives those of a column."""
    try:
        return label(float(text))
    except ValueError:
        return text


def _numeric(values: Any) -> bool:
    return getattr(values.dtype, "kind", "O") in "iufb" or str(values.dtype)[:3] in {
        "Int",
        "UIn",
        "Flo",
        "boo",
    }


def _clause(text: str, whole: str) -> Clause:
    if found := _MISSING.fullmatch(text):
        return Clause(found[1].strip(), "is not missing" if found[2] else "is missing")
    if found := _IN.fullmatch(text):
        values = tuple(_unquoted(one) for one in found[3].split(",") if one.strip())
        return Clause(found[1].strip(), "not in" if found[2] else "in", values)
    if found := _COMPARED.fullmatch(text):
        op = "=" if found[2] == "==" else found[2]
        return Clause(found[1].strip(), op, (_unquoted(found[3]),))
    raise InvalidInput(
        f"'{whole}' is no condition.",
        hint="Write it like 'age<30', 'sex=Female and age>=65' or 'country in {DE, FR}'.",
    )


def _unquoted(text: str) -> str:
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text
