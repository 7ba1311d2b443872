"""What is recorded, told in events of OpenLineage."""

from __future__ import annotations

from functools import partial
from typing import Any

from msgspec import Struct

from forebear.core.errors import InvalidInput
from forebear.core.rows import RunRow
from forebear.exchange.openlineage.telling import NAMESPACE, tell_run
from forebear.ops.resolve import resolve
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.told_details import details_of

__all__ = ["ToldRun", "ToldRuns", "ToldRunsRequest", "told_runs"]


class ToldRun(Struct, frozen=True, kw_only=True):
    """One run, and the events that tell of it, in order."""

    run: str
    name: str
    events: list[dict[str, Any]]


class ToldRuns(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Runs in events of OpenLineage, the earliest first."""

    runs: list[ToldRun]
    omitted: int = 0
    """Runs that came from OpenLineage in the first place, and are not told again."""


class ToldRunsRequest(Request[ToldRuns], frozen=True, kw_only=True, omit_defaults=True):
    """Tell of a run, or of all runs that something came out of, in OpenLineage's words."""

    target: Target
    namespace: str = NAMESPACE
    """The namespace of the jobs."""


@operation(name="openlineage", permission="read")
def told_runs(context: Context, request: ToldRunsRequest) -> ToldRuns:
    """Tell of a run, or of all runs that something came out of, in events of OpenLineage."""
    store = context.store
    found = resolve(store, request.target)
    ids = [one.id for one in found.nodes if one.type == "run"]
    if not ids:
        above = store.closure(found.ids, "up").depths
        ids = [id for id, node in store.nodes(list(above)).items() if node.type == "run"]
    roots: dict[str, RunRow] = {}
    for id in ids:
        row = store.run(id)
        whole = None if row is None else store.run(row.root) or row
        if whole is not None:
            roots[whole.id] = whole
    told, omitted = [], 0
    for row in sorted(roots.values(), key=lambda row: (row.started, row.id)):
        try:
            events = tell_run(store, row.id, request.namespace, partial(details_of, store, row.id))
        except InvalidInput:
            omitted += 1
            continue
        told.append(ToldRun(run=row.id, name=row.name, events=events))
    return ToldRuns(runs=told, omitted=omitted)
