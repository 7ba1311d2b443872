"""Archives of arrays (`.npz`): which rows and columns of the file each array is.

Arrays of one length lie side by side, as columns with the arrays' names; those of a further
length begin below. So the rows of an archive with training and test data are not the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forebear.capture.passage import SAME, Columns, Feed, Origin, Relation, merged
from forebear.capture.tracker import Operation

__all__ = ["archived", "lengths_in", "place_in", "rows_in"]


def place_in(lengths: Mapping[str, int], key: str) -> int:
    """Return the row of the file at which an array begins.

    >>> place_in({"X": 300, "y": 300, "Z": 100}, "Z")
    300
    """
    before = 0
    for length in dict.fromkeys(lengths.values()):
        if length == lengths[key]:
            break
        before += length
    return before


def rows_in(lengths: Mapping[str, int]) -> int:
    """Return how many rows a file with arrays of these lengths has."""
    return sum(dict.fromkeys(lengths.values()))


def lengths_in(archive: Any) -> dict[str, int] | None:
    """Return the lengths of the arrays in an open archive; None where they can't be told."""
    from numpy.lib import format

    found: dict[str, int] = {}
    try:
        for key in archive.files:
            with archive.zip.open(f"{key}.npy") as file:
                version = format.read_magic(file)
                read = format.read_array_header_1_0 if version == (1, 0) else (
                    format.read_array_header_2_0
                )  # fmt: skip
                shape, *_ = read(file)
            found[key] = shape[0] if shape else 1
    except (AttributeError, KeyError, OSError, ValueError):
        return None
    return found


def archived(ways: Mapping[str, Origin], lengths: Mapping[str, int]) -> Origin:
    """Return the way of a file that arrays are written into."""
    total = rows_in(lengths)
    rows: dict[Origin, Relation] = {}
    feeds: list[Feed] = []
    for key, way in ways.items():
        for source in way.parents:
            relation = _placed(way.relation(source), place_in(lengths, key), lengths[key], total)
            if source in rows:
                before = rows[source]
                known = relation is not None and before is not None
                relation = before.joined(relation) if known else None
            rows[source] = relation
        feeds.append(merged(way.columns.feeds) if way.columns is not None else Feed())
    seen = all(way.columns is not None for way in ways.values())
    operations: dict[Operation, None] = {}
    for way in ways.values():
        operations.update(dict.fromkeys(way.operations))
    return Origin(
        parents=tuple(rows),
        operations=tuple(operations),
        rows=rows,
        columns=Columns(tuple(ways), tuple(feeds)) if seen else None,
    )


def _placed(relation: Relation, offset: int, length: int, total: int) -> Relation:
    """Return the relation of an array as that of the file in which it begins at a row."""
    if relation is None:
        return None
    import numpy as np

    from forebear.engines.rowmaps import identity

    rows = np.arange(-offset, total - offset)
    inside = (rows >= 0) & (rows < length)
    return (identity(length) if relation is SAME else relation).pick(np.where(inside, rows, -1))
