"""The tables: the ledger, and the projections that can be made again from it.

Ids are UUIDv7 or digests outward and integers in here. Every row of a projection carries the
`seq` of the event it comes from, and rows are added, never changed: what was known at an
earlier `seq` is what the rows up to it say. Where an event may speak of the same thing again
(`artifact`, `run`, `run_end`, `param`), each says its own row and the reader adds them up in
the order in which they were `said`, so that the order of arrival doesn't matter.
Times are integer microseconds since 1970.
"""

from __future__ import annotations

from typing import Final

from forebear.store.schema.columns import metadata
from forebear.store.schema.ledger import event, head, refusal
from forebear.store.schema.people import access, account, intake, member, sighting, token
from forebear.store.schema.projections import (
    aggregate,
    alias,
    artifact,
    context,
    edge,
    flow,
    gap,
    location,
    metric,
    name,
    node,
    param,
    phrase,
    reproduced,
    reproduction,
    run,
    run_end,
    series,
    statement,
    version,
    word,
)

__all__ = [
    "PROJECTIONS",
    "access",
    "account",
    "aggregate",
    "alias",
    "artifact",
    "context",
    "edge",
    "event",
    "flow",
    "gap",
    "head",
    "intake",
    "location",
    "member",
    "metadata",
    "metric",
    "name",
    "node",
    "param",
    "phrase",
    "refusal",
    "reproduced",
    "reproduction",
    "run",
    "run_end",
    "series",
    "sighting",
    "statement",
    "token",
    "version",
    "word",
]

PROJECTIONS: Final = (
    node,
    name,
    artifact,
    run,
    run_end,
    param,
    context,
    edge,
    version,
    alias,
    metric,
    series,
    location,
    gap,
    reproduction,
    reproduced,
    flow,
    statement,
    aggregate,
    phrase,
    word,
)
"""In an order in which rows can be written: what is referred to comes first."""
