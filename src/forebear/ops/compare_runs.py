"""Runs beside each other: settings, figures, data, code and environment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from forebear.analysis.verdict import CONTEXT, called, counted, listed
from forebear.core.entities import RunStatus
from forebear.core.errors import InvalidInput
from forebear.core.ports import Store
from forebear.core.rows import RunFigures, RunRow
from forebear.ops.resolve import moment
from forebear.ops.run_behind import run_behind
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "CompareRunsRequest",
    "CompareRunsResponse",
    "ComparedFact",
    "ComparedRun",
    "compare_runs",
]

What = Literal["parameter", "metric", "data", "code", "environment"]

_MOST = 200
_NOUNS: dict[What, str] = {
    "parameter": "parameter",
    "metric": "figure",
    "data": "data set",
    "code": "code",
    "environment": "environment",
}


class ComparedRun(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run that is compared."""

    id: str
    name: str
    kind: str
    status: RunStatus
    started: datetime
    ended: datetime | None
    command: list[str] = []
    made: list[str] = []
    """Names of the models that it made."""


class ComparedFact(Struct, frozen=True, kw_only=True):
    """One fact about all of them."""

    what: What
    key: str
    """The parameter, the figure, the name of the data."""
    values: list[Any]
    """One for each run, in their order; null where it has none."""
    differs: bool


class CompareRunsResponse(Struct, frozen=True, kw_only=True):
    """What runs have in common and what not."""

    verdict: str
    runs: list[ComparedRun]
    facts: list[ComparedFact]


class CompareRunsRequest(
    Request[CompareRunsResponse], frozen=True, kw_only=True, omit_defaults=True
):
    """Ask how runs differ."""

    targets: list[Target]
    """Runs, or what they made."""
    as_of: str | None = None


class _Side(Struct, frozen=True):
    row: RunRow
    figures: RunFigures
    data: dict[str, str]
    made: list[str]
    code: str | None
    environment: str | None


@operation(name="compare-runs", permission="read")
def compare_runs(context: Context, request: CompareRunsRequest) -> CompareRunsResponse:
    """Compare runs: settings, last figures, data, code and environment.

    Raises:
        InvalidInput: there are fewer than two, or more than 200.
        UnknownRef: no run is meant.
    """
    store, seq = context.store, moment(context.store, request.as_of)
    named = request.targets[: _MOST + 1]
    rows = {row.id: row for row in (run_behind(store, target, seq) for target in named)}
    if len(rows) < 2 or len(request.targets) > _MOST:
        raise InvalidInput(
            f"{counted(len(rows), 'run')} can't be compared.", hint=f"Name 2 to {_MOST} runs."
        )
    figures = store.figures(list(rows), seq)
    sides = [_side(store, row, figures[row.id], seq) for row in rows.values()]
    facts = [
        *_facts("parameter", [side.figures.params for side in sides]),
        *_facts("metric", [side.figures.metrics for side in sides]),
        *_facts("data", [side.data for side in sides]),
        *_facts("code", [{"code": side.code} if side.code else {} for side in sides]),
        *_facts(
            "environment",
            [{"environment": side.environment} if side.environment else {} for side in sides],
        ),
    ]
    return CompareRunsResponse(
        verdict=_verdict(len(sides), facts), runs=[_told(side) for side in sides], facts=facts
    )


def _side(store: Store, row: RunRow, figures: RunFigures, seq: int | None) -> _Side:
    edges = store.run_edges(row.id, seq)
    made = {e.target for e in edges if e.type == "generated" or e.relation == "export"}
    used = {e.source: e.role for e in edges if e.type == "used" and e.source not in made}
    nodes = store.nodes([*used, *made], seq)
    context = {role: id for id, role in used.items() if role in CONTEXT}
    data = [nodes[id] for id in used if id in nodes and nodes[id].kind == "data"]
    return _Side(
        row=row,
        figures=figures,
        data={one.name or one.label or one.id: called(one) for one in data if not one.in_memory},
        made=[
            called(nodes[id])
            for id in made
            if id in nodes and nodes[id].kind == "model" and nodes[id].version is not None
        ],
        code=context.get("code"),
        environment=context.get("environment"),
    )


def _facts(what: What, sides: Sequence[dict[str, Any]]) -> list[ComparedFact]:
    """Return the facts of a kind, those that differ first."""
    found = [
        ComparedFact(
            what=what,
            key=key,
            values=(values := [side.get(key) for side in sides]),
            differs=any(value != values[0] for value in values),
        )
        for key in dict.fromkeys(key for side in sides for key in side)
    ]
    return sorted(found, key=lambda one: not one.differs)


def _told(side: _Side) -> ComparedRun:
    row = side.row
    return ComparedRun(
        id=row.id,
        name=row.name,
        kind=row.kind,
        status=row.status,
        started=row.started,
        ended=row.ended,
        command=row.command,
        made=side.made,
    )


def _verdict(count: int, facts: Sequence[ComparedFact]) -> str:
    parts = []
    for what, noun in _NOUNS.items():
        keys = [one.key for one in facts if one.what == what and one.differs]
        if what in {"code", "environment"}:
            parts += [noun] if keys else []
        elif keys:
            parts.append(f"{counted(len(keys), noun)} ({listed(keys, most=3)})")
    if not parts:
        return f"Nothing that is recorded of the {counted(count, 'run')} differs."
    return f"The {counted(count, 'run')} differ in {listed(parts, most=5)}."
