"""Which tables and files a piece of SQL names, by its words alone.

It needs no parser, so it works where none is installed and where a parser gives up. It knows
no columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

__all__ = ["Words", "is_file", "named_in", "words_of"]

_TOKEN: Final = re.compile(
    r"""(?P<gap>\s+|--[^\n]*|/\*.*?\*/)
      | (?P<text>'(?:[^']|'')*')
      | (?P<name>"(?:[^"]|"")*"|`[^`]*`|[^\W\d][\w$]*)
      | (?P<mark>.)""",
    re.DOTALL | re.VERBOSE,
)
_READS: Final = frozenset({"from", "join", "using"})
_CLAUSES: Final = frozenset("select where group order having limit on set window".split())
_WRITES: Final = frozenset({"into", "update", "table", "view"})
_NO_NAMES: Final = frozenset(
    "select lateral unnest values if not exists only or replace set where on using as with".split()
)
_ENDINGS: Final = (
    ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".arrow", ".feather",
    ".avro", ".xlsx", ".gz", ".zst", ".bz2",
)  # fmt: skip


class Words(NamedTuple):
    """What SQL names: tables and files that it reads, tables that it writes."""

    tables: list[str]
    files: list[str]
    targets: list[str]


class _Token(NamedTuple):
    kind: str
    text: str


def is_file(name: str) -> bool:
    """Tell whether the name of a table is the address of a file, as DuckDB lets people write.

    >>> is_file("raw/churn.csv"), is_file("s3://b/x"), is_file("main.churn")
    (True, True, False)
    """
    return "/" in name or "*" in name or name.lower().endswith(_ENDINGS)


@lru_cache(maxsize=256)
def named_in(sql: str) -> frozenset[str]:
    """Return all plain names in SQL: tables, columns, functions and keywords alike."""
    return frozenset(_bare(token.text) for token in _tokens(sql) if token.kind == "name")


def words_of(sql: str) -> Words:
    """Return what SQL most likely reads and writes.

    >>> words_of("with a as (select * from t) select * from a join 's.csv' on true")
    Words(tables=['t'], files=['s.csv'], targets=[])
    """
    tokens = list(_tokens(sql))
    local = _named_here(tokens)
    read: dict[str, None] = {}
    files: dict[str, None] = {}
    written: dict[str, None] = {}
    listing: set[int] = set()  # how deep in brackets lists of tables are going on
    depth = 0
    for place, token in enumerate(tokens):
        word = token.text.lower()
        if token.text == ")":
            listing.discard(depth)
        depth += (token.text == "(") - (token.text == ")")
        if (token.kind == "name" and word in _CLAUSES) or word == "from":
            (listing.add if word == "from" else listing.discard)(depth)
        elif token.text == "," and depth in listing:
            word = "from"
        if token.kind == "text" and _is_read(tokens, place):
            files[_bare(token.text)] = None
        elif word in _READS | _WRITES:
            name = _name_at(tokens, place + 1)
            if name and name.lower() not in local:
                into = word in _WRITES
                (written if into else files if is_file(name) else read)[name] = None
    return Words([name for name in read if name not in written], list(files), list(written))


def _tokens(sql: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(sql):
        kind = match.lastgroup or ""
        if kind != "gap":
            yield _Token(kind, match[0])


def _bare(text: str) -> str:
    quote = text[:1]
    return text[1:-1].replace(quote * 2, quote) if quote in ("'", '"', "`") and quote else text


def _named_here(tokens: list[_Token]) -> set[str]:
    """Return what `WITH` names: `name AS (` and `name (columns) AS (`."""
    found: set[str] = set()
    for place, token in enumerate(tokens):
        opens = [t.text.lower() for t in tokens[place + 1 : place + 4]]
        if token.kind == "name" and opens[:1] == ["as"] and "(" in opens[1:3]:
            found.add(_bare(token.text).lower())
    return found


def _name_at(tokens: list[_Token], place: int) -> str | None:
    """Return the name that begins at a token, its parts joined; None for a call or a query."""
    while place < len(tokens) and tokens[place].text.lower() in ("if", "not", "exists", "only"):
        place += 1
    parts: list[str] = []
    while place < len(tokens) and tokens[place].kind == "name":
        parts.append(_bare(tokens[place].text))
        place += 1
        if place >= len(tokens) or tokens[place].text != ".":
            break
        place += 1
    if not parts or parts[0].lower() in _NO_NAMES:
        return None
    called = place < len(tokens) and tokens[place].text == "("
    return None if called and "_" in parts[-1] else ".".join(parts)


def _is_read(tokens: list[_Token], place: int) -> bool:
    """Tell whether a text is what is read: right after `FROM` or `JOIN`, or in `read_…(`."""
    if place and tokens[place - 1].text.lower() in ("from", "join"):
        return True
    before = place - 1
    while before > 0 and (tokens[before].text in ("(", "[", ",") or tokens[before].kind == "text"):
        before -= 1
    return before >= 0 and tokens[before].text.lower().startswith(("read_", "parquet_scan"))
