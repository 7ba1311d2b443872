"""`forebear columns`, `rows` and `who-used`: what of the data went where."""

from __future__ import annotations

import csv
from pathlib import Path

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.columns_text import columns_lines
from forebear.client.rows_text import rows_lines
from forebear.client.who_used_text import who_used_lines
from forebear.core.errors import InvalidInput, Unreadable
from forebear.ops.columns import ColumnsRequest
from forebear.ops.rows import RowsRequest
from forebear.ops.table import Target
from forebear.ops.who_used import WhoUsedRequest

__all__ = ["columns", "rows", "who_used"]


@command(ASK)
def columns(ref: str, *, as_of: str | None = None, common: Common = COMMON) -> None:
    """Which columns of which sources does a model learn from, and where did the others end?

    Parameters
    ----------
    ref
        A model: a name, a version, an alias, a digest or a file.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    answer = ask(common, ColumnsRequest(target=Target(ref=ref), as_of=as_of))
    print_json(answer) if common.json else print_lines(columns_lines(answer))


@command(ASK)
def rows(
    ref: str,
    *,
    source: str | None = None,
    ranges: bool = False,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """How many rows of a source reached a model or data; where, and why, were the others lost?

    Parameters
    ----------
    ref
        A model, or data that was made of other data: a name, a version, a digest or a file.
    source
        The data whose rows are meant: a file, a name, a digest. Needed where a model has several;
        of data's that with the most rows is meant unless one is named.
    ranges
        Tell which rows are in each part, not only how many.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    request = RowsRequest(
        target=Target(ref=ref),
        source=Target(ref=source) if source else None,
        ranges=ranges,
        as_of=as_of,
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(rows_lines(answer))


@command(ASK, name="who-used")
def who_used(
    source: str,
    *,
    key: list[str] | None = None,
    key_file: Path | None = None,
    row: list[int] | None = None,
    only_this: bool = False,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """Which versions of data, splits and models contain a record? None that does is left out.

    Parameters
    ----------
    source
        The data that the record is in: a file, a name, a digest.
    key
        A column with its value: id=4711. (repeatable: records with any of these)
    key_file
        A CSV file with the columns of keys in its first line, and one record a line.
    row
        A row of the source, from 0 on, instead of keys. (repeatable)
    only_this
        Leave out other versions of the source: what was at the same place, or has its name.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    keys = [_key(text) for text in key or []]
    if key_file is not None:
        keys += _keys_in(key_file)
    request = WhoUsedRequest(
        source=Target(ref=source), keys=keys, rows=row or [], only_this=only_this, as_of=as_of
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(who_used_lines(answer))


def _key(text: str) -> dict[str, str]:
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise InvalidInput(f"'{text}' is no key.", hint="Write column=value, as in --key id=4711.")
    return {name: value}


def _keys_in(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = [
                {name: value for name, value in row.items() if name and value is not None}
                for row in csv.DictReader(file)
            ]
    except (OSError, UnicodeError, csv.Error) as error:
        raise Unreadable(f"'{path}' cannot be read: {error}.") from error
    if not found:
        raise InvalidInput(
            f"'{path}' holds no keys.", hint="The first line names the columns, one record a line."
        )
    return found
