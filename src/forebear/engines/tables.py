"""The digest of a table or array in memory, whichever library holds it.

Libraries are recognised among the modules already loaded: nothing is imported to find out
what an object is. The rule is written in docs/identity.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from forebear.core.digest import combine, to_raw
from forebear.core.entities import Column
from forebear.core.errors import Unreadable
from forebear.engines.tensors import array_of, holder_of

if TYPE_CHECKING:
    from forebear.engines.columns import Source

__all__ = ["Fingerprint", "column_digests", "fingerprint", "is_tabular", "of_columns"]

Form = Literal["table", "array", "sparse"]
_CLASSES: Final = {
    "pandas": ("DataFrame", "Series", "Index"),
    "numpy": ("ndarray",),
    "polars": ("DataFrame", "Series"),
    "pyarrow": ("Table", "RecordBatch", "Array", "ChunkedArray"),
}
_INDEX: Final = "__index_level_0__"
_WHOLE: Final = ("int8", "int16", "int32", "int64")


class Fingerprint(Struct, frozen=True, kw_only=True):
    """The digest of a table or array, with what was found on the way.

    `columns` holds the columns of a table, the one column of a 1-D array, and nothing for
    other arrays. `rows` is the length of the first axis. `gaps` says what the digest cannot
    cover; with none, equal digests mean equal values and types.
    """

    digest: str
    form: Form
    rows: int
    columns: list[Column]
    shape: tuple[int, ...]
    gaps: list[str] = []


def is_tabular(obj: Any) -> bool:
    """Tell whether `obj` is a table or array that `fingerprint` knows (in about 1 µs)."""
    return _library(obj) is not None


def _library(obj: Any) -> str | None:
    """Return whose table or array `obj` is."""
    for name, classes in _CLASSES.items():
        module = sys.modules.get(name)
        if module is not None:
            for known in classes:
                cls = getattr(module, known, None)
                if cls is not None and isinstance(obj, cls):
                    return name
    sparse = sys.modules.get("scipy.sparse")
    if sparse is not None and (test := getattr(sparse, "issparse", None)) and test(obj):
        return "scipy"
    return holder_of(obj)


def fingerprint(obj: Any) -> Fingerprint | None:
    """Return the digest over all rows, columns and types of a table or array.

    Accepts pandas DataFrame, Series and Index; polars DataFrame and Series; pyarrow Table,
    RecordBatch, Array and ChunkedArray; NumPy arrays of any shape; SciPy sparse arrays; tensors
    of PyTorch and TensorFlow, as arrays. None for everything else (a LazyFrame has no values
    yet, a list has no type).

    Raises:
        Unreadable: NumPy, which reads the values, is not installed.

    >>> import numpy as np
    >>> fingerprint(np.array([1.0, 2.0])).digest == fingerprint(np.array([1.0, 2.0])[::1]).digest
    True
    """
    library = _library(obj)
    if library is None:
        return None
    try:
        import numpy as np
    except ModuleNotFoundError:
        raise Unreadable(
            "Tables cannot be digested because NumPy is not installed.",
            hint="Install it beside forebear: pip install numpy.",
        ) from None
    if library == "scipy":
        from forebear.engines.arrays import digest_sparse

        digest, _ = digest_sparse(obj)
        return Fingerprint(
            digest=digest, form="sparse", rows=obj.shape[0], columns=[], shape=tuple(obj.shape)
        )
    if library in ("torch", "tensorflow"):
        return _of_array(array_of(obj))
    if isinstance(obj, np.ndarray):
        return _of_array(obj)
    return _of_table(_columns(library, obj))


def _of_array(array: Any) -> Fingerprint:
    from forebear.engines.arrays import digest_array

    digest, source, column = digest_array(array)
    columns = [Column(name="", type=source.word, digest=column)] if array.ndim == 1 else []
    return Fingerprint(
        digest=digest,
        form="array",
        rows=array.shape[0] if array.ndim else 1,
        columns=columns,
        shape=tuple(array.shape),
        gaps=[f"The array {_cannot(source)}"] if source.unknown else [],
    )


def _of_table(named: list[tuple[Any, Source]]) -> Fingerprint:
    from forebear.engines.columns import digest_columns

    names = [name for name, _ in named]
    if _INDEX in names and "__index_level_1__" not in names:
        named = [(n, s) for n, s in named if n != _INDEX or s.word.lstrip("u") not in _WHOLE]
    digests = digest_columns([source for _, source in named])
    rows = named[0][1].rows if named else 0
    columns = [(n, s.word, digest) for (n, s), digest in zip(named, digests, strict=True)]
    gaps = [f"Column '{name}' {_cannot(source)}" for name, source in named if source.unknown]
    return of_columns(columns, rows, gaps)


def of_columns(
    named: Iterable[tuple[Any, str, str]], rows: int, gaps: Sequence[str] = ()
) -> Fingerprint:
    """Return the digest of a table from names, type words and digests of its columns."""
    from forebear.engines.columns import utf8

    parts = [rows.to_bytes(8, "little")]
    columns = []
    for name, word, digest in named:
        parts += [_name_type(name), utf8(str(name)), utf8(word), to_raw(digest)]
        columns.append(Column(name=str(name), type=word, digest=digest))
    return Fingerprint(
        digest=combine("table.v1", parts),
        form="table",
        rows=rows,
        columns=columns,
        shape=(rows, len(columns)),
        gaps=list(gaps),
    )


def _cannot(source: Source) -> str:
    return f"holds what only its type was digested of: {', '.join(sorted(source.unknown))}."


def _name_type(name: Any) -> bytes:
    """Return what kind of name a column has: 0 and '0' are different columns."""
    kind: str = type(name).__name__
    if isinstance(name, str):
        kind = "str"
    elif hasattr(name, "dtype") and hasattr(name, "item"):
        kind = type(name.item()).__name__
    return kind.encode()


def _columns(library: str, obj: Any) -> list[tuple[Any, Source]]:
    """Return names and columns of a table; a lone column goes by its name, or by ''."""
    if library == "pandas":
        from forebear.engines.frames_pandas import frame_columns

        return list(frame_columns(obj))
    if library == "polars":
        from forebear.engines.frames_polars import polars_source

        columns = obj.get_columns() if hasattr(obj, "get_columns") else [obj]
        return [(column.name, polars_source(column)) for column in columns]
    from forebear.engines.frames_arrow import arrow_columns

    return list(arrow_columns(obj))


def column_digests(array: Any) -> list[str]:
    """Return the digest of each column of a 2-D array, or of the one column of a 1-D array.

    They are the same as those of a table with these columns.

    Raises:
        Unreadable: the array has another number of dimensions.
    """
    from forebear.engines.arrays import column_sources
    from forebear.engines.columns import digest_columns

    if array.ndim not in (1, 2):
        raise Unreadable(f"An array of {array.ndim} dimensions has no columns.")
    return digest_columns(column_sources(array))
