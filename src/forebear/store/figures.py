"""What runs were set to and measured, their steps too: one row a setting and figure.

Thousands of runs are told apart by this, so that it is asked of many at once, without the models
and data that figures are about.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final

import msgspec

from forebear.core.entities import Figure
from forebear.core.rows import RunFigures
from forebear.store.facts import last_of, value_of
from forebear.store.reading import Reader

__all__ = ["of_runs"]

_PARTS: Final = """
WITH RECURSIVE part(root, node) AS (
    SELECT id, id FROM node WHERE key IN :keys
    UNION
    SELECT part.root, run.node FROM run JOIN part ON run.parent = part.node WHERE run.seq <= :bound
)
"""
_PARAMS: Final = """{parts}
SELECT root.key, param.params FROM part
JOIN param ON param.run = part.node JOIN node AS root ON root.id = part.root
WHERE param.seq <= :bound
ORDER BY part.root = part.node, param.said, param.seq
"""
_METRICS: Final = """{parts}
SELECT root.key AS root, {table}.* FROM part
JOIN {table} ON {table}.run = part.node JOIN node AS root ON root.id = part.root
WHERE {table}.seq <= :bound
"""


def of_runs(reader: Reader, runs: Sequence[str], bound: int) -> dict[str, RunFigures]:
    """Return for each of these runs what it and all its steps were set to and measured."""
    keys = list(runs)
    params: dict[str, dict[str, Any]] = {run: {} for run in runs}
    for run, said in reader.tuples(_PARAMS.format(parts=_PARTS), keys=keys, bound=bound):
        params[run] |= msgspec.json.decode(said)
    found: list[tuple[tuple[int, int], str, str, Figure]] = []
    for table, read in (("metric", value_of), ("series", last_of)):
        query = _METRICS.format(parts=_PARTS, table=table)
        rows = reader.rows(query, keys=keys, bound=bound)
        found += [((row.seq, row.n), row.root, row.key, read(row)) for row in rows]
    metrics: dict[str, dict[str, Figure]] = {run: {} for run in runs}
    for _, run, key, value in sorted(found, key=itemgetter(0)):
        metrics[run][key] = value
    return {run: RunFigures(params=params[run], metrics=metrics[run]) for run in runs}
