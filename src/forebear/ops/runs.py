"""Runs: what happened, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from forebear.analysis.verdict import called
from forebear.core.entities import Figure, RunStatus
from forebear.core.errors import InvalidInput
from forebear.core.ports import Store
from forebear.core.rows import RunFigures, RunRow
from forebear.core.views import SavedView
from forebear.ops.resolve import moment, resolve
from forebear.ops.run_filter import RunFilter
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.views import saved_view

__all__ = ["Made", "RunEntry", "RunsRequest", "RunsResponse", "runs"]

_MOST: Final = 1000


class Made(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that a run left behind."""

    id: str
    title: str
    kind: str
    name: str | None = None
    version: int | None = None


class RunEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run as a list tells it."""

    id: str
    kind: str
    name: str
    status: RunStatus
    started: datetime
    ended: datetime | None
    parent: str | None
    root: str
    steps: int
    command: list[str] = []
    exit_code: int | None = None
    error: str | None = None
    where: str | None = None
    params: dict[str, Any] = {}
    metrics: dict[str, Figure] = {}
    """The last value of each figure, where `figures` were asked for."""
    made: list[Made] = []
    """Models and files it generated; not what lived in its memory only, but for named models."""


class RunsResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A page of runs; `next` asks for the page after it."""

    runs: list[RunEntry]
    next: str | None
    cut: bool = False
    """An order is one of the newest 20,000 runs only, since there are more."""


class RunsRequest(Request[RunsResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask which runs there were."""

    steps: bool = False
    """Also the steps inside runs, each as a run of its own."""
    where: str | None = None
    """Only those that fit: `metrics.f1 > 0.8 and params.depth = 5 and status = 'finished'`."""
    order: str | None = None
    """By what they are sorted: `metrics.f1 desc`; without it the newest come first."""
    view: str | None = None
    """A saved view, whose filter and order hold where none is said."""
    ids: list[str] = []
    """Only these, as they are now: a list that is shown is kept fresh so."""
    figures: bool = False
    """Tell what each, with its steps, was set to and measured."""
    before: str | None = None
    """The id of the last run of the page before: its `next`."""
    limit: int = 20
    as_of: str | None = None


@operation(name="runs", permission="read")
def runs(context: Context, request: RunsRequest) -> RunsResponse:
    """List runs, newest first, each with what it left behind.

    Raises:
        InvalidInput: the filter or the order can't be read, or the limit is none.
    """
    store = context.store
    seq = moment(store, request.as_of)
    if request.limit < 1:
        raise InvalidInput(f"{request.limit} is no limit.", hint="A page has one at least.")
    limit = min(request.limit, _MOST)
    if request.ids:
        return RunsResponse(runs=_these(store, request, seq), next=None)
    before = _whole_id(store, request.before, seq) if request.before else None
    roots_only = not request.steps
    view = saved_view(store, request.view, seq) if request.view else SavedView()
    where, order = request.where or view.where, request.order or view.order
    if where or order:
        sought = RunFilter(store, where, order, seq)
        found, next = sought.page(roots_only=roots_only, before=before, limit=limit)
        known = {one.row.id: one.figures for one in found} if request.figures else {}
        return RunsResponse(
            runs=[_entry(store, one.row, known.get(one.row.id), seq) for one in found],
            next=next,
            cut=sought.cut and order is not None,
        )
    rows = store.runs(roots_only=roots_only, before=before, limit=limit + 1, seq=seq)
    page = rows[:limit]
    known = store.figures([row.id for row in page], seq) if request.figures else {}
    return RunsResponse(
        runs=[_entry(store, row, known.get(row.id), seq) for row in page],
        next=page[-1].id if len(rows) > limit else None,
    )


def _these(store: Store, request: RunsRequest, seq: int | None) -> list[RunEntry]:
    """Return runs that are named by their ids; what is not there is left out."""
    if request.where or request.order or request.view or len(request.ids) > _MOST:
        raise InvalidInput(
            f"Runs are asked for by their ids, {_MOST} at most, or by a filter, not by both."
        )
    rows = [row for id in dict.fromkeys(request.ids) if (row := store.run(id, seq)) is not None]
    known = store.figures([row.id for row in rows], seq) if request.figures else {}
    return [_entry(store, row, known.get(row.id), seq) for row in rows]


def _whole_id(store: Store, start: str, seq: int | None) -> str:
    """Return the id of the run that begins with `start`, as tables show it."""
    return resolve(store, Target(ref=f"run:{start.removeprefix('run:')}"), seq).nodes[0].id


def _entry(store: Store, row: RunRow, known: RunFigures | None, seq: int | None) -> RunEntry:
    shared = {f: getattr(row, f) for f in RunEntry.__struct_fields__ if hasattr(row, f)}
    if known is not None:
        shared |= {"params": known.params, "metrics": known.metrics}
    return RunEntry(**shared, made=_made(store, row, seq))


def _made(store: Store, row: RunRow, seq: int | None) -> list[Made]:
    made = {
        edge.target: None
        for edge in store.run_edges(row.id, seq)
        if edge.type == "generated" or edge.relation == "export"
    }
    return [
        Made(id=node.id, title=called(node), kind=node.kind, name=node.name, version=node.version)
        for node in store.nodes(list(made), seq).values()
        if not node.in_memory or (node.kind == "model" and node.version is not None)
    ]
