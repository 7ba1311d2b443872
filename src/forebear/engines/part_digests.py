"""The digest of a table whose parts lie in files: the same as that of the table in memory.

Columns are digested in blocks of 65,536 rows. A part digests the blocks that lie in it; of blocks
that begin in one part and end in another it keeps its rows, and who has all of them digests them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from msgspec import Struct

from forebear.engines.columns import BLOCK, block_digest, column_digest
from forebear.engines.profile_files import files_of
from forebear.engines.profile_sources import (
    Part,
    Rows,
    Unfit,
    open_part,
    open_rows,
    parts_of,
    widened,
)
from forebear.engines.tables import Fingerprint, of_columns

__all__ = [
    "PartDigests",
    "count_rows",
    "digest_part",
    "digest_rows",
    "joined",
    "shared_block",
    "starts_of",
]

_RETRIES = 64


class PartDigests(Struct, kw_only=True):
    """What a part knows of the blocks of its columns."""

    start: int
    rows: int
    blocks: dict[int, list[bytes]] = {}
    """By number of a block that lies in the part: the digest of each column."""
    ends: dict[int, Any] = {}
    """By number of a block that does not: the part's rows of it, as a `pyarrow.Table`."""
    words: list[str] = []
    unknown: list[list[str]] = []
    """For each column, types of values that could not be written."""


def count_rows(part: Part, types: Sequence[Any] | None = None) -> int:
    """Return how many rows a part has."""
    rows = open_part(part, types)
    if rows.rows is not None:
        return rows.rows
    return sum(batch.num_rows for batch in rows.batches(None))


def digest_part(part: Part, types: Sequence[Any], start: int) -> PartDigests:
    """Digest a part whose first row is row `start` of the table."""
    import pyarrow as pa

    rows = open_part(part, types)
    found = PartDigests(start=start, rows=0)
    schema = pa.schema(list(zip(rows.names, types, strict=True)))
    for table in _aligned(rows, schema, start):
        first = start + found.rows
        found.rows += len(table)
        if first % BLOCK == 0 and len(table) == BLOCK:
            found.blocks[first // BLOCK] = _blocks(table, found)
        else:
            found.ends[first // BLOCK] = table
    if not found.words:
        _blocks(schema.empty_table(), found)
    return found


def _aligned(rows: Rows, schema: Any, start: int) -> Iterator[Any]:
    """Yield tables that end where blocks end."""
    import pyarrow as pa

    waiting: list[Any] = []
    need = BLOCK - start % BLOCK
    for one in rows.batches(None):
        batch = one
        while batch.num_rows >= need:
            waiting.append(batch.slice(0, need))
            yield pa.Table.from_batches(waiting).cast(schema)
            batch, waiting, need = batch.slice(need), [], BLOCK
        if batch.num_rows:
            waiting.append(batch)
            need -= batch.num_rows
    if waiting:
        yield pa.Table.from_batches(waiting).cast(schema)


def _blocks(table: Any, found: PartDigests) -> list[bytes]:
    from forebear.engines.frames_arrow import arrow_source

    sources = [arrow_source(column) for column in table.columns]
    digests = [block_digest(source, 0, source.rows) for source in sources]
    found.words = [source.word for source in sources]
    before = found.unknown or [[] for _ in sources]
    found.unknown = [
        sorted({*said, *source.unknown}) for said, source in zip(before, sources, strict=True)
    ]
    return digests


def shared_block(number: int, *parts: PartDigests) -> PartDigests:
    """Digest the block that lies in several parts, given in their order."""
    import pyarrow as pa

    table = pa.concat_tables([part.ends[number] for part in parts if number in part.ends])
    found = PartDigests(start=number * BLOCK, rows=len(table))
    found.blocks[number] = _blocks(table, found)
    return found


def joined(names: Sequence[str], rows: int, parts: Sequence[PartDigests]) -> Fingerprint:
    """Return the digest of the table, all of whose blocks are digested in `parts`."""
    blocks: dict[int, list[bytes]] = {}
    unknown: list[set[str]] = [set() for _ in names]
    for part in parts:
        blocks |= part.blocks
        for said, more in zip(unknown, part.unknown, strict=True):
            said |= set(more)
    words = parts[0].words
    ordered = [blocks[number] for number in sorted(blocks)]
    columns = [
        (name, word, column_digest(word, rows, [block[place] for block in ordered]))
        for place, (name, word) in enumerate(zip(names, words, strict=True))
    ]
    gaps = [
        f"Column '{name}' holds what only its type was digested of: {', '.join(sorted(said))}."
        for name, said in zip(names, unknown, strict=True)
        if said
    ]
    return of_columns(columns, rows, gaps)


def digest_rows(place: str) -> Fingerprint:
    """Return the digest of the table in a file, or in parts, reading it once, in bounded memory.

    Raises:
        Unreadable: it cannot be read as a table.
    """
    files = files_of(place)
    types: Sequence[Any] | None = None
    for _ in range(_RETRIES):
        rows = open_rows(files, types)
        types = rows.types
        try:
            return _digested(rows.names, types, parts_of(files))
        except Unfit as unfit:
            types = widened(types, unfit)
    raise AssertionError("every retry widens a type, and there are few")


def _digested(names: Sequence[str], types: Sequence[Any], parts: Sequence[Part]) -> Fingerprint:
    found: list[PartDigests] = []
    rest: PartDigests | None = None
    start = 0
    for part in parts:
        one = digest_part(part, types, start)
        start += one.rows
        found.append(one)
        for number in sorted(one.ends):
            together = [rest, one] if rest is not None and number in rest.ends else [one]
            rest = _together(number, together)
            if start >= (number + 1) * BLOCK:
                found.append(shared_block(number, rest))
                rest = None
    if rest is not None:
        found.append(shared_block(next(iter(rest.ends)), rest))
    return joined(names, start, found)


def _together(number: int, parts: Sequence[PartDigests]) -> PartDigests:
    import pyarrow as pa

    table = pa.concat_tables([part.ends[number] for part in parts])
    return PartDigests(start=parts[0].start, rows=len(table), ends={number: table})


def starts_of(counts: Sequence[int]) -> list[int]:
    """Return the first row of each part.

    >>> starts_of([3, 0, 2])
    [0, 3, 3]
    """
    return [0, *accumulate(counts)][:-1]
