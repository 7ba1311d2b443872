"""How a CSV file is to be read: its delimiter, its columns, its encoding."""

from __future__ import annotations

import codecs
import csv
from typing import Final, NamedTuple

__all__ = ["ABSENT", "CsvHead", "csv_head"]

ABSENT: Final = (
    *("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"),
    *("<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"),
)
"""What stands in a cell without a value: what pandas takes for it."""

_DELIMITERS: Final = ",;\t|"
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class CsvHead(NamedTuple):
    """What the beginning of a CSV file tells."""

    delimiter: str
    names: list[str]
    """What the columns are called, none like another: as pandas calls them."""
    encoding: str
    """`utf-8`, `utf-16` or `latin-1`."""
    plain: bool
    """The names are those in the first line, as they stand there."""


def csv_head(data: bytes) -> CsvHead:
    r"""Return how a file that begins with `data` is to be read.

    >>> csv_head(b"a;a;\n1;2;3\n").names
    ['a', 'a.1', 'Unnamed: 2']
    >>> csv_head("ä,b\n".encode("utf-16")).encoding
    'utf-16'
    """
    text, encoding = _decoded(data)
    line = text.partition("\n")[0].rstrip("\r")
    delimiter = max(_DELIMITERS, key=lambda one: (line.count(one), -_DELIMITERS.index(one)))
    written = next(csv.reader([line], delimiter=delimiter), [])
    names = _different(written)
    return CsvHead(delimiter, names, encoding, plain=names == written)


def _decoded(data: bytes) -> tuple[str, str]:
    """Return the text, without what a cut at the end has left of a letter, and its encoding."""
    if data.startswith(_WIDE):
        return codecs.getincrementaldecoder("utf-16")().decode(data), "utf-16"
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(data), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _different(written: list[str]) -> list[str]:
    """Return names of which none comes twice or is empty."""
    taken = set(written)
    found: dict[str, None] = {}
    for place, said in enumerate(written):
        name = said or f"Unnamed: {place}"
        count = 0
        while name in found or (count and name in taken):
            count += 1
            name = f"{said or f'Unnamed: {place}'}.{count}"
        found[name] = None
    return list(found)
