"""Edges out of the database, as columns of numbers."""

from __future__ import annotations

from itertools import chain
from typing import Final

import numpy as np

from forebear.store.csr.rows import Array, Edges
from forebear.store.reading import Reader

__all__ = ["edges_after"]

_BATCH: Final = 50_000
_QUERY: Final = "SELECT source, target, evidence, seq FROM edge WHERE seq > "
_HEADER: Final = 19
"""Bytes before the first row of PostgreSQL's binary copy format, which ends with two."""
_ROW: Final = np.dtype(
    [("fields", ">i2")]
    + [
        part
        for name, width in (("source", 8), ("target", 8), ("evidence", 2), ("seq", 8))
        for part in ((f"{name}_width", ">i4"), (name, f">i{width}"))
    ]
)


def edges_after(reader: Reader, seq: int) -> Edges:
    """Return all edges that were recorded after `seq`."""
    if reader.dialect == "postgresql":
        return _copied(reader, seq)
    cursor = reader.driver.execute(f"{_QUERY}{seq:d}")
    parts: list[Array] = [np.zeros((0, 4), np.int64)]
    while rows := cursor.fetchmany(_BATCH):
        flat = np.fromiter(chain.from_iterable(rows), np.int64, 4 * len(rows))
        parts.append(flat.reshape(-1, 4))
    return _edges(*np.concatenate(parts).T)


def _copied(reader: Reader, seq: int) -> Edges:
    query = f"COPY ({_QUERY}{seq:d}) TO STDOUT (FORMAT BINARY)"
    with reader.driver.cursor() as cursor, cursor.copy(query) as copy:
        data = b"".join(copy)
    rows = (len(data) - _HEADER - 2) // _ROW.itemsize
    table = np.frombuffer(data, _ROW, count=rows, offset=_HEADER)
    return _edges(*(table[name] for name in ("source", "target", "evidence", "seq")))


def _edges(sources: Array, targets: Array, evidence: Array, seqs: Array) -> Edges:
    return Edges(
        sources.astype(np.int64),
        targets.astype(np.int64),
        evidence.astype(np.uint8),
        seqs.astype(np.uint32 if seqs.max(initial=0) < 2**32 else np.uint64),
    )
