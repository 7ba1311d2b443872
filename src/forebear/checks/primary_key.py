"""Primary key: some columns together name each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from forebear.core.checking import Ask, Check, Outcome, Shape, Sql, Stat, failed, passed, quoted

__all__ = ["PrimaryKey"]


class PrimaryKey(Check, frozen=True, kw_only=True, omit_defaults=True):
    """The columns together are there in each row, and are the same in no two."""

    kind: ClassVar[str] = "primary_key"

    columns: list[str]

    def __post_init__(self) -> None:
        if not self.columns:
            raise ValueError("`columns` has to name some")

    def _key(self) -> str:
        return f"({', '.join(map(quoted, self.columns))},)"

    def _absent(self) -> str:
        return " OR ".join(f"{quoted(name)} IS NULL" for name in self.columns)

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask for rows, rows without a whole key, and different keys."""
        whole = f"NOT ({self._absent()})"
        return [
            Stat("rows"),
            Sql(f"count(*) FILTER (WHERE {self._absent()})"),
            Sql(f"count(DISTINCT row{self._key().replace(',)', ')')}) FILTER (WHERE {whole})"),
        ]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail where a key is absent, or comes twice."""
        rows, absent, distinct = found
        repeated = rows - absent - distinct
        name = ", ".join(self.columns)
        measured = {"absent": absent, "repeated": repeated}
        if not absent and not repeated:
            return passed(f"{name} names each row", measured, offending=0)
        told = f"{name} does not name each row: absent in {absent:,}, repeated in {repeated:,}"
        return failed(told, measured, offending=absent + repeated)

    def offenders(self, shape: Shape) -> str | None:
        """Return the rows without a key, and those whose key came before."""
        keys = ", ".join(map(quoted, self.columns))
        return (
            f"SELECT place FROM (SELECT place, ({self._absent()}) AS absent, row_number() OVER"
            f" (PARTITION BY {keys} ORDER BY place) AS nth FROM data) WHERE absent OR nth > 1"
        )
