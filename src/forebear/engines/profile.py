"""Profiles of tables: files larger than memory and frames in memory, in one pass."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.profiles import NUMERIC, Profile
from forebear.engines.profile_files import files_of
from forebear.engines.profile_sources import (
    BATCH,
    Rows,
    Unfit,
    open_rows,
    widened,
)

if TYPE_CHECKING:
    from forebear.engines.profile_columns import ColumnTally

__all__ = [
    "Progress",
    "chosen_of",
    "profile_files",
    "profile_frame",
    "profile_path",
    "profile_rows",
]

Progress = Callable[[int, int | None], None]
"""Told how many rows are done, and of how many where that is known."""

_RETRIES: Final = 64


def profile_path(
    place: str,
    *,
    columns: Sequence[str] | None = None,
    correlations: bool = False,
    progress: Progress | None = None,
) -> Profile:
    """Return the profile of a file, of a folder's parts, or of the files that a pattern matches.

    Memory stays bounded: rows are counted batch by batch as they are read.

    Raises:
        Unreadable: it cannot be read as a table.
        InvalidInput: a column is named that is not there.
    """
    files = files_of(place)
    return profile_files(files, columns=columns, correlations=correlations, progress=progress)


def profile_files(
    files: Sequence[str],
    *,
    types: Sequence[Any] | None = None,
    columns: Sequence[str] | None = None,
    correlations: bool = False,
    progress: Progress | None = None,
) -> Profile:
    """Return the profile of files that are parts of one table; see `profile_path`."""
    for _ in range(_RETRIES):
        rows = open_rows(files, types)
        try:
            return profile_rows(rows, columns=columns, correlations=correlations, progress=progress)
        except Unfit as unfit:
            types = widened(rows.types, unfit)
    raise Unreadable(f"'{files[0]}' changes the types of its columns too often to be read.")


def profile_frame(frame: Any, *, correlations: bool = False) -> Profile:
    """Return the profile of a pandas or polars DataFrame or a pyarrow Table in memory.

    What pandas holds as NaN is a missing value, as everywhere in pandas.

    Raises:
        InvalidInput: it is nothing of the kind.
    """
    names, arrays = _columns_of(frame)
    rows = len(arrays[0]) if arrays else 0

    def batches(chosen: Sequence[str] | None) -> Iterator[Any]:
        import pyarrow as pa

        table = pa.table(arrays, names=[str(place) for place in range(len(names))])
        yield from table.to_batches(max_chunksize=BATCH)

    types = [array.type for array in arrays]
    return profile_rows(Rows(names, types, batches, rows), correlations=correlations)


def profile_rows(
    rows: Rows,
    *,
    columns: Sequence[str] | None = None,
    correlations: bool = False,
    progress: Progress | None = None,
) -> Profile:
    """Return the profile of rows from wherever they come.

    Raises:
        InvalidInput: a column is named that is not there.
    """
    from forebear.engines.profile_columns import ColumnTally, kind_of
    from forebear.engines.profile_products import ProductTally

    chosen = chosen_of(rows.names, columns)
    tallies = [ColumnTally(rows.names[place], rows.types[place]) for place in chosen]
    numeric = [i for i, tally in enumerate(tallies) if kind_of(rows.types[chosen[i]]) in NUMERIC]
    products = ProductTally([tallies[i].name for i in numeric]) if correlations else None
    batches = rows.batches(columns)
    count = 0
    counted: list[Future[None]] = []
    with ThreadPoolExecutor(_workers(), thread_name_prefix="forebear-profile") as pool:
        for batch in _ahead(pool, batches):
            count += batch.num_rows
            counted = _count(pool, tallies, batch, counted)
            if products is not None and numeric:
                products.add([batch.column(i) for i in numeric])
            if progress is not None:
                progress(count, rows.rows)
        for one in counted:
            one.result()
        done = list(pool.map(lambda tally: tally.finish(), tallies))
    return Profile(
        rows=count, columns=done, comoments=products.finish() if products is not None else None
    )


def _count(
    pool: ThreadPoolExecutor,
    tallies: Sequence[ColumnTally],
    batch: Any,
    before: Sequence[Future[None]],
) -> list[Future[None]]:
    """Count a batch, column by column, while the last columns of the one `before` are counted."""

    def add(tally: ColumnTally, column: Any, last: Future[None] | None) -> None:
        if last is not None:
            last.result()
        tally.add(column)

    lasts: Sequence[Future[None] | None] = before or [None] * len(tallies)
    pairs = zip(tallies, batch.columns, lasts, strict=True)
    begun = [pool.submit(add, *one) for one in pairs]
    for one in before:
        one.result()
    return begun


def _ahead(pool: ThreadPoolExecutor, batches: Iterator[Any]) -> Iterator[Any]:
    """Yield batches, reading the next one while one is counted."""
    coming = pool.submit(next, batches, None)
    while (batch := coming.result()) is not None:
        coming = pool.submit(next, batches, None)
        yield batch


def _workers() -> int:
    return min(os.cpu_count() or 1, 8)


def chosen_of(names: Sequence[str], columns: Sequence[str] | None) -> list[int]:
    """Return the places of columns among all, which have these names.

    Raises:
        InvalidInput: one is not there.
    """
    if columns is None:
        return list(range(len(names)))
    missing = [name for name in columns if name not in names]
    if missing:
        raise InvalidInput(
            f"There is no column '{missing[0]}'.",
            hint=f"There is: {', '.join(names[:20])}{', …' if len(names) > 20 else ''}.",
        )
    return [names.index(name) for name in columns]


# Frames in memory


def _columns_of(frame: Any) -> tuple[list[str], list[Any]]:
    """Return names and `pyarrow.ChunkedArray`s of the columns of a frame."""
    import pyarrow as pa

    for library, convert in (("polars", _from_polars), ("pandas", _from_pandas)):
        module = sys.modules.get(library)
        if module is not None and isinstance(frame, module.DataFrame):
            return convert(frame)
    if isinstance(frame, pa.RecordBatch):
        frame = pa.Table.from_batches([frame])
    if isinstance(frame, pa.Table):
        return list(frame.column_names), list(frame.columns)
    raise InvalidInput(
        f"A {type(frame).__name__} cannot be profiled.",
        hint="Give a DataFrame of pandas or polars, or a Table of pyarrow.",
    )


def _from_polars(frame: Any) -> tuple[list[str], list[Any]]:
    table = frame.to_arrow()
    return list(table.column_names), list(table.columns)


def _from_pandas(frame: Any) -> tuple[list[str], list[Any]]:
    columns = [_arrow(frame.iloc[:, place]) for place in range(frame.shape[1])]
    return [str(name) for name in frame.columns], columns


def _arrow(series: Any) -> Any:
    """Return a pandas column; one of mixed types by what tells its values from nothing."""
    import pyarrow as pa

    try:
        return pa.chunked_array([pa.array(series, from_pandas=True)])
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        # Values of several types have no order and no text of their own: they are only counted.
        from forebear.engines.profile_columns import MIXED

        there: list[Any] = [None if none else {} for none in series.isna()]
        return pa.chunked_array([pa.array(there, MIXED)])
