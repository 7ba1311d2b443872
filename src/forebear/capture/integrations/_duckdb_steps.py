"""What DuckDB's relations do, told in SQL, where it is plain to see."""

from __future__ import annotations

from typing import Any, Final

from forebear.capture.asking import Asked
from forebear.capture.integrations._duckdb_rows import selected

__all__ = ["own_sql_of_step", "sql_of_step"]

_ROWS_ONLY: Final = frozenset("filter order sort limit distinct head offset sample".split())


def sql_of_step(method: str, known: list[Asked], given: list[Any]) -> str | None:
    """Return a method of relations as SQL, where its columns are plain to see."""
    inner = known[0].sql
    if inner is None or len(known) > 1 or ";" in inner:
        return None
    if method in _ROWS_ONLY or method in ("set_alias", "alias"):
        return inner
    if not given or not all(isinstance(one, str) for one in given):
        return None
    if method in ("project", "select"):
        return selected(", ".join(given), f"({inner}) AS relation")
    return _aggregated(f"({inner}) AS relation", given) if method == "aggregate" else None


def _aggregated(source: str, given: list[Any]) -> str:
    """Return SQL for figures by groups, which are all other columns where none are named."""
    groups = str(given[1]) if len(given) > 1 else "ALL"
    return " ".join([selected(given[0], source), "GROUP BY", groups])


def own_sql_of_step(method: str, known: list[Asked], given: list[Any]) -> str | None:
    """Return a query with the rows of a relation, where that is plain to see."""
    inner = known[0].own
    if inner is None or len(known) > 1:
        return None
    if method in ("set_alias", "alias"):
        return inner
    word = {"filter": "WHERE", "order": "ORDER BY", "limit": "LIMIT"}.get(method)
    source = f"({inner}) AS relation"
    if word is not None and len(given) == 1:
        return " ".join([selected("*", source), word, str(given[0])])
    if not given or not all(isinstance(one, str) for one in given):
        return None
    if method in ("project", "select"):
        return selected(", ".join(given), source)
    return _aggregated(source, given) if method == "aggregate" else None
